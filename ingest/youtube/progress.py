"""What the source remembers between readings: its cursor. The feed's own, and about 50 KiB."""

import msgspec
from msgspec import Struct

from ingest.watching import Row

VERSION = 1


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the source stands."""

    version: int = VERSION
    feed: bytes = b""
    """Where the feed stands."""
    row: Row = ()
    """Videos that are looked at again."""
    asked_at: int = 0
    """When the hub was last asked to push: seconds since 1970."""


_decoder = msgspec.msgpack.Decoder(Progress)
_encoder = msgspec.msgpack.Encoder()


def decode(cursor: bytes) -> Progress:
    """Give where the source stands; a fresh start for an unusable cursor."""
    try:
        progress = _decoder.decode(cursor)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Progress()
    return progress if progress.version == VERSION else Progress()


def encode(progress: Progress) -> bytes:
    """Give the cursor."""
    return _encoder.encode(progress)
