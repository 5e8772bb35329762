"""How many posts an author published lately, in three kinds of count.

``LINKED`` counts what carries a link, ``OWN`` all that the author wrote, ``ALL`` reposts too:
each contains the one before. Each is held against its own past, because ten posts with a link
within an hour mean more than ten remarks, and those more than ten reposts.
"""

from bisect import bisect_left, insort
from typing import NamedTuple

from msgspec import Struct, field

from bunco.windows import DAY_MS, HOUR_MS

LINKED, OWN, ALL = 0, 1, 2
TIMES = 256
"""So many times of each kind are remembered; counts within a window stop there."""

_BITS = 20
"""An hour's three counts share one whole number: a dict of lists is four times as large."""
_MASK = (1 << _BITS) - 1
_STEPS = (1 | 1 << _BITS | 1 << 2 * _BITS, 1 << _BITS | 1 << 2 * _BITS, 1 << 2 * _BITS)
_SPARE_HOURS = 4


class PostCounts(Struct, array_like=True, gc=False):
    """Times of the last day and hourly counts: about 16 KB encoded at most."""

    first_ms: int | None = None
    """The earliest event time ever seen."""
    newest_ms: int | None = None
    hours: dict[int, int] = field(default_factory=dict)
    """Packed counts by hour since 1970, of ``history`` and four hours."""
    linked: list[int] = field(default_factory=list)
    """Sorted times in ms within the last day, the latest 256: of posts with a link, …"""
    plain: list[int] = field(default_factory=list)
    """… of posts without, …"""
    reposts: list[int] = field(default_factory=list)
    """… and of reposts."""


class Count(NamedTuple):
    """So many posts of a kind within a window that ends with the newest post."""

    kind: int
    length_ms: int
    seen: int
    start_ms: int
    """Event time of the first of them."""


def add(counts: PostCounts, at_ms: int, kind: int, history_ms: int) -> None:
    """Count a post in.

    Args:
        counts: changed.
        at_ms: event time.
        kind: the narrowest count that the post belongs to.
        history_ms: hours older than that before the newest post are forgotten.
    """
    if counts.newest_ms is None or counts.first_ms is None:
        counts.first_ms = counts.newest_ms = at_ms
    elif at_ms > counts.newest_ms:
        counts.newest_ms = at_ms
    elif at_ms < counts.first_ms:
        counts.first_ms = at_ms
    newest, hours, hour = counts.newest_ms, counts.hours, at_ms // HOUR_MS
    hours[hour] = hours.get(hour, 0) + _STEPS[kind]
    if len(hours) > history_ms // HOUR_MS + _SPARE_HOURS:
        oldest = (newest - history_ms) // HOUR_MS
        counts.hours = {hour: packed for hour, packed in hours.items() if hour >= oldest}
    kinds = (counts.linked, counts.plain, counts.reposts)
    insort(kinds[kind], at_ms)
    since = newest - DAY_MS
    for times in kinds:
        if times and times[0] < since:
            del times[: bisect_left(times, since)]
    if len(kinds[kind]) > TIMES:  # only that one has grown
        del kinds[kind][0]


def within(counts: PostCounts, start_ms: int) -> tuple[int, int, int]:
    """Give the three counts from a time within the last day on."""
    linked = _since(counts.linked, start_ms)
    own = linked + _since(counts.plain, start_ms)
    return linked, own, own + _since(counts.reposts, start_ms)


def _since(times: list[int], start_ms: int) -> int:
    return len(times) - bisect_left(times, start_ms) if times else 0


def first_within(counts: PostCounts, kind: int, start_ms: int) -> int:
    """Give the time of the first post of a count from a time on; one must be there."""
    lists = (counts.linked, counts.plain, counts.reposts)[: kind + 1]
    return min(times[at] for times in lists if (at := bisect_left(times, start_ms)) < len(times))


def by_hour(counts: PostCounts, kind: int) -> dict[int, int]:
    """Give a count's posts by hour since 1970; hours that had none are left out."""
    shift = kind * _BITS
    return {
        hour: count for hour, packed in counts.hours.items() if (count := packed >> shift & _MASK)
    }
