"""Counting in event time, and how surprising a count is."""

from math import exp, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.windows import busiest, count_between, is_steady, log10_tail, median_gap

TIMES = st.lists(st.integers(0, 1000), max_size=40).map(sorted)


@given(times=TIMES, width=st.integers(0, 300))
def test_the_busiest_stretch_is_the_best_of_all_stretches_that_end_at_a_time(
    times: list[int], width: int
) -> None:
    best = max((count_between(times, end - width, end) for end in times), default=0)

    assert busiest(times, width) == best


def test_both_ends_of_a_window_count() -> None:
    assert count_between([10, 20, 30], 10, 30) == 3


def test_a_median_gap_needs_two_times() -> None:
    assert median_gap([5]) == 0
    assert median_gap([0, 10, 40]) == 20


@pytest.mark.parametrize(
    ("times", "steady"),
    [
        ([0, 100, 200, 300], True),
        ([0, 100, 205, 290], True),
        ([0, 1, 2, 300], False),
        ([0, 100], False),
        ([5, 5, 5], False),
    ],
)
def test_a_steady_pace_has_gaps_of_about_one_length(times: list[int], steady: bool) -> None:
    assert is_steady(times) is steady


def test_a_poisson_tail_is_what_the_textbook_says() -> None:
    at_least_two = 1 - exp(-0.5) * (1 + 0.5)

    assert log10_tail(2, 0.5, 1) == pytest.approx(log10(at_least_two), rel=1e-9)


def test_a_geometric_tail_is_what_the_textbook_says() -> None:
    # shape 1: success 1/3, chance of k or more is (2/3)**k
    assert log10_tail(9, 2.0, 3.0) == pytest.approx(9 * log10(2 / 3), rel=1e-9)


def test_what_was_expected_is_no_surprise() -> None:
    assert log10_tail(3, 3.0, 2.0) == 0.0


@given(
    count=st.integers(5, 300),
    mean=st.floats(0.01, 4),
    dispersion=st.floats(1, 30),
)
def test_one_more_is_never_more_likely(count: int, mean: float, dispersion: float) -> None:
    assert log10_tail(count + 1, mean, dispersion) <= log10_tail(count, mean, dispersion) <= 0
