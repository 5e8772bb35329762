"""Cut items where a commit must end: behind each removal of an author."""

from collections.abc import Iterable
from typing import TypeVar

from bunco.model import Removal

Taken = TypeVar("Taken")


def segments(items: Iterable[Taken]) -> list[list[Taken]]:
    """Cut items behind each removal of an author: it reaches what was written before it.

    Returns:
        At least one segment; the last one may be empty.
    """
    cut: list[list[Taken]] = [[]]
    for item in items:
        cut[-1].append(item)
        if isinstance(item, Removal) and item.removed == "author":
            cut.append([])
    return cut
