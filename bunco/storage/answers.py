"""How the ``memory`` store answers: filters, pages, summaries over all there is."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias, TypeVar

from bunco.model import AuthorSummary, Finding, Page, Verdict, from_ms, to_ms
from bunco.ports import FindingQuery, VerdictQuery
from bunco.storage.contents import Contents
from bunco.storage.keeping import POINTS, points, times
from bunco.storage.marks import mark
from bunco.storage.quieting import word_of

Row = TypeVar("Row")
Place: TypeAlias = tuple[int | str, ...]
"""Where a row stands: what its list is sorted by."""


def page(placed: Iterable[tuple[Place, Row]], limit: int, start: Place | None) -> Page[Row]:
    """Give the rows after a place, which is their sort key."""
    rows = sorted(placed, key=lambda row: row[0])
    if start is not None:
        rows = [row for row in rows if row[0] > start]
    after = mark(*rows[limit - 1][0]) if len(rows) > limit else ""
    return Page(rows=tuple(row for _, row in rows[:limit]), after=after)


def is_asked(finding: Finding, asked: FindingQuery) -> bool:
    """Tell whether a finding is what was asked for."""
    return (
        asked.detector in ("", finding.detector)
        and (not asked.detectors or finding.detector in asked.detectors)
        and (not asked.severities or finding.severity in asked.severities)
        and asked.author in ("", finding.subject)
        and (asked.since is None or to_ms(finding.last_at) >= to_ms(asked.since))
        and (asked.until is None or to_ms(finding.first_at) < to_ms(asked.until))
        and points(finding.score) >= points(asked.least_score)
        and (not asked.source or asked.source in finding.sources)
        and (not asked.place or asked.place in finding.places)
        and asked.words.casefold() in finding.reason.casefold()
        and asked.verdict in ("", word_of(finding.verdict))
        and (asked.with_quiet or not finding.quiet)
    )


def is_asked_verdict(verdict: Verdict, asked: VerdictQuery) -> bool:
    """Tell whether a verdict is what was asked for."""
    return (
        asked.finding in ("", verdict.finding)
        and asked.author in ("", verdict.author)
        and asked.detector in ("", verdict.detector)
        and asked.by in ("", verdict.by)
        and asked.judged in ("", verdict.judged)
    )


def summary(
    everything: Contents, author: str, period: tuple[datetime | None, datetime | None]
) -> AuthorSummary:
    """Give one author's summary: posts of all time, loud findings of a period."""
    first, last = times(*period)
    found = [
        finding
        for finding in everything.findings.values()
        if finding.subject == author
        and not finding.quiet
        and first <= to_ms(finding.last_at) < last
    ]
    at = [kept.at_ms for kept in everything.posts.values() if kept.author == author]
    worst = min(
        found, key=lambda one: (-points(one.score), -to_ms(one.last_at), one.id), default=None
    )
    return AuthorSummary(
        author=author,
        name=everything.names.get(author, (0, ""))[1],
        posts=len(at),
        findings=len(found),
        points=sum(points(finding.score) for finding in found) / POINTS,
        detectors=dict(sorted(Counter(finding.detector for finding in found).items())),
        first_at=from_ms(min(at)) if at else None,
        last_at=from_ms(max(at)) if at else None,
        worst=worst.reason if worst else "",
    )
