"""Play stored posts again under two settings of the detectors, side by side.

    store.walk → enrich once → running detectors  ┐ told   ┌ new
      (author by author)     → changed detectors  ┘ matched└ gone, changed, same

Detectors judge author by author, so the posts are walked that way: memory holds one author
at a time, however large the store. A detector whose settings are the same on both sides is
played once. Nothing is written anywhere.

Source: docs/decisions/0021-backtest.md.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby
from typing import Any

from msgspec import Struct

from bunco.evaluation.matching import Difference, Told, matched
from bunco.log import logger
from bunco.model import Enriched, Post, to_ms
from bunco.ports.detectors import Detector
from bunco.ports.stores import Store
from bunco.windows import DAY_MS, HOUR_MS
from processors.enrich import enrich

_log = logger(__name__)
_DAY = timedelta(days=1)
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Trial(Struct, frozen=True, kw_only=True):
    """One kind of detector under both settings."""

    kind: str
    before: Detector[Any, Any] | None
    """None where it is switched off."""
    after: Detector[Any, Any] | None
    """The same object as ``before`` where its settings are the same."""


class Span(Struct, frozen=True, kw_only=True):
    """What is played, and what of it is counted; times are event times."""

    since: datetime | None = None
    """Findings that open before are not counted; None: from the first stored post on."""
    until: datetime | None = None
    """Posts from then on are not played."""
    warm_up: timedelta = timedelta(0)
    """So much before ``since`` is played, so that detectors know the authors."""
    author: str = ""
    """This one alone; empty: all."""

    @property
    def starts(self) -> datetime | None:
        """Give from when on posts are played: a whole hour; None: from the first one."""
        if self.since is None:
            return None
        start = self.since - min(self.warm_up, self.since - _BEGINNING)
        return start.replace(minute=0, second=0, microsecond=0)


class Outcome(Struct, frozen=True, kw_only=True):
    """What playing the posts of one author came to."""

    author: str
    posts: int
    """Played, the warm-up included."""
    warming: int
    """Those of the warm-up."""
    span_ms: tuple[int, int] | None
    """Event times of the earliest and the latest post after the warm-up; None for none."""
    days: Mapping[int, int]
    """Posts after the warm-up by days since 1970 (UTC)."""
    failed: int
    """Times that a detector failed on a post, or enriching did; each is logged."""
    differences: tuple[Difference, ...]
    """Those of which one side opened within the span."""


def backtest(store: Store, trials: Sequence[Trial], span: Span) -> Generator[Outcome, None, None]:
    """Give what the posts of each author come to, in the store's order of authors.

    Raises:
        StoreError: the store could not be read.
    """
    since_ms = None if span.since is None else to_ms(span.since)
    walk = store.walk(author=span.author, since=span.starts, until=span.until)
    with closing(walk) as pieces:
        posts = chain.from_iterable(pieces)
        for author, theirs in groupby(posts, key=_author_of):
            yield _Played(trials, since_ms).outcome(author, theirs)


def taken_away(store: Store, span: Span, played: int) -> int | None:
    """Give how many posts of the span were removed or dropped by retention since.

    Args:
        store: its counts outlive the posts.
        span: what was played, of all authors.
        played: so many posts.

    Returns:
        None where that is not known: counts are of whole hours and of all authors.
    """
    until = span.until
    if span.author or (until is not None and to_ms(until) % HOUR_MS):
        return None
    counts = store.counts("posts", step=_DAY, since=span.starts, until=until)
    return max(0, sum(count.count for count in counts) - played)


class _Run:
    """One detector and what it knows and told of one author."""

    def __init__(self, detector: Detector[Any, Any]) -> None:
        self.detector = detector
        self.state = detector.state_type()
        self.told: dict[str, Told] = {}

    def see(self, post: Enriched) -> None:
        """Take a post in; every form of a finding counts, not only the last of a batch."""
        episode = self.detector.see(post, self.state)
        if episode is None:
            return
        finding = self.detector.finding(post.post.author, episode)
        told = self.told.get(finding.id)
        if told is None:
            told = self.told[finding.id] = Told(finding=finding, opened_ms=post.at_ms)
        told.finding = finding
        told.posts.update(finding.evidence)


class _Played:
    """The posts of one author under both settings."""

    def __init__(self, trials: Sequence[Trial], since_ms: int | None) -> None:
        self._since_ms = since_ms
        self._sides: list[tuple[_Run | None, _Run | None]] = []
        for trial in trials:
            before = None if trial.before is None else _Run(trial.before)
            same = trial.after is trial.before
            after = before if same else None if trial.after is None else _Run(trial.after)
            self._sides.append((before, after))
        self._runs = list(dict.fromkeys(filter(None, chain.from_iterable(self._sides))))
        self._failed = 0

    def outcome(self, author: str, posts: Iterable[Post]) -> Outcome:
        played = warming = 0
        span_ms: tuple[int, int] | None = None
        days: Counter[int] = Counter()
        for post in posts:
            played += 1
            enriched = self._enriched(post)
            if enriched is None:
                continue
            at_ms = enriched.at_ms
            if self._counts(at_ms):
                first, last = span_ms or (at_ms, at_ms)
                span_ms = min(first, at_ms), max(last, at_ms)
                days[at_ms // DAY_MS] += 1
            else:
                warming += 1
            for run in self._runs:
                self._see(run, enriched)
        return Outcome(
            author=author,
            posts=played,
            warming=warming,
            span_ms=span_ms,
            days=days,
            failed=self._failed,
            differences=tuple(self._differences()),
        )

    def _counts(self, at_ms: int) -> bool:
        return self._since_ms is None or at_ms >= self._since_ms

    def _enriched(self, post: Post) -> Enriched | None:
        try:
            return enrich(post)
        except Exception as error:  # noqa: BLE001  # one post never stops the rest
            self._fail(post, "enrich", error)
            return None

    def _see(self, run: _Run, enriched: Enriched) -> None:
        try:
            run.see(enriched)
        except Exception as error:  # noqa: BLE001  # one detector never stops the rest
            self._fail(enriched.post, f"detector:{run.detector.kind}", error)

    def _fail(self, post: Post, origin: str, error: Exception) -> None:
        self._failed += 1
        _log.error("post failed", origin=origin, post=post.id, error=repr(error))

    def _differences(self) -> Iterable[Difference]:
        for before, after in self._sides:
            for found in matched(_told(before), _told(after)):
                opened = [side.opened_ms for side in (found.before, found.after) if side]
                if any(map(self._counts, opened)):
                    yield found


def _told(run: _Run | None) -> Iterable[Told]:
    return run.told.values() if run is not None else ()


def _author_of(post: Post) -> str:
    return post.author
