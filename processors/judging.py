"""What people said of an author's findings, kept in the author's state, and what it quiets.

``fine`` quiets later findings of its detector that the judged one covers, until a later
``spam`` on one of them; ``mute`` quiets all of the author's for a time; the word on a finding
itself comes before those on others. By event time, and by the time of the verdicts: the same
verdicts give the same in any order but for those beyond the bound.

Source: docs/decisions/0016-verdicts.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from bunco.model import Finding, Judged, Pattern, Verdict, to_ms
from bunco.ports.detectors import Detector

MOST = 32
"""Judged findings of an author that are remembered: about 220 bytes each, 2 KB at most.
Source: ours; as many as the repeated headlines that ``repeats`` remembers."""

_NUMBERS, _NAME, _TEXT = 8, 40, 300
"""Numbers of a pattern, characters of their names and of its text: what is more is left out."""
_ENDLESS = 1 << 62

Detectors: TypeAlias = Mapping[str, Detector[Any, Any]]
"""By kind."""


class Judgement(Struct, frozen=True, array_like=True, gc=False):
    """The latest verdict on one finding."""

    at_ms: int
    verdict: str
    """Its id."""
    finding: str
    detector: str
    judged: Judged
    until_ms: int
    first_ms: int
    """When the finding began."""
    pattern: Pattern
    lifted: bool = False
    """True for a ``fine`` that a later ``spam`` on the same pattern has undone."""


def judgement(verdict: Verdict) -> Judgement:
    """Give what is remembered of a verdict."""
    pattern = verdict.pattern or Pattern()
    named = sorted(pair for pair in pattern.numbers.items() if len(pair[0]) <= _NAME)
    numbers = dict(named[:_NUMBERS])
    return Judgement(
        to_ms(verdict.at),
        verdict.id,
        verdict.finding,
        verdict.detector,
        verdict.judged,
        _ENDLESS if verdict.until is None else to_ms(verdict.until),
        to_ms(verdict.began_at),
        replace(pattern, text=pattern.text[:_TEXT], numbers=numbers),
    )


def judged(before: Sequence[Judgement], verdict: Verdict, detectors: Detectors) -> list[Judgement]:
    """Give what is remembered once a verdict has come: of each finding the latest.

    Beyond the bound those that quiet nothing are forgotten first, then the oldest.
    """
    latest = {one.finding: one for one in before}
    new = judgement(verdict)
    old = latest.get(new.finding)
    if old is None or _order(new) > _order(old):
        latest[new.finding] = new
    kept = sorted(latest.values(), key=lambda one: (one.judged in {"fine", "mute"}, *_order(one)))
    kept = sorted(kept[-MOST:], key=_order)
    return [replace(one, lifted=_is_lifted(one, kept, detectors)) for one in kept]


def erased(before: Sequence[Judgement], post_id: str) -> list[Judgement]:
    """Give the same without the words of a removed post."""
    return [
        replace(one, pattern=replace(one.pattern, text="", post=""))
        if one.pattern.post == post_id
        else one
        for one in before
    ]


def left_of(before: Sequence[Judgement], until_ms: int) -> list[Judgement] | None:
    """Give what stays when all that began up to a time is removed; None for nothing."""
    return [one for one in before if one.first_ms > until_ms] or None


def marked(finding: Finding, before: Sequence[Judgement], detector: Detector[Any, Any]) -> Finding:
    """Give the finding with what verdicts make of it."""
    found = detector.pattern(finding)
    own = next((one for one in before if one.finding == finding.id), None)
    if own is not None and own.judged == "spam":
        return finding
    outgrew = ""
    if own is not None and own.judged == "fine":
        if own.pattern == Pattern() or detector.covers(own.pattern, found):
            return replace(finding, quieted_by=own.finding, quiet=True)
        outgrew = own.verdict
    last_ms = to_ms(finding.last_at)
    for one in reversed(before):
        is_fine = one.judged == "fine" and not one.lifted and one.finding != finding.id
        if (one.judged == "mute" and last_ms < one.until_ms) or (
            is_fine and one.detector == detector.kind and detector.covers(one.pattern, found)
        ):
            return replace(finding, quieted_by=one.finding, outgrew=outgrew, quiet=True)
    return replace(finding, outgrew=outgrew) if outgrew else finding


def _order(one: Judgement) -> tuple[int, str]:
    return one.at_ms, one.verdict


def _is_lifted(one: Judgement, among: Sequence[Judgement], detectors: Detectors) -> bool:
    detector = detectors.get(one.detector)
    return (
        one.judged == "fine"
        and detector is not None
        and any(
            other.judged == "spam"
            and other.detector == one.detector
            and _order(other) > _order(one)
            and detector.covers(one.pattern, other.pattern)
            for other in among
        )
    )
