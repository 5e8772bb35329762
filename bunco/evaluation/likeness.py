"""Ways to say how alike two headlines are, to hold the shipped one against.

Each takes two wordings and gives 0…1. The mixture weighs them; its weights, like everybody's
threshold here, are found without the pair that is judged.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from bunco.text.similarity import SAME, long_enough, maybe_same, one_of_a_mould, same, similarity
from bunco.text.similarity import grams as sketch

Score = Callable[[str, str], float]
Numbers = NDArray[np.float64]

SHIPPED = "shipped"
MIXTURE = "mixture"
_PENALTY = 1.0
_STEPS = 30


def _grams(text: str, size: int) -> set[str]:
    padded = f" {text} "
    return {padded[at : at + size] for at in range(len(padded) - size + 1)}


def _jaccard(size: int) -> Score:
    def score(a: str, b: str) -> float:
        one, other = _grams(a, size), _grams(b, size)
        return len(one & other) / max(1, len(one | other))

    return score


def _containment(size: int) -> Score:
    def score(a: str, b: str) -> float:
        one, other = _grams(a, size), _grams(b, size)
        return len(one & other) / max(1, min(len(one), len(other)))

    return score


def _shipped(a: str, b: str) -> float:
    """Give the similarity, just below the line where ``same`` says no for another reason."""
    found = similarity(a, b)
    return found if is_same(a, b) else min(found, SAME - 0.01)


def is_same(a: str, b: str) -> bool:
    """Say what ``bunco compare`` says of two wordings."""
    return maybe_same(sketch(a), sketch(b)) and same(a, b)


SCORES: dict[str, Score] = {
    SHIPPED: _shipped,
    "3-gram Jaccard": _jaccard(3),
    "4-gram Jaccard": _jaccard(4),
    "3-gram containment": _containment(3),
    "4-gram containment": _containment(4),
    "token sort": lambda a, b: fuzz.token_sort_ratio(a, b) / 100,
    "token set": lambda a, b: fuzz.token_set_ratio(a, b) / 100,
    "WRatio": lambda a, b: fuzz.WRatio(a, b) / 100,
}
"""By name; all but the mixture."""


def features(a: str, b: str) -> list[float]:
    """Give what the mixture weighs: all scores, and three guards of the shipped one."""
    scores = [similarity(a, b), *(score(a, b) for name, score in SCORES.items() if name != SHIPPED)]
    shorter, longer = sorted((len(a.split()), len(b.split())))
    return [
        *scores,
        float(one_of_a_mould(a, b)),
        float(long_enough(a) and long_enough(b)),
        min(shorter, 20) / 20,
        shorter / max(1, longer),
    ]


def best_threshold(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Give the threshold with the best F1, halfway between two scores where it can."""
    order = sorted(set(scores))
    cuts = [order[0], *((low + high) / 2 for low, high in pairwise(order))]
    return max(cuts, key=lambda cut: f1([score >= cut for score in scores], labels))


def f1(taken: Sequence[bool], labels: Sequence[bool]) -> float:
    """Give the harmonic mean of precision and recall; 0 where nothing is right."""
    right = sum(a and b for a, b in zip(taken, labels, strict=True))
    return 2 * right / max(1, sum(taken) + sum(labels))


class Mixture:
    """A logistic regression over standardised features, L2 on all weights but the bias.

    Source: Bishop, Pattern Recognition and Machine Learning, 4.3.3 (IRLS).
    """

    def __init__(self, rows: Sequence[Sequence[float]], labels: Sequence[bool]) -> None:
        values = np.asarray(rows, float)
        self._mean = values.mean(axis=0)
        self._scale = np.maximum(values.std(axis=0), 1e-6)
        design = self._design(values)
        wanted = np.asarray(labels, float)
        penalty = np.diag([0.0, *([_PENALTY] * values.shape[1])])
        self._weights = np.zeros(design.shape[1])
        for _ in range(_STEPS):
            chance = _logistic(design @ self._weights)
            slope = design.T @ (chance - wanted) + penalty @ self._weights
            curve = design.T @ (design * (chance * (1 - chance))[:, None]) + penalty
            self._weights = self._weights - np.linalg.solve(
                curve + 1e-9 * np.eye(len(curve)), slope
            )

    def score(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """Give the chance of each pair to be one headline."""
        found: list[float] = _logistic(
            self._design(np.asarray(rows, float)) @ self._weights
        ).tolist()
        return found

    def _design(self, values: Numbers) -> Numbers:
        scaled = (values - self._mean) / self._scale
        return np.hstack([np.ones((len(values), 1)), scaled])


def _logistic(odds: Numbers) -> Numbers:
    bent: Numbers = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
    return bent


def left_out(rows: Sequence[Sequence[float]], labels: Sequence[bool]) -> list[float]:
    """Give the mixture's score of each pair, fitted on all others."""
    return [
        Mixture([*rows[:at], *rows[at + 1 :]], [*labels[:at], *labels[at + 1 :]]).score([rows[at]])[
            0
        ]
        for at in range(len(rows))
    ]


def taken_left_out(scores: Sequence[float], labels: Sequence[bool]) -> list[bool]:
    """Judge each pair by the threshold that is best for all others."""
    return [
        scores[at]
        >= best_threshold([*scores[:at], *scores[at + 1 :]], [*labels[:at], *labels[at + 1 :]])
        for at in range(len(scores))
    ]
