"""How much an author posts a day, against what was usual for them before."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo

from msgspec import Struct

from bunco.model import Finding

BURSTS = "bursts"
MOST_DAYS = 120
"""Days that are shown: more bars cannot be told apart."""

_BEFORE = 14
"""Days that tell what is usual. Source: as ``processors/detectors/bursts.py``."""
_LEAST = 3
"""Fewer days before tell nothing."""


class Day(Struct, frozen=True, kw_only=True):
    """One day of an author, from midnight to midnight in somebody's time zone."""

    day: date
    posts: int
    usual: float | None
    """Posts a day over the fourteen days before; None where too few of them are known."""
    bursts: tuple[str, ...] = ()
    """Ids of the findings of ``bursts`` that reach into it."""


def rate(times: Sequence[datetime], findings: Sequence[Finding], zone: tzinfo) -> tuple[Day, ...]:
    """Give the author's days from first post to last, the latest 120 at most, oldest first.

    Args:
        times: when the posts were published, in any order.
        findings: of the author; those of ``bursts`` are marked.
        zone: where a day begins at midnight.
    """
    if not times:
        return ()
    counts = Counter(at.astimezone(zone).date() for at in times)
    first, last = min(counts), max(counts)
    start = max(first, last - timedelta(days=MOST_DAYS - 1))
    bursts = [
        (one.id, one.first_at.astimezone(zone).date(), one.last_at.astimezone(zone).date())
        for one in findings
        if one.detector == BURSTS
    ]
    return tuple(
        Day(
            day=day,
            posts=counts[day],
            usual=_usual(counts, first, day),
            bursts=tuple(name for name, begins, ends in bursts if begins <= day <= ends),
        )
        for day in (start + timedelta(days=n) for n in range((last - start).days + 1))
    )


def _usual(counts: Counter[date], first: date, day: date) -> float | None:
    known = min(_BEFORE, (day - first).days)
    if known < _LEAST:
        return None
    return sum(counts[day - timedelta(days=n)] for n in range(1, known + 1)) / known
