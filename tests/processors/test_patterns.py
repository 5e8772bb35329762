"""When a finding is no more than one that was judged."""

import pytest

from bunco.model import Pattern, Quote
from processors.patterns import (
    burst_pattern,
    headline_pattern,
    is_no_larger_burst,
    is_same_headline,
)
from tests.builders import NOON, a_finding

HEADLINE = "Seven kitchen habits that quietly waste your money every single week"


def a_burst(count: int, log10_chance: float, window_s: int = 3600) -> Pattern:
    numbers = {
        "count": count,
        "window_count": count,
        "window_s": window_s,
        "log10_chance": log10_chance,
    }
    return burst_pattern(a_finding(detector="bursts", numbers=numbers | {"places": 3}))


@pytest.mark.parametrize(
    ("found", "same"),
    [
        (HEADLINE, True),
        (HEADLINE.upper(), True),
        ("🔥 " + HEADLINE, True),
        ("Seven kitchen habits that quietly waste your cash every single week", True),
        (HEADLINE[:60] + "…", True),
        ("The council approves new cycle lanes along the river", False),
        ("", False),
    ],
)
def test_a_headline_is_the_same_edits_aside(found: str, same: bool) -> None:
    assert is_same_headline(Pattern(text=HEADLINE), Pattern(text=found)) is same


def test_nothing_is_the_same_as_a_headline_that_was_removed() -> None:
    assert not is_same_headline(Pattern(), Pattern(text=HEADLINE))
    assert not is_same_headline(Pattern(), Pattern())


def test_a_headline_pattern_is_the_first_quote() -> None:
    quotes = (Quote("web:1", HEADLINE, NOON, ""), Quote("web:2", "Another form", NOON, ""))

    assert headline_pattern(a_finding(quotes=quotes)) == Pattern(text=HEADLINE, post="web:1")
    assert headline_pattern(a_finding(quotes=())) == Pattern()


@pytest.mark.parametrize(
    ("found", "covered"),
    [
        (a_burst(100, -20.0), True),
        (a_burst(20, -4.0), True),
        (a_burst(120, -24.0), True),
        (a_burst(121, -20.0), False),
        (a_burst(100, -60.0), True),
        (a_burst(100, -60.0, window_s=86400), True),
        (a_burst(100, -24.0, window_s=600), True),
        (a_burst(100, -24.1, window_s=600), False),
        (Pattern(), False),
        (Pattern(numbers={"count": 1.0, "log10_chance": -4.0}), False),
    ],
)
def test_a_burst_is_covered_up_to_two_deviations_more_and_no_denser(
    found: Pattern, covered: bool
) -> None:
    assert is_no_larger_burst(a_burst(100, -20.0), found) is covered


def test_the_margin_of_a_small_burst_is_a_half() -> None:
    judged = a_burst(6, -5.0)

    assert is_no_larger_burst(judged, a_burst(9, -7.5, window_s=600))
    assert not is_no_larger_burst(judged, a_burst(10, -7.5))
    assert not is_no_larger_burst(judged, a_burst(9, -7.6, window_s=600))


@pytest.mark.parametrize("number", ["-inf", float("-inf"), "often", None])
def test_a_number_that_is_none_is_left_out(number: object) -> None:
    numbers = {"count": 3, "window_count": 3, "log10_chance": number}

    pattern = burst_pattern(a_finding(numbers={k: v for k, v in numbers.items() if v is not None}))

    assert pattern == Pattern(numbers={"count": 3.0, "window_count": 3.0})
