"""Methods beside the shipped one: their range, their thresholds, the mixture."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.evaluation.likeness import (
    SCORES,
    Mixture,
    best_threshold,
    f1,
    features,
    is_same,
    left_out,
    taken_left_out,
)
from bunco.text.similarity import SAME
from bunco.text.wording import wording

words = st.lists(st.sampled_from(["rain", "falls", "on", "the", "old", "town", "7"]), max_size=12)
wordings = words.map(" ".join).map(wording)


@pytest.mark.parametrize("name", SCORES)
@given(a=wordings, b=wordings)
def test_every_score_is_within_bounds_and_the_same_either_way(name: str, a: str, b: str) -> None:
    score = SCORES[name]

    assert 0 <= score(a, b) <= 1
    assert score(a, b) == pytest.approx(score(b, a))


@given(wordings, wordings)
def test_the_shipped_score_is_at_its_line_where_the_pair_is_the_same(a: str, b: str) -> None:
    assert (SCORES["shipped"](a, b) >= SAME) == is_same(a, b)


def test_the_best_threshold_parts_what_can_be_parted() -> None:
    line = best_threshold([0.1, 0.4, 0.6, 0.9], [False, False, True, True])

    assert line == 0.5
    assert f1([score >= line for score in (0.1, 0.4, 0.6, 0.9)], [False, False, True, True]) == 1


def test_a_pair_has_no_say_in_its_own_threshold() -> None:
    scores, labels = [0.1, 0.2, 0.55, 0.9, 1.0], [False, False, True, True, True]

    assert taken_left_out(scores, labels) == [False, False, True, True, True]
    assert best_threshold([0.1, 0.4, 0.9], [False, True, True]) == 0.25
    assert taken_left_out([0.1, 0.4, 0.9], [False, True, True]) == [False, False, True]


def test_the_mixture_learns_what_parts_pairs_and_leaves_out_the_one_it_judges() -> None:
    pairs = [
        ("rain falls on the old town tonight", "rain falls on the old town"),
        ("council opens the new library at last", "the new library council opens at last"),
        ("a big storm takes the roof off the barn", "a storm takes the roof off the barn"),
        ("rain falls on the old town tonight", "council opens the new library at last"),
        ("a big storm takes the roof off the barn", "the cat sat upon a mat for hours"),
        ("winning numbers of monday", "the weather of the week"),
    ]
    rows, labels = [features(a, b) for a, b in pairs], [True] * 3 + [False] * 3

    inside = Mixture(rows, labels).score(rows)
    outside = left_out(rows, labels)

    assert [chance > 0.5 for chance in inside] == labels
    assert [chance > 0.5 for chance in outside] == labels
    assert inside != outside
