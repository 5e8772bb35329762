"""How headlines are known again: the mark of a wording, the words near copies share."""

from hashlib import blake2b

from bunco.storage.words import tokens
from bunco.text.wording import opening

DAY_MS = 86_400_000

_LEAST_CHARACTERS = 4
"""Shorter wordings say nothing. Source: as ``bunco.text.similarity``."""
_PAIRS = 4
"""Of words, one of which a near copy has: it may have changed three of eight. Source: ours."""


def mark_of(wording: str) -> int | None:
    """Give the number by which a wording is known again, 63 bits; None: it says too little."""
    if len(wording) < _LEAST_CHARACTERS:
        return None
    text = wording.encode(errors="replace")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 1


def mark_of_headline(headline: str) -> int | None:
    """Give the same of a headline as published."""
    return mark_of(opening(headline))


def pairs(headline: str) -> list[tuple[str, ...]]:
    """Give pairs of its words, the longest first: a near copy has both of at least one.

    >>> pairs("Council approves new cycle lanes")
    [('approves', 'council'), ('cycle', 'lanes'), ('new',)]
    """
    words = sorted(set(tokens(headline)), key=lambda word: (-len(word), word))[: 2 * _PAIRS]
    return [tuple(words[at : at + 2]) for at in range(0, len(words), 2)]
