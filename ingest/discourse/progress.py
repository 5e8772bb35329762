"""What the source remembers between readings: its cursor. About 70 KiB at most."""

import msgspec
from msgspec import Struct

from ingest.walking import Walk
from ingest.watching import Row

VERSION = 1


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the walk stands."""

    version: int = VERSION
    read: str = ""
    """What the walk is of; posts and topics have numbers of their own."""
    walk: Walk | None = None
    row: Row = ()
    """Posts that are looked at again."""


_decoder = msgspec.msgpack.Decoder(Progress)
_encoder = msgspec.msgpack.Encoder()


def decode(cursor: bytes, read: str) -> Progress:
    """Give where the walk stands; a fresh start for an unusable cursor, or one of another."""
    try:
        progress = _decoder.decode(cursor)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Progress(read=read)
    if progress.version != VERSION or progress.read != read:
        return Progress(read=read)
    return progress


def encode(progress: Progress) -> bytes:
    """Give the cursor."""
    return _encoder.encode(progress)
