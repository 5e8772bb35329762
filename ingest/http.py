"""Ask web servers politely and safely: limits, turns at each host, no private addresses.

Nothing here shows a query, a path or a password in an error: they may be secrets.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from importlib.metadata import version
from typing import TypeVar

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
)
from aiohttp.abc import AbstractResolver
from msgspec import Struct
from yarl import URL

from bunco.errors import SourceError
from bunco.options import HttpOptions
from bunco.ports.parts import Clock
from bunco.ports.web import AS_A_PAGE, Fetched, Manner
from ingest import answers, compression, events, guard, sockets
from ingest.events import HttpEvents
from ingest.mishaps import mishap
from ingest.opening import Opening
from ingest.sockets import HttpSocket
from ingest.turns import Turns

_Wire = TypeVar("_Wire")

LONGEST_URL = 2048
"""Characters of an address. Source: rss-fetcher's limit."""
LONGEST_SOCKET_URL = 1 << 19
"""Of a stream's, which names what is wanted: 10,000 accounts on Jetstream."""

_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304
_SCHEMES = frozenset({"http", "https"})
_SOCKET_SCHEMES = frozenset({"ws", "wss"})
_FORM = "application/x-www-form-urlencoded"
_CHUNK_BYTES = 1 << 16
_LARGE_BYTES = 1 << 18
"""From here on a body is decompressed in a thread: 256 KiB take about 1 ms."""

_SAFE_ELSEWHERE = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})
"""Headers that may follow a redirect to another host; all others may be secrets."""


class _Hop(Struct, frozen=True):
    """What one request gave: a redirect, or the answer itself."""

    status: int
    headers: dict[str, str]
    body: bytes
    location: str


