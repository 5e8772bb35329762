"""Counting in event time: windows over sorted times, and how surprising a count is.

All times are whole milliseconds since 1970 UTC. Nothing here asks a clock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import lgamma, log, log1p
from operator import mul, sub

HOUR_MS = 3_600_000
DAY_MS = 86_400_000


def count_between(times: Sequence[int], start: int, end: int) -> int:
    """Give how many of the sorted times lie in ``start`` … ``end``, both included."""
    return bisect_right(times, end) - bisect_left(times, start)


def busiest(times: Sequence[int], width: int) -> int:
    """Give the most of the sorted times that any stretch of ``width`` holds.

    Both ends are included.

    >>> busiest([0, 5, 10, 100], 10)
    3
    """
    if not times or times[-1] - times[0] <= width:
        return len(times)
    most, first = 0, 0
    for last, time in enumerate(times):
        while times[first] < time - width:
            first += 1
        if last - first >= most:
            most = last - first + 1
    return most


def gaps(times: Sequence[int]) -> list[int]:
    """Give the gaps between neighbouring sorted times, in ms."""
    return list(map(sub, times[1:], times))


def median_gap(times: Sequence[int]) -> int:
    """Give the median gap of sorted times in ms; 0 for fewer than two."""
    if len(times) < 2:  # two make a gap
        return 0
    spaces = sorted(gaps(times))
    middle = len(spaces) // 2
    return spaces[middle] if len(spaces) % 2 else (spaces[middle - 1] + spaces[middle]) // 2


def is_steady(times: Sequence[int], *, least: int = 3, spread: float = 0.5) -> bool:
    """Say whether sorted times come at a steady pace.

    Args:
        times: sorted, ms.
        least: fewer times than this are no pace.
        spread: the largest coefficient of variation of the gaps that still is steady.

    Source: the ``cv_gaps <= .5`` of the account-entropy rule in skywatch's sidecars.
    """
    if len(times) < least:
        return False
    spaces = gaps(times)
    count, total = len(spaces), sum(spaces)
    # Whole numbers are exact: variance over squared mean is count * squares / total² - 1.
    return total > 0 and count * sum(map(mul, spaces, spaces)) <= (1 + spread**2) * total**2


def log10_tail(count: int, mean: float, dispersion: float) -> float:
    """Give log10 of the chance to see ``count`` or more.

    The count is negative binomial with this mean and variance ``dispersion × mean``; for a
    dispersion of 1 (or less) it is Poisson.

    Args:
        count: what was seen.
        mean: what was expected, > 0.
        dispersion: variance over mean of the count.

    Returns:
        ≤ 0; 0 for a count that is no more than expected. The tail is summed from ``count``
        up until a term adds less than 1e-9 of it.

    Source: method of moments r = m²/(v-m), p = m/v, as in skywatch's sidecars
    (signup overdispersion); tail summed directly.
    """
    if count <= mean:
        return 0.0
    if dispersion <= 1.000001:
        first = count * log(mean) - mean - lgamma(count + 1)
        ratios = _poisson_ratios(count, mean)
    else:
        shape = mean / (dispersion - 1)
        success = 1 / dispersion
        first = (
            lgamma(count + shape)
            - lgamma(shape)
            - lgamma(count + 1)
            + shape * log(success)
            + count * log1p(-success)
        )
        ratios = _binomial_ratios(count, shape, success)
    return min(0.0, (first + log(ratios)) / log(10))


def _poisson_ratios(count: int, mean: float) -> float:
    """Give the tail from ``count`` up as a multiple of its first term."""
    total = term = 1.0
    while term > 1e-9 * total:
        count += 1
        term *= mean / count
        total += term
    return total


def _binomial_ratios(count: int, shape: float, success: float) -> float:
    total = term = 1.0
    while term > 1e-9 * total:
        term *= (count + shape) / (count + 1) * (1 - success)
        count += 1
        total += term
    return total
