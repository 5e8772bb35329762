"""How often detectors are right, by verdicts."""

import math

import pytest

from bunco.evaluation.verdicts import precision_figures, wilson
from bunco.model import Batch
from bunco.ports.stores import Store
from bunco.stores import memory
from tests.builders import a_finding, a_verdict


def judged(*words: tuple[str, str, float]) -> Store:
    """Give a store with findings of a detector, judged so, scored so."""
    store = memory.make(memory.Options())
    for number, (detector, word, score) in enumerate(words):
        name = f"f{number}"
        finding = a_finding(id=name, detector=detector, score=score)
        said = a_verdict(finding=name, detector=detector, judged=word)
        store.commit(Batch(findings=(finding,), verdicts=(said,)))
    return store


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 2, 0.0945, 0.9055),
        (81, 263, 0.2553, 0.3662),
    ],
    ids=["none", "all", "half of two", "Newcombe 1998"],
)
def test_the_interval_is_wilsons(hits: int, count: int, low: float, high: float) -> None:
    assert wilson(hits, count) == pytest.approx((low, high), abs=5e-5)


def test_there_is_no_interval_of_nothing() -> None:
    assert all(math.isnan(end) for end in wilson(0, 0))


def test_precision_is_spam_among_spam_and_fine_by_detector_and_over_all() -> None:
    store = judged(
        ("repeats", "spam", 0.9),
        ("repeats", "spam", 0.9),
        ("repeats", "fine", 0.3),
        ("repeats", "mute", 0.9),
        ("repeats", "none", 0.9),
        ("bursts", "fine", 0.6),
    )

    figures = {(one.detector, one.measure): one for one in precision_figures(store)}

    assert {key: (one.value, one.count) for key, one in figures.items()} == {
        ("bursts", "precision by verdicts: 0 spam, 1 fine"): (0.0, 1),
        ("bursts", "precision of severity medium by verdicts: 0 spam, 1 fine"): (0.0, 1),
        ("repeats", "precision by verdicts: 2 spam, 1 fine"): (pytest.approx(2 / 3), 3),
        ("repeats", "precision of severity high by verdicts: 2 spam, 0 fine"): (1.0, 2),
        ("repeats", "precision of severity low by verdicts: 0 spam, 1 fine"): (0.0, 1),
        ("all", "precision by verdicts: 2 spam, 2 fine"): (0.5, 4),
        ("all", "precision of severity high by verdicts: 2 spam, 0 fine"): (1.0, 2),
        ("all", "precision of severity medium by verdicts: 0 spam, 1 fine"): (0.0, 1),
        ("all", "precision of severity low by verdicts: 0 spam, 1 fine"): (0.0, 1),
    }
    assert all(one.low <= one.value <= one.high for one in figures.values())


def test_only_the_named_detectors_are_counted() -> None:
    store = judged(("repeats", "spam", 0.9), ("bursts", "fine", 0.6))

    assert {one.detector for one in precision_figures(store, ["bursts"])} == {"bursts"}
    assert precision_figures(store, ["echoes"]) == ()


def test_every_page_of_findings_is_counted() -> None:
    store = judged(*[("repeats", "spam", 0.9)] * 501)

    assert precision_figures(store)[0].count == 501
