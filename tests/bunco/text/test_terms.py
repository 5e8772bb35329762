from hypothesis import given
from hypothesis import strategies as st

from bunco.text.terms import (
    english_places,
    english_sorts,
    english_terms,
    spanish_places,
    spanish_terms,
    spanish_tokens,
)

COMMON = frozenset(("the", "you", "?", "el", "qué", "de"))


def test_english_keeps_common_words_and_marks_and_hides_what_it_is_about() -> None:
    one = english_sorts("The bridge you saw", COMMON)
    other = english_sorts("the PARTY you built", COMMON)

    assert one == other == ["_start", "the", "x", "you", "x", "_end"]


def test_spanish_tells_asking_from_telling_by_the_accent() -> None:
    asking = spanish_terms("Qué pasó", COMMON)
    telling = spanish_terms("Que pasó", COMMON)

    assert {"#asking", "#asks first"} <= asking
    assert not {"#asking", "#asks first"} & telling


def test_a_number_of_things_is_no_number_of_years() -> None:
    assert "#number of things" in spanish_terms("Cinco trucos de cocina", COMMON)
    assert "#number of things" not in spanish_terms("Cinco años de cárcel", COMMON)


def test_a_question_behind_a_colon_is_seen() -> None:
    assert "#asks after a break" in spanish_terms("Vacunas: ¿cuándo llegan?", COMMON)


@given(st.text(max_size=200))
def test_the_places_of_english_terms_cover_all_of_them(text: str) -> None:
    sorts = english_sorts(text, COMMON)

    found = list(english_places(sorts))

    assert {term for term, _ in found} == english_terms(sorts)
    assert all(0 <= at < len(sorts) for _, rests_on in found for at in rests_on)


@given(st.text(max_size=200))
def test_spanish_terms_rest_on_tokens_that_are_there(text: str) -> None:
    printed, words = spanish_tokens(text)

    found = list(spanish_places(printed, words, COMMON))

    assert {term for term, _ in found} == spanish_terms(text, COMMON)
    assert all(0 <= at < len(words) for _, rests_on in found for at in rests_on)
