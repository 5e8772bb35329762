"""Logistic regression in plain Python: small, exact enough, the same digits every time."""

from collections.abc import Sequence
from math import exp
from random import Random
from typing import NamedTuple

STEPS = 25
_ROUNDS = 40
_RATE = 0.15
_SPARSE_PENALTY = 1.5e-3


class Example(NamedTuple):
    """What is known of one text, its label (0 or 1) and how much it counts."""

    values: Sequence[int]
    label: int
    weight: float = 1.0


class Model(NamedTuple):
    """A bias and one weight a value."""

    bias: float
    weights: list[float]

    def logit(self, values: Sequence[int]) -> float:
        """Give the log odds of a text."""
        return self.bias + sum(w * v for w, v in zip(self.weights, values, strict=True))


class Row(NamedTuple):
    """Counts of families, which terms of a vocabulary are there, and the label."""

    values: Sequence[int]
    terms: Sequence[int]
    label: int


def fit(examples: Sequence[Example], width: int, penalty: float) -> Model:
    """Fit by Newton's method, L2 on all but the bias.

    Source: Bishop, Pattern Recognition and Machine Learning, 4.3.3 (IRLS).
    """
    merged = _merged(examples)
    found = [0.0] * (width + 1)
    for _ in range(STEPS):
        step = _newton_step(merged, found, penalty)
        found = [a - b for a, b in zip(found, step, strict=True)]
        if max(map(abs, step)) < 1e-9:
            break
    return Model(found[0], found[1:])


def scale(examples: Sequence[Example], model: Model) -> tuple[float, float]:
    """Give the factor and bias that make the model's odds fit the labels.

    Source: Platt, Probabilistic outputs for support vector machines, 1999.
    """
    logits = [
        Example((round(1000 * model.logit(example.values)),), example.label, example.weight)
        for example in examples
    ]
    fitted = fit(logits, 1, 0.0)
    return fitted.weights[0] * 1000, fitted.bias


def fit_sparse(
    rows: Sequence[Row], width: int, terms: int
) -> tuple[float, list[float], list[float]]:
    """Fit bias, family weights and term weights by averaged stochastic gradient steps.

    Source: Bottou, Stochastic gradient descent tricks, 2012.
    """
    chance = Random(1)
    weights = [0.0] * (1 + width + terms)
    sums = weights.copy()
    order = list(range(len(rows)))
    for turn in range(_ROUNDS):
        chance.shuffle(order)
        rate = _RATE / (1 + turn / 4)
        for at in order:
            _step(weights, rows[at], width, rate)
        shrink = 1 - rate * _SPARSE_PENALTY * len(rows)
        weights = [weights[0], *(weight * shrink for weight in weights[1:])]
        if turn >= _ROUNDS // 2:
            sums = [a + b for a, b in zip(sums, weights, strict=True)]
    mean = [total / (_ROUNDS - _ROUNDS // 2) for total in sums]
    return mean[0], mean[1 : width + 1], mean[width + 1 :]


def auc(scores: Sequence[float], labels: Sequence[int]) -> float:
    """Give the area under the ROC curve: the chance that a one scores above a zero."""
    ranked = sorted(zip(scores, labels, strict=True))
    ones = sum(labels)
    total = at = 0.0
    start = 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        total += sum(label for _, label in ranked[start:end]) * ((start + end + 1) / 2)
        start = end
    at = total - ones * (ones + 1) / 2
    return at / (ones * (len(labels) - ones))


def _step(weights: list[float], row: Row, width: int, rate: float) -> None:
    logit = weights[0]
    logit += sum(weights[1 + at] * value for at, value in enumerate(row.values) if value)
    logit += sum(weights[1 + width + at] for at in row.terms)
    change = rate * (row.label - _chance_of(logit))
    weights[0] += change
    for at, value in enumerate(row.values):
        if value:
            weights[1 + at] += change * value
    for at in row.terms:
        weights[1 + width + at] += change


def _merged(examples: Sequence[Example]) -> list[Example]:
    """Give one example for all that are equal: a few thousand stand for 50,000."""
    totals: dict[tuple[tuple[int, ...], int], float] = {}
    for values, label, weight in examples:
        key = (tuple(values), label)
        totals[key] = totals.get(key, 0.0) + weight
    return [Example(values, label, weight) for (values, label), weight in totals.items()]


def _newton_step(examples: list[Example], found: list[float], penalty: float) -> list[float]:
    size = len(found)
    gradient = [0.0, *(penalty * weight for weight in found[1:])]
    curvature = [[0.0] * size for _ in range(size)]
    for at in range(1, size):
        curvature[at][at] = penalty
    for values, label, weight in examples:
        present = [(0, 1), *((at + 1, value) for at, value in enumerate(values) if value)]
        chance = _chance_of(sum(found[at] * value for at, value in present))
        off, bend = weight * (chance - label), weight * chance * (1 - chance)
        for one, value in present:
            gradient[one] += off * value
            row = curvature[one]
            for other, other_value in present:
                row[other] += bend * value * other_value
    return _solved(curvature, gradient)


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve by Gauss with row exchange; the matrix is small and positive."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        best = max(range(at, size), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        pivot = rows[at][at] or 1e-12
        for below in range(at + 1, size):
            if factor := rows[below][at] / pivot:
                rows[below] = [a - factor * b for a, b in zip(rows[below], rows[at], strict=True)]
    found = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][other] * found[other] for other in range(at + 1, size))
        found[at] = (rows[at][size] - known) / (rows[at][at] or 1e-12)
    return found


def _chance_of(logit: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))
