"""Pairs and headlines as the study of repeats reads them."""

from collections import Counter

from bunco.evaluation.data import data_folder
from bunco.evaluation.headline_pairs import annotated_pairs, further_pairs, real_headlines
from tests.shared_data import shared


def test_unclear_pairs_are_left_out_and_no_pair_is_in_both_sets() -> None:
    data = data_folder(shared("neardup").parent)

    first, second = annotated_pairs(data), further_pairs(data)

    assert Counter(pair.is_same for pair in first) == {True: 29, False: 32}
    assert Counter(pair.is_same for pair in second) == {True: 69, False: 72}
    assert not {(pair.a, pair.b) for pair in first} & {(pair.a, pair.b) for pair in second}


def test_real_headlines_are_different_ones_and_the_same_each_time() -> None:
    data = data_folder(shared("neardup").parent)

    found = real_headlines(data, 50)

    assert found == real_headlines(data, 50)
    assert Counter(one.source for one in found) == {
        "uci": 50,
        "health_outlets": 50,
        "hackernews": 50,
    }
    assert len({one.text for one in found}) == 150
