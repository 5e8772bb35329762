"""How well scores rank: areas, curves and calibration, with intervals over units."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bunco.evaluation.intervals import DRAWS
from bunco.evaluation.model import Point

Floats: TypeAlias = NDArray[np.float64]

_SEED = 1993
_BINS = 10
"""Of a calibration curve. Source: Guo et al., On calibration of modern neural networks,
2017, use 15 for many more samples."""


def auc_draws(
    scores: Sequence[float], labels: Sequence[int], units: Sequence[str], draws: int = DRAWS
) -> Floats:
    """Give the area under the ROC curve, first of all, then of each draw of the units.

    Args:
        scores: higher for what is likelier a one; equal scores count half.
        labels: 0 or 1, one for each score.
        units: whom each score is from; drawn again with replacement.
        draws: how often.
    """
    _, place = np.unique(np.asarray(scores), return_inverse=True)
    names, member = np.unique(np.asarray(units), return_inverse=True)
    ones = np.asarray(labels) == 1
    chance = np.random.default_rng(_SEED)
    found = [_area(place, ones, np.ones(len(ones)))]
    for _ in range(draws):
        drawn = np.bincount(chance.integers(0, len(names), len(names)), minlength=len(names))
        found.append(_area(place, ones, drawn[member].astype(float)))
    return np.array(found)


def precision_and_recall(scores: Sequence[float], labels: Sequence[int]) -> list[Point]:
    """Give (recall, precision) from the highest threshold down to the lowest."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    sorted_scores = np.asarray(scores)[order]
    hits = np.cumsum(np.asarray(labels)[order])
    ends = np.flatnonzero(np.append(np.diff(sorted_scores) != 0, [True]))
    return _thinned([(float(hits[at] / hits[-1]), float(hits[at] / (at + 1))) for at in ends])


def alarms_and_recall(alarming: Sequence[float], wanted: Sequence[float]) -> list[Point]:
    """Give (share of ``alarming``, share of ``wanted``) at or above each threshold."""
    thresholds = np.linspace(0, 1, 201)[::-1]
    one, other = np.asarray(alarming), np.asarray(wanted)
    return [
        (float(np.mean(one >= threshold)), float(np.mean(other >= threshold)))
        for threshold in thresholds
    ]


def reliability(scores: Sequence[float], labels: Sequence[int]) -> list[tuple[float, float, int]]:
    """Give the mean score, the share of ones and the count of each tenth that is not empty."""
    values, ones = np.asarray(scores), np.asarray(labels)
    bins = np.minimum((values * _BINS).astype(int), _BINS - 1)
    return [
        (float(values[at].mean()), float(ones[at].mean()), int(at.sum()))
        for at in (bins == number for number in range(_BINS))
        if at.any()
    ]


def calibration_error(scores: Sequence[float], labels: Sequence[int]) -> float:
    """Give how far score and share of ones are apart, mean over the texts, by tenths.

    Source: Naeini et al., Obtaining well calibrated probabilities, 2015 (ECE).
    """
    parts = reliability(scores, labels)
    return sum(abs(mean - share) * count for mean, share, count in parts) / len(scores)


def _area(place: NDArray[np.intp], ones: NDArray[np.bool_], weights: Floats) -> float:
    above = np.bincount(place, weights * ones)
    below = np.bincount(place, weights * ~ones)
    wins = above * (np.cumsum(below) - below / 2)
    total = above.sum() * below.sum()
    return float(wins.sum() / total) if total else float("nan")


def _thinned(points: list[Point], most: int = 400) -> list[Point]:
    step = max(1, len(points) // most)
    return [*points[:-1:step], points[-1]]
