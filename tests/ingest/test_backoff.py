from datetime import timedelta
from random import Random

import pytest

from bunco.errors import SourceError, Weight
from bunco.model import SourceState
from ingest.backoff import backoff, failures, usual_interval
from tests.builders import NOON

HOUR = timedelta(hours=1)


class NoChance(Random):
    """A chance that never falls."""

    def random(self) -> float:
        """Give the least."""
        return 0.0


@pytest.mark.parametrize(("weight", "counts"), [("hard", 1.0), ("soft", 0.5), ("temporary", 0.25)])
def test_a_failure_counts_by_its_weight(weight: Weight, counts: float) -> None:
    assert failures(2.0, SourceError("x", weight=weight)) == 2.0 + counts


@pytest.mark.parametrize(
    ("interval", "failed", "asked", "wait"),
    [
        (HOUR, 1.0, None, HOUR),
        (HOUR, 0.5, None, HOUR / 2),
        (HOUR, 3.0, None, 3 * HOUR),
        (HOUR, 100.0, None, 24 * HOUR),
        (HOUR, 1e300, None, 24 * HOUR),
        (timedelta(0), 0.25, None, timedelta(seconds=15)),
        (HOUR, 0.5, 5 * HOUR, 5 * HOUR),
        (HOUR, 8.0, 5 * HOUR, 8 * HOUR),
        (HOUR, 1.0, timedelta(days=9), 24 * HOUR),
    ],
)
def test_the_wait_grows_with_failures_up_to_a_day(
    interval: timedelta, failed: float, asked: timedelta | None, wait: timedelta
) -> None:
    assert backoff(interval, failed, asked, NoChance()) == wait


def test_a_stream_that_breaks_off_comes_back_in_a_second_then_later_and_later() -> None:
    dropped, failed, waits = SourceError("x", weight="dropped"), 0.0, []

    for _ in range(12):
        failed = failures(failed, dropped)
        waits.append(round(backoff(timedelta(0), failed, None, NoChance()).total_seconds()))

    assert waits == [1, 2, 4, 8, 15, 30, 60, 120, 240, 300, 300, 300]
    assert failures(9.0, dropped) == 9.0


def test_chance_lengthens_the_wait_by_a_quarter_at_most() -> None:
    random = Random(1)

    waits = [backoff(HOUR, 1.0, None, random) for _ in range(1000)]

    assert min(waits) >= HOUR
    assert max(waits) <= 1.25 * HOUR
    assert max(waits) - min(waits) > 0.2 * HOUR


def test_the_usual_interval_is_read_from_the_state() -> None:
    good = SourceState(source="a", polled_at=NOON, next_at=NOON + HOUR)
    failing = SourceState(source="a", polled_at=NOON, next_at=NOON + 3 * HOUR, failures=3.0)

    assert usual_interval(good) == HOUR
    assert usual_interval(failing) == HOUR
    assert usual_interval(None) == timedelta(minutes=10)
