"""Know statuses again by the ids of the server that was asked: deletions tell nothing else.

    status → post, or its new wording, or nothing new
    local id that is gone → removals of the post and of all its wordings

A process remembers many, the cursor the latest few of them. What is forgotten cannot be
removed by a deletion any more: bounded memory has that price.
"""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import timedelta
from hashlib import blake2b
from itertools import islice

from msgspec.structs import replace

from bunco.model import EDITED, Post, Removal
from ingest.mastodon.posts import words
from ingest.mastodon.status import Status
from ingest.watching import Watched, removals

_MOST_EDITS = 5
"""Of one status; later ones are not kept, so that a removal reaches all that were."""


class Memory:
    """What is known of recent statuses, the longest unasked first.

    Args:
        most: statuses; about 500 bytes each.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[str, Watched] = OrderedDict()

    def __len__(self) -> int:
        """Give how many are known."""
        return len(self._known)

    def take(self, row: Iterable[Watched]) -> None:
        """Take in what a cursor remembers; what is known here is at least as new."""
        for one in row:
            if one.name not in self._known:
                self._put(one)

    def latest(self, most: int) -> tuple[Watched, ...]:
        """Give those that came or were asked about last, for the cursor, oldest first."""
        return tuple(islice(reversed(self._known.values()), most))[::-1]

    def id_of(self, local: str) -> str:
        """Give the id of a status's post; empty where it is not known."""
        one = self._known.get(local)
        return one.id if one else ""

    def wording(self, status: Status, post: Post) -> Post:
        """Give a status's post under the id of its present wording, and remember it.

        A wording that came by an edit is a post of its own: what was published is evidence.
        Its id ends with the time of the edit, and its event time is that time.

        Args:
            status: as it is now.
            post: made of it, under the id of its first wording.
        """
        says = _says(status)
        one = self._known.get(status.local)
        if one is None:
            since = int((post.seen_at or post.posted_at).timestamp())
            self._put(Watched(status.local, post.id, post.author, since, says))
            return post
        edited = status.edited
        if edited is None:
            return post
        stamp = edited.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        name = f"{one.id}{EDITED}{stamp}"
        if name not in one.edits:
            if says == one.says or len(one.edits) >= _MOST_EDITS:
                return post
            self._known[status.local] = replace(one, says=says, edits=(*one.edits, name))
        seen_at = post.seen_at or edited
        return replace(post, id=name, posted_at=min(edited, seen_at), undated=False)

    def note(self, local: str, post_id: str, author: str, since_s: float) -> None:
        """Remember a status that cannot be read: a removal is to reach what is set aside of it."""
        if local and local not in self._known:
            self._put(Watched(local, post_id, author, int(since_s)))

    def gone(self, local: str, source: str) -> list[Removal]:
        """Give the removals that the deletion of a status asks for; none if it is not known."""
        one = self._known.pop(local, None)
        return list(removals(one, source)) if one else []

    def turn(self, most: int, now_s: float, lasting: timedelta) -> list[Watched]:
        """Give those to be asked about now: they have waited longest, and are not too old."""
        oldest = now_s - lasting.total_seconds()
        return list(islice((one for one in self._known.values() if one.since >= oldest), most))

    def asked(self, ones: Iterable[Watched]) -> None:
        """Let those that were asked about wait at the end."""
        for one in ones:
            if one.name in self._known:
                self._known.move_to_end(one.name)

    def _put(self, one: Watched) -> None:
        self._known[one.name] = one
        if len(self._known) > self._most:
            self._known.popitem(last=False)


def _says(status: Status) -> str:
    """Give a short hash of a status's own words."""
    return blake2b(words(status).encode("utf-8", "replace"), digest_size=6).hexdigest()
