"""What reaches the terminal: hostile text made harmless, JSON lines, sentences.

Posts are written by strangers. Before their text is shown, control characters, escape
sequences and the marks that reorder writing are taken out or made visible; square brackets
mean nothing, for text is never read as markup.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import IO, NoReturn, TypeVar

from rich.console import Console

from bunco.model import Page

PIPED_COLUMNS = 120
"""How wide a page is when nobody says how wide the screen is."""

_PAGE_ROWS = 500
_SPACES = re.compile(r"[\s\x85\u2028\u2029]+")
_INVISIBLE = re.compile("[\u00ad\ufff9-\ufffb\U000e0000-\U000e007f]")
# C0 and C1 controls, the marks that reorder text (Unicode TR36, section 2.4), half surrogates.
_HOSTILE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_STACKED = re.compile("([\u0300-\u036f\u20d0-\u20ff]{3})[\u0300-\u036f\u20d0-\u20ff]+")
_RISKY_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

Row = TypeVar("Row")


class _Console(Console):
    """A console that leaves a closed pipe to those who call it."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


def printable(text: str) -> str:
    r"""Give the text on one line, safe to show in a terminal.

    >>> printable("one\ntwo \x1b[31mred\x1b[0m")
    'one two \\x1b[31mred\\x1b[0m'
    """
    if text.isascii() and text.isprintable():
        return text
    text = _INVISIBLE.sub("", _SPACES.sub(" ", text)).strip()
    return _STACKED.sub(r"\1", _HOSTILE.sub(_visible, text))


def when(moment: datetime | None) -> str:
    """Give a time to the minute, UTC, or a dash."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "–"


def page() -> Console:
    """Give the console of standard output."""
    return _console(sys.stdout)


def notes() -> Console:
    """Give the console of standard error: notes, progress, questions."""
    return _console(sys.stderr)


def say(sentence: str) -> None:
    """Write a note on standard error; it may hold text of strangers."""
    notes().print(printable(sentence), markup=False, highlight=False, soft_wrap=True)


def write_json(record: object) -> None:
    """Write one record as a line of JSON, in UTF-8 whatever the locale.

    Characters that could steer a terminal are written as ``\\uXXXX``: the same JSON.
    """
    from bunco import codec

    line = codec.encode(record)
    if not line.isascii() or b"\x7f" in line:
        line = _RISKY_IN_JSON.sub(_escaped, line.decode()).encode()
    _binary(sys.stdout).write(line + b"\n")


def flush() -> None:
    """Send what is written on its way, for a reader who waits for each line."""
    _binary(sys.stdout).flush()


def paged(fetch: Callable[[int, str], Page[Row]], limit: int | None) -> Iterator[Row]:
    """Give rows page by page, up to a limit or to the end.

    Args:
        fetch: gives a page of at most so many rows after a mark.
        limit: how many rows in all; None: all there are.
    """
    after = ""
    while limit is None or limit > 0:
        found = fetch(_PAGE_ROWS if limit is None else min(limit, _PAGE_ROWS), after)
        yield from found.rows
        after = found.after
        if not after or not found.rows:
            return
        if limit is not None:
            limit -= len(found.rows)


def complete_lines(stream: IO[bytes]) -> Iterator[list[bytes]]:
    """Give the lines that have arrived, as often as some arrive, without their ends.

    A reader that answers each group at once serves a person at a keyboard, a program that
    waits for its answer, and a file of a million lines alike.
    """
    read = getattr(stream, "read1", stream.read)
    rest: list[bytes] = []
    while block := read(1 << 16):
        head, newline, tail = block.rpartition(b"\n")
        if newline:
            yield _lines([*rest, head])
            rest = []
        if tail:
            rest.append(tail)
    if rest:
        yield _lines(rest)


def standard_input() -> IO[bytes]:
    """Give standard input as bytes."""
    return _binary(sys.stdin)


def _lines(blocks: Iterable[bytes]) -> list[bytes]:
    return [line.removesuffix(b"\r") for line in b"".join(blocks).split(b"\n")]


def _binary(stream: IO[str]) -> IO[bytes]:
    binary: IO[bytes] = stream.buffer  # type: ignore[attr-defined]  # real streams have one
    return binary


def _console(stream: IO[str]) -> Console:
    return _Console(
        file=stream,
        width=None if stream.isatty() or _columns_are_set() else PIPED_COLUMNS,
        highlight=False,
        emoji=False,
    )


def _columns_are_set() -> bool:
    return os.environ.get("COLUMNS", "").isdigit()


def _visible(match: re.Match[str]) -> str:
    return match[0].encode("unicode_escape", "backslashreplace").decode("ascii")


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
