"""Find the cues of a headline: how many of each family, and where they stand."""

import re
from collections.abc import Container
from typing import NamedTuple

from bunco.text.cue_words import FAMILIES, OPENINGS, UNITS
from bunco.text.letters import PICTURE
from bunco.text.wording import wording

SHAPES = (
    "numbered list",
    "number first",
    "number early",
    "promise",
    "shouting",
    "loud word",
    "exclamation",
    "question",
    "emoji",
    "ellipsis",
    "sentences",
    "mention",
    "full stop",
)
"""Cues that are no words."""

NAMES = (*FAMILIES, *SHAPES)
"""All families, in the order of the counts."""

MOST = 2
"""More of one family in one headline say nothing new. Source: ours."""

_AT = {name: number for number, name in enumerate(NAMES)}
(
    _NUMBERED,
    _FIRST,
    _EARLY,
    _PROMISE,
    _SHOUTING,
    _LOUD,
    _EXCLAIMS,
    _ASKS,
    _EMOJI,
    _TRAILS,
    _SENTENCES,
    _MENTIONS,
    _STOPS,
) = (_AT[name] for name in SHAPES)
_RAW_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_LOUD_WORD = re.compile(r"\b[A-Z]{6,}\b|\b[A-Z]{4,}\b(?=.*\b[A-Z]{4,}\b)")
_MARKS = (
    (re.compile("[!\u00a1]+"), _EXCLAIMS),
    (re.compile("[?\u00bf]+"), _ASKS),
    (re.compile("\\.{3}|\u2026"), _TRAILS),
    (PICTURE, _EMOJI),
    (_LOUD_WORD, _LOUD),
)
_AS_CAPITALS = bytes(65 if chr(code).isupper() else 32 for code in range(128)) + bytes(128)
_SHOUTED = 0.6
"""Share of letters in capitals from which a headline shouts. Source: ours."""

_LEADS = frozenset(("top", "the", "these", "this", "here", "my", "los", "las", "estos", "estas"))
_LIST_DIGITS = 3
"""A list has fewer than a thousand entries; a year is no list."""

_EARLY_WORDS = 4
_PLURAL = 4
"""Letters from which a final s is taken for a plural, in English and Spanish."""

_ENDED = re.compile(r"[.!?;]+\s*[^\W\d_]")


class Cue(NamedTuple):
    """One cue at its place in the headline, in characters."""

    family: int
    start: int
    end: int


class _Entry(NamedTuple):
    """What a word may begin."""

    alone: tuple[int, ...]
    """Families it belongs to by itself."""
    phrases: dict[str, list[tuple[int, tuple[str, ...]]]]
    """By the second word: family, and the words after the first."""


def _lexicon() -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for family, text in enumerate(FAMILIES.values()):
        for phrase in text.split():
            first, *rest = phrase.split("_")
            entry = found.setdefault(first, _Entry((), {}))
            if rest:
                entry.phrases.setdefault(rest[0], []).append((family, tuple(rest)))
            else:
                found[first] = entry._replace(alone=(*entry.alone, family))
    return found


_LEXICON = _lexicon()


def counts(headline: str, words: list[str]) -> dict[int, int]:
    """Give how often each family occurs, by its place in ``NAMES``; at most ``MOST`` each.

    Args:
        headline: as published.
        words: its wording, split.
    """
    found: dict[int, int] = {}
    for at, word in enumerate(words):
        if word not in _LEXICON:
            continue
        alone, phrases = _LEXICON[word]
        for family in alone:
            found[family] = MOST if family in found else 1
        if phrases and at + 1 < len(words) and words[at + 1] in phrases:
            for family, rest in phrases[words[at + 1]]:
                if _stands(words, at, rest):
                    found[family] = MOST if family in found else 1
    if words:
        _count_opening(found, words)
    _count_shapes(found, headline)
    return found


