"""What the source remembers between readings: its cursor. The feed's own, and about 50 KiB."""

from msgspec import Struct

from ingest.cursors import Cursors
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


_cursors = Cursors(Progress)
decode, encode = _cursors.decode, _cursors.encode
