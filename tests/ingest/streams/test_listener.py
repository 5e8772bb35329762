import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from bunco.errors import SourceError
from bunco.ports.web import Socket
from ingest.streams.listener import Habits, Haul, Listener
from tests.ingest import server as play
from tests.ingest.server import Play, Server, a_web, in_turn, serving
from tests.ingest.stream_server import (
    Flood,
    beat,
    cut_mid_message,
    hang_up,
    rest,
    say,
    socket,
    ws,
)

Result = TypeVar("Result")
Told = list[tuple[str, bytes]]
"""The addresses that were opened, by path, and the cursors."""


@asynccontextmanager
async def _listening(
    *plays: Play, **habits: Any
) -> AsyncIterator[tuple[Listener[bytes], Told, Server]]:
    """Listen to streams at ``/0``, ``/1`` and so on, quick of habit."""
    quick: dict[str, Any] = {
        "gather": timedelta(milliseconds=30),
        "patience": timedelta(milliseconds=40),
        "silence": timedelta(milliseconds=150),
    }
    told: Told = []
    paths = {f"/{number}": each for number, each in enumerate(plays)}
    async with serving(paths) as server, a_web() as web:

        async def open_wire(address: str, cursor: bytes) -> Socket:
            told.append((address[-2:], cursor))
            return await web.open_socket(address, allow_private=True)

        addresses = [ws(server, path) for path in paths]
        listener = Listener(addresses, open_wire, size=len, habits=Habits(**quick | habits))
        yield listener, told, server
        await listener.close()


async def _heard(listener: Listener[bytes], times: int) -> list[list[bytes] | SourceError]:
    """Collect as the poller and a source would, the number of hauls as the cursor."""
    found: list[list[bytes] | SourceError] = []
    cursor = b"0"
    for number in range(times):
        try:
            haul = await listener.collect(cursor)
        except SourceError as error:
            found.append(error)
            continue
        found.append(list(haul.messages))
        cursor = str(number + 1).encode()
        listener.gave(cursor)
    return found