class HttpWeb:
    """Fetch over HTTP and HTTPS; the ``Web`` port.

    Opens its connections with the first fetch. Redirects are followed by hand, so that each
    of them takes its turn at its host, is judged like a first address, and is remembered as
    permanent only while all before it were.

    Args:
        options: limits and politeness.
        clock: what dates in ``Retry-After`` are counted from.
        resolver: in place of the system's name resolution.
    """

    def __init__(
        self, options: HttpOptions, clock: Clock, resolver: AbstractResolver | None = None
    ) -> None:
        self._options = options
        self._clock = clock
        self._resolver = resolver
        self._turns = Turns(options.host_concurrency, options.host_spacing)
        self._room = asyncio.Semaphore(options.concurrency)
        self._sessions: dict[tuple[bool, bool], ClientSession] = {}

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        allow_private: bool = False,
        manner: Manner = AS_A_PAGE,
    ) -> Fetched:
        """Fetch one address, redirects followed, decompressed, within the limits.

        Raises:
            SourceError: nothing usable came; says whether to ask later and when.
        """
        wanted = {name.lower(): value for name, value in (headers or {}).items()}
        here, permanent = _address(url), url
        still_permanent = True
        for _ in range(self._options.most_redirects + 1):
            hop = await self._ask(here, wanted, manner, allow_private=allow_private)
            if not hop.location:
                return self._fetched(hop, here, permanent, manner)
            if manner.form is not None:
                raise SourceError(f"{here.host} redirects what was sent to it", weight="hard")
            there = _target(here, hop.location)
            still_permanent = still_permanent and hop.status in _PERMANENT
            if there.host != here.host or (here.scheme, there.scheme) == ("https", "http"):
                wanted = {name: wanted[name] for name in wanted if name in _SAFE_ELSEWHERE}
            here = there
            permanent = str(here) if still_permanent else permanent
        raise SourceError(
            f"{here.host} redirects more than {self._options.most_redirects} times", weight="hard"
        )

    async def open_socket(
        self, url: str, *, headers: Mapping[str, str] | None = None, allow_private: bool = False
    ) -> HttpSocket:
        """Open a WebSocket; only the handshake takes a turn at the host.

        Raises:
            SourceError: it cannot be opened now; says whether to ask later and when.
        """
        here = _address(url, _SOCKET_SCHEMES)
        return await self._opened(sockets.open_socket, here, headers, allow_private=allow_private)

    async def open_events(
        self, url: str, *, headers: Mapping[str, str] | None = None, allow_private: bool = False
    ) -> HttpEvents:
        """Open a stream of events; only the first answer takes a turn at the host.

        Raises:
            SourceError: it cannot be opened now; says whether to ask later and when.
        """
        here = _address(url)
        return await self._opened(events.open_events, here, headers, allow_private=allow_private)

    async def close(self) -> None:
        """Let go of all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def _opened(
        self,
        open_it: Callable[[Opening], Awaitable[_Wire]],
        here: URL,
        headers: Mapping[str, str] | None,
        *,
        allow_private: bool,
    ) -> _Wire:
        host, timeout = _host(here), self._options.timeout
        opening = Opening(
            session=self._session(allow_private=allow_private, lasting=True),
            url=here,
            headers=headers or {},
            host=host,
            most_bytes=self._options.most_message_bytes,
            clock=self._clock,
        )
        async with self._turns.at(host), self._room:
            try:
                async with asyncio.timeout(timeout.total_seconds()):
                    return await open_it(opening)
            except (ClientError, OSError, TimeoutError, ValueError) as error:
                raise mishap(error, host, timeout) from error

    def _fetched(self, hop: _Hop, here: URL, permanent: str, manner: Manner) -> Fetched:
        if not (_brings_a_body(hop.status, manner) or hop.status == _NOT_MODIFIED):
            raise answers.failure(hop.status, _host(here), hop.headers, self._clock.now())
        return Fetched(
            status=hop.status,
            url=str(here),
            permanent_url=permanent,
            headers=hop.headers,
            body=hop.body,
        )

    async def _ask(
        self, url: URL, headers: dict[str, str], manner: Manner, *, allow_private: bool
    ) -> _Hop:
        host = _host(url)
        async with self._turns.at(host, manner.spacing), self._room:
            try:
                return await self._request(url, headers, manner, allow_private=allow_private)
            except (ClientError, OSError, TimeoutError, ValueError) as error:
                raise mishap(error, host, self._options.timeout) from error

    async def _request(
        self,
        url: URL,
        headers: dict[str, str],
        manner: Manner = AS_A_PAGE,
        *,
        allow_private: bool,
    ) -> _Hop:
        session = self._session(allow_private=allow_private)
        form = {} if manner.form is None else {"Content-Type": _FORM}
        async with session.request(
            "GET" if manner.form is None else "POST",
            url,
            data=manner.form,
            headers={"Accept-Encoding": compression.ACCEPTED, **form, **headers},
            allow_redirects=False,
            timeout=ClientTimeout(total=self._options.timeout.total_seconds()),
        ) as response:
            found = {name.lower(): value for name, value in response.headers.items()}
            if response.status in _REDIRECTS and "location" in found:
                return _Hop(response.status, found, b"", found["location"])
            body = b""
            if _brings_a_body(response.status, manner):
                body = await self._body(response, _host(url))
            return _Hop(response.status, found, body, "")

    async def _body(self, response: ClientResponse, host: str) -> bytes:
        most = self._options.most_bytes
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            body += chunk
            if len(body) > most:
                raise SourceError(f"{host} sent more than {most} bytes", weight="hard")
        encoding = response.headers.get("Content-Encoding", "")
        if len(body) < _LARGE_BYTES:
            return compression.decompress(bytes(body), encoding, most)
        return await asyncio.to_thread(compression.decompress, bytes(body), encoding, most)

    def _session(self, *, allow_private: bool, lasting: bool = False) -> ClientSession:
        """Give the session for a sort of connections; those that last take nobody's place."""
        if (session := self._sessions.get((allow_private, lasting))) is None:
            session = self._sessions[allow_private, lasting] = guard.open_session(
                user_agent=self._options.user_agent or f"bunco/{version('bunco')}",
                allow_private=allow_private,
                most_connections=0 if lasting else self._options.concurrency,
                resolver=self._resolver,
                redirects=not lasting,
            )
        return session


def _address(url: str, schemes: frozenset[str] = _SCHEMES) -> URL:
    """Check an address before anything is sent.

    Raises:
        SourceError: it is too long, or no address of the web.
    """
    longest = LONGEST_SOCKET_URL if schemes == _SOCKET_SCHEMES else LONGEST_URL
    if len(url) > longest:
        raise SourceError(f"the address is longer than {longest} characters", weight="hard")
    try:
        address = URL(url.strip())
    except ValueError as error:
        raise SourceError("this is no web address", weight="hard") from error
    if address.scheme not in schemes or not address.host:
        allowed = " and ".join(f"{scheme}://" for scheme in sorted(schemes))
        raise SourceError(f"only {allowed} addresses can be read", weight="hard")
    return address.with_fragment(None)


def _brings_a_body(status: int, manner: Manner) -> bool:
    return 200 <= status < 300 or status in manner.takes


def _target(here: URL, location: str) -> URL:
    try:
        there = here.join(URL(location.strip()))
    except ValueError as error:
        raise SourceError(f"{here.host} redirects to no web address", weight="hard") from error
    return _address(str(there))


def _host(url: URL) -> str:
    return (url.host or "").lower().rstrip(".")
