"""What a mailbox's source remembers between readings: its cursor.

Bounded: 1,024 mails and 2,048 posts of 8 bytes each, less than 26 KiB with all else.
"""

from collections.abc import Iterable
from hashlib import blake2b

from msgspec import Struct

from ingest.cursors import Cursors

VERSION = 1
"""Raised when old cursors no longer fit; reading then starts anew, ids make that harmless."""

MARK_BYTES = 8
_MOST_MAILS = 1024
_MOST_POSTS = 2048


class Progress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a mailbox stands."""

    version: int = VERSION
    asked: str = ""
    """A hash of where the mails are: another folder is another mailbox."""
    validity: int = 0
    """IMAP: the folder's UIDVALIDITY; with another one all UIDs are new."""
    uid: int = 0
    """IMAP: the last that was read."""
    offset: int = 0
    """mbox: where the last mail begins; it is read once more when the file has grown."""
    size: int = 0
    """mbox: how large the file was."""
    line: bytes = b""
    """mbox: a hash of the line at ``offset``."""
    changed_ns: int = 0
    """Files: the time of change of the last one that was read."""
    name: str = ""
    """Files: the name of that one."""
    mails: bytes = b""
    """Marks of the mails read last, the oldest first."""
    posts: bytes = b""
    """Marks of the posts given last."""


_cursors = Cursors(Progress)
encode = _cursors.encode


def decode(cursor: bytes, asked: str) -> Progress:
    """Give where a mailbox stands; a fresh start for an unusable cursor or another mailbox."""
    progress = _cursors.decode(cursor)
    return progress if progress.asked == asked else Progress(asked=asked)


def mark(name: str) -> bytes:
    """Give the mark of a post's id."""
    return blake2b(name.encode("utf-8", "replace"), digest_size=MARK_BYTES).digest()


class Known:
    """Marks that were met, the oldest forgotten first.

    Args:
        row: those from before.
        most: so many are kept.
    """

    def __init__(self, row: bytes, most: int) -> None:
        starts = range(0, len(row) - MARK_BYTES + 1, MARK_BYTES)
        self._marks = dict.fromkeys(row[at : at + MARK_BYTES] for at in starts)
        self._most = most

    def is_new(self, met: bytes) -> bool:
        """Take a mark in and tell whether it was unknown; met again, it is young again."""
        is_new = met not in self._marks
        self._marks.pop(met, None)
        self._marks[met] = None
        return is_new

    def row(self) -> bytes:
        """Give the marks as they go into the cursor."""
        return b"".join(list(self._marks)[-self._most :])


def mails(progress: Progress) -> Known:
    """Give the mails that are remembered."""
    return Known(progress.mails, _MOST_MAILS)


def posts(progress: Progress) -> Known:
    """Give the posts that are remembered."""
    return Known(progress.posts, _MOST_POSTS)


def asked(parts: Iterable[str]) -> str:
    """Give the hash of where the mails are."""
    return blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
