from hypothesis import given
from hypothesis import strategies as st

from bunco.text.terms import (
    spanish_places,
    spanish_terms,
    spanish_tokens,
)

COMMON = frozenset(("the", "you", "?", "el", "qué", "de"))


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
def test_spanish_terms_rest_on_tokens_that_are_there(text: str) -> None:
    printed, words = spanish_tokens(text)

    found = list(spanish_places(printed, words, COMMON))

    assert {term for term, _ in found} == spanish_terms(text, COMMON)
    assert all(0 <= at < len(words) for _, rests_on in found for at in rests_on)
