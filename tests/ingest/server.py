"""A web server on the loopback interface that can play all the tricks of the real ones."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import brotli  # type: ignore[import-untyped]  # it has no types
import zstandard
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bunco.options import HttpOptions
from bunco.values import Duration
from ingest.http import HttpWeb
from tests.fakes import FakeClock

Play: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

FEED = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>
<title>Example</title><link>https://example.org/</link><description>d</description>
<item><title>One</title><link>https://example.org/1</link><guid>https://example.org/1</guid>
<pubDate>Mon, 02 Mar 2026 11:00:00 GMT</pubDate></item>
<item><title>Two</title><link>https://example.org/2</link><guid>https://example.org/2</guid>
<pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


class Server:
    """What is served, by path, and what was asked for."""

    def __init__(self) -> None:
        self.plays: dict[str, Play] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.port = 0

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        """Give the address of a path."""
        return f"http://{host}:{self.port}{path}"

    def headers(self, number: int = -1) -> dict[str, str]:
        """Give the headers of a request, names in lower case."""
        return self.asked[number][1]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request as planned."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append((request.path, headers))
        play = self.plays.get(request.path, status(404))
        return await play(request)  # type: ignore[arg-type]  # plays need no routing


@asynccontextmanager
async def serving(plays: dict[str, Play] | None = None) -> AsyncIterator[Server]:
    """Run a server for the block."""
    server = Server()
    server.plays.update(plays or {})
    runner = web.ServerRunner(web.Server(server.answer), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def a_web(
    *, clock: FakeClock | None = None, resolver: AbstractResolver | None = None, **changes: Any
) -> AsyncIterator[HttpWeb]:
    """Give a fetcher for the block: fast, with the named options changed."""
    options = {"timeout": Duration(seconds=5), "host_spacing": Duration(0)} | changes
    fetcher = HttpWeb(HttpOptions(**options), clock or FakeClock(), resolver)
    try:
        yield fetcher
    finally:
        await fetcher.close()


class Names(AbstractResolver):
    """Resolve names as a test says: each answer in turn, the last for ever."""

    def __init__(self, **answers: list[str]) -> None:
        self._answers = {name.replace("_", "."): hosts for name, hosts in answers.items()}

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        """Give the next answer."""
        del family
        if host not in self._answers:
            raise OSError(f"{host}: unknown")
        answers = self._answers[host]
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ResolveResult(hostname=host, host=address, port=port, family=2, proto=6, flags=0)]

    async def close(self) -> None:
        """Do nothing."""


def document(body: bytes = FEED, *, etag: str = "", modified: str = "", **headers: str) -> Play:
    """Serve a document, answering conditions as an honest server does."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if etag:
        named["ETag"] = etag
    if modified:
        named["Last-Modified"] = modified

    async def play(request: web.Request) -> web.StreamResponse:
        given = request.headers
        same = etag and given.get("If-None-Match") == etag
        if same or (modified and given.get("If-Modified-Since") == modified):
            return web.Response(status=304, headers=named)
        return web.Response(body=body, headers=named)

    return play


def compressed(body: bytes, encoding: str, label: str = "") -> Play:
    """Serve a document compressed; ``label`` is what the header says, if it lies."""
    packed = pack(body, encoding)

    async def play(_: web.Request) -> web.StreamResponse:
        return web.Response(body=packed, headers={"Content-Encoding": label or encoding})

    return play


def pack(body: bytes, encoding: str) -> bytes:
    """Compress in one of the ways of HTTP, or as bare deflate (``raw``)."""
    if encoding == "gzip":
        return gzip.compress(body)
    if encoding == "deflate":
        return zlib.compress(body)
    if encoding == "raw":
        packer = zlib.compressobj(wbits=-15)
        return packer.compress(body) + packer.flush()
    if encoding == "br":
        return bytes(brotli.compress(body, quality=5))
    return zstandard.ZstdCompressor().compress(body)


def status(code: int, **headers: str) -> Play:
    """Answer with a status and nothing else."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def play(_: web.Request) -> web.StreamResponse:
        return web.Response(status=code, headers=named, text="nothing")

    return play


def redirect(to: str, code: int = 302) -> Play:
    """Send on to another address."""
    return status(code, Location=to)


def dripping(seconds: float) -> Play:
    """Send a byte now and then, for ever."""

    async def play(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"<")
            await asyncio.sleep(seconds)

    return play


def truncated(body: bytes) -> Play:
    """Promise more than comes."""

    async def play(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": str(len(body) + 100)})
        await response.prepare(request)
        await response.write(body)
        if request.transport is not None:
            request.transport.close()
        return response

    return play


def endless(chunk: bytes = b"x" * 65536) -> Play:
    """Send and never stop."""

    async def play(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(chunk)

    return play


def in_turn(*plays: Play) -> Play:
    """Play one after the other, the last for ever."""
    left = list(plays)

    async def play(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return play
