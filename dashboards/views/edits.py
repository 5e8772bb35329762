"""How one wording differs from another, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from msgspec import Struct

Change: TypeAlias = Literal["same", "new", "gone"]

LIMIT = 400
"""Characters of a text that are compared. Source: ours; quotes in findings are shorter."""

_WORD = re.compile(r"\s+|[^\s]+")


class Span(Struct, frozen=True, array_like=True):
    """A stretch of words, and whether the first wording has it too."""

    text: str
    change: Change


def edits(first: str, other: str) -> tuple[Span, ...]:
    """Give the other text as spans against the first, in reading order.

    What the first alone has stands where it was left out; joined without those that are
    ``gone`` the spans give the other text, cut at ``LIMIT``.

    >>> [(span.text, span.change) for span in edits("one odd trick", "one new trick")]
    [('one ', 'same'), ('odd', 'gone'), ('new', 'new'), (' trick', 'same')]
    """
    one, two = _WORD.findall(first[:LIMIT]), _WORD.findall(other[:LIMIT])
    found: list[Span] = []
    for is_same, gone, new in _runs(one, two):
        if is_same:
            found.append(Span(new, "same"))
            continue
        if gone:
            found.append(Span(gone, "gone"))
        if new:
            found.append(Span(new, "new"))
    return tuple(found)


def is_edited(spans: tuple[Span, ...]) -> bool:
    """Tell whether anything differs."""
    return any(span.change != "same" for span in spans)


def _runs(one: list[str], two: list[str]) -> Iterator[tuple[bool, str, str]]:
    """Give what is the same and what is not in turn; a space between changes is one of them."""
    gone = new = ""
    codes = SequenceMatcher(None, one, two, autojunk=False).get_opcodes()
    for number, (tag, from_one, to_one, from_two, to_two) in enumerate(codes):
        before, after = "".join(one[from_one:to_one]), "".join(two[from_two:to_two])
        is_between = (gone or new) and number + 1 < len(codes)
        if tag != "equal" or (after.isspace() and is_between):
            gone, new = gone + before, new + after
            continue
        if gone or new:
            yield False, gone, new
            gone = new = ""
        yield True, before, after
    if gone or new:
        yield False, gone, new
