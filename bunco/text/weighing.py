"""Weigh a headline by a logistic model: cues and terms, added up.

What the terms are is said in ``bunco.text.terms``. Making them as strings and tuples costs
three times as much as weighing them as numbers, so a model is made ready first: every word has
a number, every term is made of the numbers of its words.
"""

from collections.abc import Sequence
from itertools import pairwise, repeat

from msgspec import Struct

from bunco.text.cues import NAMES, counts
from bunco.text.language import Language
from bunco.text.spanish_words import OF_WORD
from bunco.text.terms import OPENING, Term, sort_of, spanish_shapes, spanish_tokens
from bunco.text.tokens import GAP

UNIT = 1000
"""The weights of terms are kept in thousandths."""

_BITS = 20
_GAP = 1 << 60
"""More words than 2**20 no model has; a pair across a gap lies above every run of three."""


class Weights(Struct, frozen=True):
    """A model as the package carries it."""

    bias: float
    cues: dict[str, float]
    """By family; what is not there weighs nothing."""
    common: tuple[str, ...] = ()
    """Words and marks that are sorts of their own (``bunco.text.terms``)."""
    terms: dict[str, int] = {}
    """By term, its parts with spaces between, in thousandths."""


class Scorer(Struct, frozen=True):
    """A model made ready to judge."""

    language: Language
    bias: float
    cues: tuple[float, ...]
    """By place in ``NAMES``."""
    terms: dict[Term, int]
    """By term, as ``bunco.text.terms`` gives them."""
    numbers: dict[str, int]
    """Of every word, sort and family there is a term of; from 1 on."""
    sorts: dict[str, int]
    """The numbers of common words and marks alone."""
    families: dict[str, tuple[tuple[int, ...], tuple[int, ...]]]
    """The numbers of a word's families: what it adds anywhere, and in the opening."""
    keys: dict[int, int]
    """The weight of each term by what its numbers make."""

    @property
    def common(self) -> frozenset[str]:
        """Words and marks that are sorts of their own."""
        return frozenset(self.sorts)


def scorer_of(weights: Weights, language: Language) -> Scorer:
    """Make a model ready to judge."""
    cues = tuple(weights.cues.get(name, 0.0) for name in NAMES)
    parted = {tuple(term.split(" ")): weight for term, weight in weights.terms.items()}
    words = dict.fromkeys(part for parts in parted for part in parts)
    numbers = {
        word: number for number, word in enumerate({**words, **dict.fromkeys(weights.common)}, 1)
    }
    return Scorer(
        language,
        weights.bias,
        cues,
        {parts[0] if len(parts) == 1 else parts: weight for parts, weight in parted.items()},
        numbers,
        {word: numbers[word] for word in weights.common},
        _families(numbers) if weights.terms else {},
        {_key(parts, numbers): weight for parts, weight in parted.items()},
    )


def log_odds(headline: str, words: list[str], scorer: Scorer) -> float:
    """Give the log odds that a headline is sensational.

    Args:
        headline: as published, no longer than one is judged.
        words: its wording, split.
        scorer: of the headline's language.
    """
    total, cues = scorer.bias, scorer.cues
    for family, count in counts(headline, words).items():
        total += cues[family] * count
    weights = scorer.keys
    if not weights:
        return total
    return total + sum(map(weights.get, _present(headline, scorer), repeat(0))) / UNIT


def _families(numbers: dict[str, int]) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    found = {}
    for word, families in OF_WORD.items():
        anywhere = tuple(numbers.get(f"#{family}", 0) for family in families)
        opening = tuple(numbers.get(f"<{family}", 0) for family in families)
        found[word] = anywhere, (*anywhere, *opening)
    return found


def _key(parts: Sequence[str], numbers: dict[str, int]) -> int:
    match [part if part == GAP else numbers[part] for part in parts]:
        case [int(one)]:
            return one
        case [int(one), str(), int(other)]:
            return _GAP | one << _BITS | other
        case several:
            key = 0
            for number in several:
                key = key << _BITS | int(number)
            return key


def _present(headline: str, scorer: Scorer) -> set[int]:
    printed, words = spanish_tokens(headline)
    numbers = scorer.numbers
    number_of, sorts = numbers.get, scorer.sorts
    run = [number_of(word, 0) for word in words]
    sorted_run = [
        sorts.get(word) or number_of(sort_of(word, as_printed), 0)
        for word, as_printed in zip(words, printed, strict=True)
    ]
    keys = {*run}
    keys.update([one << _BITS | other for one, other in pairwise(run) if one and other])
    keys.update([one << _BITS | other for one, other in pairwise(sorted_run)])
    keys.update([_GAP | one << _BITS | other for one, other in zip(run, run[2:], strict=False)])
    keys.update(
        [
            (one << _BITS | two) << _BITS | three
            for one, two, three in zip(sorted_run, sorted_run[1:], sorted_run[2:], strict=False)
        ]
    )
    families = scorer.families
    for at in [at for at, word in enumerate(words) if word in families]:
        anywhere, opening = families[words[at]]
        keys.update(opening if at <= OPENING else anywhere)
    keys.update([number_of(shape, 0) for shape, _ in spanish_shapes(words)])
    return keys
