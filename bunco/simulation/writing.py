"""Write a stream as lines of the wire form, and the truth about it as lines beside it."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import BinaryIO

from msgspec import Struct

from bunco.codec import encode
from bunco.model import Removal
from bunco.simulation.plan import Plan
from bunco.simulation.stream import simulate
from bunco.simulation.truth import AuthorTruth, Told

_CHUNK_ITEMS = 2_000


class Written(Struct, frozen=True, kw_only=True):
    """How much of what was written."""

    posts: int = 0
    """Different ones."""
    duplicates: int = 0
    removals: int = 0
    authors: int = 0
    acts: int = 0


def write(
    plan: Plan,
    posts: BinaryIO,
    truth: BinaryIO | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> Written:
    """Write the stream of a plan; the same plan gives the same bytes on every machine.

    Args:
        plan: what stream.
        posts: takes the items, one JSON line each.
        truth: takes one line for each author (``"truth": "author"``, before or with its
            first post's chunk) and one for each complete act (``"truth": "act"``).
        on_progress: told every 2,000 items, and at the end, how many items are written.

    Raises:
        UsageError: the plan asks for what cannot be made.
        OSError: from the files.
    """
    counted = Counter[str]()
    lines: list[bytes] = []
    truths: list[bytes] = []
    number = 0
    for number, told in enumerate(simulate(plan), start=1):
        lines.append(encode(told.item))
        truths += map(encode, told.truths)
        counted.update(_kinds(told))
        if number % _CHUNK_ITEMS == 0:
            _flush(posts, lines)
            _flush(truth, truths)
            if on_progress:
                on_progress(number)
    _flush(posts, lines)
    _flush(truth, truths)
    if on_progress:
        on_progress(number)
    return Written(**counted)


def _kinds(told: Told) -> Iterator[str]:
    """Give the fields of :class:`Written` that an item counts for."""
    if isinstance(told.item, Removal):
        yield "removals"
    else:
        yield "duplicates" if told.again else "posts"
    for truth in told.truths:
        yield "authors" if isinstance(truth, AuthorTruth) else "acts"


def _flush(file: BinaryIO | None, lines: list[bytes]) -> None:
    """Write the lines and forget them."""
    if file is not None and lines:
        file.write(b"\n".join(lines) + b"\n")
    lines.clear()
