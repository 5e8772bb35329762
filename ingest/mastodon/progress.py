"""What a source of a server with Mastodon's API remembers between readings: its cursor.

Bounded: 500 statuses of about 200 bytes, compressed to about 30 KiB at most.
"""

import zlib
from datetime import datetime

from msgspec import Struct

from ingest.cursors import Cursors
from ingest.watching import Watched

VERSION = 1
"""Raised when old cursors no longer fit; reading then starts anew, ids make that harmless."""
MOST_KEPT = 500
"""Statuses that are known again after a restart."""

_MOST_BYTES = 4 << 20


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a timeline stands."""

    version: int = VERSION
    asked: str = ""
    """Which timeline of which server it is about."""
    high: str = ""
    """The latest id that was given. While no walk is under way, all up to it was."""
    at: str = ""
    """Where the walk under way goes on; empty: there is none."""
    read_at: datetime | None = None
    """When something new came last."""
    row: tuple[Watched, ...] = ()
    """Statuses that are known again."""


_cursors = Cursors(Progress)


def decode(cursor: bytes, asked: str) -> Progress:
    """Give where a timeline stands; a fresh start for an unusable cursor or another timeline."""
    try:
        progress = _cursors.decode(zlib.decompressobj().decompress(cursor, _MOST_BYTES))
    except zlib.error:
        return Progress(asked=asked)
    return progress if progress.asked == asked else Progress(asked=asked)


def encode(progress: Progress) -> bytes:
    """Give the cursor."""
    return zlib.compress(_cursors.encode(progress), 1)
