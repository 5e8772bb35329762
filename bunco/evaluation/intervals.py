"""How sure a figure is: the bootstrap over the units it rests on."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

Unit = TypeVar("Unit")

DRAWS = 1000
"""Times the units are drawn again. Source: Efron & Tibshirani 1993, 13.3: 1,000 and more for
the ends of a percentile interval."""

_SEED = 1993
_ENDS = (2.5, 97.5)


def interval(
    units: Sequence[Unit], figure: Callable[[Sequence[Unit]], float], draws: int = DRAWS
) -> tuple[float, float]:
    """Give the ends of the 95 % percentile interval of a figure.

    Args:
        units: what is drawn again with replacement: accounts, so that posts of one account
            count as the one voice they are; pairs or headlines where there are no accounts.
        figure: gives the number for some units; NaN where it has none (those draws are
            left out).
        draws: how often.

    Returns:
        Low and high; NaN for no units. The same units give the same interval each time.
    """
    if not units:
        return float("nan"), float("nan")
    chance = np.random.default_rng(_SEED)
    found = [
        figure([units[at] for at in chance.integers(0, len(units), len(units))])
        for _ in range(draws)
    ]
    low, high = np.nanpercentile(found, _ENDS)
    return float(low), float(high)


def ratio_interval(
    hits: Sequence[float], totals: Sequence[float], draws: int = DRAWS
) -> tuple[float, float]:
    """Give the same for the sum of ``hits`` over the sum of ``totals``, a pair for each unit.

    >>> ratio_interval([1, 1, 1], [1, 1, 1])
    (1.0, 1.0)
    """
    if not hits:
        return float("nan"), float("nan")
    chance = np.random.default_rng(_SEED)
    over, under = np.asarray(hits, float), np.asarray(totals, float)
    drawn = chance.integers(0, len(over), (draws, len(over)))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = over[drawn].sum(axis=1) / under[drawn].sum(axis=1)
    low, high = np.nanpercentile(found, _ENDS)
    return float(low), float(high)
