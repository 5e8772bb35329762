"""What it takes to open a connection that lasts: a WebSocket or a stream of events."""

from collections.abc import Mapping

from aiohttp import ClientSession
from msgspec import Struct
from yarl import URL

from bunco.ports.parts import Clock


class Opening(Struct, frozen=True, kw_only=True, eq=False):
    """One connection to be opened."""

    session: ClientSession
    url: URL
    headers: Mapping[str, str]
    host: str
    """Its name in errors."""
    most_bytes: int
    """Of one message."""
    clock: Clock
    """What dates in headers are counted from."""
