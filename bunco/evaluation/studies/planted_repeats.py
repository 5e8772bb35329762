"""How many planted repeats are found, at how many alerts on authors as they are.

Tuned on one half of the human accounts (by a hash of their names), reported on the other; of
the outlets, who are eight, all are in both.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random

from bunco.evaluation.edits import EDITS
from bunco.evaluation.model import Curve, Figure, Goal, Result, Say, Study
from bunco.evaluation.planting.headlines import KINDS, headlines
from bunco.evaluation.planting.model import Planting, Timeline, Tried
from bunco.evaluation.planting.rates import (
    active_thousands,
    alerts_per,
    found_of,
    having,
    planting_value,
    thousands,
)
from bunco.evaluation.planting.sowing import COUNTS, MIXED, SPANS, Sower, repeat_plan, said
from bunco.evaluation.planting.timelines import halves, recorded, simulated
from bunco.evaluation.planting.trial import tried
from bunco.simulation.plan import Plan
from processors.detectors.repeats import Options, make

_SEED = 2026
_EACH, _EACH_OF_FEW, _FEW = 3, 60, 20
"""Repeats planted into an account; into one of a group of fewer than twenty accounts."""
_OTHERS = 60
_SWEPT = 80
_LEAST = (2, 3, 4, 5, 6)
_SIMULATED = Plan(seed=11, days=28, authors=100, posts=6_000)
_FOUND = Goal(at_least=0.95, aim=0.99)
_HUMANS = Goal(at_least=1.0, larger_is_better=False)
_OUTLETS = Goal(at_least=10.0, larger_is_better=False)


def run(data: Path, say: Say) -> Result:
    """Plant into recorded and simulated timelines; count alerts with nothing planted."""
    humans = halves(recorded(data, "humans"))[1]
    outlets = recorded(data, "health outlets")
    by_humans = _planted(data, humans, Options())
    say("repeats in outlets' timelines …")
    by_outlets = _planted(data, outlets, Options())
    both = [*by_humans, *by_outlets]
    figures = [
        found_of("planted repeats found, 2 … 10 times", both, goal=_FOUND),
        found_of("planted repeats found, 3 … 10 times", both, _thrice),
        found_of("planted repeats found, 3 … 10 times within 24 h", both, _within_a_day),
        alerts_per(
            "repeats",
            "alerts per 1,000 human account-days",
            by_humans,
            thousands(by_humans),
            _HUMANS,
        ),
        alerts_per(
            "repeats",
            "alerts per 1,000 human days with a post",
            by_humans,
            active_thousands(by_humans),
        ),
        alerts_per(
            "repeats",
            "alerts per 1,000 outlet account-days",
            by_outlets,
            thousands(by_outlets),
            _OUTLETS,
        ),
        *_cells(both),
    ]
    say("repeats in other timelines …")
    some = Random(_SEED).sample(halves(recorded(data, "IRA accounts"))[1], _OTHERS)  # noqa: S311  # no secret
    ordinary = [line for line in simulated(_SIMULATED) if line.group == "simulated: ordinary"]
    for group, timelines in (("IRA accounts", some), ("simulated: ordinary", ordinary)):
        runs = _planted(data, timelines, Options())
        figures.append(found_of(f"planted repeats found, 3 … 10 times, {group}", runs, _thrice))
    say("repeats at other counts …")
    return Result(figures=tuple(figures), curves=(_curve(data, humans),))


def _thrice(planting: Planting) -> bool:
    return planting_value(planting, "times") != "2"


def _within_a_day(planting: Planting) -> bool:
    return _thrice(planting) and planting_value(planting, "span") != said(SPANS[-1])


def _cells(runs: Sequence[Tried]) -> list[Figure]:
    told = [
        found_of(f"planted repeats found, {count} times", runs, having("times", str(count)))
        for count in COUNTS
    ]
    for trait, values in (
        ("edit", (*EDITS, MIXED)),
        ("span", tuple(map(said, SPANS))),
        ("headline", KINDS),
        ("links", ("with links", "without links")),
    ):
        told += [_cell(runs, trait, value) for value in values]
    return told


def _cell(runs: Sequence[Tried], trait: str, value: str) -> Figure:
    has = having(trait, value)
    return found_of(
        f"planted repeats found, 3 … 10 times, {trait}: {value}",
        runs,
        lambda planting: has(planting) and _thrice(planting),
    )


def _planted(data: Path, timelines: Sequence[Timeline], options: Options) -> list[Tried]:
    sower, detector = Sower(headlines(data, _SEED), _SEED), make(options)
    each = _EACH if len(timelines) >= _FEW else _EACH_OF_FEW
    runs = []
    for timeline in timelines:
        chance = Random(f"{_SEED} {timeline.author}")  # noqa: S311  # no secret
        planted = [sower.repeats(timeline, repeat_plan(chance)) for _ in range(each)]
        runs.append(tried(timeline, planted, detector))
    return runs


def _curve(data: Path, humans: Sequence[Timeline]) -> Curve:
    some = Random(_SEED).sample(list(humans), _SWEPT)  # noqa: S311  # no secret
    points = []
    for least in _LEAST:
        options = Options(min_count=least, min_count_long=least + 1)
        runs = _planted(data, some, options)
        found = [hit for run in runs for hit in run.found]
        alerts = sum(run.alerts for run in runs) / sum(thousands(runs))
        points.append((alerts, sum(found) / len(found)))
    return Curve(
        name="planted_repeats",
        title=f"Planted repeats found (2 … 10 times), {_SWEPT} human timelines",
        across="alerts per 1,000 account-days, nothing planted",
        up="share of planted repeats found",
        lines={"from 2 to 6 times within 24 h": points},
        marked={"3 (ships)": points[_LEAST.index(Options().min_count)]},
    )


STUDY = Study(detector="repeats", run=run)
