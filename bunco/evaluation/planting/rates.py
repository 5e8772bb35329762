"""From runs with plantings to figures: found of planted, alerts a day, each with its interval."""

from collections.abc import Callable, Iterable, Sequence

from bunco.evaluation.intervals import ratio_interval
from bunco.evaluation.model import Figure, Goal
from bunco.evaluation.planting.model import Planting, Tried

Chosen = Callable[[Planting], bool]


def having(trait: str, *values: str) -> Chosen:
    """Give the test whether a planting has one of these values of a trait."""
    return lambda planting: planting_value(planting, trait) in values


def planting_value(planting: Planting, trait: str) -> str:
    """Give the value of a trait of a planting.

    Raises:
        KeyError: it has no such trait.
    """
    return dict(planting.traits)[trait]


def found_of(
    measure: str, runs: Sequence[Tried], chosen: Chosen | None = None, goal: Goal | None = None
) -> Figure:
    """Give the share of plantings that were found, drawn again over accounts.

    Args:
        measure: what it is called.
        runs: one for each account; there must be plantings in at least one.
        chosen: which plantings count; absent: all.
        goal: what it is held against.
    """
    units = []
    for run in runs:
        hits = [
            hit
            for planting, hit in zip(run.plantings, run.found, strict=True)
            if chosen is None or chosen(planting)
        ]
        if hits:
            units.append((sum(hits), len(hits)))
    hits_, totals = [hit for hit, _ in units], [total for _, total in units]
    low, high = ratio_interval(hits_, totals)
    detector = next(planting.detector for run in runs for planting in run.plantings)
    return Figure(
        detector=detector,
        measure=measure,
        value=sum(hits_) / sum(totals),
        low=low,
        high=high,
        count=len(units),
        unit="accounts",
        goal=goal or Goal(),
    )


def alerts_per(
    detector: str,
    measure: str,
    runs: Sequence[Tried],
    days: Sequence[float],
    goal: Goal | None = None,
) -> Figure:
    """Give alerts over account-time, drawn again over accounts.

    Args:
        detector: whose alerts.
        measure: what it is called.
        runs: one for each account.
        days: the time of each account, in the unit of the figure.
        goal: what it is held against.
    """
    alerts = [run.alerts for run in runs]
    low, high = ratio_interval(alerts, days)
    return Figure(
        detector=detector,
        measure=measure,
        value=sum(alerts) / sum(days),
        low=low,
        high=high,
        count=len(runs),
        unit="accounts",
        goal=goal or Goal(),
    )


def thousands(runs: Iterable[Tried]) -> list[float]:
    """Give the account-days of each account, in thousands."""
    return [run.timeline.days / 1000 for run in runs]


def active_thousands(runs: Iterable[Tried]) -> list[float]:
    """Give the days with a post of each account, in thousands."""
    return [run.timeline.active_days / 1000 for run in runs]


def weeks(runs: Iterable[Tried]) -> list[float]:
    """Give the account-weeks of each account."""
    return [run.timeline.days / 7 for run in runs]
