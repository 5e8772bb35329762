"""Read files and pipes block by block, unpacked as their first bytes ask: gzip, zstd, plain."""

import gzip
import io
import os
import select
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import zstandard

from bunco.errors import SourceError

BLOCK_BYTES = 1 << 18
_PACKED_BYTES = 1 << 13
"""Of zstd fed at once: a block can unpack to 128 KiB for 4 bytes (RFC 8878 section 3.1.1.2),
so that even a bomb takes no more than 256 MiB."""
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_PATIENCE_SECONDS = 0.2
"""How long a closed pipe may go unnoticed."""


class Unpacked:
    """The unpacked bytes of a file or pipe; errors come as SourceError with its name.

    Not for two threads at once, but ``close`` may come from another one.
    """

    def __init__(self, raw: io.BufferedReader, name: str) -> None:
        self._raw = raw
        self._name = name
        self._left = b""
        self._read: Callable[[], bytes] = self._first

    @property
    def is_packed(self) -> bool:
        """Say whether its first bytes are those of a known compression."""
        return self._raw.peek(4).startswith((_GZIP, _ZSTD))

    def read(self) -> bytes:
        """Give the next block of any size; empty at the end.

        Raises:
            SourceError: it cannot be read, or its compression is broken or cut off.
        """
        try:
            return self._read()
        except EOFError as error:
            raise SourceError(f"{self._name}: the compressed data is cut off") from error
        except (zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
            raise SourceError(
                f"{self._name}: the compressed data is broken: {error}", weight="hard"
            ) from error
        except OSError as error:
            raise SourceError(f"{self._name}: cannot be read: {error.strerror}") from error

    def skip(self, offset: int) -> bytes | None:
        """Go forward to an offset in the unpacked bytes, from the start.

        Returns:
            The bytes that were read beyond it; None where the file ends before it.
        """
        if not offset:
            return b""
        if not self.is_packed:
            if self._raw.seek(0, os.SEEK_END) < offset:
                return None
            self._raw.seek(offset)
            return b""
        while block := self.read():
            if len(block) >= offset:
                return block[offset:]
            offset -= len(block)
        return None

    def packed_position(self) -> int:
        """Give how many bytes of the file itself have been read."""
        return self._raw.tell() if self._raw.seekable() else 0

    def packed_bytes(self) -> int:
        """Give the size of the file itself, as of now."""
        return os.fstat(self._raw.fileno()).st_size

    def inode(self) -> int:
        """Give what tells this file from another one put in its place."""
        return os.fstat(self._raw.fileno()).st_ino

    def close(self) -> None:
        """Let go of the file; a read that waits for more of a pipe ends within .2 s."""
        if isinstance(self._raw.raw, _Pipe):
            self._raw.raw.let_go()
        self._raw.close()

    def _first(self) -> bytes:
        """See what it is; only now, as it may take a pipe long to say."""
        start = self._raw.peek(4)
        if start.startswith(_GZIP):
            self._gzip = gzip.GzipFile(fileobj=self._raw, mode="rb")
            self._read = self._gunzipped
        elif start.startswith(_ZSTD):
            self._frame = zstandard.ZstdDecompressor().decompressobj()
            self._read = self._unzstandarded
        else:
            self._read = self._plain
        return self._read()

    def _plain(self) -> bytes:
        return self._raw.read1(BLOCK_BYTES)

    def _gunzipped(self) -> bytes:
        # read1, as read() would lose what it has unpacked when the data is cut off
        return self._gzip.read1(BLOCK_BYTES)

    def _unzstandarded(self) -> bytes:
        unpacked = b""
        while not unpacked:
            packed = self._left or self._raw.read1(_PACKED_BYTES)
            if not packed:
                if not self._frame.eof:
                    raise EOFError
                return b""
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
            unpacked = self._frame.decompress(packed)
            self._left = self._frame.unused_data if self._frame.eof else b""
        return unpacked


def opened(path: Path) -> Unpacked:
    """Open a file.

    Raises:
        SourceError: it is not there or may not be read.
    """
    try:
        return Unpacked(path.open("rb"), path.name)
    except FileNotFoundError as error:
        raise SourceError(f"{path}: there is no such file") from error
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def standard_input() -> Unpacked:
    """Open standard input; closing it ends a read that waits for more."""
    given = sys.stdin.buffer
    try:
        pipe: io.RawIOBase = _Pipe(given.fileno())
    except io.UnsupportedOperation:  # a stand-in without a descriptor
        pipe = io.BytesIO(given.read())  # type: ignore[assignment]  # read in the same way
    return Unpacked(io.BufferedReader(pipe, BLOCK_BYTES), "standard input")


class _Pipe(io.RawIOBase):
    """A pipe whose reader stops waiting once it is closed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._let_go = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as C calls it
        while not self._let_go:
            if select.select([self._descriptor], [], [], _PATIENCE_SECONDS)[0]:
                block = os.read(self._descriptor, len(buffer))
                buffer[: len(block)] = block
                return len(block)
        return 0

    def let_go(self) -> None:
        """End a read that waits."""
        self._let_go = True
