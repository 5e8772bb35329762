import unicodedata

import apsw
import pytest

from bunco.storage.words import MOST_TERMS, SEPARATING, Term, matches, parse, tokens
from bunco.stores_sql.schema import _SEPARATORS

OF_UNICODE_6 = [
    *(range(1, 0x530), range(0x5D0, 0x5F5), range(0x620, 0x64B), range(0x900, 0x980)),
    *(range(0xE00, 0xE60), range(0x1E00, 0x2000), range(0x2000, 0x2190), range(0x3040, 0x3100)),
    *(range(0x4E00, 0x9FCC), range(0xAC00, 0xD7A4), range(0xFF00, 0xFFF0)),
    range(0x1F000, 0x1FB00),
]
KNOWN_TO_DIFFER = {0x1E0, 0x1E1, 0x37F, 0x528, 0x52A, 0x52C, 0x52E}
"""Two letters with two accents each, and capitals that came with Unicode 7."""


def test_tokens_are_those_of_the_full_text_index() -> None:
    connection = apsw.Connection(":memory:")
    tokenise = connection.fts5_tokenizer(
        "unicode61", ["remove_diacritics", "2", "separators", _SEPARATORS]
    )

    def theirs(text: str) -> list[str]:
        found = tokenise(
            text.encode(),
            apsw.FTS5_TOKENIZE_DOCUMENT,
            None,
            include_offsets=False,
            include_colocated=False,
        )
        return [str(token if isinstance(token, str) else token[0]) for token in found]

    other = {
        code: (tokens(text), theirs(text))
        for codes in OF_UNICODE_6
        for code in codes
        if unicodedata.category(chr(code)) not in ("Cn", "Cs")
        and tokens(text := f"x{chr(code)}y z") != theirs(text)
    }

    assert set(other) - KNOWN_TO_DIFFER == set()


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("", ()),
        ("Café  CAFE", (Term(("cafe",)),)),
        ('"One  trick"* x', (Term(("one", "trick"), prefix=True), Term(("x",)))),
        ("well-known*", (Term(("well", "known"), prefix=True),)),
        ('say "half', (Term(("say",)), Term(("half",)))),
        ('""*', ()),
        ("*", ()),
        ("\0 \ud800", ()),
    ],
)
def test_what_is_typed_becomes_terms(typed: str, terms: tuple[Term, ...]) -> None:
    assert parse(typed) == terms


def test_terms_beyond_the_most_are_left_out() -> None:
    assert len(parse(" ".join(f"word{n}" for n in range(1000)))) == MOST_TERMS


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("trick", True),
        ('"one weird"', True),
        ('"trick doctors"', False),
        ("doc*", True),
        ('"weird tri"*', True),
        ("trick nowhere", False),
        ("", False),
    ],
)
def test_all_terms_must_stand_in_one_of_the_fields(typed: str, *, found: bool) -> None:
    assert matches(parse(typed), ("One weird trick", "doctors hate it")) is found


def test_what_separates_is_never_a_letter_or_digit_of_a_script() -> None:
    letters = [
        hex(code)
        for first, last in SEPARATING
        for code in range(first, last + 1)
        if unicodedata.category(chr(code))[0] == "L"
    ]

    assert letters == []
