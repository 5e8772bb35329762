"""Search words: what somebody typed, as terms; what a text holds, as tokens.

Tokens are those of SQLite's FTS5 ``unicode61`` with ``remove_diacritics 2``: runs of letters
and digits, in lower case, Latin letters without their accents. Equal to it for the letters
and digits of Unicode 6.1, but for two letters with two accents each; scripts that came later
may fold differently. Writing without spaces (Chinese, Japanese, Thai) makes long tokens: only
their beginnings can be found, with ``*``.

Source: https://sqlite.org/fts5.html section 4.3.1, compared with its tokeniser in a test.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

MOST_TERMS = 32
"""Terms of a search that count; those after them are ignored. Source: ours."""

SEPARATING = (
    (0x061C, 0x061C),
    (0x2066, 0x2069),
    (0x20BA, 0x20C0),
    (0x218A, 0x218B),
    (0x2BFF, 0x2BFF),
    (0x2E3C, 0x2E5D),
    (0x1F000, 0x1FAFF),
)
"""First and last of characters that are newer than Unicode 6.1 and never part of a word:
marks of direction, currencies, punctuation, emoji. FTS5 has to be told, in the first step
of the schema: a change here needs a step that builds the index anew."""

_TYPED = re.compile(r'"([^"]*)"(\*?)|([^\s"]+)')
_ACCENTS = frozenset(768 + bit for bit in range(50) if (0x08029FDF | 0x000361F8 << 32) >> bit & 1)
"""Combining marks that FTS5 leaves out of a token. Source: SQLite, fts5_unicode2.c, the
masks of ``sqlite3Fts5UnicodeIsdiacritic``."""


class Term(Struct, frozen=True):
    """Tokens that must stand side by side in one field."""

    tokens: tuple[str, ...]
    prefix: bool = False
    """True when the last token is only the beginning of a word."""


def parse(words: str) -> tuple[Term, ...]:
    """Give the terms of what was typed; all of them must be found.

    >>> parse('Café "one trick" pre* -- !')
    (Term(tokens=('cafe',), prefix=False), Term(tokens=('one', 'trick'), prefix=False), \
Term(tokens=('pre',), prefix=True))
    """
    terms = []
    for phrase, star, word in _TYPED.findall(words):
        found = tokens(phrase or word)
        if found:
            terms.append(Term(tuple(found), prefix=bool(star) or word.endswith("*")))
    return tuple(dict.fromkeys(terms))[:MOST_TERMS]


def tokens(text: str) -> list[str]:
    """Give the words of a text as the full-text index holds them.

    >>> tokens("Don’t miss ÜBER-sale🥰now!")
    ['don', 't', 'miss', 'uber', 'sale', 'now']
    """
    folded = "".join(map(_folded, text))
    return [token for run in folded.split() if (token := run.replace("\x01", ""))]


def matches(terms: Sequence[Term], fields: Sequence[str]) -> bool:
    """Tell whether each term stands in at least one of the fields."""
    held = [tokens(field) for field in fields]
    return bool(terms) and all(any(_holds(field, term) for field in held) for term in terms)


def _holds(field: list[str], term: Term) -> bool:
    whole = term.tokens[:-1] if term.prefix else term.tokens
    width = len(term.tokens)
    for start in range(len(field) - width + 1):
        if tuple(field[start : start + len(whole)]) == whole and (
            not term.prefix or field[start + width - 1].startswith(term.tokens[-1])
        ):
            return True
    return False


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    """Give a space for what separates, U+0001 for what is left out of a token."""
    code = ord(character)
    category = unicodedata.category(character)
    if code in _ACCENTS:
        return "\x01"
    if not (category[0] in "LN" or category == "Co"):
        return " "
    if any(first <= code <= last for first, last in SEPARATING):
        return " "
    folded = character.casefold()
    if len(folded) > 1:
        folded = character.lower()[0]
    plain = unicodedata.normalize("NFD", folded)
    return plain[0] if len(plain) > 1 and plain[0].isascii() else folded
