"""How far an author's state has been carried, so that nothing is counted twice.

The distributed runtime delivers at least once: a record may come again after a crash, and a
post may be published again by an ingester that died before it saved its cursor. The ledger
stands inside the author's state record and is written together with it.
"""

from hashlib import blake2b

from msgspec import Struct

NEVER = -(1 << 62)
"""Removed up to: not at all."""
FOR_GOOD = 1 << 62
"""Removed up to: whatever comes."""
_MARK_BYTES = 8


class Ledger(Struct, array_like=True, gc=False):
    """What was applied to a state; at most ``8 * seen_posts`` bytes and some."""

    incarnation: str = ""
    """The id of the topic that ``offset`` counts in: a topic made anew begins at 0."""
    offset: int = -1
    """The last record that was applied."""
    seen: bytes = b""
    """Marks of the latest posts, eight bytes each, oldest first."""
    gone_ms: int = NEVER
    """The author was removed: posts published up to then do not come back."""

    def is_applied(self, incarnation: str, offset: int) -> bool:
        """Tell whether a record is in the state already."""
        return offset <= self.offset and incarnation == self.incarnation

    def advance(self, incarnation: str, offset: int) -> None:
        """Say that a record is now in the state."""
        if incarnation != self.incarnation or offset > self.offset:
            self.incarnation, self.offset = incarnation, offset

    def remember(self, post: str, most: int) -> bool:
        """Keep the mark of a post among the latest; tell whether it was new."""
        mark = _mark(post)
        if mark in self.seen:
            return False
        self.seen = (self.seen + mark)[-_MARK_BYTES * most :] if most else b""
        return True

    def knows(self, post: str) -> bool:
        """Tell whether the mark of a post is among the latest."""
        return _mark(post) in self.seen


def _mark(post: str) -> bytes:
    return blake2b(post.encode("utf-8", "surrogatepass"), digest_size=_MARK_BYTES).digest()
