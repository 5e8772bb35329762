"""Listen to a timeline's stream, wherever the server says that it streams."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from bunco.errors import SourceError
from bunco.model import EPOCH
from bunco.ports.web import Web, Wire
from ingest.mastodon import event, server
from ingest.mastodon.event import Message
from ingest.mastodon.posts import host_of
from ingest.mastodon.reading import Sifter
from ingest.mastodon.server import Server, Transport
from ingest.mastodon.timeline import Timeline
from ingest.streams.listener import Habits, Haul, Listener

_PATIENCE = Habits().patience
_HASTE = timedelta(milliseconds=10)
_TRY_AGAIN = timedelta(hours=1)
"""How long a stream that was refused is not tried again in mode ``auto``. Source: ours."""

Mode: TypeAlias = Literal["auto", "stream", "poll"]


class Line(Struct, frozen=True, kw_only=True):
    """What is listened to, and how."""

    url: str
    """The server's address."""
    timeline: Timeline
    mode: Mode
    transport: Transport
    headers: Mapping[str, str]
    """With the token."""
    allow_private: bool
    silence: timedelta


class Ear:
    """One stream; opened when it is listened to first.

    Args:
        web: opens it.
        line: what is listened to.
    """

    def __init__(self, web: Web, line: Line) -> None:
        self._web = web
        self._line = line
        self._listener: Listener[Message] | None = None
        self._address = ""
        self._refused_until = EPOCH

    async def hear(
        self, cursor: bytes, known: Server, sifter: Sifter, *, in_haste: bool
    ) -> Haul[Message] | None:
        """Give what a stream said; None where pages are to be read instead.

        Args:
            cursor: that of the delivery before.
            known: what the server says of itself.
            sifter: is told why a stream is refused.
            in_haste: whether there are pages to read as well: then nothing is waited for.

        Raises:
            SourceError: it broke off, fell silent, or cannot be opened now.
        """
        line, now = self._line, sifter.seen_at
        is_tried = bool(line.headers) and now >= self._refused_until
        if line.mode == "poll" or (line.mode == "auto" and not is_tried):
            return None
        try:
            return await self._collect(cursor, known, _HASTE if in_haste else None)
        except SourceError as error:
            if error.weight != "hard" or line.mode == "stream":
                raise
            self._refused_until = now + _TRY_AGAIN
            sifter.odd[f"stream refused, pages are read instead: {error.reason}"] += 1
            return None

    def gave(self, cursor: bytes) -> None:
        """Take note of the cursor of the delivery that the latest haul became."""
        if self._listener is not None:
            self._listener.gave(cursor)

    async def close(self) -> None:
        """Hang up."""
        if self._listener is not None:
            await self._listener.close()

    async def _collect(
        self, cursor: bytes, known: Server, patience: timedelta | None
    ) -> Haul[Message]:
        line = self._line
        address = server.stream_address(known, line.url, line.timeline, line.transport)
        if self._listener is None or address != self._address:
            await self.close()
            usual = min(_PATIENCE, line.silence / 3)
            habits = Habits(silence=line.silence, patience=usual)
            self._listener = Listener([address], self._open, size=event.size, habits=habits)
            self._address = address
        try:
            return await self._listener.collect(cursor, patience)
        except SourceError as error:
            raise self._in_words(error) from error

    async def _open(self, address: str, cursor: bytes) -> Wire[Message]:
        del cursor  # a stream begins at the present, always
        headers, is_private = self._line.headers, self._line.allow_private
        if self._line.transport == "sse":
            return await self._web.open_events(address, headers=headers, allow_private=is_private)
        socket = await self._web.open_socket(address, headers=headers, allow_private=is_private)
        for subscription in self._line.timeline.further():
            await socket.send(subscription)
        return socket

    def _in_words(self, error: SourceError) -> SourceError:
        if error.status not in server.CLOSED | server.MISSING:
            return error
        host, has_token = host_of(self._line.url), bool(self._line.headers)
        return server.refused(error.status, host, self._line.timeline, has_token=has_token)
