from datetime import timedelta

import pytest

from ingest.feeds.feed import Feed
from ingest.feeds.pace import Bounds, Pace, asked_by_feed, asked_by_server, paced, wait
from tests.builders import NOON

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
BOUNDS = Bounds(start=6 * HOUR, fastest=10 * MINUTE, slowest=24 * HOUR)


def _after(known_ratio: float, *, hours: float = 8, on_time: int = 1, lively: bool = False) -> Pace:
    pace = Pace(
        interval=hours * HOUR,
        on_time=on_time,
        due=NOON,
        new_at=NOON - timedelta(days=3 if lively else 60),
    )
    return paced(pace, known_ratio, NOON, BOUNDS)


@pytest.mark.parametrize(
    ("known_ratio", "hours", "lively", "expected"),
    [
        (1.0, 8, False, 9 * HOUR),
        (1.0, 8, True, 8 * HOUR + 10 * MINUTE),
        (0.67, 8, True, 8 * HOUR + 10 * MINUTE),
        (0.66, 8, True, 8 * HOUR),
        (0.33, 8, True, 8 * HOUR),
        (0.32, 8, True, 6 * HOUR),
        (0.32, 5, True, 4 * HOUR),
        (0.0, 0.5, True, 10 * MINUTE),
        (1.0, 23.5, False, 24 * HOUR),
    ],
)
def test_the_interval_follows_what_is_new(
    known_ratio: float,
    hours: float,
    lively: bool,
    expected: timedelta,
) -> None:
    assert _after(known_ratio, hours=hours, lively=lively).interval == expected


def test_one_good_poll_changes_nothing_yet() -> None:
    assert _after(1.0, on_time=0).interval == 8 * HOUR


def test_a_late_poll_starts_the_count_anew() -> None:
    late = paced(Pace(interval=8 * HOUR, on_time=5, due=NOON - HOUR), 1.0, NOON, BOUNDS)

    assert (late.interval, late.on_time) == (8 * HOUR, 0)


def test_the_first_poll_begins_at_the_start() -> None:
    assert paced(Pace(), 0.0, NOON, BOUNDS).interval == 6 * HOUR


def test_the_wait_is_the_longest_that_is_asked_within_a_day() -> None:
    pace = Pace(interval=2 * HOUR)

    assert wait(pace, HOUR, BOUNDS) == 2 * HOUR
    assert wait(pace, 5 * HOUR, BOUNDS) == 5 * HOUR
    assert wait(pace, 99 * HOUR, BOUNDS) == 24 * HOUR
    slow = Bounds(start=HOUR, fastest=HOUR, slowest=timedelta(days=9))
    assert wait(pace, timedelta(days=5), slow) == 24 * HOUR


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": 'MAX-AGE="600"', "age": "200"}, 400),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "max-age=lots"}, 0),
        ({"cache-control": "max-age=99999999999999999999"}, 86400),
        ({"expires": "Mon, 02 Mar 2026 12:10:00 GMT"}, 600),
        ({"expires": "Mon, 02 Mar 2026 10:10:00 GMT"}, 0),
        ({"expires": "0"}, 0),
        (
            {
                "date": "Mon, 02 Mar 2020 12:00:00 GMT",
                "expires": "Mon, 02 Mar 2020 12:10:00 GMT",
            },
            600,
        ),
        ({"retry-after": "900", "cache-control": "max-age=60"}, 900),
    ],
)
def test_headers_ask_for_a_wait(headers: dict[str, str], seconds: int) -> None:
    assert asked_by_server(headers, NOON) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("ttl", "period", "frequency", "expected"),
    [
        ("", "", "", timedelta(0)),
        ("60", "", "", HOUR),
        ("-5", "", "", timedelta(0)),
        ("soon", "", "", timedelta(0)),
        ("999999", "", "", 24 * HOUR),
        ("", "hourly", "", HOUR),
        ("", "Hourly", "2", HOUR / 2),
        ("", "daily", "24", HOUR),
        ("", "daily", ".1", 24 * HOUR),
        ("", "hourly", "0.1", 10 * HOUR),
        ("", "hourly", "0", HOUR),
        ("", "weekly", "1", 24 * HOUR),
        ("", "dayly", "2", 12 * HOUR),
        ("", "minutely", "", MINUTE),
        ("", "always", "", timedelta(0)),
        ("", "hourly", "nan", HOUR),
        ("120", "hourly", "1", 2 * HOUR),
    ],
)
def test_documents_ask_for_a_wait(
    ttl: str, period: str, frequency: str, expected: timedelta
) -> None:
    feed = Feed(
        format="rss20", entries=(), ttl=ttl, update_period=period, update_frequency=frequency
    )

    assert asked_by_feed(feed) == expected
