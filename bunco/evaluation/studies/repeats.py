"""Repeats, pair by pair: when are two headlines the same?

Annotated pairs (two sets: the thresholds were chosen on the first, the second came after),
twelve kinds of edit on real headlines, chance pairs of different headlines, pairs about one
event, and people's scores of likeness. What repeats find in whole timelines is told by the
study of planted repeats.
"""

import csv
import gzip
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from random import Random

import numpy as np

from bunco.evaluation import likeness
from bunco.evaluation.data import file_in
from bunco.evaluation.edits import EDITS, edited
from bunco.evaluation.headline_pairs import (
    Headline,
    Pair,
    annotated_pairs,
    further_pairs,
    real_headlines,
)
from bunco.evaluation.intervals import interval
from bunco.evaluation.likeness import MIXTURE, SCORES, SHIPPED, Mixture
from bunco.evaluation.model import Curve, Figure, Goal, Point, Result, Say, Study
from bunco.evaluation.shares import share
from bunco.text.similarity import grams, maybe_same, same, similarity
from bunco.text.wording import wording

_DETECTOR = "repeats"
_F1 = Goal(floor=0.84, at_least=0.92, aim=0.95)
_PRECISION = Goal(floor=0.80, at_least=0.95, aim=0.97)
_EDITED, _CHANCE = 200, 600
"""Headlines of each source: with edits, and paired with all others."""
_LEAST_WORDS = 5
"""Shorter headlines are compared as they stand: an edit of them is not looked for."""
_UNLIKE, _EQUAL = 2.0, 4.5
"""People's scores, 0…5: at most "not equivalent, on one topic"; "equivalent"."""
_STORY_PAIRS = 20

_Judged = Sequence[tuple[bool, bool]]
"""Pairs as taken for the same headline, and as a person said."""


def run(data: Path, say: Say) -> Result:
    """Measure the test by which two headlines are the same."""
    first, second = annotated_pairs(data), further_pairs(data)
    say(f"repeats: {len(first)} and {len(second)} annotated pairs")
    headlines = real_headlines(data, _CHANCE)
    figures = [
        *_of_set("annotated pairs", first),
        *_of_set("further annotated pairs", second),
        *_beside(first, second),
        *_after_edits(headlines),
        _by_chance(headlines),
        _of_one_story(data),
        *_as_people_score(data),
    ]
    return Result(figures=tuple(figures), curves=tuple(_curves(first, second)))


def _of_set(name: str, pairs: Sequence[Pair]) -> list[Figure]:
    judged = [(likeness.is_same(pair.a, pair.b), pair.is_same) for pair in pairs]
    return [
        _figure(f"{name}, templates among the negatives: F1", judged, _f1, _F1),
        _figure(f"{name}: precision", judged, _precision, _PRECISION),
        _figure(f"{name}: recall", judged, _recall, Goal()),
    ]


def _beside(first: Sequence[Pair], second: Sequence[Pair]) -> list[Figure]:
    """Give F1 of other methods: each pair judged by what was learnt from others."""
    labels, wanted = [pair.is_same for pair in first], [pair.is_same for pair in second]
    figures = []
    for name, score in SCORES.items():
        if name == SHIPPED:
            continue
        known = [score(pair.a, pair.b) for pair in first]
        line = likeness.best_threshold(known, labels)
        figures += _learnt(
            name,
            zip(likeness.taken_left_out(known, labels), labels, strict=True),
            [(score(pair.a, pair.b) >= line, pair.is_same) for pair in second],
        )
    rows = [likeness.features(pair.a, pair.b) for pair in first]
    mixture = Mixture(rows, labels)
    chances = mixture.score([likeness.features(pair.a, pair.b) for pair in second])
    return figures + _learnt(
        MIXTURE,
        zip([chance >= 0.5 for chance in likeness.left_out(rows, labels)], labels, strict=True),
        [(chance >= 0.5, label) for chance, label in zip(chances, wanted, strict=True)],
    )


def _learnt(name: str, left_out: "zip[tuple[bool, bool]]", learnt: _Judged) -> list[Figure]:
    return [
        _figure(f"annotated pairs, each left out in turn: F1 ({name})", [*left_out], _f1, Goal()),
        _figure(f"further pairs, learnt on the others: F1 ({name})", learnt, _f1, Goal()),
    ]


def _after_edits(headlines: Sequence[Headline]) -> list[Figure]:
    """Measure which edits of real headlines are found, pair by pair."""
    chosen = [
        one
        for at, one in enumerate(headlines)
        if at % _CHANCE < _EDITED and len(wording(one.text).split()) >= _LEAST_WORDS
    ]
    found = {edit: [(one.text, _is_found(one.text, edit)) for one in chosen] for edit in EDITS}
    rows = {"mean of twelve kinds": [case for cases in found.values() for case in cases], **found}
    return [
        share(cases, detector=_DETECTOR, measure=f"edits found: {name}", unit="headlines")
        for name, cases in rows.items()
    ]


def _is_found(text: str, edit: str) -> bool:
    chance = Random(f"{edit} {text}")  # noqa: S311  # an edit, no secret
    return likeness.is_same(wording(text), wording(edited(text, edit, chance)))


