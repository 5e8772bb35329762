"""Reaching servers: documents, sockets, streams of events."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol, TypeVar

from msgspec import Struct


class Fetched(Struct, frozen=True, kw_only=True):
    """One answer of a web server: decompressed, within the limits, redirects followed."""

    status: int
    """200…299, 304 or one that was wished for; all others are raised as SourceError."""
    url: str
    """Where the body came from in the end."""
    permanent_url: str
    """The address to ask from now on: it differs after permanent redirects only."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class ServerEvent(Struct, frozen=True, kw_only=True, gc=False):
    """One server-sent event."""

    name: str = "message"
    data: bytes
    """Its lines, UTF-8 as it came."""
    id: str = ""
    """The last id that the server named, to be sent as ``Last-Event-ID``."""


Message_co = TypeVar("Message_co", covariant=True)


class Wire(Protocol[Message_co]):
    """An open connection over which messages come for as long as it holds.

    Nothing is read ahead but what the kernel and one buffer of the client hold: who does not
    receive slows the sender.
    """

    @property
    def heard_at(self) -> float:
        """Give when anything came, heartbeats too: seconds of the event loop's clock.

        It is known of what was received, so it stands still while nobody receives.
        """
        ...

    async def receive(self) -> Message_co:
        """Give the next message; waits for it. Cancelled, it took nothing.

        Raises:
            SourceError: the connection ended or broke, or the message is too large.
        """
        ...

    async def ping(self) -> None:
        """Ask the other side for a sign of life, where the protocol knows one.

        Raises:
            SourceError: the connection ended or broke.
        """
        ...

    async def close(self) -> None:
        """End it, within a second, whatever the other side does."""
        ...


class Socket(Wire[bytes], Protocol):
    """An open WebSocket. Text and binary messages come as bytes, text as UTF-8."""

    async def send(self, text: str) -> None:
        """Send a text message.

        Raises:
            SourceError: the connection ended or broke.
        """
        ...


class Events(Wire[ServerEvent], Protocol):
    """An open stream of server-sent events. A comment is a heartbeat."""


class Manner(Struct, frozen=True, kw_only=True):
    """How an API is asked, where that differs from how a page is fetched."""

    form: bytes | None = None
    """Sent as ``application/x-www-form-urlencoded`` with POST; a redirect is then refused,
    since what stands in it is a secret more often than not."""
    takes: frozenset[int] = frozenset()
    """Further statuses whose answer is wanted, with its body, in place of a SourceError."""
    spacing: timedelta | None = None
    """Between two requests to that host, where it allows more, or less, than ``[http]`` does.
    Reddit's feeds keep their minute, this machine needs none."""


AS_A_PAGE = Manner()


class Web(Protocol):
    """The polite fetcher: limits, host spacing, no private addresses."""

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        allow_private: bool = False,
        manner: Manner = AS_A_PAGE,
    ) -> Fetched:
        """Fetch one address.

        Raises:
            SourceError: nothing usable came; says whether to ask later and when.
        """
        ...

    async def open_socket(
        self, url: str, *, headers: Mapping[str, str] | None = None, allow_private: bool = False
    ) -> Socket:
        """Open a WebSocket at a ``ws://`` or ``wss://`` address. Redirects are refused.

        Raises:
            SourceError: it cannot be opened now; says whether to ask later and when.
        """
        ...

    async def open_events(
        self, url: str, *, headers: Mapping[str, str] | None = None, allow_private: bool = False
    ) -> Events:
        """Open a stream of server-sent events at a web address. Redirects are refused.

        Raises:
            SourceError: it cannot be opened now; says whether to ask later and when.
        """
        ...
