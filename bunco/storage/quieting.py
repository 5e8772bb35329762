"""What verdicts make of the findings that a store shows.

A finding is stored as its detector gave it; beside it stands the latest verdict on it, and
whether verdicts keep it quiet. Both are worked out anew when either is written, so that it
does not matter which of them comes first.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from bunco.model import Finding, Verdict


def bare(finding: Finding) -> Finding:
    """Give the finding without what a store added to it."""
    if finding.verdict is None and finding.quiet == bool(finding.quieted_by):
        return finding
    return replace(finding, verdict=None, quiet=bool(finding.quieted_by))


def asked_of(finding: Finding) -> set[str]:
    """Give the ids of the findings whose verdicts decide about this one."""
    return {finding.id, finding.quieted_by} - {""}


def is_quiet(finding: Finding, latest: Mapping[str, Verdict]) -> bool:
    """Tell whether verdicts keep a finding quiet.

    The word on the finding itself comes first: ``spam`` makes it loud, ``fine`` quiet unless it
    has outgrown that, ``mute`` quiet if it ends before. Else it is as quiet as the pipeline
    made it, as long as the verdict by which it did still stands.

    Args:
        finding: as the pipeline gave it.
        latest: the latest verdicts, by the finding they are on.
    """
    own = latest.get(finding.id)
    if own is not None:
        if own.judged == "spam":
            return False
        if own.judged == "fine" and finding.outgrew != own.id:
            return True
        if _mutes(own, finding):
            return True
    if finding.quieted_by in {"", finding.id}:
        return bool(finding.quieted_by) and own is None
    other = latest.get(finding.quieted_by)
    return other is None or other.judged == "fine" or _mutes(other, finding)


def shown(finding: Finding, latest: Mapping[str, Verdict]) -> Finding:
    """Give the finding with the latest verdict on it, and whether it is quiet."""
    return replace(finding, verdict=latest.get(finding.id), quiet=is_quiet(finding, latest))


def word_of(verdict: Verdict | None) -> str:
    """Give what was said last: ``none`` where nothing was, or it was taken back."""
    return "none" if verdict is None else verdict.judged


def _mutes(verdict: Verdict, finding: Finding) -> bool:
    return verdict.judged == "mute" and (verdict.until is None or finding.last_at < verdict.until)
