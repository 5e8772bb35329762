"""Cursors of sources: a record with a version, as MessagePack; a broken one is a fresh start."""

from typing import Generic, Protocol, TypeVar

import msgspec


class Versioned(Protocol):
    """What a cursor holds: all fields have defaults, that of ``version`` is the present one."""

    @property
    def version(self) -> int:
        """Give the version of its form: another one is not understood any more."""
        ...


Progress = TypeVar("Progress", bound=Versioned)


class Cursors(Generic[Progress]):
    """Write and read the cursors of one kind of source.

    Args:
        record: what they hold.
    """

    def __init__(self, record: type[Progress]) -> None:
        self._record = record
        self._version = record().version
        self._decoder = msgspec.msgpack.Decoder(record)
        self._encoder = msgspec.msgpack.Encoder()

    def decode(self, cursor: bytes) -> Progress:
        """Give what a cursor holds; a fresh start for one that is empty, broken or too old."""
        try:
            progress = self._decoder.decode(cursor)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._record()
        return progress if progress.version == self._version else self._record()

    def encode(self, progress: Progress) -> bytes:
        """Give the cursor."""
        return self._encoder.encode(progress)