def places(headline: str, families: Container[int]) -> list[Cue]:
    """Give the cues of some families with their places, words first.

    Costs more than ``counts``: for headlines whose score wants explaining.
    """
    matches = list(_RAW_WORD.finditer(headline))
    words = _bare([match[0] for match in matches], headline)
    found = [
        Cue(family, matches[at].start(), matches[at + more].end())
        for at, word in enumerate(words)
        if word in _LEXICON
        for family, more in _beginning_at(words, at)
        if family in families
    ]
    if words:
        found += _opening(matches, words)
    for pattern, family in _MARKS:
        if family in families:
            found += [Cue(family, *match.span()) for match in pattern.finditer(headline)]
    return found


def _bare(words: list[str], headline: str) -> list[str]:
    if not headline.isascii():
        return [
            word.lower().replace("'", "") if word.isascii() else wording(word) for word in words
        ]
    bare = [word.lower() for word in words]
    return [word.replace("'", "") for word in bare] if "'" in headline else bare


def _opening(matches: list[re.Match[str]], words: list[str]) -> list[Cue]:
    found: dict[int, int] = {}
    _count_opening(found, words)
    number = next((at for at, word in enumerate(words) if word.isdigit()), 0)
    start = matches[0].start()
    return [
        Cue(family, start, matches[0 if family == _PROMISE else number].end()) for family in found
    ]


def _beginning_at(words: list[str], at: int) -> list[tuple[int, int]]:
    """Give the family of each cue that begins there, and how many words it has besides."""
    alone, phrases = _LEXICON[words[at]]
    found = [(family, 0) for family in alone]
    if phrases and at + 1 < len(words) and words[at + 1] in phrases:
        found += [
            (family, len(rest))
            for family, rest in phrases[words[at + 1]]
            if _stands(words, at, rest)
        ]
    return found


def _stands(words: list[str], at: int, rest: tuple[str, ...]) -> bool:
    return len(rest) == 1 or tuple(words[at + 1 : at + 1 + len(rest)]) == rest


def _count_opening(found: dict[int, int], words: list[str]) -> None:
    first = words[0]
    if first in OPENINGS:
        found[_PROMISE] = 1
    for at, word in enumerate(words[:_EARLY_WORDS]):
        if word.isdigit() and len(word) <= _LIST_DIGITS:
            found[_numbered(words, at)] = 1
            return


def _numbered(words: list[str], at: int) -> int:
    """Give the family of the number that stands there near the beginning."""
    leads = at == 0 or (at == 1 and words[0] in _LEADS)
    if not leads or not UNITS.isdisjoint(words[at + 1 : at + 3]):
        return _EARLY
    things = any(len(word) >= _PLURAL and word[-1] == "s" for word in words[at + 1 : at + 5])
    return _NUMBERED if things else _FIRST


def _count_shapes(found: dict[int, int], headline: str) -> None:
    if not headline.isascii():
        if pictures := PICTURE.findall(headline):
            found[_EMOJI] = min(len(pictures), MOST)
        headline = headline.replace("\u2026", "...").encode("ascii", "ignore").decode()
    if "!" in headline:
        found[_EXCLAIMS] = min(headline.count("!"), MOST)
    if "?" in headline:
        found[_ASKS] = 1
    if "@" in headline:
        found[_MENTIONS] = 1
    if "." in headline or "!" in headline or "?" in headline:
        _count_sentences(found, headline)
    capitals = headline.encode().translate(_AS_CAPITALS).count(b"A")
    if capitals * 5 >= len(headline):
        if capitals > _SHOUTED * (len(headline) - headline.count(" ")):
            found[_SHOUTING] = 1
        elif _LOUD_WORD.search(headline):
            found[_LOUD] = 1


def _count_sentences(found: dict[int, int], headline: str) -> None:
    if "..." in headline:
        found[_TRAILS] = 1
    if headline.endswith("."):
        found[_STOPS] = 1
    # The marks at the very end end no sentence before another: most headlines have no others.
    body = headline.rstrip(".!? ")
    if not ("." in body or "!" in body or "?" in body or ";" in body):
        return
    if ends := len(_ENDED.findall(body)):
        found[_SENTENCES] = min(ends, MOST)
