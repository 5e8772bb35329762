"""Cut the past into slices that Algolia's search gives whole. Pure.

It gives 1,000 hits of a query at most, however many there are: a slice of time that holds
more is cut in half, one that holds few makes the next one longer.

Source: github.com/algolia/hn-search issue 230.
"""

from msgspec import Struct

MOST_HITS = 1000
_SHORTEST = 1
_LONGEST = 86_400
_FEW = MOST_HITS // 4


class Past(Struct, frozen=True, kw_only=True):
    """Where a back-fill stands: seconds since 1970."""

    until: int
    """Its end: from here on the walk has it."""
    at: int
    """All before it has been given."""
    length: int = 3600
    """Of the next slice, in seconds."""

    @property
    def is_over(self) -> bool:
        """Say whether nothing is left."""
        return self.at >= self.until

    @property
    def end(self) -> int:
        """Give the end of the next slice, which is not in it."""
        return min(self.at + self.length, self.until)


class Slice(Struct, frozen=True):
    """What became of a slice."""

    past: Past
    is_whole: bool
    """Whether its hits are to be given."""
    missing: int = 0
    """Hits that the search keeps back although the slice cannot be shorter."""


def after(past: Past, hits: int) -> Slice:
    """Give where a back-fill stands once a slice was asked for, and how many hits it has."""
    length = past.end - past.at
    if hits > MOST_HITS and length > _SHORTEST:
        return Slice(Past(until=past.until, at=past.at, length=length // 2), is_whole=False)
    longer = min(past.length * 2, _LONGEST) if hits < _FEW else past.length
    gone_on = Past(until=past.until, at=past.end, length=longer)
    return Slice(gone_on, is_whole=True, missing=max(hits - MOST_HITS, 0))


def query(past: Past) -> dict[str, str | int]:
    """Give the query for the next slice."""
    return {
        "tags": "(story,comment,poll,job)",
        "numericFilters": f"created_at_i>={past.at},created_at_i<{past.end}",
        "hitsPerPage": MOST_HITS,
    }
