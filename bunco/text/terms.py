"""The terms of a Spanish headline: what its word model weighs, as a set, each term once.

They are words, pairs, pairs across a gap, families of words and runs of three *sorts*: a common
word or a mark is a sort of its own, any other word is known by its capitals alone. So runs of
three tell how a headline is built, hardly what it is about.

A term is a string, or a tuple of two or three.
"""

from collections.abc import Container, Iterable
from itertools import pairwise
from typing import TypeAlias

from bunco.text.spanish_words import NUMBERS, OF_WORD, PERIODS
from bunco.text.tokens import GAP, NUMBER, START, named, plain, tokens

Term: TypeAlias = str | tuple[str, ...]

OPENING = 12
"""Tokens that a teaser opens with. Source: ours; about a line."""

_LEAD = 4
_BREAKS = frozenset(":.|")
_ASKING: frozenset[str] = frozenset(
    word for word, families in OF_WORD.items() if "asking" in families
) | {"¿"}
_TELLING = _ASKING | NUMBERS | {NUMBER}


def spanish_terms(headline: str, common: Container[str]) -> set[Term]:
    """Give the terms of a headline.

    Args:
        headline: as published, not longer than one is judged.
        common: words, in lower case, and marks that are sorts of their own.
    """
    return {term for term, _ in spanish_places(*spanish_tokens(headline), common)}


def spanish_tokens(headline: str) -> tuple[list[str], list[str]]:
    """Give the tokens, first as printed, then in lower case; both begin with ``START``."""
    printed = [START, *tokens(plain(headline))]
    return printed, [token.lower() for token in printed]


def spanish_places(
    printed: list[str], words: list[str], common: Container[str]
) -> Iterable[tuple[Term, tuple[int, ...]]]:
    """Give each term of a Spanish headline with the tokens it rests on; some come twice."""
    sorts = [
        word if word in common else sort_of(word, as_printed)
        for as_printed, word in zip(printed, words, strict=True)
    ]
    for at, word in enumerate(words):
        yield word, (at,)
        for family in OF_WORD.get(word, ()):
            yield f"#{family}", (at,)
            if at <= OPENING:
                yield f"<{family}", (at,)
    for run in (words, sorts):
        for at, pair in enumerate(pairwise(run)):
            yield pair, (at, at + 1)
    for at, (before, _, after) in enumerate(zip(words, words[1:], words[2:], strict=False)):
        yield (before, GAP, after), (at, at + 2)
    for at, three in enumerate(zip(sorts, sorts[1:], sorts[2:], strict=False)):
        yield three, (at, at + 1, at + 2)
    yield from spanish_shapes(words)


def spanish_shapes(words: list[str]) -> Iterable[tuple[str, tuple[int, ...]]]:
    """Give what Spanish words do by where they stand, with the tokens it rests on."""
    if _TELLING.isdisjoint(words):
        return
    for at, (word, after) in enumerate(pairwise(words)):
        number = word in NUMBERS or word == NUMBER
        if number and after[-1] == "s" and after not in PERIODS:
            yield "#number of things", (at, at + 1)
        if number and at < _LEAD:
            yield "#number leads", (at,)
        if after in _ASKING and word in _BREAKS:
            yield "#asks after a break", (at + 1,)
        if after in _ASKING and word == START:
            yield "#asks first", (at + 1,)


def sort_of(word: str, printed: str = "") -> str:
    """Give the sort of a word or mark that is not common.

    Args:
        word: in lower case.
        printed: as published, where capitals matter.
    """
    if not word[0].isalpha():
        return named(word)
    if not printed[:1].isupper():
        return "x"
    return "XX" if len(printed) > 3 and printed.isupper() else "X"
