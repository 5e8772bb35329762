"""Give verdicts from any page, and take them back."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

from msgspec import Meta, Struct
from msgspec.structs import replace

from bunco.errors import BuncoError
from bunco.log import logger
from bunco.model import Finding, Judged, Verdict
from dashboards.pages.visit import Visit, values_of
from dashboards.pages.words import plural

MOST = 1000
"""Findings that one verdict may reach at once."""

_KEPT_UNDOS = 20
_log = logger(__name__)

Resolve = Callable[[], Awaitable[Sequence[Finding]]]
"""Gives the findings that are meant by ``all``."""


class Said(Struct, frozen=True, kw_only=True):
    """What the dialog sent."""

    ids: list[Annotated[str, Meta(max_length=200)]] | str
    judged: Judged
    because: Annotated[str, Meta(min_length=1, max_length=2000)]
    days: Annotated[int, Meta(ge=1, le=3650)] = 7
    by: Annotated[str, Meta(max_length=200)] = ""


class Judging:
    """Take the verdicts of one visit.

    Args:
        visit: whose.
        changed: called after verdicts were given or taken back.
        every: gives the findings that ``all`` means on this page.
    """

    def __init__(
        self, visit: Visit, changed: Callable[[], Awaitable[None]], every: Resolve | None = None
    ) -> None:
        self._visit = visit
        self._changed = changed
        self._every = every
        self._undos: dict[str, tuple[Verdict, ...]] = {}

    async def judge(self, given: Any) -> None:  # noqa: ANN401  # what a browser sent
        """Give a verdict on one or several findings; say what came of it."""
        try:
            self._visit.person.require("reviewer")
            said = values_of(given, Said)
            findings = await self._meant(said)
            now = self._visit.now
            verdicts = [self._verdict(one, said, now) for one in findings]
            if not verdicts:
                self._visit.tell("note", "None of these findings is there any more.")
                return
            await self._visit.desk.judge(verdicts)
        except BuncoError as error:
            _log.warning("verdict failed", error=str(error))
            self._visit.tell("note", f"The verdict was not kept: {error}")
            return
        key = self._keep(tuple(before(one, now) for one in findings))
        word = {"none": "taken back"}.get(said.judged, said.judged)
        self._visit.tell("note", f"{plural(len(verdicts), 'finding')}: {word}.", key)
        await self._changed()

    async def undo(self, given: Any) -> None:  # noqa: ANN401  # what a browser sent
        """Bring back what was said before."""
        verdicts = self._undos.pop(str(dict(given or {}).get("key", "")), ())
        if not verdicts:
            return
        # Later than what it replaces, whenever the button is pressed.
        now = self._visit.now
        try:
            self._visit.person.require("reviewer")
            await self._visit.desk.judge(
                [replace(one, at=now, by=one.by or self._visit.person.name) for one in verdicts]
            )
        except BuncoError as error:
            self._visit.tell("note", f"It could not be undone: {error}")
            return
        self._visit.tell("note", f"Undone: {plural(len(verdicts), 'verdict')}.")
        await self._changed()

    async def _meant(self, said: Said) -> Sequence[Finding]:
        if said.ids == "all" and self._every is not None:
            return (await self._every())[:MOST]
        desk = self._visit.desk
        names = said.ids[:MOST] if isinstance(said.ids, list) else []
        found = [await desk.ask(desk.store.finding, name) for name in dict.fromkeys(names)]
        return [one for one in found if one is not None]

    def _verdict(self, finding: Finding, said: Said, now: datetime) -> Verdict:
        return Verdict(
            judged=said.judged,
            finding=finding.id,
            author=finding.subject,
            detector=finding.detector,
            at=now,
            by=self._visit.person.name or said.by,
            because=said.because,
            until=now + timedelta(days=said.days) if said.judged == "mute" else None,
            first_at=finding.first_at,
            pattern=self._visit.desk.pattern_of(finding),
        )

    def _keep(self, verdicts: tuple[Verdict, ...]) -> str:
        key = uuid4().hex
        self._undos[key] = verdicts
        while len(self._undos) > _KEPT_UNDOS:
            del self._undos[next(iter(self._undos))]
        return key


def before(finding: Finding, now: datetime) -> Verdict:
    """Give the verdict that brings back what was said of a finding as it stands."""
    if finding.verdict is not None:
        return replace(finding.verdict, at=now)
    return Verdict(
        judged="none",
        finding=finding.id,
        author=finding.subject,
        detector=finding.detector,
        at=now,
        because="undone",
        first_at=finding.first_at,
    )
