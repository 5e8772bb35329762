"""How alike two texts are, edits aside, and whether they are the same text.

Source: chosen by figures among ten measures on annotated pairs and twelve kinds of edit, see
docs/decisions/0007 and ``training/README.md``.
"""

import re
import sys
from codecs import utf_32_le_encode
from collections import Counter
from functools import lru_cache

from msgspec import Struct
from rapidfuzz.fuzz import ratio

from bunco.text import sketch
from bunco.text.wording import template, wording

SAME = 0.6
"""From this similarity on two wordings are the same text."""

_FEW_WORDS, _MANY_WORDS = 8, 14
_NEEDED_FEW, _NEEDED_MANY = 0.83, 0.75
"""The share of letters that must be in words both have.

A short text tolerates less: "Winning numbers drawn in Daily 4 evening game" and "…morning
game" (.82) are two of a series. Source: training/README.md, annotated pairs.
"""

_NUMBERED = 0.06
"""So much more has to be kept where numbers were replaced: the weather, scores, odds of a day.

Source: training/README.md, pairs of one author's posts.
"""

_REPLACED = 0.02
"""So much more where other words were: a pair has nothing else to tell a mould by.

Source: the same.
"""

_DIGITS = re.compile(r"\d+")

_MISSPELT = 70
"""From this likeness in percent on, two words left over are one word misspelt."""

_MISSPELT_PAIRS = 400
"""More pairs of words left over are not looked at: such texts are not the same."""

_CONTAINED = 0.95
_PART = 0.65
"""A text cut to 65 % of its length, or grown by half, is still the same."""
_WHOLE_PART = 0.5
"""One that stands whole, word by word, inside another may grow to twice its length.

Source: training/README.md, pairs of one author's posts.
"""

_LANE = 32
_BITS = 7
_TRIGRAM_SETS = 512
"""Wordings whose 3-grams are remembered, 5 KB each: one is compared with several, one after
another, and those of lively authors again and again."""

_LEAST_WORDS = 5
_LEAST_CHARACTERS = 20
_TINY = 4
"""Fewer characters than these say nothing even when they are identical."""

_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts written without spaces: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""


class Comparison(Struct, frozen=True):
    """What comparing two texts gave."""

    similarity: float
    """0…1, 1 = the same wording; ``SAME`` is the line."""
    same: bool
    """True also asks that there is enough text to judge by."""


def grams(wording: str) -> int:
    """Give a 512-bit sketch of the 3-grams of a wording, equal in every process."""
    return sketch.sketch(wording)


def maybe_same(a: int, b: int) -> bool:
    """Say whether the wordings of two gram sets can be the same text.

    A cheap test that lets all pairs through which ``similarity`` puts at ``SAME`` or above.
    """
    return sketch.alike(a, b)


def similarity(a: str, b: str) -> float:
    """Give how alike two wordings are, 0…1, the same either way round.

    The larger of two views, both put on a scale where ``SAME`` is the line: the share of
    letters in words that both have, in whatever order (changed words, moved halves,
    misspellings), and how far one text lies inside the other (cut ends, added openings).
    """
    if a == b:
        return 1.0 if a else 0.0
    ours, theirs = _trigrams(a), _trigrams(b)
    one, other, common = len(ours), len(theirs), len(ours & theirs)
    jaccard = common / (one + other - common)
    if jaccard < sketch.FLOOR:
        return SAME * jaccard
    alike = _scaled(_kept(a, b), _needed(min(words(a), words(b))))
    part = min(len(a), len(b)) / max(len(a), len(b))
    if part >= _PART and common >= _CONTAINED * min(one, other):
        alike = max(alike, _scaled(part, _PART))
    elif part >= _WHOLE_PART and _stands_in(a, b):
        alike = max(alike, _scaled(part, _WHOLE_PART))
    return min(alike, 0.99)


def same(a: str, b: str) -> bool:
    """Say whether two wordings are the same text, edits aside.

    Texts of fewer than five words or 20 characters are the same only when identical; two of
    a series are not.
    """
    return sameness(a, b) > 0 and (a == b or not one_of_a_mould(a, b))


def one_of_a_mould(a: str, b: str) -> bool:
    """Say whether two wordings that are alike are more likely two fillings of one mould.

    They are where they differ in numbers, dates and times of day alone; and where words, or
    even numbers, were replaced by others and the rest is not nearly the same.

    >>> one_of_a_mould("i posted 6 photos on facebook", "i posted 5 photos on facebook")
    True
    """
    only_one, only_other = _left_over(a.split(), b.split())
    if not only_one or not only_other:
        return False
    mould = template(a)
    if "#" in mould and mould == template(b):  # without a mask it is the wording, and they differ
        return True
    before, after = (Counter(_DIGITS.findall(" ".join(only))) for only in (only_one, only_other))
    numbered = bool(before - after and after - before)
    if not numbered and _inside(a, b):
        return False
    line = _needed(min(words(a), words(b))) + (_NUMBERED if numbered else _REPLACED)
    return _kept(a, b) < line


