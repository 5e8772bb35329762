from datetime import timedelta

import pytest

from ingest.answers import failure, moment, retry_after
from tests.builders import NOON


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("-5", 0),
        ("1.5", 1.5),
        ("999999999", 86400),
        ("inf", 86400),
        ("nan", None),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("Mon, 02 Mar 2076 11:00:00 GMT", 86400),
        ("soon", None),
        ("", None),
        ("Mon, 99 Mar 2026 11:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    wait = retry_after({"retry-after": text}, NOON)

    assert wait == (None if seconds is None else timedelta(seconds=seconds))


def test_a_spent_rate_limit_asks_for_its_reset() -> None:
    spent = {"x-ratelimit-remaining": "0.0", "x-ratelimit-reset": "42"}
    left = {"x-ratelimit-remaining": "7", "x-ratelimit-reset": "42"}

    assert retry_after(spent, NOON) == timedelta(seconds=42)
    assert retry_after(left, NOON) is None


@pytest.mark.parametrize(
    ("reset", "seconds"),
    [
        ("42", 42),
        (str(NOON.timestamp() + 42), 42),
        ("2026-03-02T12:00:42.000Z", 42),
        ("9e9", 86400),
    ],
)
@pytest.mark.parametrize("prefix", ["x-ratelimit", "ratelimit"])
def test_a_reset_is_seconds_or_a_moment(prefix: str, reset: str, seconds: int) -> None:
    spent = {f"{prefix}-remaining": "0", f"{prefix}-reset": reset}

    assert retry_after(spent, NOON) == timedelta(seconds=seconds)


def test_a_date_without_zone_counts_as_utc() -> None:
    found = moment("Mon, 02 Mar 2026 12:00:00 -0000")

    assert found == NOON


def test_too_many_requests_waits_a_minute_where_nothing_is_asked() -> None:
    assert failure(429, "example.org", {}, NOON).retry_after == timedelta(minutes=1)


def test_an_unheard_of_status_is_told_by_its_number() -> None:
    error = failure(599, "example.org", {}, NOON)

    assert error.reason == "example.org answered 599"
    assert error.weight == "soft"
