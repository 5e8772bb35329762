"""How one wording differs from another, word by word."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, TypeAlias

from msgspec import Struct

from bunco.text.letters import letters, visible

Change: TypeAlias = Literal["same", "written", "new", "gone"]
"""``written``: the same word in other letters, such as capitals or look-alikes."""

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
    found: list[Span] = []
    for is_same, gone, new in _runs(_WORD.findall(first[:LIMIT]), _WORD.findall(other[:LIMIT])):
        if is_same:
            found.append(Span(new, "same" if gone == new else "written"))
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
    matcher = SequenceMatcher(None, [*map(_known, one)], [*map(_known, two)], autojunk=False)
    codes = matcher.get_opcodes()
    for number, (tag, from_one, to_one, from_two, to_two) in enumerate(codes):
        before, after = "".join(one[from_one:to_one]), "".join(two[from_two:to_two])
        is_between = (gone or new) and number + 1 < len(codes)
        if tag != "equal" or (after.isspace() and is_between):
            gone, new = gone + before, new + after
            continue
        if gone or new:
            yield False, gone, new
            gone = new = ""
        yield from _as_written(one[from_one:to_one], two[from_two:to_two])
    if gone or new:
        yield False, gone, new


def _as_written(one: list[str], two: list[str]) -> Iterator[tuple[bool, str, str]]:
    """Cut the same words where they begin or cease to be written alike."""
    pairs = list(zip(one, two, strict=True))
    solid = [a == b for a, b in pairs if not a.isspace()]
    if not solid or len(set(solid)) == 1:
        yield True, "".join(one), "".join(two)
        return
    for _, run in groupby(pairs, key=lambda pair: pair[0] == pair[1]):
        found = list(run)
        yield True, "".join(a for a, _ in found), "".join(b for _, b in found)


def _known(word: str) -> str:
    return letters(visible(word)).strip() or word
