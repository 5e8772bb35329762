"""Say in one record what a backtest came to: what was played, and how the findings differ."""

from datetime import datetime, timedelta

from msgspec import Struct

from bunco.evaluation.backtest import Span, taken_away
from bunco.evaluation.matching import DIFFERENT, Different
from bunco.evaluation.tally import SEVERITIES, SIDES, Side, Tally
from bunco.model import Severity, from_ms
from bunco.ports.stores import Store


class Line(Struct, frozen=True, kw_only=True):
    """The findings of one detector under both settings."""

    detector: str
    before: dict[Severity, int]
    after: dict[Severity, int]
    new: int
    gone: int
    changed: int


class Summary(Struct, frozen=True, kw_only=True):
    """What a backtest came to."""

    settings: tuple[str, ...]
    """What was changed, as it was asked for; empty where nothing was."""
    author: str
    """The one author who was played; empty: all."""
    since: datetime | None
    until: datetime | None
    """As they were asked for."""
    first_at: datetime | None
    """Event time of the earliest post that counts; None where there is none."""
    last_at: datetime | None
    """The same of the latest."""
    history_from: datetime | None
    """Event time of the earliest post that is stored."""
    warm_up_s: int
    """So much before ``since`` was to be played; 0 without it."""
    posts: int
    """Played, those of the warm-up included."""
    warm_up_posts: int
    missing_posts: int | None
    """Taken once, and removed or dropped by retention since; None where it is not known."""
    authors: int
    """With a post that counts."""
    failed: int
    """Times that a detector, or enriching, failed on a post; logged."""
    findings: dict[Side, int]
    per_day: dict[Side, float]
    """Findings that open a day: the mean of days, each weighed by its posts."""
    authors_with_findings: dict[Side, int]
    authors_with: dict[Different, int]
    """Authors who have at least one such."""
    detectors: tuple[Line, ...]

    def changed(self, change: Different) -> int:
        """Give how many episodes became so."""
        return sum(int(getattr(line, change)) for line in self.detectors)


def summary(store: Store, span: Span, tally: Tally, settings: tuple[str, ...]) -> Summary:
    """Give the summary of what was added up.

    Raises:
        StoreError: the store could not be read.
    """
    warm_up = span.warm_up if span.since is not None else timedelta(0)
    return Summary(
        settings=settings,
        author=span.author,
        since=span.since,
        until=span.until,
        first_at=None if tally.first_ms is None else from_ms(tally.first_ms),
        last_at=None if tally.last_ms is None else from_ms(tally.last_ms),
        history_from=store.stats().first_at,
        warm_up_s=int(warm_up.total_seconds()),
        posts=tally.posts,
        warm_up_posts=tally.warming,
        missing_posts=taken_away(store, span, tally.posts),
        authors=tally.authors,
        failed=tally.failed,
        findings={side: tally.total(side) for side in SIDES},
        per_day={side: round(tally.per_day(side), 3) for side in SIDES},
        authors_with_findings={side: tally.with_findings[side] for side in SIDES},
        authors_with={change: tally.with_change[change] for change in DIFFERENT},
        detectors=tuple(_line(tally, detector) for detector in tally.detectors()),
    )


def _line(tally: Tally, detector: str) -> Line:
    before, after = (
        {name: tally.found[side, detector, name] for name in SEVERITIES} for side in SIDES
    )
    new, gone, changed = (tally.changes[detector, change] for change in DIFFERENT)
    return Line(detector=detector, before=before, after=after, new=new, gone=gone, changed=changed)