def sameness(a: str, b: str) -> float:
    """Give the similarity of two wordings that are the same text, 0 for all others.

    Those of a series count as the same here: how steadily they come tells more.
    """
    if a == b:
        return float(len(a) >= _TINY)
    if not (long_enough(a) and long_enough(b)):
        return 0.0
    alike = similarity(a, b)
    return alike if alike >= SAME else 0.0


def compare(a: str, b: str) -> Comparison:
    """Compare two raw texts: pairwise what ``repeats`` does, without what pace tells it."""
    one, other = wording(a), wording(b)
    is_same = maybe_same(grams(one), grams(other)) and same(one, other)
    return Comparison(similarity(one, other), is_same)


def words(wording: str) -> float:
    """Give how many words a wording has; two letters are one where no spaces are written."""
    spaced = wording.count(" ") + 1
    if wording.isascii():
        return spaced
    return spaced + len(_UNSPACED.findall(wording)) / 2


def is_misspelt(a: str, b: str) -> bool:
    """Say whether one of two words is the other misspelt, or in another form."""
    return ratio(a, b) >= _MISSPELT


def long_enough(wording: str) -> bool:
    """Say whether a wording is long enough to be known again after an edit."""
    count = words(wording)
    size = len(wording)
    return count >= _LEAST_WORDS and (size >= _LEAST_CHARACTERS or 2 * count > size / 2)


@lru_cache(_TRIGRAM_SETS)
def _trigrams(wording: str) -> frozenset[int]:
    """Give the distinct 3-grams, each as the number that its three characters make."""
    padded = f" {wording} "
    if not padded.isascii():
        codes = [ord(character) for character in padded]
        return frozenset(map(_packed, codes, codes[1:], codes[2:]))
    # All at once, as the lanes of one large integer: some two thirds of the time of tuples.
    lanes = int.from_bytes(utf_32_le_encode(padded)[0], "little")
    grams = lanes + ((lanes >> _LANE) << _BITS) + ((lanes >> 2 * _LANE) << 2 * _BITS)
    size = len(wording)
    whole = grams & ((1 << _LANE * size) - 1)
    return frozenset(memoryview(whole.to_bytes(_LANE // 8 * size, sys.byteorder)).cast("I"))


def _packed(one: int, two: int, three: int) -> int:
    """Give the number of a 3-gram: seven bits a character where all three are ASCII."""
    if one | two | three < 1 << _BITS:
        return one + (two << _BITS) + (three << 2 * _BITS)
    return -(one + (two << _LANE) + (three << 2 * _LANE))


def _kept(a: str, b: str) -> float:
    """Give the share of letters in words that both have, misspelt words in part."""
    only_one, only_other = _left_over(a.split(), b.split())
    lost = float(sum(map(len, only_one)) + sum(map(len, only_other)))
    if 0 < len(only_one) * len(only_other) <= _MISSPELT_PAIRS:
        lost -= _regained(only_one, only_other)
    return 1 - lost / (len(a) + len(b) - a.count(" ") - b.count(" "))


def _common(a: str, b: str) -> int:
    return len(_trigrams(a) & _trigrams(b))


def _inside(a: str, b: str) -> bool:
    """Say whether one text lies inside the other, by its 3-grams, and is most of it."""
    if min(len(a), len(b)) < _PART * max(len(a), len(b)):
        return False
    return _common(a, b) >= _CONTAINED * min(len(_trigrams(a)), len(_trigrams(b)))


def _stands_in(a: str, b: str) -> bool:
    shorter, longer = sorted((a, b), key=len)
    return f" {shorter} " in f" {longer} "


def _left_over(one: list[str], other: list[str]) -> tuple[list[str], list[str]]:
    # Quicker than two Counters for the dozen words that headlines have.
    rest, only = other.copy(), []
    for word in one:
        if word in rest:
            rest.remove(word)
        else:
            only.append(word)
    return only, rest


def _regained(one: list[str], other: list[str]) -> float:
    """Give the letters that words left over have in common as misspellings of each other."""
    pairs = [
        (likeness, min(a, b), max(a, b), at, beside)
        for at, a in enumerate(one)
        for beside, b in enumerate(other)
        if (likeness := ratio(a, b)) >= _MISSPELT
    ]
    if not pairs:
        return 0.0
    regained = 0.0
    taken: set[tuple[str, int]] = set()
    for likeness, a, b, at, beside in sorted(pairs, reverse=True):
        if taken.isdisjoint({("one", at), ("other", beside)}):
            taken |= {("one", at), ("other", beside)}
            regained += likeness / 100 * (len(a) + len(b))
    return regained


def _needed(count: float) -> float:
    over = min(max(count - _FEW_WORDS, 0) / (_MANY_WORDS - _FEW_WORDS), 1)
    return _NEEDED_FEW - over * (_NEEDED_FEW - _NEEDED_MANY)


def _scaled(value: float, line: float) -> float:
    if value < line:
        return SAME * value / line
    return SAME + (1 - SAME) * (value - line) / (1 - line)
