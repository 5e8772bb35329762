"""What is usual for an author."""

from datetime import timedelta

import pytest

from bunco.values import Duration
from bunco.windows import HOUR_MS
from processors.baseline import Prior, baseline

PRIOR = Prior(per_day=24, dispersion=4, weight=Duration(hours=24))


def test_without_history_the_prior_speaks() -> None:
    usual = baseline({}, 0, 0, PRIOR)

    assert usual.per_hour == 1.0
    assert usual.dispersion == 4.0
    assert usual.history_ms == 0


def test_history_as_long_as_the_prior_weighs_as_much() -> None:
    hours = dict.fromkeys(range(24), 3)

    usual = baseline(hours, 0, 24 * HOUR_MS, PRIOR)

    assert usual.per_hour == pytest.approx(2.0)
    assert usual.dispersion == pytest.approx((24 * 0 + 72 * 4) / (24 + 72))


def test_hours_at_and_after_the_end_are_not_history() -> None:
    hours = {0: 1, 5: 100}

    usual = baseline(hours, 0, 5 * HOUR_MS, PRIOR)

    assert usual.per_hour == pytest.approx((1 + 24) / (5 + 24))


def test_an_uneven_author_has_a_larger_dispersion_than_an_even_one() -> None:
    two_weeks = 14 * 24
    end = two_weeks * HOUR_MS
    even = dict.fromkeys(range(0, two_weeks, 4), 1)
    uneven = dict.fromkeys(range(0, two_weeks, 40), 10)

    assert baseline(uneven, 0, end, PRIOR).dispersion > 3 * baseline(even, 0, end, PRIOR).dispersion


def test_the_weight_of_the_prior_is_a_length_of_time() -> None:
    assert Prior(per_day=1, dispersion=1).weight == timedelta(hours=12)
