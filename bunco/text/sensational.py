"""How sensational a headline is, 0…1, and the phrases that make it so.

A logistic model over the cue families of ``bunco.text.cues``; Spanish headlines have weights
of their own, with single words and pairs of words besides. The weights were learnt by
``training/sensational.py`` and carry over between origins better than word models do; the
figures are in ``training/README.md``. Meant for headlines: ordinary talk is not sold.
"""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from math import exp
from pathlib import Path

import msgspec
from msgspec import Struct

from bunco.model import Phrase
from bunco.text.cues import NAMES, Cue, counts, places
from bunco.text.wording import wording

LIMIT = 300
"""Characters of a headline that are judged. Source: ours; real ones are shorter."""

EXPLAINED = 0.3
"""From this score on the phrases are looked up. Source: ours."""

_MODEL = Path(__file__).with_name("sensational.json")
_LEAST_WEIGHT = 0.25
"""A family that weighs less explains nothing."""

_PHRASES = 8
_SPANISH_TEXT = """
    el la los las de del que en y una un por con para se su al lo como mas es
"""
_SPANISH = frozenset(_SPANISH_TEXT.split())
_SPANISH_WORDS = 2
_ENGLISH_TEXT = """
    the of to and in is for on at with from by this that your you are
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())


class Judgement(Struct, frozen=True):
    """What judging a headline gave."""

    score: float
    """0…1, rounded to three digits; from .5 on it is more likely sensational than not."""
    phrases: tuple[Phrase, ...]
    """In the order they stand in the headline; empty for a low score."""


class Weights(Struct, frozen=True):
    """A logistic model as the package carries it."""

    bias: float
    cues: dict[str, float]
    """By family."""
    words: dict[str, int] = {}
    """By word, or two words with a space between, in hundredths."""


class Models(Struct, frozen=True):
    """The weights for each language that has its own."""

    general: Weights
    spanish: Weights


class _Scorer(Struct, frozen=True):
    bias: float
    cues: tuple[float, ...]
    words: dict[str, int]


def judge(headline: str) -> Judgement:
    """Give the score of a headline and the phrases that made it.

    >>> judge("Council approves new cycle lanes along the river").score < 0.2
    True
    """
    headline = headline[:LIMIT]
    score, scorer, found = _scored(headline, wording(headline))
    return Judgement(score, _phrases(headline, found, scorer.cues) if score >= EXPLAINED else ())


def sensational(headline: str, wording: str) -> float:
    """Give the score alone, of a headline whose wording is known.

    Finding the phrases costs half as much again, and few ask for them.
    """
    return _scored(headline[:LIMIT], wording)[0]


def _scored(headline: str, wording: str) -> tuple[float, _Scorer, dict[int, int]]:
    words = wording[:LIMIT].split()
    general, spanish = _scorers()
    scorer = spanish if _is_spanish(words) else general
    logit = scorer.bias
    found = counts(headline, words)
    for family, count in found.items():
        logit += scorer.cues[family] * count
    if scorer.words:
        logit += _of_words(scorer.words, words)
    return round(1 / (1 + exp(-logit)), 3), scorer, found


def judge_many(headlines: Iterable[str]) -> list[Judgement]:
    """Give the judgement of each headline, in order."""
    return [judge(headline) for headline in headlines]


@cache
def _scorers() -> tuple[_Scorer, _Scorer]:
    models = msgspec.json.decode(_MODEL.read_bytes(), type=Models)
    general, spanish = (
        _Scorer(model.bias, tuple(model.cues.get(name, 0.0) for name in NAMES), model.words)
        for model in (models.general, models.spanish)
    )
    return general, spanish


def _is_spanish(words: list[str]) -> bool:
    hits = len(_SPANISH.intersection(words))
    return hits >= _SPANISH_WORDS and hits > len(_ENGLISH.intersection(words))


def _of_words(weights: dict[str, int], words: list[str]) -> float:
    found = set(words)
    found.update(map(" ".join, pairwise(words)))
    return sum(weights[word] for word in found if word in weights) / 100


def _phrases(headline: str, found: Iterable[int], weights: tuple[float, ...]) -> tuple[Phrase, ...]:
    telling = {
        family: NAMES[family]
        for family in found
        if weights[family] >= _LEAST_WEIGHT and NAMES[family] != "storytelling"
    }
    kept: list[Phrase] = []
    end = 0
    for cue in sorted(places(headline, telling), key=_reading_order):
        if cue.start >= end and cue.family in telling:
            end = cue.end
            name, weight = telling[cue.family], round(weights[cue.family], 2)
            kept.append(Phrase(headline[cue.start : end], name, weight, cue.start, end))
    return tuple(kept[:_PHRASES])


def _reading_order(cue: Cue) -> tuple[int, int]:
    return cue.start, -cue.end
