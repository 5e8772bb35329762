"""The records and what little they can do."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bunco.model import dead_letter, finding_id, from_ms, to_ms
from tests.builders import NOON, a_finding, a_verdict


@given(ms=st.integers(-(10**12), 4 * 10**12))
def test_milliseconds_come_back_as_they_went(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms


def test_milliseconds_are_rounded_down() -> None:
    assert to_ms(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=1999)) == 1


def test_an_episode_keeps_its_id_and_another_has_another() -> None:
    assert finding_id("repeats", "a:x", 5) == finding_id("repeats", "a:x", 5)
    others = {
        finding_id("repeats", "a:x", 5),
        finding_id("bursts", "a:x", 5),
        finding_id("repeats", "a:y", 5),
        finding_id("repeats", "a:x", 6),
        finding_id("repeats", "a:x", 5, "k"),
    }
    assert len(others) == 5


def test_a_score_has_a_word() -> None:
    words = [a_finding(score=score).severity for score in (0.49, 0.5, 0.79, 0.8)]

    assert words == ["low", "medium", "medium", "high"]


def test_a_dead_letter_of_the_same_origin_and_body_is_the_same_letter() -> None:
    one, again = dead_letter("f:1", "why", b"x"), dead_letter("f:1", "other", b"x")

    assert one.id == again.id
    assert one.id != dead_letter("f:2", "why", b"x").id


def test_a_dead_letter_keeps_at_most_64_kib() -> None:
    assert len(dead_letter("f:1", "why", b"x" * 100_000).body) == 65536


def test_a_verdict_is_known_by_finding_word_person_and_time_not_by_its_words() -> None:
    same = {
        a_verdict().id,
        a_verdict(because="another reason").id,
        a_verdict(pattern=None).id,
        a_verdict(until=NOON).id,
        a_verdict(at=a_verdict().at + timedelta(microseconds=3)).id,
    }
    others = {
        a_verdict(finding="f2").id,
        a_verdict(judged="spam").id,
        a_verdict(by="bob").id,
        a_verdict(timedelta(hours=5)).id,
    }

    assert len(same) == 1
    assert len(same | others) == 5
