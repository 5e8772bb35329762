"""Look at recent posts again: networks that are polled tell nobody what was deleted.

A bounded row of posts, each looked at in turn, a few a reading. What a look shows is decided
by the source; here stands whose turn it is and what follows. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from bunco.model import EDITED, Post, Removal

MOST_WATCHED = 500
"""The oldest go first. About 100 bytes each in the source's cursor."""

_MOST_EDITS = 5
"""Of one post; later ones are not kept, so that a removal reaches all that were."""


class Watched(Struct, frozen=True, array_like=True):
    """One post that is looked at again."""

    name: str
    """What the source asks for, for example the number of the post on its server."""
    id: str
    author: str
    since: int
    """When it was met: seconds since 1970."""
    says: str = ""
    """A hash of its words."""
    edits: tuple[str, ...] = ()
    """The ids of its later wordings."""


Row = tuple[Watched, ...]


def watched(post: Post, name: str, wording: str = "") -> Watched:
    """Give a post as it is watched.

    Args:
        post: as it was given.
        name: what the source knows it by.
        wording: the network's own name for the wording; absent: a hash of it.
    """
    since = int((post.seen_at or post.posted_at).timestamp())
    return Watched(name, post.id, post.author, since, wording or says(post))


def says(post: Post) -> str:
    """Give a short hash of a post's words and of what it points at."""
    return hashed("\n".join((post.title, post.text, *post.links)))


def hashed(words: str) -> str:
    """Give a short hash of words."""
    return blake2b(words.encode("utf-8", "replace"), digest_size=6).hexdigest()


def turn(row: Row, most: int) -> Row:
    """Give those that are to be looked at now: they have waited longest."""
    return row[: max(most, 0)]


def looked(row: Row, seen: Mapping[str, Watched | None], now: datetime, lasting: timedelta) -> Row:
    """Give the row after some were looked at: they wait at its end.

    Args:
        row: before.
        seen: by the posts' ids: each as it is now, or None where it is gone.
        now: what their age is counted to.
        lasting: how long a post is watched.
    """
    stay = [one for one in row if one.id not in seen]
    back = [one for one in seen.values() if one is not None]
    oldest = (now - lasting).timestamp()
    return tuple(one for one in (*stay, *back) if one.since >= oldest)


def joined(row: Row, new: Iterable[Watched]) -> Row:
    """Give the row with posts that were given for the first time."""
    known = {one.id for one in row}
    longer = (*row, *(one for one in new if one.id not in known))
    if len(longer) <= MOST_WATCHED:
        return longer
    youngest = sorted(longer, key=lambda one: one.since)[-MOST_WATCHED:]
    kept = {one.id for one in youngest}
    return tuple(one for one in longer if one.id in kept)


def removals(one: Watched, source: str) -> Sequence[Removal]:
    """Give the removals of a post and of every later wording of it."""
    return [
        Removal(removed="post", id=name, author=one.author, source=source)
        for name in (one.id, *one.edits)
    ]


def edited(
    one: Watched, post: Post, at: datetime, wording: str = ""
) -> tuple[Watched, Post | None]:
    """Give a post that was looked at as it is now, and its new wording where it has one.

    A new wording is a post of its own: what was published is evidence, and stays until the
    post is removed. Its id ends with a hash of it, so that reading again gives the same.

    Args:
        one: as it was.
        post: as it is, with its old id.
        at: when it was changed, as far as is known.
        wording: the network's own name for the wording; absent: a hash of it.
    """
    now = wording or says(post)
    if now == one.says or len(one.edits) >= _MOST_EDITS:
        return one, None
    name = f"{one.id}{EDITED}{now}"
    if name in one.edits:
        return replace(one, says=now), None
    later = replace(post, id=name, posted_at=at, undated=False)
    return replace(one, says=now, edits=(*one.edits, name)), later
