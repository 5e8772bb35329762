from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.evaluation.ranking import (
    alarms_and_recall,
    auc_draws,
    calibration_error,
    precision_and_recall,
    reliability,
)


def names(count: int) -> list[str]:
    return [str(at) for at in range(count)]


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9]), st.integers(0, 1)), min_size=2))
def test_the_area_is_the_chance_that_a_one_scores_above_a_zero(
    pairs: list[tuple[float, int]],
) -> None:
    ones = [score for score, label in pairs if label]
    zeros = [score for score, label in pairs if not label]
    scores, labels = zip(*pairs, strict=True)

    (area,) = auc_draws(scores, labels, names(len(scores)), draws=0)

    if not ones or not zeros:
        assert isnan(area)
        return
    wins = sum((one > zero) + (one == zero) / 2 for one in ones for zero in zeros)
    assert area == pytest.approx(wins / (len(ones) * len(zeros)))


def test_units_are_drawn_whole() -> None:
    scores, labels = [0.9, 0.1, 0.2, 0.8], [1, 0, 1, 0]

    drawn = auc_draws(scores, labels, ["good", "good", "bad", "bad"], draws=200)

    assert set(drawn[1:]) == {0.0, 0.75, 1.0}
    assert list(drawn) == list(auc_draws(scores, labels, ["good", "good", "bad", "bad"], 200))


def test_precision_is_told_at_each_threshold() -> None:
    assert precision_and_recall([0.9, 0.8, 0.8, 0.1], [1, 1, 0, 1]) == [
        (pytest.approx(1 / 3), 1.0),
        (pytest.approx(2 / 3), pytest.approx(2 / 3)),
        (1.0, pytest.approx(3 / 4)),
    ]


def test_alarms_and_recall_run_from_none_to_all() -> None:
    points = alarms_and_recall([0.1, 0.6], [0.7, 0.9])

    assert points[0] == (0.0, 0.0)
    assert points[-1] == (1.0, 1.0)
    assert (0.5, 1.0) in points


def test_a_score_that_is_as_often_right_as_it_says_has_no_error() -> None:
    assert calibration_error([0.25] * 4, [1, 0, 0, 0]) == 0
    assert calibration_error([0.75] * 4, [1, 0, 0, 0]) == pytest.approx(0.5)


def test_a_score_of_one_belongs_to_the_last_tenth() -> None:
    ((mean, share, count),) = reliability([1.0, 0.95], [1, 0])

    assert mean == pytest.approx(0.975)
    assert (share, count) == (0.5, 2)