def _ran(ask: Callable[[], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        return await ask()

    return asyncio.run(run())


def test_what_comes_within_a_moment_is_one_haul_and_a_quiet_one_is_empty() -> None:
    async def ask() -> list[list[bytes] | SourceError]:
        stream = socket(say(b"1", b"2"), rest(0.06), say(b"3"), rest(0.1), say(b"4"))
        async with _listening(stream) as (listener, _, _):
            return await _heard(listener, 4)

    assert _ran(ask) == [[b"1", b"2"], [b"3"], [], [b"4"]]


def test_a_haul_is_bounded_in_messages_and_bytes() -> None:
    async def ask() -> list[list[bytes] | SourceError]:
        messages = [b"1", b"2", b"3", b"4" * 50, b"5"]
        async with _listening(socket(say(*messages)), most_messages=3, most_bytes=50) as (
            listener,
            _,
            _,
        ):
            return await _heard(listener, 3)

    assert _ran(ask) == [[b"1", b"2", b"3"], [b"4" * 50], [b"5"]]


@pytest.mark.parametrize("end", [hang_up(), cut_mid_message(b"lost half")])
def test_a_stream_that_breaks_off_gives_what_came_then_the_error_then_goes_on(end: Any) -> None:
    async def ask() -> tuple[list[list[bytes] | SourceError], Told]:
        stream = in_turn(socket(say(b"1"), end), socket(say(b"2")))
        async with _listening(stream, stream) as (listener, told, _):
            return await _heard(listener, 3), told

    (first, error, last), told = _ran(ask)

    assert (first, last) == ([b"1"], [b"2"])
    assert isinstance(error, SourceError)
    assert error.weight == "dropped"
    assert told == [("/0", b"0"), ("/0", b"1")]


def test_hosts_that_refuse_or_say_nothing_are_left_for_the_next_in_turn() -> None:
    async def ask() -> tuple[list[list[bytes] | SourceError], Told]:
        plays = (play.status(503), socket(hang_up()), play.status(403), socket(say(b"1")))
        async with _listening(*plays) as (listener, told, _):
            return await _heard(listener, 5), told

    found, told = _ran(ask)

    assert [path for path, _ in told] == ["/0", "/1", "/2", "/3"]
    weights = [error.weight for error in found if isinstance(error, SourceError)]
    assert weights == ["dropped", "dropped", "hard"]
    assert found[3:] == [[b"1"], []]


def test_a_wait_the_server_asked_for_is_kept() -> None:
    async def ask() -> list[list[bytes] | SourceError]:
        async with _listening(play.status(429, Retry_After="90")) as (listener, _, _):
            return await _heard(listener, 1)

    (error,) = _ran(ask)

    assert isinstance(error, SourceError)
    assert (error.weight, error.retry_after) == ("soft", timedelta(seconds=90))


def test_silence_is_a_failure_and_the_next_host_is_asked() -> None:
    async def ask() -> tuple[list[list[bytes] | SourceError], Told]:
        plays = (socket(say(b"1")), socket(say(b"2")))
        async with _listening(*plays, heartbeats_count=False) as (listener, told, _):
            return await _heard(listener, 7), told

    found, told = _ran(ask)

    assert found[:4] == [[b"1"], [], [], []]
    assert isinstance(found[4], SourceError)
    assert found[4].reason == "127.0.0.1 said nothing for 0.15 s"
    assert found[5:] == [[b"2"], []]
    assert [path for path, _ in told] == ["/0", "/1"]


def test_heartbeats_and_answers_to_ours_are_signs_of_life() -> None:
    async def ask(stream: Play) -> list[list[bytes] | SourceError]:
        async with _listening(stream) as (listener, _, _):
            return await _heard(listener, 8)

    beating = asyncio.run(ask(socket(say(b"1"), beat(30, 0.02))))
    answering = asyncio.run(ask(socket(say(b"1"))))

    assert beating == answering == [[b"1"], [], [], [], [], [], [], []]


def test_time_in_which_nobody_listens_is_no_silence() -> None:
    async def ask() -> bool:
        async with _listening(socket(), heartbeats_count=False) as (listener, _, _):
            for _ in range(2):
                await listener.collect(b"")
                listener.gave(b"")
                await asyncio.sleep(0.2)
            return True

    assert _ran(ask)


def test_what_was_lost_on_the_way_comes_again_from_the_cursor() -> None:
    async def ask() -> tuple[Haul[bytes], Told]:
        async with _listening(socket(say(b"1", b"2"))) as (listener, told, _):
            first = await listener.collect(b"old")
            assert listener.recent.is_new(first.messages[0])
            listener.gave(b"new")
            again = await listener.collect(b"old")
            assert listener.recent.is_new(again.messages[0])
            return again, told

    again, told = _ran(ask)

    assert again.messages == (b"1", b"2")
    assert again.opened
    assert [cursor for _, cursor in told] == [b"old", b"old"]


def test_a_haul_that_became_no_delivery_comes_again() -> None:
    async def ask() -> list[tuple[bytes, ...]]:
        async with _listening(socket(say(b"1"))) as (listener, _, _):
            return [(await listener.collect(b"")).messages for _ in range(2)]

    assert _ran(ask) == [(b"1",), (b"1",)]


def test_a_reading_broken_off_half_way_loses_nothing() -> None:
    async def ask() -> tuple[bytes, ...]:
        stream = socket(say(b"1"), rest(10))
        async with _listening(stream, gather=timedelta(seconds=5)) as (listener, _, _):
            reading = asyncio.create_task(listener.collect(b""))
            await asyncio.sleep(0.1)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            listener._habits = Habits(gather=timedelta(milliseconds=10))
            return (await listener.collect(b"")).messages

    assert _ran(ask) == (b"1",)


def test_a_flood_waits_at_the_door_while_nobody_collects() -> None:
    async def ask() -> tuple[int, int]:
        flood = Flood(b"x" * 1000)
        async with _listening(socket(flood), most_messages=10) as (listener, _, _):
            await _heard(listener, 3)
            await asyncio.sleep(0.2)
            sent = flood.sent
            await asyncio.sleep(0.2)
            return sent, flood.sent

    before, after = _ran(ask)

    assert before == after


def test_who_has_other_things_to_do_waits_for_nothing() -> None:
    async def ask() -> Haul[bytes]:
        async with _listening(socket(), patience=timedelta(minutes=1)) as (listener, _, _):
            async with asyncio.timeout(5):
                return await listener.collect(b"0", timedelta(milliseconds=5))

    assert _ran(ask).messages == ()
