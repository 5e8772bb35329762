import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.text.cues import NAMES
from bunco.text.language import Language
from bunco.text.terms import spanish_terms
from bunco.text.weighing import UNIT, Weights, log_odds, scorer_of

COMMON = ("the", "you", "?", "qué", "de", "_n", "_at")
SPANISH = Weights(
    0.5,
    {},
    COMMON,
    {
        "qué": 300,
        "#asking": 41,
        "<asking": 43,
        "#asks first": 47,
        "#number of things": 53,
        "de X": 59,
        "de x": 61,
        "x de x": 67,
        "casa _ perro": 71,
        "casa de": 73,
        "_start XX": 79,
        "X x de": 83,
        "_n": 5,
    },
)
WORDS = ["the", "you", "You", "?", "!", "qué", "Qué", "de", "casa", "CASA", "perro", "siete"]
WORDS += [
    "trucos",
    "@ann",
    "#tag",
    "12",
    "1.5",
    "don't",
    "é",
    "…",
    "😱",
    "https://e.org/a",
    "¿",
    ":",
]
TEXTS = st.one_of(st.lists(st.sampled_from(WORDS)).map(" ".join), st.text(max_size=120))


@given(TEXTS)
def test_spanish_by_numbers_weighs_what_its_terms_weigh(text: str) -> None:
    terms = spanish_terms(text, frozenset(COMMON))
    scorer = scorer_of(SPANISH, "spanish")

    found = log_odds(text, [], scorer)

    assert found == pytest.approx(SPANISH.bias + sum(scorer.terms.get(t, 0) for t in terms) / UNIT)


@pytest.mark.parametrize("language", ["english", "spanish", "other"])
def test_cues_are_added_up(language: Language) -> None:
    scorer = scorer_of(Weights(-1.0, {"exclamation": 0.5, "you": 0.25}), language)

    assert log_odds("You there!", ["you", "there"], scorer) == -0.25
    assert log_odds("Calm", ["calm"], scorer) == -1.0
    assert len(scorer.cues) == len(NAMES)
