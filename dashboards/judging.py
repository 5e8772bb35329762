"""Give verdicts: on one finding, on all that a query finds, and take them back."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from bunco.model import Finding, Judged, Verdict
from bunco.ports.queries import FindingQuery, VerdictQuery
from dashboards.access.people import Person
from dashboards.desk import Desk
from dashboards.errors import Conflict, Invalid, Missing

MOST = 1000
"""Findings that are judged at once at most."""
_REASON_MOST = 2000


class Said(Struct, frozen=True, kw_only=True):
    """What a person says of findings."""

    judged: Judged
    because: str
    """Why; it must say something."""
    until: datetime | None = None
    """Of ``mute``, and needed there."""


async def judge(desk: Desk, person: Person, finding_id: str, said: Said) -> Verdict:
    """Judge one finding; give the verdict.

    Raises:
        Forbidden: they may not.
        Missing: there is no such finding.
        Invalid: no reason is given, or the time does not fit.
        StoreError: it could not be written.
    """
    person.require("reviewer")
    held(desk, said)
    found = await desk.ask(desk.store.finding, finding_id)
    if found is None:
        raise Missing("there is no such finding")
    (verdict,) = await _verdicts(desk, person, [found], said)
    await desk.judge([verdict])
    return verdict


async def judge_these(
    desk: Desk, person: Person, findings: Sequence[str], said: Said
) -> list[Verdict]:
    """Judge several findings at once; those that are not there any more are left out.

    Raises:
        Forbidden: they may not.
        Invalid: they are too many, no reason is given, or the time does not fit.
        StoreError: it could not be written.
    """
    person.require("reviewer")
    held(desk, said)
    if len(findings) > MOST:
        raise Invalid(f"at most {MOST:,} findings at once")
    asked = [await desk.ask(desk.store.finding, name) for name in dict.fromkeys(findings)]
    verdicts = await _verdicts(desk, person, [one for one in asked if one is not None], said)
    if verdicts:
        await desk.judge(verdicts)
    return verdicts


async def judge_all(
    desk: Desk, person: Person, query: FindingQuery, said: Said, *, expected: int
) -> list[Verdict]:
    """Judge all that a query finds, if it finds as many as were shown before.

    Raises:
        Forbidden: they may not.
        Conflict: it finds another number by now.
        Invalid: they are too many, no reason is given, or the time does not fit.
        StoreError: it could not be written.
    """
    person.require("reviewer")
    held(desk, said)
    if await desk.ask(desk.store.count_findings, query) > MOST:
        raise Invalid(f"more than {MOST:,} findings; narrow the filters")
    found = await _found(desk, query)
    if len(found) != expected:
        raise Conflict(f"{len(found):,} findings by now, {expected:,} expected: look again")
    verdicts = await _verdicts(desk, person, found, said)
    if verdicts:
        await desk.judge(verdicts)
    return verdicts


async def undo(desk: Desk, person: Person, findings: Sequence[str], at: datetime) -> list[Verdict]:
    """Take back what a person said of findings then: what stood before stands again.

    A finding that was judged anew since is left alone.

    Raises:
        Forbidden: they may not.
        StoreError: it could not be written.
    """
    person.require("reviewer")
    if len(findings) > MOST:
        raise Invalid(f"at most {MOST:,} findings at once")
    now, again = desk.clock.now(), []
    for finding_id in findings:
        page = await desk.ask(desk.store.verdicts, VerdictQuery(finding=finding_id), limit=2)
        if not page.rows or page.rows[0].at != at or page.rows[0].by != person.name:
            continue
        last, *before = page.rows
        stood = before[0] if before else replace(last, judged="none", until=None)
        again.append(replace(stood, at=now, by=person.name, because="taken back"))
    if again:
        await desk.judge(again)
    return again


def held(desk: Desk, said: Said) -> None:
    """Hold that a verdict is complete.

    Raises:
        Invalid: no reason is given, or the time does not fit.
    """
    if not said.because.strip():
        raise Invalid("say why")
    if len(said.because) > _REASON_MOST:
        raise Invalid(f"a reason has at most {_REASON_MOST:,} characters")
    if (said.judged == "mute") != (said.until is not None):
        raise Invalid("mute, and nothing else, takes a time until when")
    if said.until is not None and (said.until.tzinfo is None or said.until <= desk.clock.now()):
        raise Invalid("mute takes a time to come, with its zone")


async def _found(desk: Desk, query: FindingQuery) -> list[Finding]:
    found: list[Finding] = []
    after = ""
    while len(found) <= MOST:
        page = await desk.ask(desk.store.findings, query, limit=500, after=after)
        found += page.rows
        after = page.after
        if not after or not page.rows:
            return found
    return found


async def _verdicts(
    desk: Desk, person: Person, found: Sequence[Finding], said: Said
) -> list[Verdict]:
    now = desk.clock.now()

    def made() -> list[Verdict]:
        return [
            Verdict(
                judged=said.judged,
                finding=one.id,
                author=one.subject,
                detector=one.detector,
                at=now,
                by=person.name,
                because=said.because.strip(),
                until=said.until,
                first_at=one.first_at,
                pattern=desk.pattern_of(one),
            )
            for one in found
        ]

    return await desk.ask(made)
