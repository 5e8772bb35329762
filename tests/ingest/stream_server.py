"""Streams on the loopback interface with all the faults of real ones.

A stream is a list of steps, each of which says something or does something wicked:

    async with serving({"/": socket(say(b"1", b"2"), cut_mid_message(b"3"))}) as server:
        await web.open_socket(ws(server), allow_private=True)

``in_turn`` of ``tests.ingest.server`` gives each connection a stream of its own. What has
no steps left stays open and silent until the client leaves.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from random import Random
from typing import Protocol, TypeAlias, TypeVar

from aiohttp import WSMsgType, web

from tests.ingest.server import Play, Server

Message = TypeVar("Message")


class Line(Protocol):
    """The server's end of a stream."""

    request: web.Request
    received: list[bytes]
    """What the client sent."""

    async def say(self, message: bytes) -> None:
        """Send one whole message."""

    async def say_half(self, message: bytes) -> None:
        """Send the beginning of a message."""

    async def beat(self) -> None:
        """Send a heartbeat."""

    async def hang_up(self, code: int, reason: str) -> None:
        """End the stream as the protocol wants it."""


Step: TypeAlias = Callable[[Line], Awaitable[None]]


def ws(server: Server, path: str = "/") -> str:
    """Give the address of a WebSocket."""
    return server.url(path).replace("http", "ws", 1)


def socket(*steps: Step) -> Play:
    """Serve a WebSocket that plays the steps in turn."""

    async def play(request: web.Request) -> web.StreamResponse:
        response = web.WebSocketResponse(max_msg_size=1 << 22)
        await response.prepare(request)
        line = _SocketLine(request, response)
        listening = asyncio.create_task(line.listen())
        try:
            await _played(steps, line, listening)
        finally:
            listening.cancel()
        return response

    return play


def events(*steps: Step) -> Play:
    """Serve server-sent events that play the steps in turn."""

    async def play(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await _played(steps, _EventLine(request, response), None)
        return response

    return play


def say(*messages: bytes) -> Step:
    """Send messages; of events each is a whole block of lines without its empty line."""

    async def step(line: Line) -> None:
        for message in messages:
            await line.say(message)

    return step


def rest(seconds: float) -> Step:
    """Say nothing for a time."""

    async def step(_: Line) -> None:
        await asyncio.sleep(seconds)

    return step


def beat(times: int, every: float) -> Step:
    """Send nothing but heartbeats for a time."""

    async def step(line: Line) -> None:
        for _ in range(times):
            await line.beat()
            await asyncio.sleep(every)

    return step


def cut_mid_message(message: bytes) -> Step:
    """Send half of a message and tear the connection."""

    async def step(line: Line) -> None:
        await line.say_half(message)
        await asyncio.sleep(0.01)
        tear(line)

    return step


def hang_up(code: int = 1001, reason: str = "") -> Step:
    """End the stream politely."""

    async def step(line: Line) -> None:
        await line.hang_up(code, reason)

    return step


class Flood:
    """Send as fast as the client lets us: a step that counts."""

    def __init__(self, message: bytes, most: int = 1_000_000_000) -> None:
        self._message = message
        self._most = most
        self.sent = 0

    async def __call__(self, line: Line) -> None:
        """Send."""
        while self.sent < self._most:
            await line.say(self._message)
            self.sent += 1


def hear(into: list[bytes], count: int = 1) -> Step:
    """Wait until the client has sent so many messages; keep all that it sent."""

    async def step(line: Line) -> None:
        while len(line.received) < count:  # noqa: ASYNC110  # a test server may look often
            await asyncio.sleep(0.005)
        into[:] = line.received

    return step


def tear(line: Line) -> None:
    """Cut the connection without a word."""
    if line.request.transport is not None:
        line.request.transport.abort()


def doubled(messages: Iterable[Message]) -> list[Message]:
    """Give each message twice in a row."""
    return [message for message in messages for _ in range(2)]


def shuffled(messages: Sequence[Message], seed: int = 0) -> list[Message]:
    """Give messages in another order."""
    return Random(seed).sample(messages, len(messages))


async def _played(steps: Iterable[Step], line: Line, listening: asyncio.Task[None] | None) -> None:
    """Play the steps, then stay until the client leaves."""
    try:
        for step in steps:
            await step(line)
        await (listening or asyncio.Event().wait())
    except (ConnectionError, OSError):
        return


class _SocketLine:
    def __init__(self, request: web.Request, response: web.WebSocketResponse) -> None:
        self.request = request
        self.received: list[bytes] = []
        self._response = response

    async def listen(self) -> None:
        async for message in self._response:
            if message.type is WSMsgType.TEXT:
                self.received.append(message.data.encode())

    async def say(self, message: bytes) -> None:
        try:
            await self._response.send_str(message.decode())
        except UnicodeDecodeError:
            await self._response.send_bytes(message)

    async def say_half(self, message: bytes) -> None:
        assert self.request.transport is not None
        frame = bytes([0x81, len(message)]) if len(message) < 126 else None
        frame = frame or bytes([0x81, 126]) + len(message).to_bytes(2, "big")
        self.request.transport.write(frame + message[: len(message) // 2])

    async def beat(self) -> None:
        await self._response.ping()

    async def hang_up(self, code: int, reason: str) -> None:
        await self._response.close(code=code, message=reason.encode())


class _EventLine:
    def __init__(self, request: web.Request, response: web.StreamResponse) -> None:
        self.request = request
        self.received: list[bytes] = []
        self._response = response

    async def say(self, message: bytes) -> None:
        await self._response.write(message + b"\n\n")

    async def say_half(self, message: bytes) -> None:
        await self._response.write(message[: len(message) // 2])

    async def beat(self) -> None:
        await self._response.write(b":thump\n")

    async def hang_up(self, code: int, reason: str) -> None:
        del code, reason
        await self._response.write_eof()
