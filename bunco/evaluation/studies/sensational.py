"""The sensational score: across origins, in Spanish, on talk, and how well it is calibrated.

What is measured across origins is trained here, as ``training/`` trains what ships, on one
origin alone. Everything else is scored by the model that ships.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from sklearn.model_selection import StratifiedGroupKFold

from bunco.evaluation.fitting import ENGLISH, fit, logits
from bunco.evaluation.headlines import Corpora, Labelled, corpora
from bunco.evaluation.intervals import interval, ratio_interval
from bunco.evaluation.model import Curve, Figure, Goal, Point, Result, Say, Study
from bunco.evaluation.ranking import (
    Floats,
    alarms_and_recall,
    auc_draws,
    calibration_error,
    precision_and_recall,
    reliability,
)
from bunco.text.sensational import score_many

_DETECTOR = "sensational"
_ACROSS = Goal(floor=0.77, at_least=0.82, aim=0.88)
_SPANISH = Goal(floor=0.87, at_least=0.89, aim=0.92)
_TALK = Goal(floor=0.9, at_least=0.05, aim=0.02, larger_is_better=False)
_LOUD = 0.5
_FOLDS = 3
_TRAINED_ON = " (trained on)"


def run(data: Path, say: Say) -> Result:
    """Measure the sensational score."""
    say("sensational: reading")
    texts = corpora(data)
    say("sensational: training on one origin, testing on the other")
    across, ranked = _across(texts)
    say("sensational: scoring with the model that ships")
    shipped = {
        f"outlets{_TRAINED_ON}": texts.outlets,
        f"channels{_TRAINED_ON}": texts.channels,
        "Spanish": texts.spanish_test,
        "Hungarian": texts.hungarian,
    }
    scores = {name: score_many(corpus.texts) for name, corpus in shipped.items()}
    talk = {name: score_many(posts.texts) for name, posts in texts.talk_test.items()}
    figures = [
        *across,
        *(_of_shipped(name, corpus, scores[name]) for name, corpus in shipped.items()),
        _calibration(texts.spanish_test, scores["Spanish"]),
        *_of_talk(texts, talk),
    ]
    curves = (
        _precision_recall({"Spanish": (scores["Spanish"], texts.spanish_test)} | ranked),
        _reliability({name: (scores[name], shipped[name]) for name in list(shipped)[:3]}),
        _alarms({name: (scores[name], shipped[name]) for name in list(shipped)[:3]}, talk),
    )
    return Result(figures=tuple(figures), curves=curves)


_Scored = dict[str, tuple[list[float], Labelled]]


def _across(texts: Corpora) -> tuple[list[Figure], _Scored]:
    ways: _Scored = {}
    for name, seen, tested in (
        ("outlets to channels", texts.outlets, texts.channels),
        ("channels to outlets", texts.channels, texts.outlets),
    ):
        model = fit(ENGLISH, [seen], texts.plain)
        ways[name] = logits(model, "english", tested.texts), tested
    draws = [auc_draws(found, tested.labels, tested.units) for found, tested in ways.values()]
    figures = [
        _area("AUC across origins, English, mean of both ways", np.mean(draws, axis=0), _ACROSS)
    ]
    figures += [
        _area(f"AUC across origins, English, {name}", drawn)
        for name, drawn in zip(ways, draws, strict=True)
    ]
    units = [len(set(tested.units)) for _, tested in ways.values()]
    return [
        replace(figure, count=count, unit=unit)
        for figure, count, unit in zip(
            [*figures, _held_out(texts)],
            [sum(units), *units, units[0]],
            ["channels and headlines", "channels", "headlines", "channels"],
            strict=True,
        )
    ], ways


def _held_out(texts: Corpora) -> Figure:
    """Train on the outlets and some channels, test on the other channels."""
    channels = texts.channels
    found = np.zeros(len(channels.texts))
    splitter = StratifiedGroupKFold(_FOLDS, shuffle=True, random_state=1)
    for seen, tested in splitter.split(channels.texts, channels.labels, channels.units):
        model = fit(ENGLISH, [texts.outlets, channels.part(seen)], texts.plain)
        found[tested] = logits(model, "english", channels.part(tested).texts)
    drawn = auc_draws(found.tolist(), channels.labels, channels.units)
    return _area("AUC of channels held out, trained on the rest and the outlets", drawn)


def _of_shipped(name: str, corpus: Labelled, scores: list[float]) -> Figure:
    drawn = auc_draws(scores, corpus.labels, corpus.units)
    count = len(set(corpus.units))
    if name == "Spanish":
        figure = _area("AUC of Spanish human labels, held out", drawn, _SPANISH)
    else:
        figure = _area(f"AUC, {name}", drawn)
    unit = "headlines" if count == len(scores) else "channels"
    return replace(figure, count=count, unit=unit)


def _area(measure: str, drawn: Floats, goal: Goal = Goal()) -> Figure:  # noqa: B008  # frozen
    """Give a figure whose count and unit are still to be said."""
    low, high = np.nanpercentile(drawn[1:], (2.5, 97.5))
    return Figure(
        detector=_DETECTOR,
        measure=measure,
        value=float(drawn[0]),
        low=float(low),
        high=float(high),
        count=0,
        unit="",
        goal=goal,
    )


def _calibration(corpus: Labelled, scores: list[float]) -> Figure:
    pairs = list(zip(scores, corpus.labels, strict=True))
    low, high = interval(pairs, _error)
    return Figure(
        detector=_DETECTOR,
        measure="calibration error, Spanish, held out",
        value=_error(pairs),
        low=low,
        high=high,
        count=len(pairs),
        unit="headlines",
    )


def _error(pairs: Sequence[tuple[float, int]]) -> float:
    scores, labels = zip(*pairs, strict=True)
    return calibration_error(scores, labels)


def _of_talk(texts: Corpora, talk: dict[str, list[float]]) -> list[Figure]:
    figures = []
    for name, scores in talk.items():
        totals: dict[str, int] = {}
        loud: dict[str, int] = {}
        for unit, score in zip(texts.talk_test[name].units, scores, strict=True):
            totals[unit] = totals.get(unit, 0) + 1
            loud[unit] = loud.get(unit, 0) + (score >= _LOUD)
        low, high = ratio_interval(list(loud.values()), list(totals.values()))
        figures.append(
            Figure(
                detector=_DETECTOR,
                measure=f"talk scored {_LOUD} or more: {name}",
                value=sum(loud.values()) / len(scores),
                low=low,
                high=high,
                count=len(totals),
                unit="texts" if len(totals) == len(scores) else "accounts",
                goal=_TALK,
            )
        )
    return figures


def _precision_recall(scored: _Scored) -> Curve:
    return Curve(
        name="sensational-precision-recall",
        title="Sensational: precision against recall, by what was tested",
        across="recall",
        up="precision",
        lines={
            name: precision_and_recall(found, corpus.labels)
            for name, (found, corpus) in scored.items()
        },
    )


def _reliability(scored: _Scored) -> Curve:
    lines: dict[str, list[Point]] = {"perfect": [(0.0, 0.0), (1.0, 1.0)]}
    for name, (found, corpus) in scored.items():
        lines[name] = [(mean, share) for mean, share, _ in reliability(found, corpus.labels)]
    return Curve(
        name="sensational-reliability",
        title="Sensational: how often a score is right",
        across="mean score of a tenth",
        up="share labelled sensational",
        lines=lines,
    )


def _alarms(scored: _Scored, talk: dict[str, list[float]]) -> Curve:
    posts = [score for scores in talk.values() for score in scores]
    lines = {}
    marked = {}
    for name, (found, corpus) in scored.items():
        loud = [score for score, label in zip(found, corpus.labels, strict=True) if label]
        lines[name] = [point for point in alarms_and_recall(posts, loud) if point[0] > 0]
        share = sum(score >= _LOUD for score in loud) / len(loud)
        marked[f"{_LOUD}"] = (sum(score >= _LOUD for score in posts) / len(posts), share)
    return Curve(
        name="sensational-false-alarms",
        title="Sensational: talk taken for it, against what is found",
        across="share of talk at or above the threshold",
        up="share of sensational headlines at or above it",
        lines=lines,
        marked=marked,
        logarithmic=True,
    )


STUDY = Study(detector=_DETECTOR, run=run)
