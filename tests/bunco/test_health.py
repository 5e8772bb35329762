from datetime import timedelta

import pytest

from bunco.health import a_day, health_word, is_silent, usual_gaps
from bunco.model import Count, SourceState
from tests.builders import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (None, "new"),
        (SourceState(source="a"), "new"),
        (SourceState(source="a", polled_at=NOON), "ok"),
        (SourceState(source="a", polled_at=NOON, error="404"), "failing"),
        (SourceState(source="a", cursor=b"9", ended=True), "ended"),
    ],
)
def test_health_is_a_word(state: SourceState | None, word: str) -> None:
    assert health_word(state) == word


def test_a_source_that_was_not_read_when_it_was_due_is_late() -> None:
    state = SourceState(source="a", polled_at=NOON, next_at=NOON + HOUR)

    assert health_word(state, now=NOON + HOUR + timedelta(minutes=10)) == "ok"
    assert health_word(state, now=NOON + HOUR + timedelta(minutes=16)) == "late"


def test_a_paused_source_is_paused_whatever_else() -> None:
    state = SourceState(source="a", polled_at=NOON, error="404")

    assert health_word(state, now=NOON, is_paused=True) == "paused"


def test_silence_is_measured_by_the_sources_own_rhythm() -> None:
    state = SourceState(source="a", polled_at=NOON, item_at=NOON)

    assert health_word(state, now=NOON + DAY, usual_gap=HOUR) == "silent"
    assert health_word(state, now=NOON + DAY, usual_gap=12 * HOUR) == "ok"
    assert health_word(state, now=NOON + 9 * DAY) == "ok"


def test_hours_without_a_word_are_no_silence() -> None:
    assert not is_silent(NOON, NOON + 6 * HOUR, HOUR)
    assert is_silent(NOON, NOON + 7 * HOUR, HOUR)


def test_nine_in_ten_gaps_are_no_longer_than_the_usual_one() -> None:
    hours = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 40]
    counts = [Count(at=NOON + hour * HOUR, key="feed", count=2) for hour in hours]

    assert usual_gaps(counts) == {"feed": 4 * HOUR}


def test_a_source_that_gives_seldom_has_no_rhythm() -> None:
    counts = [Count(at=NOON + day * DAY, key="blog", count=1) for day in range(5)]

    assert usual_gaps(counts) == {}


def test_posts_a_day_are_counted_since_the_first() -> None:
    counts = [Count(at=NOON + day * DAY, key="feed", count=6) for day in range(3)]
    counts.append(Count(at=NOON + 2 * DAY, key="new", count=4))

    assert a_day(counts, NOON + 3 * DAY) == {"feed": 6.0, "new": 4.0}
    assert a_day(counts[-1:], NOON + 2 * DAY + HOUR) == {"new": 4.0}
    assert a_day([], NOON) == {}
