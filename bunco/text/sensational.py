"""How sensational a headline is, 0…1, and the phrases that make it so.

``headline → language → cues + terms → log odds → score``: a logistic model over the cue
families of ``bunco.text.cues`` and the terms of ``bunco.text.terms``, one for English, one for
Spanish. Any other language is judged by cues that are no words. ``training/sensational.py``
learns the weights; the figures are in ``training/README.md``. Meant for headlines: ordinary
talk is not sold.
"""

from collections.abc import Iterable
from functools import cache
from math import exp
from pathlib import Path

import msgspec
from msgspec import Struct

from bunco.model import Phrase
from bunco.text.explaining import phrases
from bunco.text.language import Language, language
from bunco.text.weighing import Scorer, Weights, log_odds, scorer_of
from bunco.text.wording import wording

LIMIT = 300
"""Characters of a headline that are judged. Source: ours; real ones are shorter."""

EXPLAINED = 0.3
"""From this score on the phrases are looked up. Source: ours."""

_CLEAR = 0.499
"""What is nearer than that to a whole number is rounded to it, whatever its last bits are."""

_MODEL = Path(__file__).with_name("sensational.json")


class Judgement(Struct, frozen=True):
    """What judging a headline gave."""

    score: float
    """0…1, rounded to three digits; from .5 on it is more likely sensational than not."""
    phrases: tuple[Phrase, ...]
    """In the order they stand in the headline; empty for a low score."""


class Models(Struct, frozen=True):
    """The weights for each language."""

    english: Weights
    spanish: Weights
    other: Weights


def judge(headline: str) -> Judgement:
    """Give the score of a headline and the phrases that made it.

    >>> judge("Council approves new cycle lanes along the river").score < 0.2
    True
    """
    headline = headline[:LIMIT]
    words = wording(headline)[:LIMIT].split()
    scorer = _scorers()[language(words, headline)]
    score = chance(log_odds(headline, words, scorer))
    return Judgement(score, phrases(headline, words, scorer) if score >= EXPLAINED else ())


def sensational(headline: str, wording: str) -> float:
    """Give the score alone, of a headline whose wording is known.

    Finding the phrases costs as much again and more, and few ask for them.
    """
    headline = headline[:LIMIT]
    words = wording[:LIMIT].split()
    return chance(log_odds(headline, words, _scorers()[language(words, headline)]))


def judge_many(headlines: Iterable[str]) -> list[Judgement]:
    """Give the judgement of each headline, in order."""
    return [judge(headline) for headline in headlines]


def score_many(headlines: Iterable[str]) -> list[float]:
    """Give the score alone of each headline, in order."""
    return [sensational(headline, wording(headline[:LIMIT])) for headline in headlines]


def chance(logit: float) -> float:
    """Give the score of some log odds, 0…1, rounded to three digits."""
    score = 1 / (1 + exp(-logit))
    thousands = score * 1000
    nearest = int(thousands + 0.5)
    # What round gives, at half its cost, but for what lies between two thousandths.
    return nearest / 1000 if abs(thousands - nearest) < _CLEAR else round(score, 3)


@cache
def _scorers() -> dict[Language, Scorer]:
    models = msgspec.json.decode(_MODEL.read_bytes(), type=Models)
    return {
        "english": scorer_of(models.english, "english"),
        "spanish": scorer_of(models.spanish, "spanish"),
        "other": scorer_of(models.other, "other"),
    }
