"""How Elasticsearch cuts text into words: as ``bunco.storage.words`` does.

Letters that fold to something else than their lower case are told to it one by one, made
here from the same function that cuts what is typed.
"""

import sys
import unicodedata
from functools import cache
from typing import Any

from bunco.storage.words import SEPARATING, tokens

ANALYZER = "bunco_words"
LONGEST = 8000
"""Characters of a word that count. Source: Lucene takes terms of up to 32,766 bytes, a
character is up to 4."""

_SPACE, _NOTHING = r"\u0020", ""
_COMBINING = range(0x300, 0x370)


@cache
def analysis() -> dict[str, Any]:
    """Give the ``analysis`` section of an index's settings."""
    return {
        "char_filter": {"bunco_letters": {"type": "mapping", "mappings": _mappings()}},
        "tokenizer": {"bunco_runs": {"type": "pattern", "pattern": r"[^\p{L}\p{N}\p{Co}]+"}},
        "filter": {"bunco_cut": {"type": "truncate", "length": LONGEST}},
        "analyzer": {
            ANALYZER: {
                "type": "custom",
                "char_filter": ["bunco_letters"],
                "tokenizer": "bunco_runs",
                "filter": ["lowercase", "bunco_cut"],
            }
        },
    }


def _mappings() -> list[str]:
    """Give what each character is read as, where its lower case would be wrong."""
    found = [f"{_escaped(chr(code))}=>{_NOTHING}" for code in _COMBINING if _is_left_out(code)]
    newer = {code for first, last in SEPARATING for code in range(first, last + 1)}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character)[0] not in "LN":
            continue
        if code in newer:
            found.append(f"{_escaped(character)}=>{_SPACE}")
        elif (folded := tokens(character)[0]) != character.lower():
            found.append(f"{_escaped(character)}=>{_escaped(folded)}")
    return found


def _is_left_out(code: int) -> bool:
    """Tell whether a mark is left out of the word it stands in."""
    return tokens(f"a{chr(code)}b") == ["ab"]


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
