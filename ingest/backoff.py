"""How long to leave a source alone after it failed. Pure; chance comes as an argument.

Source: rss-fetcher, for the weights and the linear growth: feeds do come back, so nothing is
given up, and a failing source is asked once a day in the end.
"""

from datetime import timedelta
from random import Random

from bunco.errors import SourceError, Weight
from bunco.model import SourceState
from ingest.answers import LONGEST_WAIT

_WEIGHTS: dict[Weight, float] = {
    "hard": 1.0,
    "soft": 0.5,
    "temporary": 0.25,
    "dropped": 1 / 64,
}

_MOST_DROPPED = 5.0
"""Streams that break off again and again come back after 5 min at the latest, as nothing is
asked of the server but to listen. Source: ours."""

_LEAST_INTERVAL = timedelta(minutes=1)
"""For streams, whose own interval is nothing: they come back after 15 s to 1 min."""

_FIRST_INTERVAL = timedelta(minutes=10)
"""For a source that never succeeded. Source: ours; a mistyped address should not wait long
to be tried after it was mended."""

_SPREAD = 0.25
"""Chance adds up to this share, so that what failed together does not return together."""


def failures(before: float, error: SourceError) -> float:
    """Give the weighted count of failures in a row, this one included.

    A stream that broke off doubles the count from 1/64 on, so that with the least interval
    it is opened anew after 1 s, 2 s, 4 s … 5 min.
    """
    if error.weight != "dropped":
        return before + _WEIGHTS[error.weight]
    grown = max(2 * before, _WEIGHTS["dropped"])
    return max(before, min(grown, _MOST_DROPPED))


def backoff(
    interval: timedelta, failed: float, asked: timedelta | None, random: Random
) -> timedelta:
    """Give the wait after a failure: at most 24 h.

    The source's interval times the weighted failures, or what the server asked for where
    that is longer; chance lengthens it by up to a quarter.

    Args:
        interval: how often the source is read when all is well.
        failed: weighted failures in a row, this one included.
        asked: ``Retry-After``, if any.
        random: the chance.
    """
    grown = max(interval, _LEAST_INTERVAL).total_seconds() * min(failed, 1e6)
    seconds = max(grown, asked.total_seconds() if asked else 0.0)
    spread = seconds * (1 + random.uniform(0, _SPREAD))
    return timedelta(seconds=min(spread, LONGEST_WAIT.total_seconds()))


def usual_interval(state: SourceState | None) -> timedelta:
    """Give how often a source is read when all is well, as far as its state tells."""
    if state is None or state.next_at is None or state.polled_at is None:
        return _FIRST_INTERVAL
    planned = max(state.next_at - state.polled_at, timedelta(0))
    if state.failures:
        return min(planned / max(state.failures, 1.0), LONGEST_WAIT)
    return min(planned, LONGEST_WAIT)
