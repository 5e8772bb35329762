"""Add up what a backtest found: by detector, severity, day and author, with examples.

Memory holds counts, a row for each day, and the examples; not the findings.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias, TypeVar

from msgspec import Struct

from bunco.evaluation.backtest import Outcome
from bunco.evaluation.matching import DIFFERENT, Change, Difference, Different
from bunco.model import Severity
from bunco.windows import DAY_MS

Side: TypeAlias = Literal["before", "after"]
Row = TypeVar("Row")

SIDES: tuple[Side, Side] = ("before", "after")
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low")


class Day(Struct, frozen=True):
    """How many findings opened on one day (UTC), by severity, under both settings."""

    start_ms: int
    posts: int
    before: dict[Severity, int]
    after: dict[Severity, int]


class Concerned(Struct, frozen=True):
    """One author, and how many of their findings differ."""

    author: str
    changes: dict[Different, int]


class Tally:
    """The sums over all authors.

    Args:
        since_ms: findings that opened before count on neither side; None: all count.
        examples: so many of each change, and so many authors, are kept.
    """

    def __init__(self, since_ms: int | None, examples: int) -> None:
        self._since_ms = since_ms
        self._most = examples
        self.posts = self.warming = self.authors = self.failed = 0
        """Played; of these in the warm-up; authors with a post after it; failures."""
        self.first_ms: int | None = None
        """Event time of the earliest post that counts, …"""
        self.last_ms: int | None = None
        """… and of the latest."""
        self.found: Counter[tuple[Side, str, Severity]] = Counter()
        """Findings by side, detector, severity."""
        self.changes: Counter[tuple[str, Change]] = Counter()
        """Episodes by detector and what became of them."""
        self.with_findings: Counter[Side] = Counter()
        """Authors with at least one."""
        self.with_change: Counter[Change] = Counter()
        """The same, by change."""
        self.examples: dict[Different, list[Difference]] = {name: [] for name in DIFFERENT}
        """Those whose score, or change of it, is largest."""
        self.concerned: list[Concerned] = []
        """Those with most differences."""
        self._opened: Counter[tuple[int, Side, Severity]] = Counter()
        self._posts: Counter[int] = Counter()

    def add(self, outcome: Outcome) -> None:
        """Count one author in."""
        self.posts += outcome.posts
        self.warming += outcome.warming
        self.failed += outcome.failed
        if outcome.span_ms is not None:
            first, last = outcome.span_ms
            self.authors += 1
            self.first_ms = first if self.first_ms is None else min(self.first_ms, first)
            self.last_ms = last if self.last_ms is None else max(self.last_ms, last)
        self._posts.update(outcome.days)
        changes: Counter[Change] = Counter()
        sides: set[Side] = set()
        for found in outcome.differences:
            sides.update(self._count(found))
            changes[found.change] += 1
            if (change := found.change) != "same":
                _keep(self.examples[change], found, _by_step, self._most)
        self.with_findings.update(sides)
        self.with_change.update(changes.keys())
        if different := {name: changes[name] for name in DIFFERENT if changes[name]}:
            _keep(self.concerned, Concerned(outcome.author, different), _by_changes, self._most)

    def detectors(self) -> list[str]:
        """Give the detectors that found something on either side, by name."""
        return sorted({detector for _, detector, _ in self.found})

    def total(self, side: Side) -> int:
        """Give the findings of one side."""
        return sum(count for (its_side, _, _), count in self.found.items() if its_side == side)

    def per_day(self, side: Side) -> float:
        """Give the findings that open a day: the mean of days, each weighed by its posts.

        So imports of old posts, one here and one there over years, make no days of their own.
        """
        posts = self._posts.total()
        weighed = sum(
            count * self._posts[day]
            for (day, its_side, _), count in self._opened.items()
            if its_side == side
        )
        return weighed / posts if posts else 0.0

    def days(self) -> Iterator[Day]:
        """Give the days with posts, from the first to the last on which a finding opened."""
        opened = {day for day, _, _ in self._opened}
        if not opened:
            return
        for day in sorted(self._posts):
            if not min(opened) <= day <= max(opened):
                continue
            before, after = (
                {name: self._opened[day, side, name] for name in SEVERITIES} for side in SIDES
            )
            yield Day(day * DAY_MS, self._posts[day], before, after)

    def _count(self, found: Difference) -> Iterator[Side]:
        """Count the findings of one episode; give the sides that have one in the span."""
        self.changes[found.shown.detector, found.change] += 1
        for side, told in zip(SIDES, (found.before, found.after), strict=True):
            if told is None or (self._since_ms is not None and told.opened_ms < self._since_ms):
                continue
            severity = told.finding.severity
            self.found[side, told.finding.detector, severity] += 1
            self._opened[told.opened_ms // DAY_MS, side, severity] += 1
            yield side


def _keep(rows: list[Row], row: Row, order: Callable[[Row], tuple[float, str]], most: int) -> None:
    """Take a row in among the first ones of an order."""
    rows.append(row)
    rows.sort(key=order)
    del rows[most:]


def _by_step(found: Difference) -> tuple[float, str]:
    return -abs(found.step), found.shown.id


def _by_changes(concerned: Concerned) -> tuple[float, str]:
    return -sum(concerned.changes.values()), concerned.author
