"""An author's headlines that were published once, and the one of them that a new one is like."""

import msgspec
from msgspec import field

from bunco.model import Enriched
from bunco.text import sketch
from processors.headline_groups import Sighting, words_alike
from processors.remembered import Remembered

unpacked = msgspec.msgpack.Decoder(Sighting).decode


class Singles(Remembered, array_like=True, gc=False):
    """Sightings in order of arrival. About 250 bytes each."""

    sketches: list[bytes] = field(default_factory=list)
    """The gram sets of their wordings: each new headline is held against all of them."""

    def add(self, seen: Sighting) -> None:
        """Add the latest; its gram set is kept apart from it."""
        self.sketches.append(seen.grams)
        seen.grams = b""
        self.remember(seen.at_ms, seen)

    def at(self, index: int) -> Sighting:
        """Give one of them."""
        seen = unpacked(self.packed[index])
        seen.grams = self.sketches[index]
        return seen

    def nearest(self, post: Enriched, link: bytes, oldest_ms: int, above: float = 0.0) -> int:
        """Give the index of the headline most like a post's; -1 if none is more alike than that.

        Args:
            post: the post.
            link: hash of what it points at.
            oldest_ms: those published before are passed over.
            above: how alike it has to be more than.
        """
        best, nearest = above, -1
        for index in sketch.like(post.grams, self.sketches):
            if self.times[index] >= oldest_ms:
                alike = words_alike(post, unpacked(self.packed[index]), link)
                if alike > best:
                    best, nearest = alike, index
        return nearest

    def drop(self, which: int | slice) -> None:
        """Forget one of them, or some."""
        super().drop(which)
        del self.sketches[which]
