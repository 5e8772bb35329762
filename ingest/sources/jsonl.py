"""Posts from a file or standard input, one JSON object a line in the wire form.

Plain, gzip and zstd are told apart by their first bytes. A file that only grew since it was
read goes on where it was; one with another beginning is read from its start.
"""

import asyncio
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bunco.codec import ITEM_LIMIT_BYTES, decode_item
from bunco.errors import BadInput, ConfigError, SourceError
from bunco.model import DeadLetter, Delivery, Item, Verdict, dead_letter
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration
from ingest.lines import Line, Lines, TooLong
from ingest.unpacking import Unpacked, opened, standard_input

_HEAD_BYTES = 4096
"""What a file is known again by."""
_BOM = b"\xef\xbb\xbf"
_PATIENCE = timedelta(seconds=60)
"""How long one reading of a followed file waits for it to grow."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``[[source]]`` of kind ``jsonl``."""

    path: str
    """A file; ``-`` is standard input, which cannot be read again after a restart."""
    chunk_items: int = 2000
    """The most lines of one delivery."""
    follow: bool = False
    """Wait at the end of a growing plain file for more, as ``tail -F`` does."""
    follow_every: Duration = Duration(seconds=1)
    """How often a followed file is looked at."""


class Cursor(Struct, frozen=True, array_like=True):
    """Where a reading goes on."""

    lines: int = 0
    """Lines taken so far."""
    offset: int = 0
    """Where the next one starts, in bytes, unpacked."""
    head_bytes: int = 0
    """How much of the file's beginning ``head`` stands for."""
    head: bytes = b""
    """A hash of the file's beginning, as it lies on the disk."""


