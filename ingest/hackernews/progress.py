"""What the source remembers between readings: its cursor. At most about 100 KiB."""

import msgspec
from msgspec import Struct

from ingest.hackernews.backfill import Past
from ingest.watching import Row

VERSION = 1
MOST_WAITING = 1000
MOST_GONE = 500


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the walk stands."""

    version: int = VERSION
    began: int = 0
    """The first number that was of interest: of what is older nothing is known."""
    next: int = 0
    """The lowest number that was not asked for; 0 before the first reading."""
    waiting: tuple[tuple[int, int], ...] = ()
    """Numbers that are there without an item yet, and since when: seconds since 1970."""
    gone: tuple[int, ...] = ()
    """What was removed last, so that it is not told at every reading."""
    past: Past | None = None
    row: Row = ()
    """Posts that are looked at again."""


_decoder = msgspec.msgpack.Decoder(Progress)
_encoder = msgspec.msgpack.Encoder()


def decode(cursor: bytes) -> Progress:
    """Give where the walk stands; a fresh start for an unusable cursor."""
    try:
        progress = _decoder.decode(cursor)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Progress()
    return progress if progress.version == VERSION else Progress()


def encode(progress: Progress) -> bytes:
    """Give the cursor."""
    return _encoder.encode(progress)
