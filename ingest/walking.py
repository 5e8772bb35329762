"""Walk a listing that shows the newest first, page by page, until what was given before.

Much may have come since the last time, so that a walk takes several readings: each gives some
pages and remembers where it stands. What comes on top meanwhile is met by the walk after it.
Entries that move from one page to the next while we walk are met twice and given once.

    top → page → page … (next reading) → page → what is older than the floor: done

Pure: who walks does the asking.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

MOST_KNOWN = 1000
"""Names remembered; one that is forgotten is given again, and its id makes that harmless."""


class Walk(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a walk stands."""

    floor: float
    """Seconds since 1970: all that was published before it has been given."""
    highest: float = 0.0
    """The latest met in the walk under way."""
    page: str = ""
    """The page to go on with; empty: the top."""
    known: tuple[str, ...] = ()
    """What was given last, in that order."""
    given: int = 0
    """How many the walk under way has given: the last of ``known``, or all of them."""


class Entry(Struct, frozen=True):
    """What a walk needs to know of one entry."""

    name: str
    at: float
    """When it was published: seconds since 1970."""


def entry(name: str, published: datetime, now: datetime) -> Entry:
    """Give an entry; one from the future counts as from now, so that the floor stays below."""
    return Entry(name, min(published, now).timestamp())


class Page(Struct, frozen=True):
    """One page that was turned."""

    walk: Walk
    new: frozenset[str]
    """The names that are to be given."""
    is_last: bool
    """Whether the walk has come to what was given before."""


def turned(walk: Walk, entries: Sequence[Entry], after: str, overlap: float) -> Page:
    """Give where a walk stands once a page was read.

    Args:
        walk: before the page.
        entries: of the page, in any order.
        after: the name of the page behind it; empty where there is none.
        overlap: seconds below the floor that are looked at as well, for what arrived late.
    """
    known = set(walk.known)
    below = walk.floor - overlap
    new = [one for one in entries if one.name not in known and one.at >= below]
    names = (*walk.known, *(one.name for one in reversed(new)))[-MOST_KNOWN:]
    highest = max([walk.highest, walk.floor, *(one.at for one in entries)])
    if not after or (entries and (_is_old(entries, below) or _was_met(walk, entries, new))):
        done = Walk(floor=highest, known=names)
        return Page(done, frozenset(one.name for one in new), is_last=True)
    further = replace(walk, highest=highest, page=after, known=names, given=walk.given + len(new))
    return Page(further, frozenset(one.name for one in new), is_last=False)


def again(walk: Walk) -> Walk:
    """Give the walk from the top: the page it would go on with is there no more."""
    return replace(walk, page="")


def _is_old(entries: Sequence[Entry], below: float) -> bool:
    """Say whether all of a page is old: what is pinned stands on top whatever its age."""
    return max(one.at for one in entries) < below


def _was_met(walk: Walk, entries: Sequence[Entry], new: Sequence[Entry]) -> bool:
    """Say whether a page holds nothing new but something that an earlier walk gave."""
    earlier = set(walk.known[: max(len(walk.known) - walk.given, 0)])
    return not new and any(one.name in earlier for one in entries)
