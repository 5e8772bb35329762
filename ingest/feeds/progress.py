"""What a feed's source remembers between readings: its cursor.

Bounded: three addresses of 2,048 characters, two headers of 512, 32,000 bytes of marks: less
than 48 KiB, about 1–9 KiB for a usual feed.
"""

from datetime import datetime

from msgspec import Struct

from ingest.cursors import Cursors
from ingest.feeds.pace import Pace

VERSION = 1
"""Raised when old cursors no longer fit; reading then starts anew, ids make that harmless."""


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a feed stands."""

    version: int = VERSION
    asked: str = ""
    """A hash of the address in the configuration: another address is another feed."""
    address: str = ""
    """Where it moved for good, or which feed its page names; empty: as configured."""
    etag: str = ""
    last_modified: str = ""
    digest: bytes = b""
    """A hash of the last document, for servers that never say 304."""
    read_at: datetime | None = None
    """When a whole document last came."""
    shares_guids: bool = False
    known: bytes = b""
    floor_seconds: int = 0
    """What the last document asked to wait."""
    pace: Pace = Pace()


_cursors = Cursors(Progress)
encode = _cursors.encode


def decode(cursor: bytes, asked: str) -> Progress:
    """Give where a feed stands; a fresh start for an unusable cursor or another address."""
    progress = _cursors.decode(cursor)
    return progress if progress.asked == asked else Progress(asked=asked)
