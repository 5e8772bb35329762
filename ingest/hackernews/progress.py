"""What the source remembers between readings: its cursor. At most about 100 KiB."""

from msgspec import Struct

from ingest.cursors import Cursors
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


_cursors = Cursors(Progress)
decode, encode = _cursors.decode, _cursors.encode
