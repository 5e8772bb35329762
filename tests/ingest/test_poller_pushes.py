"""A source that is read and pushed to has one state, whichever comes first."""

import asyncio
from random import Random

from bunco.errors import SourceError
from bunco.model import Delivery, SourceState
from ingest.poller import Poller
from tests.ingest.test_poller import FakeBus, FakeSource, FastTime, given

PUSH = Delivery(source="a", items=given(items=1).items, cursor=b"", outcome="pushed")


def states_of(read: Delivery | Exception, *, known: SourceState | None = None) -> list[SourceState]:
    """Push while a reading is under way; give the states as they went onto the bus."""
    bus, time = FakeBus(), FastTime()

    async def run() -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def reading(_: bytes) -> Delivery:
            begun.set()
            await go_on.wait()
            if isinstance(read, Exception):
                raise read
            return read

        poller = Poller(
            {"a": FakeSource(reading)},
            bus,
            {"a": known} if known else {},
            clock=time.clock,
            random=Random(1),
            most_at_once=1,
            sleep=time.sleep,
        )
        running = asyncio.create_task(poller.run(asyncio.Event()))
        await begun.wait()
        await poller.push("a", PUSH, bus)
        go_on.set()
        await asyncio.wait_for(running, 5)

    asyncio.run(run())
    return bus.states()


def test_a_push_keeps_the_cursor_of_the_readings() -> None:
    pushed, read, _ = states_of(given(b"2"), known=SourceState(source="a", cursor=b"1"))

    assert (pushed.cursor, read.cursor) == (b"1", b"2")


def test_a_reading_keeps_the_time_of_the_push() -> None:
    pushed, read, _ = states_of(given(b"2"))

    assert pushed.item_at is not None
    assert read.item_at == pushed.item_at


def test_a_failed_reading_keeps_the_time_of_the_push_and_the_cursor() -> None:
    known = SourceState(source="a", cursor=b"1")

    pushed, failed, *_ = states_of(SourceError("no"), known=known)

    assert (failed.error, failed.cursor, failed.item_at) == ("no", b"1", pushed.item_at)


def test_a_push_does_not_hide_that_readings_fail() -> None:
    known = SourceState(source="a", cursor=b"1", error="no", failures=2)

    pushed, *_ = states_of(given(b"2"), known=known)

    assert (pushed.error, pushed.failures) == ("no", 2)


def test_readings_and_pushes_keep_what_the_source_was_read_with() -> None:
    known = SourceState(source="a", cursor=b"1", settings="jsonl:1")

    states = states_of(given(b"2"), known=known)

    assert {state.settings for state in states} == {"jsonl:1"}
