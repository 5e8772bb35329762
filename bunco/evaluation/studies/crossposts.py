"""Cross-posts: pairs of recorded posts, judged by title and address together.

The test is ``same_thing``, by which the detector gathers an author's posts. The labels are
those of the data (one address after its own normalising); what stands beside true pairs is
told in ``bunco.evaluation.crosspost_pairs``.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from bunco.evaluation import crosspost_pairs
from bunco.evaluation.crosspost_pairs import Pair, Row
from bunco.evaluation.data import file_in
from bunco.evaluation.disguises import DISGUISES
from bunco.evaluation.model import Curve, Figure, Goal, Point, Result, Say, Study
from bunco.evaluation.shares import share
from bunco.text.address import canonical
from bunco.text.similarity import similarity
from bunco.text.things import Thing, same_thing, thing

_DETECTOR = "crossposts"
_SAMPLE = 2000
_SEED = 77
_PRECISION = Goal(floor=0.88, at_least=0.98, aim=0.99)
_RECALL = Goal(floor=0.22, at_least=0.95, aim=0.98)
_DISGUISED = Goal(at_least=0.95, aim=0.98)


class _Case:
    """A pair with all that the methods look at."""

    def __init__(self, pair: Pair, things: dict[str, Thing]) -> None:
        self.group = pair.one.group
        self.is_true = pair.is_true
        self.urls = pair.one.url, pair.other.url
        self.one, self.other = things[pair.one.id], things[pair.other.id]


_Judge = Callable[[_Case], bool]

_METHODS: dict[str, _Judge] = {
    "": lambda case: same_thing(case.one, case.other),
    "titles alone": lambda case: bool(case.one.wording) and case.one.wording == case.other.wording,
    "addresses as published": lambda case: case.urls[0] == case.urls[1],
    "canonical addresses alone": lambda case: case.one.link == case.other.link,
}
"""By the words behind the measure; the first is what ships."""


def run(data: Path, say: Say) -> Result:
    """Measure the matcher of cross-posts."""
    rows = crosspost_pairs.read(file_in(data, "crosspost/reddit_dev.jsonl.gz"))
    things = {row.id: thing(row.title, row.url) for row in rows}
    cases = [_Case(pair, things) for pair in crosspost_pairs.pairs(rows)]
    true = sum(case.is_true for case in cases)
    say(f"crossposts: {true:,} true pairs, {len(cases) - true:,} others")
    figures: list[Figure] = []
    for name, judge in _METHODS.items():
        figures += _of_method(name, cases, judge)
    return Result(
        figures=(*figures, _disguised(rows)),
        curves=(_curve(cases, figures),),
    )


def _of_method(name: str, cases: Sequence[_Case], judge: _Judge) -> list[Figure]:
    judged = [(case, judge(case)) for case in cases]
    suffix = f" ({name})" if name else ""
    return [
        _ratio(
            f"pairs taken for one thing that are: precision{suffix}",
            [(case.group, case.is_true) for case, is_taken in judged if is_taken],
            Goal() if name else _PRECISION,
        ),
        _ratio(
            f"pairs that are one thing taken for it: recall{suffix}",
            [(case.group, is_taken) for case, is_taken in judged if case.is_true],
            Goal() if name else _RECALL,
        ),
    ]


def _ratio(measure: str, judged: Sequence[tuple[str, bool]], goal: Goal) -> Figure:
    """Give a share, with its interval over the links that were put into several places."""
    return share(judged, detector=_DETECTOR, measure=measure, unit="links", goal=goal)


def _disguised(rows: Sequence[Row]) -> Figure:
    """Measure how many addresses are known again in each of ten disguises."""
    urls = sorted({row.url.replace("&amp;", "&") for row in rows if canonical(row.url)})
    chance = Random(_SEED)  # noqa: S311  # draws addresses, no secret
    sample = chance.sample(urls, min(_SAMPLE, len(urls)))
    judged = [
        (url, canonical(disguise(url)) == canonical(url))
        for url in sample
        for disguise in DISGUISES.values()
    ]
    return _ratio("addresses known again in ten disguises: recall", judged, _DISGUISED)


def _curve(cases: Sequence[_Case], figures: Sequence[Figure]) -> Curve:
    by_title = [(similarity(case.one.wording, case.other.wording), case.is_true) for case in cases]
    by_both = [
        (1.0 if case.one.link and case.one.link == case.other.link else score, is_true)
        for case, (score, is_true) in zip(cases, by_title, strict=True)
    ]
    return Curve(
        name="crossposts-pairs",
        title="Cross-posts: pairs of posts, by what they are matched",
        across="recall",
        up="precision",
        lines={
            "titles, as alike as": _points(by_title),
            "canonical address, else titles as alike as": _points(by_both),
        },
        marked={"shipped": (figures[1].value, figures[0].value)},
    )


def _points(scored: Sequence[tuple[float, bool]]) -> list[Point]:
    """Give recall and precision at each threshold from .3 up, twenty to the whole."""
    true = sum(is_true for _, is_true in scored)
    points = []
    for step in range(20, 5, -1):
        taken = [is_true for score, is_true in scored if score >= step / 20]
        if taken:
            points.append((sum(taken) / true, sum(taken) / len(taken)))
    return points


STUDY = Study(detector=_DETECTOR, run=run)
