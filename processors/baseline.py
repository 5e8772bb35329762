"""What is usual for an author: own history, blended with a prior while it is short."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from bunco.values import Duration
from bunco.windows import HOUR_MS, log10_tail

_HOUR = Duration(hours=1)
_MOST_DISPERSION = 30.0
_DISPERSION_HOURS = 72.0
"""So much own history weighs as much as the prior's dispersion: a variance needs longer."""


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

    def log10_chance(self, count: int, length_ms: int) -> float:
        """Give log10 of the chance of so many posts or more in a window.

        The variance of the count is that of the window's dispersion plus that of the rate
        itself, m²/shape. In windows over an hour the excess dispersion grows with the
        square root of the hours, since busy hours come together.
        """
        expected = self.expected(length_ms)
        hours = max(1.0, length_ms / HOUR_MS)
        dispersion = 1 + (self.dispersion - 1) * hours**0.5 + expected / self.shape
        return log10_tail(count, expected, dispersion)

    def expected(self, length_ms: int) -> float:
        """Give how many posts a window of that length usually holds."""
        return self.per_hour * length_ms / HOUR_MS


def baseline(hours: Mapping[int, int], since_ms: int, until_ms: int, prior: Prior) -> Baseline:
    """Give rate and dispersion of an author between two times.

    Args:
        hours: posts by whole hours since 1970; an hour that is not in it had none.
        since_ms: where the history begins, for example the first post ever seen.
        until_ms: where it ends; the hour it falls in is no longer history.
        prior: what to expect of the platform.

    Returns:
        The rate is (n + prior·w)/(t + w): the mean of a gamma posterior with w hours of
        prior weight. The dispersion is variance over mean of zero-filled hours, blended
        with the prior's, 1 … 30.

    Source: gamma-Poisson conjugacy; blending and bounds ours, docs/decisions/0008-bursts.md.
    """
    first, last = since_ms // HOUR_MS, until_ms // HOUR_MS
    counts = [count for hour, count in hours.items() if first <= hour < last]
    own = max(0, last - first)
    weight = prior.weight / _HOUR
    shape = sum(counts) + prior.per_day / 24 * weight
    dispersion = prior.dispersion
    if counts:
        mean = sum(counts) / own
        variance = sum(count * count for count in counts) / own - mean * mean
        dispersion = (own * variance / mean + _DISPERSION_HOURS * dispersion) / (
            own + _DISPERSION_HOURS
        )
    return Baseline(
        per_hour=shape / (own + weight),
        dispersion=min(max(1.0, dispersion), _MOST_DISPERSION),
        shape=shape,
        history_ms=own * HOUR_MS,
    )
