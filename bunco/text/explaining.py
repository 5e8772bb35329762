"""Find the phrases that made a headline sensational, with family, weight and place.

A cue that is there is a phrase of its family. What the terms weigh is shared out to the
tokens they rest on; words of one family keep its name, other stretches that weigh enough are
of the family ``wording``.
"""

import re
from collections.abc import Iterable
from itertools import groupby

from bunco.model import Phrase
from bunco.text.cues import NAMES, counts, places
from bunco.text.spanish_words import OF_WORD
from bunco.text.terms import Term, spanish_places, spanish_tokens
from bunco.text.tokens import TOKEN, plain
from bunco.text.weighing import UNIT, Scorer

WORDING = "wording"
"""The family of a stretch whose words tell by how they stand together."""

_LEAST_WEIGHT = 0.25
"""What weighs less explains nothing."""

_LEAST_SHARE = 0.1
"""A token that weighs less does not belong to a stretch."""

_PHRASES = 8
_UNTOLD = "storytelling"
"""A family of words so common that pointing at them explains nothing."""


def phrases(headline: str, words: list[str], scorer: Scorer) -> tuple[Phrase, ...]:
    """Give the weightiest phrases in the order they stand, none over another.

    Args:
        headline: as published, no longer than one is judged.
        words: its wording, split.
        scorer: what gave it its score.
    """
    kept: list[Phrase] = []
    for phrase in [*_cued(headline, counts(headline, words), scorer), *_worded(headline, scorer)]:
        if all(phrase.end <= one.start or phrase.start >= one.end for one in kept):
            kept.append(phrase)
    kept = sorted(kept, key=lambda phrase: -phrase.weight)[:_PHRASES]
    return tuple(sorted(kept, key=lambda phrase: phrase.start))


def _cued(headline: str, found: Iterable[int], scorer: Scorer) -> list[Phrase]:
    telling = {
        family
        for family in found
        if scorer.cues[family] >= _LEAST_WEIGHT and NAMES[family] != _UNTOLD
    }
    cues = sorted(places(headline, telling), key=lambda cue: (cue.start, -cue.end))
    return [
        _phrase(headline, NAMES[cue.family], scorer.cues[cue.family], (cue.start, cue.end))
        for cue in cues
        if cue.family in telling
    ]


def _worded(headline: str, scorer: Scorer) -> list[Phrase]:
    """Give the stretches whose terms weigh enough, heaviest first."""
    if not scorer.terms:
        return []
    spans = [match.span() for match in TOKEN.finditer(plain(headline))]
    shares, families = _shares(headline, scorer, len(spans))
    found = []
    for (tells, family), run in groupby(
        range(len(spans)), lambda at: (shares[at] >= _LEAST_SHARE, families[at])
    ):
        stretch = list(run)
        weight = sum(shares[at] for at in stretch)
        ends = spans[stretch[0]][0], spans[stretch[-1]][1]
        if tells and weight >= _LEAST_WEIGHT and re.search(r"[^\W_]|[?!…]", headline[slice(*ends)]):
            found.append(_phrase(headline, family, weight, ends))
    return sorted(found, key=lambda phrase: (-phrase.weight, phrase.start))


def _shares(headline: str, scorer: Scorer, count: int) -> tuple[list[float], list[str]]:
    """Give what each token weighs and the family it is of."""
    shares = [0.0] * count
    seen: set[Term] = set()
    printed, words = spanish_tokens(headline)
    for term, rests_on in spanish_places(printed, words, scorer.common):
        weight = scorer.terms.get(term, 0)
        if not weight or term in seen:
            continue
        seen.add(term)
        there = [at - 1 for at in rests_on if 1 <= at <= count]
        for at in there:
            shares[at] += weight / UNIT / len(rests_on)
    return shares, [OF_WORD.get(word, (WORDING,))[0] for word in words[1:]]


def _phrase(headline: str, family: str, weight: float, ends: tuple[int, int]) -> Phrase:
    start, end = ends
    return Phrase(headline[start:end], family, round(weight, 2), start, end)
