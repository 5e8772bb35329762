from datetime import timedelta

import pytest

from ingest.bluesky import position
from ingest.bluesky.position import Position
from tests.builders import NOON
from tests.ingest.bluesky.jetstream import START_US

HOUR_US = 3_600_000_000


def test_no_two_deliveries_leave_the_same_cursor() -> None:
    first = position.after(Position(), START_US)
    second = position.after(first, START_US - 5)

    assert second.time_us == first.time_us
    assert position.encode(second) != position.encode(first)
    assert position.decode(position.encode(second)) == second


@pytest.mark.parametrize("cursor", [b"", b"{", b"7", b"\xff", b'{"time_us":"x"}'])
def test_a_cursor_that_cannot_be_read_is_the_start(cursor: bytes) -> None:
    assert position.decode(cursor) == Position()


@pytest.mark.parametrize(
    ("first_us", "hours", "never_rests", "begins"),
    [
        (START_US, 1, True, ""),
        (START_US - HOUR_US, 1, True, ""),
        (START_US + 60_000_000, 1, True, ""),
        (START_US + 61_000_000, 1, True, "nothing was told of the time from 2026-03-02 12:00:00"),
        (START_US + HOUR_US, 36, False, ""),
        (START_US + HOUR_US, 37, False, "events since 2026-03-02 12:00:00 UTC were asked for"),
        (START_US, 37, True, "events since"),
        (0, 99, True, ""),
    ],
)
def test_a_gap_is_told_where_there_can_be_one(
    first_us: int, hours: int, begins: str, *, never_rests: bool
) -> None:
    said = position.gap(
        Position(time_us=START_US),
        first_us,
        NOON + timedelta(hours=hours),
        window=timedelta(hours=36),
        never_rests=never_rests,
    )

    assert said.startswith(begins)
    assert bool(said) == bool(begins)


def test_before_the_first_event_nothing_can_be_missing() -> None:
    late = NOON + timedelta(days=9)

    assert (
        position.gap(Position(), START_US, late, window=timedelta(hours=36), never_rests=True) == ""
    )
