"""A network on the loopback interface: answers in JSON, plays faults, is read in turns."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeAlias

import msgspec
from aiohttp import web

from bunco.errors import SourceError
from bunco.model import Delivery, Post, Removal
from bunco.ports.sources import Source, SourceTools
from tests.fakes import FakeClock
from tests.ingest import server as play
from tests.ingest.server import Play, a_web

Make: TypeAlias = Callable[[str, SourceTools], Source]
"""Makes a source that reads the server at an address."""


class Network:
    """What all networks of the tests do: a subclass gives ``answer``."""

    def __init__(self) -> None:
        self.faults: list[Play | None] = []
        """Played one a request, in place of the answer; None lets one through."""
        self.asked: list[str] = []
        """Path and query of each request."""
        self.headers: list[dict[str, str]] = []
        self.url = ""

    async def answer(self, request: web.Request) -> Any:
        """Give what is encoded as JSON, or a whole response."""
        raise NotImplementedError(request)

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        self.asked.append(request.path_qs)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            return await fault(request)  # type: ignore[arg-type]  # plays need no routing
        found = await self.answer(request)  # type: ignore[arg-type]  # the same
        if isinstance(found, web.StreamResponse):
            return found
        return web.Response(body=msgspec.json.encode(found), content_type="application/json")


@asynccontextmanager
async def online(network: Network) -> AsyncIterator[str]:
    """Serve a network for the block; give its address."""
    runner = web.ServerRunner(web.Server(network.serve), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    network.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield network.url
    finally:
        await runner.cleanup()


class Reader:
    """Reads a source on and on, as the poller does: a failure leaves the cursor alone."""

    def __init__(self, source: Source, clock: FakeClock) -> None:
        self.source = source
        self.clock = clock
        self.cursor = b""
        self.deliveries: list[Delivery] = []
        self.errors: list[SourceError] = []

    async def read(self, times: int = 1, every: timedelta = timedelta(minutes=1)) -> None:
        """Read some times."""
        for _ in range(times):
            try:
                delivery = await self.source.read(self.cursor)
            except SourceError as error:
                self.errors.append(error)
            else:
                self.deliveries.append(delivery)
                self.cursor = delivery.cursor
            self.clock.advance(every)

    @property
    def posts(self) -> list[Post]:
        """Give all posts, in the order they came."""
        return [item for one in self.deliveries for item in one.items if isinstance(item, Post)]

    @property
    def ids(self) -> list[str]:
        """Give their ids."""
        return [post.id for post in self.posts]

    @property
    def removals(self) -> list[Removal]:
        """Give all removals."""
        return [item for one in self.deliveries for item in one.items if isinstance(item, Removal)]

    @property
    def reasons(self) -> list[str]:
        """Give the reasons of all dead letters."""
        return [letter.reason for one in self.deliveries for letter in one.dead]


def reading(
    network: Network, make: Make, scenes: Callable[[Reader], Awaitable[None]], **options: Any
) -> Reader:
    """Play scenes with a source that reads a network; give the reader.

    Args:
        network: what is read.
        make: makes the source.
        scenes: what happens.
        options: of the fetcher.
    """

    async def run() -> Reader:
        clock = FakeClock()
        async with online(network) as url, a_web(clock=clock, **options) as fetcher:
            tools = SourceTools(name="here", clock=clock, web=fetcher)
            reader = Reader(make(url, tools), clock)
            await scenes(reader)
            return reader

    return asyncio.run(run())


def every_third_fails(
    network: Network, fault: str, *writes: Callable[[], object]
) -> Callable[[Reader], Awaitable[None]]:
    """Give scenes in which things are written and read six times, every third request a fault.

    Args:
        network: what is read.
        fault: by its name.
        writes: what is done in each scene.
    """
    broken = faults()[fault]

    async def scenes(reader: Reader) -> None:
        await reader.read()
        for _ in range(6):
            for write in writes:
                write()
            network.faults = [None, None, broken] * 4
            await reader.read()
        network.faults.clear()
        await reader.read(3)

    return scenes


def faults() -> dict[str, Play]:
    """Give what may go wrong with one request, by name."""
    return {
        "refused": play.status(403),
        "limited": play.status(429, Retry_After="7"),
        "broken": play.status(503),
        "cut off": play.truncated(b'{"id": 1, "ti'),
        "garbage": play.document(b"\x00\xff<html>no json</html>"),
        "another shape": play.document(b'{"status": {"ok": [1, 2]}}'),
    }


GARBAGE = play.document(b"<!doctype html><title>Down for maintenance</title>")
SILENT = play.dripping(0.05)
