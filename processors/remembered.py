"""Records of an author's posts, packed until one of them is asked for.

A state remembers hundreds of posts and looks closer at one of them now and then. Each packed
into one string of bytes they take far less memory, and a state is read and written
without making them; what is looked at for every post stands beside them.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec import Struct, field

_pack: Callable[[Struct], bytes] = msgspec.msgpack.Encoder().encode


class OfPost(Protocol):
    """A record of one post."""

    @property
    def post(self) -> str:
        """The post's id."""


class Remembered(Struct, array_like=True, gc=False):
    """Records in order of arrival, and the event time of each in ms."""

    times: list[int] = field(default_factory=list)
    packed: list[bytes] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.times)

    def remember(self, at_ms: int, record: Struct) -> None:
        """Add the latest to arrive."""
        self.times.append(at_ms)
        self.packed.append(_pack(record))

    def keep(self, most: int, oldest_ms: int) -> None:
        """Forget what arrived first: what is too much, then what is too old; the latest stays."""
        times = self.times
        gone = max(0, len(times) - most)
        while gone < len(times) - 1 and times[gone] < oldest_ms:
            gone += 1
        if gone:
            self.drop(slice(gone))

    def drop(self, which: int | slice) -> None:
        """Forget one of them, or some."""
        del self.times[which]
        del self.packed[which]

    def forget(self, post: str, unpack: Callable[[bytes], OfPost]) -> None:
        """Forget what is remembered of a removed post."""
        for index in reversed(range(len(self))):
            if unpack(self.packed[index]).post == post:
                self.drop(index)
