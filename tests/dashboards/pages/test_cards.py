"""A finding as people see it."""

from datetime import timedelta

from bunco.model import Quote
from dashboards.pages.cards import badge, card, sentence
from dashboards.pages.markup import joined
from tests.builders import NOON, a_finding, a_verdict

LOUD = "You won't believe this SHOCKING secret"


def test_severity_is_told_by_a_word_and_a_shape_not_by_colour_alone() -> None:
    assert "▲▲▲" in badge(a_finding(score=0.9))
    assert "High 0.90" in badge(a_finding(score=0.9))
    assert "Low 0.10" in badge(a_finding(score=0.1))


def test_the_headline_in_the_sentence_is_marked_where_it_is_sensational() -> None:
    finding = a_finding(
        reason=f"Published “{LOUD}” 4 times within 24 h.",
        quotes=(Quote("p", LOUD, NOON, "here"),),
    )

    written = joined(sentence(finding))

    assert "<mark" in written
    assert written.startswith("Published “<bdi>")
    assert "4 times within 24 h." in written


def test_a_sentence_without_its_quote_is_shown_as_it_is() -> None:
    assert "Published &quot;Council" in joined(sentence(a_finding()))


def test_numbers_stand_against_what_is_usual_for_the_author() -> None:
    burst = a_finding(
        detector="bursts",
        numbers={"window_s": 3600, "window_count": 17, "window_expected": 0.089, "ratio": 191.2,
                 "baseline_per_day": 2.83},
    )  # fmt: skip

    written = card(burst, NOON, may_judge=False)

    for part in ("within 1 h", "17 posts", "0.089", "191 ×", "2.8"):
        assert part in written


def test_who_may_not_judge_gets_no_buttons() -> None:
    assert "data-act" not in card(a_finding(), NOON, may_judge=False)
    assert card(a_finding(), NOON, may_judge=True).count('data-act="judge"') == 3


def test_a_verdict_stands_with_who_when_and_why() -> None:
    judged = a_finding(verdict=a_verdict(judged="spam"))

    written = card(judged, NOON + timedelta(hours=5), may_judge=True)

    for part in ("Spam", "ann", "1 h ago", "the council repeats itself"):
        assert part in written


def test_hostile_words_stay_words() -> None:
    evil = "<script>alert(1)</script>\u202e"
    finding = a_finding(
        reason=f"Published “{evil}” twice.", subject=f"web:{evil}", places=(evil,),
        quotes=(Quote("p", evil, NOON, evil),), numbers={evil: evil}, detector="other",
    )  # fmt: skip

    written = card(finding, NOON, may_judge=True)

    assert "<script" not in written
    assert "\u202e" not in written