def _by_chance(headlines: Sequence[Headline]) -> Figure:
    """Count pairs of headlines about different events that are taken for the same."""
    rows = [(wording(one.text), one) for one in headlines]
    sketched = [(words, grams(words), one.story or one.text) for words, one in rows]
    hits = np.zeros(len(sketched))
    for (at, one), (beside, other) in combinations(enumerate(sketched), 2):
        if maybe_same(one[1], other[1]) and one[2] != other[2] and same(one[0], other[0]):
            hits[[at, beside]] += 0.5
    pairs = len(sketched) * (len(sketched) - 1) / 2
    low, high = interval([*hits], lambda drawn: sum(drawn) / pairs * 1e6)
    return Figure(
        detector=_DETECTOR,
        measure="different headlines taken for the same, per million pairs",
        value=float(hits.sum()) / pairs * 1e6,
        low=low,
        high=high,
        count=len(sketched),
        unit="headlines",
    )


def _of_one_story(data: Path) -> Figure:
    """Measure how often two reports of one event are taken for the same headline."""
    stories: dict[str, list[str]] = {}
    for one in real_headlines(data, 10_000):
        if one.story:
            stories.setdefault(one.story, []).append(wording(one.text))
    judged = [
        (story, likeness.is_same(a, b))
        for story, texts in stories.items()
        for a, b in combinations(texts[:_STORY_PAIRS], 2)
        if a != b
    ]
    measure = "reports of one event, worded differently, taken for the same headline"
    return share(judged, detector=_DETECTOR, measure=measure, unit="events")


def _as_people_score(data: Path) -> list[Figure]:
    with gzip.open(file_in(data, "neardup/sts_headlines_train.csv.gz"), "rt") as file:
        rows = [
            (float(row["score"]), wording(row["s1"]), wording(row["s2"]))
            for row in csv.DictReader(file)
        ]
    scored = [(score, similarity(a, b), likeness.is_same(a, b)) for score, a, b in rows]
    low, high = interval(scored, _rank_correlation)
    unlike = [
        (str(at), is_same) for at, (score, _, is_same) in enumerate(scored) if score <= _UNLIKE
    ]
    equal = [(str(at), is_same) for at, (score, _, is_same) in enumerate(scored) if score >= _EQUAL]
    return [
        Figure(
            detector=_DETECTOR,
            measure="people's scores of likeness: rank correlation with the similarity",
            value=_rank_correlation(scored),
            low=low,
            high=high,
            count=len(scored),
            unit="pairs",
        ),
        share(
            unlike,
            detector=_DETECTOR,
            measure=f"pairs people score {_UNLIKE:g} of 5 or less taken for the same",
            unit="pairs",
        ),
        share(
            equal,
            detector=_DETECTOR,
            measure=f"pairs people score {_EQUAL:g} of 5 or more taken for the same",
            unit="pairs",
        ),
    ]


def _rank_correlation(scored: Sequence[tuple[float, float, bool]]) -> float:
    """Give Spearman's coefficient; ties share their mean rank."""
    people, ours = (_ranks([row[at] for row in scored]) for at in (0, 1))
    return float(np.corrcoef(people, ours)[0, 1])


def _ranks(values: Sequence[float]) -> list[float]:
    found, at, counts = np.unique(values, return_inverse=True, return_counts=True)
    del found
    after = np.cumsum(counts)
    ranks: list[float] = (after - (counts - 1) / 2)[at].tolist()
    return ranks


def _figure(
    measure: str, judged: _Judged, number: Callable[[_Judged], float], goal: Goal
) -> Figure:
    low, high = interval(judged, number)
    return Figure(
        detector=_DETECTOR,
        measure=measure,
        value=number(judged),
        low=low,
        high=high,
        count=len(judged),
        unit="pairs",
        goal=goal,
    )


def _f1(judged: _Judged) -> float:
    return likeness.f1([taken for taken, _ in judged], [label for _, label in judged])


def _precision(judged: _Judged) -> float:
    taken = [label for is_taken, label in judged if is_taken]
    return sum(taken) / len(taken) if taken else float("nan")


def _recall(judged: _Judged) -> float:
    true = [is_taken for is_taken, label in judged if label]
    return sum(true) / len(true) if true else float("nan")


def _curves(first: Sequence[Pair], second: Sequence[Pair]) -> list[Curve]:
    rows = [likeness.features(pair.a, pair.b) for pair in first]
    mixture = Mixture(rows, [pair.is_same for pair in first])
    curves = []
    for name, title, pairs in (
        ("repeats-pairs", "Repeats: annotated pairs (lines chosen on them)", first),
        ("repeats-further-pairs", "Repeats: further annotated pairs", second),
    ):
        lines = {method: _line(pairs, score) for method, score in SCORES.items()}
        lines[MIXTURE] = _line(pairs, lambda a, b: mixture.score([likeness.features(a, b)])[0])
        judged = [(likeness.is_same(pair.a, pair.b), pair.is_same) for pair in pairs]
        curves.append(
            Curve(
                name=name,
                title=title,
                across="recall",
                up="precision",
                lines=lines,
                marked={"shipped": (_recall(judged), _precision(judged))},
            )
        )
    return curves


def _line(pairs: Sequence[Pair], score: likeness.Score) -> list[Point]:
    """Give recall and precision at each score that a pair has, from a third of recall up."""
    scored = [(score(pair.a, pair.b), pair.is_same) for pair in pairs]
    points = []
    for line in sorted({found for found, _ in scored}, reverse=True):
        judged = [(found >= line, label) for found, label in scored]
        if _recall(judged) >= 1 / 3:
            points.append((_recall(judged), _precision(judged)))
    return points


STUDY = Study(detector=_DETECTOR, run=run)
