"""Times are read as people write them, and durations count back from where the posts are."""

from datetime import UTC, datetime, timedelta

import pytest

from bunco.cli.moments import period
from bunco.errors import UsageError
from bunco.model import Batch
from bunco.wiring import open_store_at
from tests.builders import NOON, an_enriched

_DAY = timedelta(days=1)


def _period(
    since: str | None, until: str | None = None, *, now: datetime = NOON
) -> tuple[datetime | None, datetime | None, list[str]]:
    store = open_store_at("memory:")
    store.commit(Batch(posts=(an_enriched(),)))
    said: list[str] = []
    asked = period(store, since, until, now=now, say=said.append)
    return asked.since, asked.until, said


def test_nothing_asked_is_all_of_time() -> None:
    assert _period(None) == (None, None, [])


def test_a_duration_counts_back_from_now() -> None:
    assert _period("24h", "1h 30m") == (NOON - _DAY, NOON - timedelta(hours=1.5), [])


def test_a_duration_counts_back_from_the_newest_post_of_an_old_store() -> None:
    since, _, said = _period("7d", now=NOON + timedelta(days=400))

    assert since == NOON - 7 * _DAY
    assert "2026-03-02 12:00" in said[0]


def test_a_duration_that_reaches_the_newest_post_counts_from_now() -> None:
    since, _, said = _period("7d", now=NOON + 6 * _DAY)

    assert (since, said) == (NOON - _DAY, [])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T12:00:00Z", NOON),
        ("2026-03-02T14:00:00+02:00", NOON),
        ("2026-03-02 12:00", NOON),
    ],
)
def test_dates_are_in_utc_unless_they_say_otherwise(written: str, read: datetime) -> None:
    assert _period(written)[0] == read


def test_a_duration_longer_than_the_calendar_is_its_beginning() -> None:
    since, _, _ = _period("900000d")

    assert since == datetime.min.replace(tzinfo=UTC)


@pytest.mark.parametrize("written", ["soon", "", "7", "7 x", "2026-02-30", "9" * 400 + "d"])
def test_what_is_no_time_is_refused(written: str) -> None:
    with pytest.raises(UsageError):
        _period(written)
