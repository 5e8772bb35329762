"""Whether a rule takes a finding, what it is about, and how large it is."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.alert_options import AlertOptions
from bunco.alerting import Silence
from bunco.alerts.sightings import Sighting, group_of, sighting_of, things_of
from bunco.model import Finding, Quote, Verdict
from bunco.text.wording import opening
from tests.builders import NOON, a_finding, a_post

HEADLINE = "Plumbers HATE this one weird trick"
HOUR = timedelta(hours=1)


def found(**changes: Any) -> Finding:
    """Give a loud finding with a headline."""
    fields = {
        "id": "f1",
        "subject": "reddit:ann",
        "score": 0.9,
        "reason": f"Published “{HEADLINE}” 9 times.",
        "quotes": (Quote("p1", HEADLINE, NOON, "r/deals"),),
        "sources": ("reddit",),
        "places": ("r/deals", "r/all"),
        "sensational": 0.7,
        "first_at": NOON - HOUR,
        "last_at": NOON,
    }
    return a_finding(**(fields | changes))


def sighted(finding: Finding, *silences: Silence, **rule: Any) -> Sighting:
    """Give what a rule makes of a finding at noon."""
    return sighting_of(finding, replace(AlertOptions(name="me"), **rule), silences, NOON)


def a_silence(what: Any, value: str, *, hours: int = 1, rule: str = "") -> Silence:
    """Give a silence that holds at noon."""
    return Silence(id="s", what=what, value=value, until=NOON + hours * HOUR, rule=rule, at=NOON)


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"detectors": ("other", "repeats")},
        {"least_severity": "high"},
        {"sources": ("reddit",)},
        {"places": ("r/all",)},
        {"authors": ("reddit:a*",)},
        {"words": ("WEIRD trick", "x")},
        {"least_sensational": 0.7},
    ],
)
def test_a_finding_that_passes_every_filter_is_taken(rule: dict[str, Any]) -> None:
    assert sighted(found(), **rule).refused is None


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"detectors": ("bursts",)}, "another detector"),
        ({"sources": ("hn",)}, "another source"),
        ({"places": ("r/none",)}, "another place"),
        ({"authors": ("mastodon:*",)}, "another author"),
        ({"words": ("electricians",)}, "none of the words"),
        ({"least_sensational": 0.71}, "not sensational enough"),
    ],
)
def test_what_a_filter_leaves_out_is_unmatched_with_the_reason(
    rule: dict[str, Any], words: str
) -> None:
    sighting = sighted(found(), **rule)

    assert (sighting.refused, sighting.reason) == ("unmatched", words)


def test_severity_is_that_of_the_score() -> None:
    assert sighted(found(score=0.79), least_severity="high").refused == "unmatched"
    assert sighted(found(score=0.8), least_severity="high").refused is None


@pytest.mark.parametrize(
    "silence",
    [
        a_silence("author", "reddit:ann"),
        a_silence("rule", "me"),
        a_silence("source", "reddit"),
        a_silence("headline", opening(HEADLINE)),
        a_silence("author", "reddit:ann", rule="me"),
    ],
)
def test_silences_keep_quiet_what_they_name(silence: Silence) -> None:
    sighting = sighted(found(), silence)

    assert sighting.refused == "silenced"
    assert f"this {silence.what} is silenced until 2026-03-02 13:00 UTC" in sighting.reason


@pytest.mark.parametrize(
    "silence",
    [
        a_silence("author", "reddit:bob"),
        a_silence("rule", "you"),
        a_silence("source", "hn"),
        a_silence("headline", "another"),
        a_silence("author", "reddit:ann", rule="you"),
        a_silence("author", "reddit:ann", hours=0),
        a_silence("recipient", "reddit:ann"),
    ],
)
def test_silences_of_something_else_or_over_do_not(silence: Silence) -> None:
    assert sighted(found(), silence).refused is None


def test_what_was_judged_is_told_no_more() -> None:
    spam = Verdict(judged="spam", finding="f1", author="reddit:ann", at=NOON)

    assert sighted(found(quiet=True)).refused == "judged"
    assert sighted(found(verdict=spam)).refused == "judged"
    assert sighted(found(verdict=replace(spam, judged="none"))).refused is None


def test_old_news_comes_too_late() -> None:
    assert sighted(found(last_at=NOON - 73 * HOUR)).refused == "late"
    assert sighted(found(last_at=NOON - 72 * HOUR)).refused is None


def test_growth_sorts_as_it_grew() -> None:
    grown = [
        found(last_at=NOON - HOUR, score=0.9),
        found(last_at=NOON, score=0.85),
        found(last_at=NOON, score=0.9),
    ]

    assert (texts := [sighted(one).growth for one in grown]) == sorted(set(texts))


def test_urgent_goes_by_severity_and_only_where_asked() -> None:
    assert sighted(found(), urgent="high").is_urgent
    assert not sighted(found(score=0.6), urgent="high").is_urgent
    assert not sighted(found()).is_urgent


def test_groups_hold_together_what_the_rule_says() -> None:
    by_author, by_headline = AlertOptions(name="a"), AlertOptions(name="h", group_by="headline")
    first, second, third = found(), found(subject="reddit:bob"), found(quotes=())

    assert group_of(first, by_author) == group_of(third, by_author)
    assert group_of(first, by_author) != group_of(second, by_author)
    assert group_of(first, by_headline) == group_of(second, by_headline)
    assert group_of(third, by_headline) == group_of(third, by_author), "nothing is quoted"


def test_a_campaign_is_who_points_at_one_page_or_quotes_one_headline() -> None:
    offer, other = "https://www.example.org/offer?utm_source=x", "https://example.org/other"
    page = a_post(url="https://a.example/1", links=(offer,))
    same = a_post(url="https://b.example/2", links=("https://example.org/offer",))
    itself = a_post(url="https://example.org/offer", links=("https://example.org/offer",))
    front = a_post(url="https://b.example/3", links=("https://b.example/3", other))
    words, hi = found(), found(quotes=(Quote("p1", "Hello", NOON, ""),))

    assert set(things_of(hi, [page])) == set(things_of(hi, [same])) == set(things_of(hi, [itself]))
    assert len(things_of(hi, [page])) == 1
    assert not set(things_of(hi, [page])) & set(things_of(hi, [front]))
    assert set(things_of(words, [])) & set(things_of(found(subject="reddit:bob"), [page]))
    assert things_of(hi, []) == ()
    assert sighted(words).things == ()
    assert sighted(words, group_by="campaign").things == things_of(words, [])


@pytest.mark.parametrize("group_by", ["author", "headline", "campaign"])
def test_names_of_groups_hold_no_author_and_no_words(group_by: Any) -> None:
    group = group_of(found(), AlertOptions(name="me", group_by=group_by))

    assert "ann" not in group
    assert "plumbers" not in group.casefold()