class JsonlSource:
    """Read a file from a cursor on, some thousand lines at a time."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._name = tools.name
        self._path = Path(options.path)
        self._is_pipe = options.path == "-"
        self._label = "standard input" if self._is_pipe else self._path.name
        self._busy = Lock()
        self._at = b""
        self._cursor = Cursor()
        self._file: Unpacked | None = None
        self._lines: Lines | None = None
        self._progress = (0, 0)

    def progress(self) -> tuple[int, int]:
        """Give the bytes read and all bytes of the file, as it lies on the disk.

        They are as of the last delivery; of standard input the second is 0: unknown.
        """
        return self._progress

    async def read(self, cursor: bytes) -> Delivery:
        """Give the next lines; at the end ``ended``, or wait for more where it follows.

        Raises:
            SourceError: the file is missing, may not be read, or its compression is broken
                or cut off; whatever could be read before that was given before.
        """
        if self._is_pipe and self._file is None:
            self._file = standard_input()  # here, so that close finds it while a read waits
        waits = max(1, int(_PATIENCE / self._options.follow_every)) if self._options.follow else 1
        delivery = await asyncio.to_thread(self._chunk, cursor)
        for _ in range(waits - 1):
            if delivery.items or delivery.dead or delivery.cursor != cursor:
                break
            await asyncio.sleep(self._options.follow_every.total_seconds())
            delivery = await asyncio.to_thread(self._chunk, cursor)
        return delivery

    async def close(self) -> None:
        """Let go of the file."""
        if self._is_pipe and self._file is not None:
            self._file.close()
        await asyncio.to_thread(self._close)

    def _chunk(self, cursor: bytes) -> Delivery:
        with self._busy:
            try:
                return self._next(cursor)
            except SourceError:
                self._let_go()
                raise

    def _next(self, cursor: bytes) -> Delivery:
        lines = self._lines
        if lines is None or cursor != self._at or (lines.at_end and self._was_replaced()):
            lines = self._open(cursor)
        taken = lines.take(self._options.chunk_items, eager=self._is_pipe)
        parsed = self._decoded(taken)
        self._cursor = replace(
            self._cursor, lines=self._cursor.lines + len(taken), offset=lines.offset
        )
        self._at = msgspec.msgpack.encode(self._cursor)
        self._note_progress()
        ended = not self._options.follow and lines.at_end and lines.is_empty
        if ended:
            self._let_go()
        return Delivery(
            source=self._name,
            items=parsed.items,
            cursor=self._at,
            ended=ended,
            dead=parsed.dead,
            outcome="read" if taken else "unchanged",
        )

    def _decoded(self, lines: list[Line]) -> Parsed:
        parsed = _parsed(lines, label=self._label, first=self._cursor.lines + 1)
        name = self._name
        return Parsed(
            items=tuple(
                item if isinstance(item, Verdict) or item.source else replace(item, source=name)
                for item in parsed.items
            ),
            dead=tuple(replace(letter, source=name) for letter in parsed.dead),
        )

    def _open(self, cursor: bytes) -> Lines:
        """Open the file at the cursor, or at its start where it is another file."""
        if self._is_pipe:
            return self._open_pipe(self._file)
        self._let_go()
        known = _known(cursor)
        if _hash(_head(self._path, known.head_bytes)) != known.head:
            known = Cursor()
        self._file = opened(self._path)
        if self._options.follow and self._file.is_packed:
            raise SourceError(f"{self._path}: only a plain file can be followed", weight="hard")
        beyond = self._file.skip(known.offset)
        if beyond is None:
            self._file.close()
            self._file, known, beyond = opened(self._path), Cursor(), b""
        head = _head(self._path, _HEAD_BYTES)
        self._cursor = replace(known, head_bytes=len(head), head=_hash(head))
        return self._split(self._file, beyond)

    def _open_pipe(self, file: Unpacked | None) -> Lines:
        if file is None or self._lines is not None:
            raise SourceError("standard input cannot be read a second time", weight="hard")
        self._cursor = Cursor()
        return self._split(file, b"")

    def _split(self, file: Unpacked, beyond: bytes) -> Lines:
        first = [beyond] if beyond else []
        self._lines = Lines(
            lambda: first.pop() if first else file.read(),
            offset=self._cursor.offset,
            most_bytes=ITEM_LIMIT_BYTES,
            keep_open=self._options.follow,
        )
        return self._lines

    def _was_replaced(self) -> bool:
        """Say whether a followed file was moved away, replaced or cut."""
        if not self._options.follow or self._is_pipe or self._file is None:
            return False
        try:
            there = self._path.stat()
        except OSError as error:
            raise SourceError(f"{self._path}: cannot be read: {error.strerror}") from error
        return there.st_ino != self._file.inode() or there.st_size < self._cursor.offset

    def _note_progress(self) -> None:
        if self._file is not None:
            total = 0 if self._is_pipe else self._file.packed_bytes()
            self._progress = (self._file.packed_position(), total)

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._lines = None, None

    def _close(self) -> None:
        with self._busy:
            self._let_go()


def make(options: Options, tools: SourceTools) -> JsonlSource:
    """Make the source; nothing is opened yet.

    Raises:
        ConfigError: an option is out of range.
    """
    where, key = f"source {tools.name}", "chunk_items"
    if options.chunk_items < 1:
        raise ConfigError(where, key, str(options.chunk_items), "1 or more")
    if options.follow and options.follow_every < timedelta(milliseconds=10):
        raise ConfigError(where, "follow_every", str(options.follow_every), "10 ms or more")
    return JsonlSource(options, tools)


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:  # noqa: ARG001  # see Parse
    r"""Give the items of a saved file, plain or packed; lines that are none come as dead.

    >>> from bunco.model import EPOCH
    >>> line = b'{"id":"x:1","author":"x:a","posted_at":"2026-03-02T12:00:00Z","text":"tea"}'
    >>> parsed = parse(line + b"\nno post\n", url="file.jsonl", seen_at=EPOCH)
    >>> [post.text for post in parsed.items], [letter.origin for letter in parsed.dead]
    (['tea'], ['file.jsonl:2'])
    """
    whole = b"".join(_unpacked(document, url or "document"))
    return _parsed(whole.split(b"\n"), label=url or "line", first=1)


def _unpacked(document: bytes, name: str) -> Iterator[bytes]:
    packed = Unpacked(io.BufferedReader(io.BytesIO(document)), name)
    try:
        while block := packed.read():
            yield block
    except SourceError as error:
        raise BadInput(error.reason) from error


def _parsed(lines: Sequence[Line], *, label: str, first: int) -> Parsed:
    """Decode lines; ``first`` is the number of the first of them."""
    items: list[Item] = []
    dead: list[DeadLetter] = []
    for number, line in enumerate(lines, start=first):
        try:
            if (item := _item(line)) is not None:
                items.append(item)
        except BadInput as error:
            body = line.head if isinstance(line, TooLong) else line
            dead.append(dead_letter(f"{label}:{number}", str(error), body))
    return Parsed(items=tuple(items), dead=tuple(dead))


def _item(line: Line) -> Item | None:
    """Give the item of a line; None for a blank one."""
    if len(line) > ITEM_LIMIT_BYTES or isinstance(line, TooLong):
        raise BadInput(f"line of {len(line)} bytes is over the limit of {ITEM_LIMIT_BYTES}")
    if not line or line.isspace():
        return None
    return decode_item(line.removeprefix(_BOM))


def _known(cursor: bytes) -> Cursor:
    """Give the decoded cursor; the start where it is none of ours."""
    try:
        return msgspec.msgpack.decode(cursor, type=Cursor) if cursor else Cursor()
    except msgspec.DecodeError:
        return Cursor()


def _head(path: Path, most_bytes: int) -> bytes:
    """Give the beginning of a file, packed as it is.

    Raises:
        SourceError: it is not there or may not be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(most_bytes)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def _hash(head: bytes) -> bytes:
    return blake2b(head, digest_size=16).digest() if head else b""


PART: Part[Source] = Part(Options, make, parse)
