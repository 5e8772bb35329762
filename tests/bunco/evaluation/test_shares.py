"""A share as a figure."""

import math

from bunco.evaluation.shares import share


def test_a_share_counts_cases_and_is_as_sure_as_its_units() -> None:
    judged = [(f"unit {at}", at % 4 != 0) for at in range(40)] * 3

    figure = share(judged, detector="d", measure="m", unit="units")

    assert figure.value == 0.75
    assert figure.count == 40
    assert figure.low < 0.7
    assert figure.high > 0.8


def test_no_cases_have_no_share() -> None:
    assert math.isnan(share([], detector="d", measure="m", unit="units").value)
