"""Mails in files: a Maildir, a folder of ``.eml`` files, one such file, or an mbox.

Blocking: runs in a worker. Nothing is written, renamed or locked.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from time import sleep
from typing import BinaryIO, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from bunco.errors import SourceError
from ingest.mail.posts import Letter
from ingest.mail.progress import Progress

_FROM = re.compile(rb"From \S+ .{0,80}\d\d:\d\d.{0,40}\d{4}.{0,20}\r?\n?", re.DOTALL)
"""What begins a mail in an mbox: a sender and a time. Source: RFC 4155, and mail as found."""

_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_SETTLED_SECONDS = 0.03
"""The clock of a file system moves on within this. Source: ours; Linux: a tick, 1–10 ms."""

AT_ONCE_BYTES = 8 << 20
"""Of the mails of one delivery together, where there are more than one. Source: ours."""
DEAD_BYTES = 65_536
"""What a dead letter keeps of a mail."""
_LINE_BYTES = 1 << 16


class Taken(Struct, frozen=True, kw_only=True):
    """Some mails, and where the mailbox stands behind them."""

    letters: tuple[Letter, ...]
    progress: Progress
    is_all: bool
    """Nothing more is there now."""


class _File(NamedTuple):
    changed_ns: int
    name: str
    path: Path


def take(path: Path, before: Progress, most: int, most_bytes: int, now: datetime) -> Taken:
    """Take the next mails of a file or folder.

    Args:
        path: where they are.
        before: where the mailbox stands.
        most: so many at a time.
        most_bytes: a larger mail is refused, and never held whole.
        now: no mail arrived later.

    Raises:
        SourceError: it is not there, or may not be read.
    """
    try:
        if path.is_dir():
            return _of_folder(path, before, most, most_bytes, now)
        if _is_mbox(path):
            return _of_mbox(path, before, most, most_bytes, now)
        return _of_files([_file(path)], before, most, most_bytes, now)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read: {error.strerror}") from error


def split(document: bytes) -> list[bytes]:
    """Give the mails of an mbox; a document that is none is one mail."""
    if not _FROM.match(document[:_LINE_BYTES].split(b"\n", 1)[0]):
        return [document]
    starts = [0] + [
        at.end()
        for at in re.finditer(rb"\n\r?\n(?=From )", document)
        if _FROM.match(document[at.end() : at.end() + 200].split(b"\n", 1)[0])
    ]
    ends = [*starts[1:], len(document)]
    return [_unquoted(document[start:end]) for start, end in zip(starts, ends, strict=True)]


def _of_folder(path: Path, before: Progress, most: int, most_bytes: int, now: datetime) -> Taken:
    """Read files in the order in which they came or changed.

    A file that changes while the folder is listed can have the time of one that was listed:
    so only those are taken that are no younger than the youngest of a listing before.
    """
    first = _files(path)
    if not any((file.changed_ns, file.name) > (before.changed_ns, before.name) for file in first):
        return Taken(letters=(), progress=before, is_all=True)
    youngest = max(file.changed_ns for file in first)
    sleep(_SETTLED_SECONDS)
    files = [file for file in _files(path) if file.changed_ns <= youngest]
    return _of_files(files, before, most, most_bytes, now)


def _of_files(
    files: list[_File], before: Progress, most: int, most_bytes: int, now: datetime
) -> Taken:
    at = (before.changed_ns, before.name)
    new = sorted(file for file in files if (file.changed_ns, file.name) > at)
    letters: list[Letter] = []
    after, held, count = before, 0, 0
    for file in new[:most]:
        if held > AT_ONCE_BYTES:
            break
        if (letter := _letter(file, most_bytes, now)) is not None:
            letters.append(letter)
            held += len(letter.raw)
        after = replace(before, changed_ns=file.changed_ns, name=file.name)
        count += 1
    return Taken(letters=tuple(letters), progress=after, is_all=count == len(new))


def _files(path: Path) -> list[_File]:
    """List the mails of a folder: ``cur`` and ``new`` of a Maildir, else its ``.eml`` files."""
    parts = [path / name for name in ("cur", "new") if (path / name).is_dir()]
    if parts:
        found = [one for part in parts for one in part.iterdir() if one.name[:1] != "."]
    else:
        found = [one for one in path.iterdir() if one.suffix.lower() == ".eml"]
    listed = []
    for one in found:
        try:
            listed.append(_file(one))
        except FileNotFoundError:
            continue  # it was renamed: a flag was set; it is met under its new name
    return listed


def _file(path: Path) -> _File:
    return _File(path.stat().st_ctime_ns, path.name, path)


def _letter(file: _File, most_bytes: int, now: datetime) -> Letter | None:
    """Read one file; None for one that is gone or is no file."""
    try:
        if not file.path.is_file():
            return None
        with file.path.open("rb") as opened:
            raw = opened.read(most_bytes + 1)
            arrived = datetime.fromtimestamp(int(file.path.stat().st_mtime), UTC)
    except FileNotFoundError:
        return None
    name = file.name.partition(":")[0]
    if len(raw) > most_bytes:
        return _refused(raw, name, now, most_bytes)
    return Letter(raw=raw, origin=name, arrived=min(arrived, now))


def _is_mbox(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.readline(_LINE_BYTES)
    return not head or _FROM.fullmatch(head) is not None


def _of_mbox(path: Path, before: Progress, most: int, most_bytes: int, now: datetime) -> Taken:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = _resumed(file, before, size)
        if start == before.offset and size == before.size:
            return Taken(letters=(), progress=before, is_all=True)
        letters: list[Letter] = []
        at, is_all, held = start, True, 0
        for begins, raw, is_large in _mails(file, start, most_bytes):
            if len(letters) == most or held > AT_ONCE_BYTES:
                at, is_all = begins, False
                break
            at, held = begins, held + len(raw)
            origin = f"{path.name} at byte {begins}"
            letter = Letter(raw=_unquoted(raw), origin=origin, arrived=now)
            letters.append(_refused(raw, origin, now, most_bytes) if is_large else letter)
        line = _line(file, at)
    after = replace(before, offset=at, line=line, size=size if is_all else 0)
    return Taken(letters=tuple(letters), progress=after, is_all=is_all)


def _resumed(file: BinaryIO, before: Progress, size: int) -> int:
    """Give where to go on: the start, where the file is not the one that was read."""
    if before.offset < size and before.line and _line(file, before.offset) == before.line:
        return before.offset
    return 0


def _line(file: BinaryIO, at: int) -> bytes:
    """Give a hash of the line at an offset; empty at the end."""
    file.seek(at)
    line = file.readline(_LINE_BYTES)
    return blake2b(line, digest_size=8).digest() if line else b""


def _mails(file: BinaryIO, start: int, most_bytes: int) -> Iterator[tuple[int, bytes, bool]]:
    """Give each mail from an offset on: where it begins, its bytes, whether they were too many."""
    file.seek(start)
    at = begins = start
    held = bytearray()
    is_large, after_blank = False, True
    while line := file.readline(_LINE_BYTES):
        if after_blank and at > begins and _FROM.fullmatch(line):
            yield begins, bytes(held), is_large
            held.clear()
            begins, is_large = at, False
        is_large |= len(held) + len(line) > most_bytes
        if not is_large or len(held) < DEAD_BYTES:
            held += line
        after_blank = line in {b"\n", b"\r\n"}
        at += len(line)
    if at > begins:
        yield begins, bytes(held), is_large


def _unquoted(raw: bytes) -> bytes:
    """Give a mail as it was before an mbox put ``>`` before each line that begins ``From ``."""
    return _QUOTED.sub(rb"\1", raw) if b"From " in raw else raw


def _refused(raw: bytes, origin: str, now: datetime, most_bytes: int) -> Letter:
    reason = f"the mail is larger than {most_bytes} bytes (most_bytes)"
    return Letter(raw=raw[:DEAD_BYTES], origin=origin, arrived=now, refused=reason)
