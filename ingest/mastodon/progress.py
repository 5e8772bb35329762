"""What a source of a server with Mastodon's API remembers between readings: its cursor.

Bounded: 500 statuses of about 200 bytes, compressed to about 30 KiB at most.
"""

import zlib
from datetime import datetime

import msgspec
from msgspec import Struct

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


_decoder = msgspec.msgpack.Decoder(Progress)
_encoder = msgspec.msgpack.Encoder()


def decode(cursor: bytes, asked: str) -> Progress:
    """Give where a timeline stands; a fresh start for an unusable cursor or another timeline."""
    try:
        opened = zlib.decompressobj().decompress(cursor, _MOST_BYTES)
        progress = _decoder.decode(opened)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError):
        return Progress(asked=asked)
    if progress.version != VERSION or progress.asked != asked:
        return Progress(asked=asked)
    return progress


def encode(progress: Progress) -> bytes:
    """Give the cursor."""
    return zlib.compress(_encoder.encode(progress), 1)
