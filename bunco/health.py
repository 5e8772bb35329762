"""How a source does, in a word: from what the poller left, and from its own rhythm.

counts of its posts, hour by hour → its usual gap → silent, when it is silent for far longer
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, TypeAlias

from bunco.model import Count, SourceState

Health: TypeAlias = Literal["new", "ok", "late", "silent", "failing", "ended", "paused"]

RHYTHM = timedelta(days=14)
"""So far back posts are counted to know a source's rhythm. Source: ours."""

_LATE = timedelta(minutes=15)
"""A source that was due so long ago and was not read is late. Source: ours."""
_LEAST_GAPS = 5
"""A rhythm is known from so many gaps on. Source: ours."""
_USUAL = 0.9
"""The gap that so many of its gaps do not exceed is the usual one. Source: ours."""
_TIMES, _LEAST = 3, timedelta(hours=6)
"""So many times the usual gap, and so long at least, is silence. Source: ours."""


def health_word(  # noqa: PLR0911  # one word a line
    state: SourceState | None,
    *,
    now: datetime | None = None,
    usual_gap: timedelta | None = None,
    is_paused: bool | None = None,
) -> Health:
    """Give the health of a source in a word, the gravest that is true.

    Args:
        state: what the poller left; None: it was never read.
        now: the present; absent: told as the last run left it, neither late nor silent.
        usual_gap: see ``usual_gaps``; absent: no silence is noticed.
        is_paused: whether somebody has paused it; absent: as the last run left it.
    """
    if is_paused or (is_paused is None and state is not None and state.paused):
        return "paused"
    if state is None or (state.polled_at is None and not state.cursor):
        return "new"
    if state.error:
        return "failing"
    if state.ended:
        return "ended"
    if now is None:
        return "ok"
    if state.next_at is not None and state.next_at < now - _LATE:
        return "late"
    return "silent" if is_silent(state.item_at, now, usual_gap) else "ok"


def is_silent(item_at: datetime | None, now: datetime, usual_gap: timedelta | None) -> bool:
    """Tell whether a source has given nothing for far longer than it usually does.

    Args:
        item_at: when it last gave something new.
        now: the present.
        usual_gap: its rhythm; None: not known, and no silence either.
    """
    if item_at is None or usual_gap is None:
        return False
    return now - item_at > max(_TIMES * usual_gap, _LEAST)


def a_day(counts: Sequence[Count], now: datetime) -> Mapping[str, float]:
    """Give how many posts a day each source gives, since the first of those that are counted.

    Args:
        counts: posts by source in buckets of an hour, ordered by time.
        now: the present; less than a day counts as one.
    """
    first: dict[str, datetime] = {}
    total: defaultdict[str, int] = defaultdict(int)
    for one in counts:
        first.setdefault(one.key, one.at)
        total[one.key] += one.count
    day = timedelta(days=1)
    return {key: total[key] / max((now - at) / day, 1.0) for key, at in first.items()}


def usual_gaps(counts: Sequence[Count]) -> Mapping[str, timedelta]:
    """Give the usual gap between the posts of each source; those without a rhythm are left out.

    Nine in ten of its gaps are no longer. Hours are the measure: a gap is at least one.

    Args:
        counts: posts by source in buckets of an hour, ordered by time.
    """
    hours: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in counts:
        hours[one.key].append(one.at)
    found = {}
    for source, at in hours.items():
        gaps = sorted(later - earlier for earlier, later in pairwise(at))
        if len(gaps) >= _LEAST_GAPS:
            found[source] = gaps[int(_USUAL * (len(gaps) - 1))]
    return found
