"""Remember which entries of a feed were seen: a bounded row of marks, oldest first."""

from collections.abc import Iterable, Sequence

from ingest.feeds.feed import MOST_ENTRIES
from ingest.feeds.identity import MARK_BYTES
from ingest.feeds.posts import Found

MOST_BYTES = 2 * MOST_ENTRIES * MARK_BYTES
"""Of a memory: two marks for each entry of the largest document, 32,000 bytes."""

_LEAST_BYTES = 1024 * MARK_BYTES
"""Kept even for small documents: entries that vanish may come back."""


def unseen(found: Sequence[Found], memory: bytes) -> list[Found]:
    """Give the entries none of whose marks is known, each once, in their order."""
    known = set(_marks(memory))
    new = []
    for entry in found:
        if known.isdisjoint(entry.marks):
            new.append(entry)
        known.update(entry.marks)
    return new


def remembered(found: Sequence[Found], memory: bytes) -> bytes:
    """Give the memory with the entries of this document at its young end.

    What is in the document always stays; of older marks, as many as fit into twice that,
    512 entries at least.
    """
    present = dict.fromkeys(mark for entry in reversed(found) for mark in entry.marks)
    older = [mark for mark in _marks(memory) if mark not in present]
    joined = b"".join((*older, *present))
    most = min(max(2 * len(present) * MARK_BYTES, _LEAST_BYTES), MOST_BYTES)
    return joined[-most:]


def _marks(memory: bytes) -> Iterable[bytes]:
    return (memory[at : at + MARK_BYTES] for at in range(0, len(memory), MARK_BYTES))
