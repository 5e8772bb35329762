"""One relay: what is asked of it, how far it was read, and when it is to be tried again.

    open → everything since … (in pages, back from now) and what comes live → broke off → wait

A relay gives stored events newest first and only so many; so the past is asked for page by
page until nothing new comes. Only then is the relay read up to the present: a crash in between
begins at the old place, and ids keep what comes twice from counting twice.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from bunco.errors import SourceError
from bunco.ports.web import Socket
from ingest.backoff import backoff, failures

Filter: TypeAlias = dict[str, Any]

LIVE = "live"
"""The name of the subscription to what comes; one a filter is to what was."""
_PAGE = 500
"""Events of a page. Source: NIP-11, what most relays allow."""
_AHEAD = 86_400
"""Clocks run ahead: the past is asked for up to so many seconds from now. Source: ours."""
_CODED = "auth-required:", "restricted:", "blocked:"
"""What a refusal begins with that waiting does not heal. Source: NIP-01, NIP-42."""

_encode = msgspec.json.Encoder().encode


class Wanted(Struct, frozen=True, kw_only=True):
    """What is asked for."""

    filters: tuple[Filter, ...]
    """As relays understand them, without times."""
    overlap: int
    """Seconds that are asked for again: events come late to relays."""
    silence: float
    """After so many seconds without a sign of life the connection counts as dead."""


class _Walk:
    """How far back the past of one filter was asked for.

    Each filter has its own: many notes of an hour and few profiles of a year fill their pages at
    another pace.

    Args:
        name: of the subscription.
        filter: what is asked for, without times.
        until: the newest second of the first page.
    """

    def __init__(self, name: str, wanted: Filter, until: int) -> None:
        self.name = name
        self.wanted = wanted
        self.until = until
        self.oldest = until
        """The oldest of the page so far."""
        self.count = 0

    def told(self, created_at: int) -> None:
        """Take note of an event of the page."""
        self.count += 1
        self.oldest = min(self.oldest, created_at)

    def next(self, since: int) -> bool:
        """Go on to the page before; False where there is none."""
        count, self.count = self.count, 0
        # A page may be full of one second; what is more of it is not to be had.
        self.until = self.oldest if self.oldest < self.until else self.until - 1
        self.oldest = self.until
        return count > 0 and self.until >= since


class Relay:
    """See the module.

    Args:
        url: where it is.
        open_socket: opens a socket at an address.
        wanted: what is asked for.
        chance: spreads the waits after failures.
        since: the second up to which it was read.
    """

    def __init__(
        self,
        url: str,
        open_socket: Callable[[str], Awaitable[Socket]],
        wanted: Wanted,
        chance: Random,
        since: int,
    ) -> None:
        self.url = url
        self.host = urlsplit(url).hostname or url
        self.socket: Socket | None = None
        self.since = since
        self.error = ""
        """Why it cannot be read at present; empty when it can."""
        self.due_at = 0.0
        """When it is to be tried again, in seconds of the loop's clock."""
        self._open_socket = open_socket
        self._wanted = wanted
        self._chance = chance
        self._failed = 0.0
        self._quiet = 0.0
        self._opened_at = 0
        self._walks: dict[str, _Walk] = {}
        """What of the past is still to come, by subscription."""

    async def open(self, now: int, began: float) -> None:
        """Connect and ask; a failure is noted, not raised.

        Args:
            now: the present, in seconds since 1970.
            began: the same, in seconds of the loop's clock.
        """
        try:
            self.socket = await self._open_socket(self.url)
            self._opened_at, self._quiet = now, 0.0
            # The live one has no time: what is dated late comes, too.
            live = [one | {"limit": 1} for one in self._wanted.filters]
            await self._send(["REQ", LIVE, *live])
            walks = [
                _Walk(f"past{number}", one, now + _AHEAD)
                for number, one in enumerate(self._wanted.filters)
            ]
            self._walks = {walk.name: walk for walk in walks}
            for walk in walks:
                await self._page(walk)
        except SourceError as error:
            await self.failed(error, began)

    async def failed(self, error: SourceError, now: float) -> None:
        """Let go of the connection and say when to try again.

        Args:
            error: what happened.
            now: in seconds of the loop's clock.
        """
        self._failed = failures(self._failed, error)
        self.error = error.reason
        wait = backoff(timedelta(0), self._failed, error.retry_after, self._chance)
        self.due_at = now + wait.total_seconds()
        await self.close()

    async def close(self) -> None:
        """Hang up."""
        socket, self.socket = self.socket, None
        if socket is not None:
            await socket.close()

    def heard(self) -> None:
        """Take note that it said something."""
        self._quiet = 0.0

    def told(self, created_at: int, now: int, subscription: str) -> None:
        """Take note of an event: how far the past goes, and how far the present is."""
        if walk := self._walks.get(subscription):
            walk.told(created_at)
        elif not self._walks and created_at <= now:
            self.since = max(self.since, created_at)

    async def ended(self, subscription: str) -> None:
        """Take note that all stored events of a subscription came: ask for older ones.

        Raises:
            SourceError: the connection broke.
        """
        self._failed, self.error = 0.0, ""
        walk = self._walks.get(subscription)
        if walk is None:
            return
        if walk.next(self._begin):
            await self._page(walk)
            return
        del self._walks[subscription]
        await self._send(["CLOSE", subscription])
        if not self._walks:
            self.since = max(self.since, self._opened_at)

    def refused(self, words: str) -> SourceError:
        """Give the error for a subscription that it closed."""
        is_final = words.startswith(_CODED)
        told = "".join(filter(str.isprintable, words))[:200]
        reason = f"{self.host} refuses: {told or 'no reason given'}"
        return SourceError(reason, weight="hard" if is_final else "soft")

    async def was_quiet(self, began: float, now: float) -> None:
        """Judge a silence by the time spent listening.

        Args:
            began: when listening began, in seconds of the loop's clock.
            now: the present, likewise.

        Raises:
            SourceError: it was silent for too long.
        """
        if self.socket is None:
            return
        heard = self.socket.heard_at
        self._quiet = now - heard if heard > began else self._quiet + now - began
        if self._quiet >= self._wanted.silence:
            raise SourceError(f"{self.host} said nothing for {self._quiet:.0f} s", weight="dropped")
        if self._quiet >= self._wanted.silence / 3:
            await self.socket.ping()

    @property
    def _begin(self) -> int:
        """Give the second from which on the past is asked for."""
        return min(self.since, self._opened_at) - self._wanted.overlap

    async def _page(self, walk: _Walk) -> None:
        times = {"since": self._begin, "until": walk.until, "limit": _PAGE}
        await self._send(["REQ", walk.name, walk.wanted | times])

    async def _send(self, message: list[Any]) -> None:
        if self.socket is not None:
            await self.socket.send(_encode(message).decode())
