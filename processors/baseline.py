"""What is usual for an author: own history, blended with a prior while it is short."""

from collections.abc import Mapping, Sequence
from heapq import nlargest
from math import log10
from typing import Annotated

from msgspec import Meta, Struct

from bunco.values import Duration
from bunco.windows import DAY_MS, HOUR_MS, log10_tail

_HOUR = Duration(hours=1)
_DAY = 24
"""Hours."""
_MOST_DISPERSION = 30.0
_DISPERSION_HOURS = 72.0
"""So much own history weighs as much as the prior's dispersion: a variance needs longer."""
_DAILY_POSTS = 20.0
"""So many posts of an even day weigh as much as the author's own: few say little of habits."""
_BUSIEST = 16
_BESIDE = 1
"""Hours before and after that share in what is known of a time of day."""


class Prior(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is expected of an author of a platform of whom nothing is known yet."""

    per_day: Annotated[float, Meta(gt=0)]
    """Posts a day, more than 0."""
    dispersion: Annotated[float, Meta(ge=1)]
    """Variance over mean of the count of an hour, at least 1."""
    weight: Duration = Duration(hours=12)
    """So much own history weighs as much as the prior's rate."""


class Baseline(Struct, frozen=True):
    """What is usual for an author."""

    per_hour: float
    dispersion: float
    shape: float
    """How sure the rate is: posts it rests on, the prior's share included."""
    history_ms: int
    """How much own history it rests on, in whole hours; 0 where only the prior speaks."""
    daily: float = 1.0
    """How much livelier than the mean the author usually is at this time of day."""
    busiest: tuple[int, ...] = ()
    """The counts of the sixteen busiest hours, largest first."""

    def log10_chance(self, count: int, length_ms: int) -> float:
        """Give log10 of the chance of so many posts or more in a window.

        The variance of the count is that of the window's dispersion plus that of the rate
        itself, m²/shape. In windows over an hour the excess dispersion grows with the
        square root of the hours, since busy hours come together. What k of n hours of the
        history held has a chance of k/n at least, whatever the distribution says of it: an
        author who always posts in batches is no surprise.
        """
        expected = self.expected(length_ms)
        hours = max(1.0, length_ms / HOUR_MS)
        dispersion = 1 + (self.dispersion - 1) * hours**0.5 + expected / self.shape
        chance = log10_tail(count, expected, dispersion)
        seen = sum(hour >= count for hour in self.busiest)
        return max(chance, log10(seen * HOUR_MS / self.history_ms)) if seen else chance

    def expected(self, length_ms: int) -> float:
        """Give how many posts a window of that length usually holds at this time of day."""
        return self.per_hour * self.daily * length_ms / HOUR_MS


def baseline(
    hours: Mapping[int, int], since_ms: int, until_ms: int, prior: Prior, length_ms: int = DAY_MS
) -> Baseline:
    """Give rate and dispersion of an author between two times.

    Args:
        hours: posts by whole hours since 1970; an hour that is not in it had none.
        since_ms: where the history begins, for example the first post ever seen.
        until_ms: where it ends; the hour it falls in is no longer history.
        prior: what to expect of the platform.
        length_ms: of the window that begins where the history ends, for the time of day.

    Returns:
        The rate is (n + prior·w)/(t + w): the mean of a gamma posterior with w hours of
        prior weight. The dispersion is variance over mean of zero-filled hours, blended
        with the prior's, 1 … 30. The time of day counts the posts of the window's hours of
        the day, one more on either side, against an even day that weighs 20 posts.

    Source: gamma-Poisson conjugacy; blending and bounds ours, docs/decisions/0008-bursts.md
    and 0019-bursts-by-budget.md; same hour ±1 is what did best in the comparison there.
    """
    first, last = since_ms // HOUR_MS, until_ms // HOUR_MS
    own = max(0, last - first)
    weight = prior.weight / _HOUR
    dispersion = prior.dispersion
    history = [(hour, count) for hour, count in hours.items() if first <= hour < last]
    total = sum(count for _, count in history)
    if history:
        mean = total / own
        variance = sum(count * count for _, count in history) / own - mean * mean
        dispersion = (own * variance / mean + _DISPERSION_HOURS * dispersion) / (
            own + _DISPERSION_HOURS
        )
    shape = total + prior.per_day / 24 * weight
    return Baseline(
        per_hour=shape / (own + weight),
        dispersion=min(max(1.0, dispersion), _MOST_DISPERSION),
        shape=shape,
        history_ms=own * HOUR_MS,
        busiest=tuple(nlargest(_BUSIEST, [count for _, count in history])),
        daily=_daily(history, total, last, (until_ms + length_ms) // HOUR_MS),
    )


def _daily(history: Sequence[tuple[int, int]], total: int, first: int, last: int) -> float:
    """Give how lively the hours of the day from one hour to another are, 1 = like the mean."""
    near = last - first + 1 + 2 * _BESIDE
    if near >= _DAY or not total:
        return 1.0
    begin = first - _BESIDE
    seen = sum(count for hour, count in history if (hour - begin) % _DAY < near)
    return (seen + _DAILY_POSTS) / (total * near / _DAY + _DAILY_POSTS)
