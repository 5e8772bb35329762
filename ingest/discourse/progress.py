"""What the source remembers between readings: its cursor. About 70 KiB at most."""

from msgspec import Struct

from ingest.cursors import Cursors
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


_cursors = Cursors(Progress)
encode = _cursors.encode


def decode(cursor: bytes, read: str) -> Progress:
    """Give where the walk stands; a fresh start for an unusable cursor, or one of another."""
    progress = _cursors.decode(cursor)
    return progress if progress.read == read else Progress(read=read)
