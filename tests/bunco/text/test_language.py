import pytest

from bunco.text.language import language
from bunco.text.wording import wording


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The council approves new cycle lanes", "english"),
        ("Trump slams media", "english"),
        ("Beyoncé stuns in Paris", "english"),
        ("El Gobierno aprueba los presupuestos", "spanish"),
        ("¿Quién gana?", "spanish"),
        ("Cómo adelgazar diez kilos", "spanish"),
        ("Il governo non approva il bilancio che serve", "other"),
        ("O governo não aprova as contas", "other"),
        ("Der Bundestag beschließt die Haushaltspläne", "other"),
        ("Nem hiszed el, hogy ez történt", "other"),
        ("Совет одобрил новые дорожки", "other"),
        ("", "english"),
        ("12 345", "english"),
    ],
)
def test_the_commonest_words_tell_the_language(text: str, expected: str) -> None:
    assert language(wording(text).split(), text) == expected
