"""What strangers write reaches the terminal as harmless text."""

import io
import json

import pytest

from bunco.cli.terminal import complete_lines, paged, printable, write_json
from bunco.model import Page


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain words", "plain words"),
        ("Ärger über Öl – 日本 👩‍👩‍👧", "Ärger über Öl – 日本 👩‍👩‍👧"),
        ("two\nlines\tand\r\nmore ", "two lines and more"),
        ("\x1b[2J\x1b[31mred", "\\x1b[2J\\x1b[31mred"),
        ("\x9b31mred", "\\x9b31mred"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("abc\u202egnp.exe", "abc\\u202egnp.exe"),
        ("soft\u00adhyphen", "softhyphen"),
        ("H\u0300\u0301\u0302\u0303\u0304\u0305i", "H\u0300\u0301\u0302i"),
        ("half \ud83d pair", "half \\ud83d pair"),
        ("[bold]not markup[/bold]", "[bold]not markup[/bold]"),
    ],
)
def test_hostile_text_is_shown_harmless(written: str, shown: str) -> None:
    assert printable(written) == shown


def test_json_lines_hold_no_byte_that_steers_a_terminal(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    record = {"text": "\x1b[31m \x9b31m \u202e \x7f \u2028 Ärger"}

    write_json(record)

    written = capfdbinary.readouterr().out
    assert json.loads(written) == record
    assert "Ärger".encode() in written
    assert not any(mark in written.decode() for mark in "\x1b\x9b\u202e\x7f\u2028")


def test_pages_are_followed_to_the_end() -> None:
    asked: list[tuple[int, str]] = []

    def fetch(most: int, after: str) -> Page[int]:
        asked.append((most, after))
        first = int(after or 0)
        rows = tuple(range(first, min(first + 400, 1000)))
        return Page(rows=rows, after=str(rows[-1] + 1) if rows[-1] < 999 else "")

    assert list(paged(fetch, None)) == list(range(1000))
    assert asked == [(500, ""), (500, "400"), (500, "800")]


def test_pages_stop_at_the_limit() -> None:
    def fetch(most: int, after: str) -> Page[int]:
        first = int(after or 0)
        return Page(rows=tuple(range(first, first + most)), after=str(first + most))

    assert list(paged(fetch, 1200)) == list(range(1200))


class _Trickle(io.RawIOBase):
    """A stream that gives what it was fed, block by block."""

    def __init__(self, *blocks: bytes) -> None:
        self._blocks = list(blocks)

    def read1(self, most: int) -> bytes:
        del most
        return self._blocks.pop(0) if self._blocks else b""


def test_lines_are_given_as_soon_as_they_are_complete() -> None:
    groups = complete_lines(_Trickle(b"one\ntw", b"o\n", b"thr", b"ee\r\n\nend"))  # type: ignore[arg-type]  # reads like one

    assert list(groups) == [[b"one"], [b"two"], [b"three", b""], [b"end"]]
