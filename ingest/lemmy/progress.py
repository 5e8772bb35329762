"""What the source remembers between readings: its cursor.

A walk a list with up to 1,000 addresses of about 40 bytes each, and 500 watched posts: about
150 KiB where posts and comments of one list are read.
"""

import msgspec
from msgspec import Struct

from ingest.lemmy.dialect import Dialect
from ingest.walking import Walk
from ingest.watching import Row

VERSION = 1


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the walks stand."""

    version: int = VERSION
    dialect: Dialect | None = None
    spacing_ms: int = 0
    """What the server's own limit comes to."""
    asked_at: int = 0
    """When the server was last asked what it is: seconds since 1970."""
    walks: dict[str, Walk] = {}
    """By the list's name: sort and community."""
    row: Row = ()
    """Posts that are looked at again."""


_decoder = msgspec.msgpack.Decoder(Progress)
_encoder = msgspec.msgpack.Encoder()


def decode(cursor: bytes) -> Progress:
    """Give where the walks stand; a fresh start for an unusable cursor."""
    try:
        progress = _decoder.decode(cursor)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Progress()
    return progress if progress.version == VERSION else Progress()


def encode(progress: Progress) -> bytes:
    """Give the cursor."""
    return _encoder.encode(progress)
