from datetime import timedelta
from typing import Any

from bunco.model import Poll
from ingest.logbook import Logbook
from tests.builders import NOON


def _poll(seconds: float, given: int = 1, **changes: Any) -> Poll:
    fields: dict[str, Any] = {"source": "jet", "outcome": "read", "given": given} | changes
    return Poll(at=NOON + timedelta(seconds=seconds), **fields)


def test_a_stream_gets_a_line_a_minute_that_counts_all_of_it() -> None:
    book = Logbook()

    lines = [book.line(_poll(second / 5), streams=True) for second in range(601)]

    given = [line.given for line in lines if line]
    assert given == [1, 300, 300]


def test_what_is_worth_a_word_gets_its_line_at_once() -> None:
    book = Logbook()
    book.line(_poll(0), streams=True)
    book.line(_poll(1), streams=True)

    noted = book.line(_poll(2, note="odd"), streams=True)
    dead = book.line(_poll(3, dead=1), streams=True)
    failed = book.line(_poll(4, given=0, outcome="failed"), streams=False)

    assert noted == _poll(2, given=2, note="odd")
    assert dead == _poll(3, dead=1)
    assert failed == _poll(4, given=0, outcome="failed")


def test_sources_are_counted_apart_and_a_clock_set_back_stops_no_line() -> None:
    book = Logbook()
    book.line(_poll(0), streams=True)

    other = book.line(_poll(1, source="mast"), streams=True)
    earlier = book.line(_poll(-3600), streams=True)

    assert other is not None
    assert earlier is not None
