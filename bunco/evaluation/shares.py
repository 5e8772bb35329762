"""A share as a figure: how many of some cases, with the interval over the units they rest on."""

from collections import defaultdict
from collections.abc import Iterable

from bunco.evaluation.intervals import ratio_interval
from bunco.evaluation.model import Figure, Goal


def share(
    judged: Iterable[tuple[str, bool]],
    *,
    detector: str,
    measure: str,
    unit: str,
    goal: Goal | None = None,
) -> Figure:
    """Give the share of the cases that are a hit; NaN for none.

    Args:
        judged: for each case the unit that it belongs to, and whether it is a hit.
        detector: what is measured, …
        measure: … in a line.
        unit: what the units are, in the plural.
        goal: what the share is held against.
    """
    hits: dict[str, int] = defaultdict(int)
    totals: dict[str, int] = defaultdict(int)
    for name, is_hit in judged:
        hits[name] += is_hit
        totals[name] += 1
    low, high = ratio_interval([hits[name] for name in totals], [*totals.values()])
    return Figure(
        detector=detector,
        measure=measure,
        value=sum(hits.values()) / sum(totals.values()) if totals else float("nan"),
        low=low,
        high=high,
        count=len(totals),
        unit=unit,
        goal=goal or Goal(),
    )
