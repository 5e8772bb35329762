import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bunco.errors import SourceError
from bunco.ports.web import Socket
from bunco.values import Duration, Size
from tests.ingest import server as play
from tests.ingest.server import Names, a_web, serving
from tests.ingest.stream_server import (
    Flood,
    Step,
    beat,
    cut_mid_message,
    hang_up,
    rest,
    say,
    socket,
    ws,
)


@asynccontextmanager
async def _open(*steps: Step) -> AsyncIterator[Socket]:
    async with serving({"/": socket(*steps)}) as server, a_web() as web:
        stream = await web.open_socket(ws(server), headers={"X-A": "b"}, allow_private=True)
        assert server.headers()["x-a"] == "b"
        yield stream
        await stream.close()


async def _until_broken(stream: Socket) -> tuple[list[bytes], SourceError]:
    got: list[bytes] = []
    try:
        while True:
            got.append(await stream.receive())
    except SourceError as error:
        return got, error


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (hang_up(1008, "too\n slow"), "127.0.0.1 closed the connection (1008: too slow)"),
        (hang_up(1001), "127.0.0.1 closed the connection (1001)"),
        (cut_mid_message(b"never whole"), "127.0.0.1: the connection broke"),
    ],
)
def test_whole_messages_come_before_the_end(end: Step, reason: str) -> None:
    async def ask() -> tuple[list[bytes], SourceError]:
        async with _open(say("ä".encode(), b"\xff\x00"), beat(1, 0), end) as stream:
            return await _until_broken(stream)

    got, error = asyncio.run(ask())

    assert got == ["ä".encode(), b"\xff\x00"]
    assert (error.reason, error.weight) == (reason, "dropped")


def test_a_broken_off_wait_takes_nothing() -> None:
    async def ask() -> list[bytes]:
        async with _open(rest(0.05), say(b"1", b"2")) as stream:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.01):
                    await stream.receive()
            return [await stream.receive(), await stream.receive()]

    assert asyncio.run(ask()) == [b"1", b"2"]


def test_pings_are_signs_of_life_and_are_answered() -> None:
    async def ask() -> tuple[float, float]:
        async with _open(beat(2, 0.02)) as stream:
            opened = stream.heard_at
            await stream.send("hello")
            await stream.ping()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await stream.receive()
            return opened, stream.heard_at

    opened, heard = asyncio.run(ask())

    assert heard > opened


def test_a_message_larger_than_allowed_is_refused_in_words() -> None:
    async def ask() -> SourceError:
        async with (
            serving({"/": socket(say(b"x" * 1001))}) as server,
            a_web(most_message_bytes=Size(1000)) as web,
        ):
            stream = await web.open_socket(ws(server), allow_private=True)
            return (await _until_broken(stream))[1]

    error = asyncio.run(ask())

    assert error.reason == "127.0.0.1 sent a message larger than 1000 bytes"
    assert error.weight == "hard"


def test_who_does_not_receive_slows_the_sender_and_can_still_leave() -> None:
    async def ask() -> tuple[int, int, float]:
        flood = Flood(b"x" * 1000)
        async with _open(flood) as stream:
            await stream.receive()
            await asyncio.sleep(0.3)
            before = flood.sent
            await asyncio.sleep(0.3)
            after = flood.sent
            began = asyncio.get_running_loop().time()
            await stream.close()
            return before, after, asyncio.get_running_loop().time() - began

    before, after, took = asyncio.run(ask())

    assert before == after
    assert took < 2


@pytest.mark.parametrize(
    ("given", "reason", "weight"),
    [
        (play.status(429, Retry_After="90"), "127.0.0.1 answered 429 Too Many Requests", "soft"),
        (play.status(403), "127.0.0.1 answered 403 Forbidden", "hard"),
        (play.status(502), "127.0.0.1 answered 502 Bad Gateway", "soft"),
        (play.document(), "127.0.0.1 answers, but with no WebSocket", "hard"),
        (play.redirect("/elsewhere"), "127.0.0.1 redirects, which no stream follows", "hard"),
        (play.dripping(0.01), "127.0.0.1 answers, but with no WebSocket", "hard"),
    ],
)
def test_another_answer_is_told_as_for_documents(
    given: play.Play, reason: str, weight: str
) -> None:
    async def ask() -> SourceError:
        async with serving({"/": given}) as server, a_web() as web:
            with pytest.raises(SourceError) as error:
                await web.open_socket(ws(server, "/"), allow_private=True)
            assert [path for path, _ in server.asked] == ["/"]
            return error.value

    error = asyncio.run(ask())

    assert (error.reason, error.weight) == (reason, weight)
    asked = timedelta(seconds=90) if "429" in reason else None
    assert error.retry_after == asked


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.org/", "only ws:// and wss:// addresses"),
        ("ws://hidden.example.org/?a=b", "hidden.example.org: 127.0.0.1 is not a public address"),
    ],
)
def test_addresses_are_judged_as_for_documents(url: str, words: str) -> None:
    async def ask() -> SourceError:
        async with a_web(resolver=Names(hidden_example_org=["127.0.0.1"])) as web:
            with pytest.raises(SourceError) as error:
                await web.open_socket(url)
            return error.value

    assert words in asyncio.run(ask()).reason


def test_sockets_take_a_turn_for_the_handshake_and_no_place_after_it() -> None:
    async def ask() -> int:
        async with (
            serving({"/": socket(say(b"1")), "/feed": play.document()}) as server,
            a_web(concurrency=1, host_concurrency=1, timeout=Duration(seconds=2)) as web,
        ):
            streams = [await web.open_socket(ws(server), allow_private=True) for _ in range(3)]
            status = (await web.fetch(server.url("/feed"), allow_private=True)).status
            for stream in streams:
                await stream.close()
            return status

    assert asyncio.run(ask()) == 200
