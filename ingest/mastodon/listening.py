"""Listen to a timeline's stream, wherever the server says that it streams."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from bunco.errors import SourceError
from bunco.ports.web import Web, Wire
from ingest.mastodon import event, server
from ingest.mastodon.event import Message
from ingest.mastodon.posts import host_of
from ingest.mastodon.server import Server, Transport
from ingest.mastodon.timeline import Timeline
from ingest.streams.listener import Habits, Haul, Listener

_PATIENCE = Habits().patience


class Line(Struct, frozen=True, kw_only=True):
    """What is listened to, and how."""

    url: str
    """The server's address."""
    timeline: Timeline
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

    async def collect(self, cursor: bytes, known: Server) -> Haul[Message]:
        """Give what came; see ``Listener``.

        Raises:
            SourceError: it cannot be opened, broke off, or fell silent.
        """
        line = self._line
        address = server.stream_address(known, line.url, line.timeline, line.transport)
        if self._listener is None or address != self._address:
            await self.close()
            patience = min(_PATIENCE, line.silence / 3)
            habits = Habits(silence=line.silence, patience=patience)
            self._listener = Listener([address], self._open, size=event.size, habits=habits)
            self._address = address
        try:
            return await self._listener.collect(cursor)
        except SourceError as error:
            raise self._in_words(error) from error

    def gave(self, cursor: bytes) -> None:
        """Take note of the cursor of the delivery that the latest haul became."""
        if self._listener is not None:
            self._listener.gave(cursor)

    async def close(self) -> None:
        """Hang up."""
        if self._listener is not None:
            await self._listener.close()

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
