import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bunco.errors import SourceError
from bunco.ports.web import Events, ServerEvent
from bunco.values import Size
from ingest.events import EventParser
from tests.ingest import server as play
from tests.ingest.server import a_web, serving
from tests.ingest.stream_server import Flood, Step, beat, cut_mid_message, events, hang_up, say

TOLD = (
    b"\xef\xbb\xbf:thump\n\nevent: update\r\ndata: {\r\ndata:}\r\nid: 7\r\n\r\n"
    b"data\rdata: x\r\revent: gone\n\nretry: 1\nfoo: bar\ndata:  y\nid: a\0b\n\ndata: unended"
)
EVENTS = [
    ServerEvent(name="update", data=b"{\n}", id="7"),
    ServerEvent(data=b"\nx", id="7"),
    ServerEvent(data=b" y", id="7"),
]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
def test_events_are_the_same_in_pieces_of_any_size(step: int) -> None:
    parser = EventParser(1000)

    pieces = [TOLD[start : start + step] for start in range(0, len(TOLD), step)]

    assert [event for piece in pieces for event in parser.feed(piece)] == EVENTS


@pytest.mark.parametrize("sent", [b"data: " + b"x" * 101, b"data: xxxxxxxx\n" * 8, b"x" * 101])
def test_an_event_larger_than_allowed_is_refused(sent: bytes) -> None:
    with pytest.raises(ValueError, match="larger than 100 bytes"):
        list(EventParser(100).feed(sent))


def test_events_together_may_be_larger_than_one_may_be() -> None:
    assert len(list(EventParser(100).feed(b"data: 123456789\n\n" * 1000))) == 1000


@asynccontextmanager
async def _open(given: play.Play) -> AsyncIterator[Events]:
    async with serving({"/": given}) as server, a_web(most_message_bytes=Size(1000)) as web:
        stream = await web.open_events(
            server.url("/?token=hidden"), headers={"Last-Event-ID": "3"}, allow_private=True
        )
        assert server.headers()["last-event-id"] == "3"
        yield stream
        await stream.close()


async def _until_broken(stream: Events) -> tuple[list[bytes], SourceError]:
    got: list[bytes] = []
    try:
        while True:
            got.append((await stream.receive()).data)
    except SourceError as error:
        return got, error


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (hang_up(), "127.0.0.1 ended the stream"),
        (cut_mid_message(b"data: 3333"), "127.0.0.1: the connection broke"),
    ],
)
def test_whole_events_come_before_the_end(end: Step, words: str) -> None:
    async def ask() -> tuple[list[bytes], SourceError]:
        async with _open(events(say(b"data: 1", b"data: 2"), beat(1, 0), end)) as stream:
            return await _until_broken(stream)

    got, error = asyncio.run(ask())

    assert got == [b"1", b"2"]
    assert error.reason.startswith(words)
    assert error.weight == "dropped"


def test_a_comment_is_a_sign_of_life() -> None:
    async def ask() -> bool:
        async with _open(events(beat(3, 0.02))) as stream:
            opened = stream.heard_at
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await stream.receive()
            return stream.heard_at > opened

    assert asyncio.run(ask())


def test_an_endless_event_is_refused_in_words() -> None:
    async def ask() -> SourceError:
        async with _open(events(say(b"data: " + b"x" * 2000), Flood(b"data: 1"))) as stream:
            return (await _until_broken(stream))[1]

    error = asyncio.run(ask())

    assert error.reason == "127.0.0.1 sent an event larger than 1000 bytes"
    assert error.weight == "hard"


@pytest.mark.parametrize(
    ("given", "reason", "weight"),
    [
        (play.status(429, Retry_After="90"), "127.0.0.1 answered 429 Too Many Requests", "soft"),
        (play.status(403), "127.0.0.1 answered 403 Forbidden", "hard"),
        (play.status(503), "127.0.0.1 answered 503 Service Unavailable", "soft"),
        (play.document(), "127.0.0.1 answers, but with no stream of events", "hard"),
        (play.redirect("/"), "127.0.0.1 redirects, which no stream follows", "hard"),
    ],
)
def test_another_answer_is_told_as_for_documents(
    given: play.Play, reason: str, weight: str
) -> None:
    async def ask() -> SourceError:
        with pytest.raises(SourceError) as error:
            async with _open(given):
                pass
        return error.value

    error = asyncio.run(ask())

    assert (error.reason, error.weight) == (reason, weight)
    assert (error.retry_after is not None) == ("429" in reason)
