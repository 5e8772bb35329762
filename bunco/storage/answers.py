"""How the ``memory`` store answers: filters, pages, summaries over all there is."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import TypeAlias, TypeVar

from bunco.model import (
    AuthorSummary,
    Finding,
    Page,
    RepeatedHeadline,
    StoredPost,
    Verdict,
    from_ms,
    to_ms,
)
from bunco.ports.queries import FindingQuery, VerdictQuery
from bunco.storage.contents import Contents, Kept
from bunco.storage.headlines import DAY_MS, mark_of_headline, pairs
from bunco.storage.keeping import POINTS, points, times
from bunco.storage.marks import mark
from bunco.storage.quieting import word_of
from bunco.storage.words import tokens

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


def repeated(
    everything: Contents, period: tuple[datetime | None, datetime | None]
) -> list[RepeatedHeadline]:
    """Give the headlines that came twice in a day of a period, most first, then by headline."""
    first, last = times(*period)
    by_wording: dict[int, list[Kept]] = {}
    for kept in everything.posts.values():
        wording = mark_of_headline(kept.stored.headline)
        if wording is not None and first <= kept.at_ms < last:
            by_wording.setdefault(wording, []).append(kept)
    made = [_repeated(kept) for kept in by_wording.values() if _is_repeated(kept)]
    return sorted(made, key=lambda one: (-one.posts, one.headline))


def is_near(stored: StoredPost, headline: str) -> bool:
    """Tell whether a post has another wording, and both words of a pair of the headline's."""
    post = stored.post
    held = {*tokens(post.title), *tokens(post.text)}
    return mark_of_headline(stored.headline) != mark_of_headline(headline) and any(
        held.issuperset(pair) for pair in pairs(headline)
    )


def _is_repeated(kept: list[Kept]) -> bool:
    return any(count > 1 for count in Counter(one.at_ms // DAY_MS for one in kept).values())


def _repeated(kept: list[Kept]) -> RepeatedHeadline:
    latest = max(kept, key=lambda one: (one.at_ms, one.stored.post.id))
    by = Counter(one.author for one in kept)
    return RepeatedHeadline(
        headline=latest.stored.headline,
        post=latest.stored.post.id,
        posts=len(kept),
        authors=dict(sorted(by.items(), key=lambda one: (-one[1], one[0]))),
        first_at=from_ms(min(one.at_ms for one in kept)),
        last_at=from_ms(latest.at_ms),
    )
