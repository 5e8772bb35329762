"""Split a stream of blocks into lines, never holding an endless line in memory."""

from collections.abc import Callable
from typing import TypeAlias

from bunco.errors import SourceError

_KEPT_BYTES = 1 << 16
"""Of a line that is too long: what a dead letter keeps."""


class TooLong:
    """What is left of a line over the limit: its beginning and its length."""

    __slots__ = ("_length", "head")

    def __init__(self, head: bytes, length: int) -> None:
        self.head = head
        self._length = length

    def __len__(self) -> int:
        return self._length


Line: TypeAlias = bytes | TooLong


class Lines:
    """The lines of a stream and how far into it they reach.

    Args:
        read: gives the next block; empty at the end, which need not be for ever.
        offset: where in the stream the first block starts.
        most_bytes: of a line; what is longer comes as :class:`TooLong`. A line that stands
            whole in the blocks at hand may be longer by one block.
        keep_open: a last line without its newline is not given: it is still being written.
    """

    def __init__(
        self, read: Callable[[], bytes], *, offset: int, most_bytes: int, keep_open: bool
    ) -> None:
        self._read = read
        self._most_bytes = most_bytes
        self._keep_open = keep_open
        self._lines: list[Line] = []
        self._rest = b""
        self._long: TooLong | None = None
        self._broken: SourceError | None = None
        self.offset = offset
        """Where the line after those taken starts."""
        self.at_end = False
        """True when the last block was empty: nothing more is there now."""

    @property
    def is_empty(self) -> bool:
        """True when every line read so far has been taken."""
        return not self._lines

    def take(self, most: int, *, eager: bool = False) -> list[Line]:
        """Give the next lines without their newlines; fewer than ``most`` at the end.

        Args:
            most: how many.
            eager: be content with those at hand and do not wait for more.

        Raises:
            SourceError: the stream broke; what came before is given first.
        """
        while (there := len(self._lines)) < most and not (eager and there):
            if not self._fill():
                break
        taken, self._lines = self._lines[:most], self._lines[most:]
        self.offset += sum(map(len, taken)) + len(taken)
        if not taken and self._broken is not None:
            raise self._broken
        return taken

    def _fill(self) -> bool:
        if self._broken is not None:
            return False
        try:
            block = self._read()
        except SourceError as error:
            self._broken = error
            return False
        self.at_end = not block
        if self.at_end:
            self._finish()
            return False
        self._split(block)
        return True

    def _split(self, block: bytes) -> None:
        if self._long is not None:
            tail, newline, block = block.partition(b"\n")
            self._long = TooLong(self._long.head, len(self._long) + len(tail))
            if not newline:
                return
            self._lines.append(self._long)
            self._long = None
        *lines, self._rest = (self._rest + block).split(b"\n")
        self._lines += lines
        if len(self._rest) > self._most_bytes:
            self._long = TooLong(self._rest[:_KEPT_BYTES], len(self._rest))
            self._rest = b""

    def _finish(self) -> None:
        """Take what stands after the last newline as a line."""
        if self._keep_open:
            return
        last: Line = self._long or self._rest
        if last:
            self._lines.append(last)
            self._rest, self._long = b"", None
            self.offset -= 1  # there is no newline behind it
