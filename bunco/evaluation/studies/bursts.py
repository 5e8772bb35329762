"""How many planted bursts are found, at how many alerts on authors as they are.

Tuned on one half of the accounts (by a hash of their names), reported on the other.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random

from bunco.evaluation.model import Curve, Figure, Goal, Result, Say, Study
from bunco.evaluation.planting.headlines import headlines
from bunco.evaluation.planting.model import Timeline, Tried
from bunco.evaluation.planting.paces import PACES, paced
from bunco.evaluation.planting.rates import (
    active_thousands,
    alerts_per,
    found_of,
    having,
    thousands,
    weeks,
)
from bunco.evaluation.planting.sowing import BURST_GRID, DURATIONS, SIZES, Sower, said
from bunco.evaluation.planting.timelines import RECORDED, halves, recorded, simulated
from bunco.evaluation.planting.trial import tried
from bunco.simulation.plan import Plan
from processors.detectors.bursts import Options, make

_SEED = 2026
_EACH, _EACH_OF_FEW, _FEW = 3, 24, 20
"""Bursts planted into an account; into one of a group of fewer than twenty accounts."""
_ACCOUNTS = 60
"""Of other groups than humans, so many accounts at most, the same each time."""
_SWEPT = 80
_BUDGETS = (0.02, 0.1, 0.5, 2.0, 8.0)
_PACED = 6
_SIMULATED = Plan(seed=11, days=28, authors=150, posts=9_000)
_FOUND = Goal(at_least=0.95, aim=0.98)
_ALERTS = Goal(at_least=2.0, larger_is_better=False)
_KEPT = Goal(at_least=Options().budget, larger_is_better=False)


def run(data: Path, say: Say) -> Result:
    """Plant into recorded and simulated timelines; count alerts with nothing planted."""
    humans = halves(recorded(data, "humans"))[1]
    runs = _planted(data, humans, Options())
    figures = _headline(runs)
    figures += _cells(runs)
    say("bursts in other timelines …")
    others = {group: _some(recorded(data, group)) for group in RECORDED if group != "humans"}
    roles: dict[str, list[Timeline]] = {}
    for timeline in simulated(_SIMULATED):
        roles.setdefault(timeline.group, []).append(timeline)
    for group, timelines in others.items():
        figures += _group(group, _planted(data, timelines, Options()))
    ordinary = [timeline for timeline in roles["simulated: ordinary"] if len(timeline.posts) >= 20]
    figures.append(
        found_of("planted bursts found, simulated: ordinary", _planted(data, ordinary, Options()))
    )
    for group, timelines in (roles | {pace: paced(pace, _PACED) for pace in PACES}).items():
        figures += _group(group, [tried(timeline, (), make(Options())) for timeline in timelines])
    say("bursts at other budgets …")
    return Result(figures=tuple(figures), curves=(_curve(data, humans),))


def _headline(runs: Sequence[Tried]) -> list[Figure]:
    return [
        found_of("planted bursts of 10 … 100 posts found, mean of the grid", runs, goal=_FOUND),
        alerts_per("bursts", "alerts per 1,000 human account-days", runs, thousands(runs), _ALERTS),
        alerts_per(
            "bursts", "alerts per 1,000 human days with a post", runs, active_thousands(runs)
        ),
        alerts_per("bursts", "alerts per author-week, humans", runs, weeks(runs), _KEPT),
    ]


def _cells(runs: Sequence[Tried]) -> list[Figure]:
    sizes = [
        found_of(f"planted bursts found, {size} posts", runs, having("posts", str(size)))
        for size in SIZES
    ]
    lengths = [
        found_of(f"planted bursts found, {said(length)}", runs, having("duration", said(length)))
        for length in DURATIONS
    ]
    links = [
        found_of(f"planted bursts found, {kind}", runs, having("links", kind))
        for kind in ("with links", "without links")
    ]
    return sizes + lengths + links


def _group(group: str, runs: Sequence[Tried]) -> list[Figure]:
    found = (
        [found_of(f"planted bursts found, {group}", runs)]
        if any(run.plantings for run in runs)
        else []
    )
    return [
        *found,
        alerts_per("bursts", f"alerts per author-week, {group}", runs, weeks(runs)),
    ]


def _planted(data: Path, timelines: Sequence[Timeline], options: Options) -> list[Tried]:
    """Run each timeline with some bursts of the grid, drawn without one coming twice."""
    sower, detector = Sower(headlines(data, _SEED), _SEED), make(options)
    each = _EACH if len(timelines) >= _FEW else _EACH_OF_FEW
    runs = []
    for timeline in timelines:
        chance = Random(f"{_SEED} {timeline.author}")  # noqa: S311  # no secret
        plans = chance.sample(BURST_GRID, each)
        runs.append(tried(timeline, [sower.burst(timeline, plan) for plan in plans], detector))
    return runs


def _some(timelines: Sequence[Timeline]) -> list[Timeline]:
    """Give the half that is reported on, at most sixty accounts; all where they are few."""
    if len(timelines) < _FEW:
        return list(timelines)
    return Random(_SEED).sample(halves(timelines)[1], _ACCOUNTS)  # noqa: S311  # no secret


def _curve(data: Path, humans: Sequence[Timeline]) -> Curve:
    some = Random(_SEED).sample(list(humans), _SWEPT)  # noqa: S311  # no secret
    points = []
    for budget in _BUDGETS:
        runs = _planted(data, some, Options(budget=budget))
        points.append((sum(run.alerts for run in runs) / sum(thousands(runs)), _share(runs)))
    return Curve(
        name="bursts",
        title=f"Planted bursts found, {_SWEPT} human timelines",
        across="alerts per 1,000 account-days, nothing planted",
        up="share of planted bursts found",
        lines={"budget a week from .02 to 8": points},
        marked={f"{Options().budget} (ships)": points[_BUDGETS.index(Options().budget)]},
        logarithmic=True,
    )


def _share(runs: Sequence[Tried]) -> float:
    found = [hit for run in runs for hit in run.found]
    return sum(found) / len(found)


STUDY = Study(detector="bursts", run=run)
