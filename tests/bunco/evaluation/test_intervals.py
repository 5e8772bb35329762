import math

import pytest

from bunco.evaluation.intervals import interval, ratio_interval


def test_interval_holds_the_figure_and_narrows_with_more_units() -> None:
    few = interval([0.0, 1.0] * 10, lambda units: sum(units) / len(units))
    many = interval([0.0, 1.0] * 200, lambda units: sum(units) / len(units))

    assert few[0] < 0.5 < few[1]
    assert many[1] - many[0] < (few[1] - few[0]) / 2


def test_interval_is_near_that_of_the_normal_law() -> None:
    low, high = interval([0.0, 1.0] * 200, lambda units: sum(units) / len(units))

    assert (low, high) == pytest.approx((0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.01)


def test_units_that_are_alike_leave_no_doubt() -> None:
    assert interval([3.0] * 5, lambda units: sum(units) / len(units)) == (3.0, 3.0)


def test_draws_without_a_number_are_left_out() -> None:
    found = interval([0.0, 1.0], lambda units: sum(units) or float("nan"))

    assert all(map(math.isfinite, found))


def test_no_units_have_no_interval() -> None:
    assert all(map(math.isnan, interval([], len)))
    assert all(map(math.isnan, ratio_interval([], [])))


def test_ratio_weighs_units_by_their_size() -> None:
    hits, totals = [1.0, 90.0] * 50, [10.0, 100.0] * 50

    low, high = ratio_interval(hits, totals)

    assert low < 91 / 110 < high
    assert high - low < 0.2


def test_same_units_give_the_same_interval() -> None:
    assert ratio_interval([1, 0, 1], [1, 1, 1]) == ratio_interval([1, 0, 1], [1, 1, 1])
