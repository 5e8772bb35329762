import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.text.tokens import TOKEN, plain, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("¿Qué pasó?", ["¿", "Qué", "pasó", "?"]),
        ("Don't, don’t", ["Don't", ",", "don't"]),
        ("1.234,5 y 7", ["_n", "y", "_n"]),
        ("@ann #Liga # @", ["_at", "_tag", "#", "@"]),
        ("a https://example.org/x?y=1 b", ["a", "b"]),
        ("“hola” «sí»", ['"', "hola", '"', '"', "sí", '"']),
        ("👍🏽", ["👍"]),
        ("snake_case", ["snake", "case"]),
    ],
)
def test_tokens_are_what_print_has(text: str, expected: list[str]) -> None:
    assert tokens(plain(text)) == expected


@given(st.text(max_size=300))
def test_offsets_stay_where_they_are(text: str) -> None:
    made = plain(text)

    assert len(made) == len(text)
    assert len(TOKEN.findall(made)) == len(tokens(made))
