"""What the source remembers between readings: its cursor.

A walk a list with up to 1,000 addresses of about 40 bytes each, and 500 watched posts: about
150 KiB where posts and comments of one list are read.
"""

from msgspec import Struct

from ingest.cursors import Cursors
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


_cursors = Cursors(Progress)
decode, encode = _cursors.decode, _cursors.encode
