"""Turn messages of Jetstream into posts and removals."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from bunco.errors import BadInput
from bunco.model import DeadLetter, Item, Removal
from ingest.bluesky import posts, record
from ingest.bluesky.event import Commit, Event, microseconds
from ingest.streams.aside import Aside
from ingest.streams.names import Names
from ingest.streams.recent import Recent

_AHEAD = timedelta(minutes=1)
"""A server's clock may be so far ahead of ours; an event that is further ahead moves no cursor,
which might pass over all that is still to come. Source: ours."""
_NOTICES = {"info", "error"}
_MADE = {"create", "update"}


class Reading(Struct, frozen=True, kw_only=True):
    """What some messages gave."""

    items: tuple[Item, ...]
    dead: tuple[DeadLetter, ...]
    notes: tuple[str, ...]
    """What was odd, in words."""
    told: tuple[str, ...]
    """Names of the server's own notices, such as ``OutdatedCursor``."""
    first_us: int
    """When the first event was seen by Jetstream; 0: there was none."""
    newest_us: int
    """When the newest was, and no later than now."""


class Reader:
    """Read messages one after the other; see the module.

    Args:
        source: the source's name.
        decode: of the wire that is spoken.
        erases: the states of an account that erase what it posted.
        recent: what came a moment ago.
    """

    def __init__(
        self,
        source: str,
        decode: Callable[[bytes], Event],
        erases: Collection[str],
        recent: Recent,
    ) -> None:
        self._source = source
        self._decode = decode
        self._erases = frozenset(erases)
        self._recent = recent
        self._handles = Names()

    def read(
        self, messages: Iterable[bytes], seen_at: datetime, *, most_dead: int = 100
    ) -> Reading:
        """Give what messages hold. What cannot be read becomes a dead letter.

        Args:
            messages: as they came, decompressed.
            seen_at: now.
            most_dead: dead letters that are kept.
        """
        aside = Aside(self._source, seen_at, most_dead)
        items: list[Item] = []
        odd: Counter[str] = Counter()
        told: list[str] = []
        first = newest = 0
        latest = microseconds(seen_at + _AHEAD)
        for message in messages:
            event: Event | None = None
            try:
                event = self._decode(message)
                item = self._item(event, seen_at, odd)
            except BadInput as error:
                at = min(event.at, seen_at) if event and event.time_us else seen_at
                aside.put(_where(event), str(error), message, author=_whose(event), at=at)
                continue
            if event.kind in _NOTICES:
                told.append(event.name)
            if event.time_us:
                first = first or event.time_us
                newest = max(newest, event.time_us if event.time_us <= latest else 0)
            if item is not None:
                items.append(item)
        notes = [f"{count} {what}" for what, count in odd.items()]
        return Reading(
            items=tuple(items),
            dead=aside.letters,
            notes=tuple(filter(None, (*notes, aside.note))),
            told=tuple(told),
            first_us=first,
            newest_us=min(newest, microseconds(seen_at)),
        )

    def _item(self, event: Event, seen_at: datetime, odd: Counter[str]) -> Item | None:
        """Give the item of an event, if it is news.

        Raises:
            BadInput: it cannot be read.
        """
        if event.commit is not None:
            return self._of_commit(event, event.commit, seen_at)
        if event.account is not None:
            if event.account.active or (event.account.status or "") not in self._erases:
                return None
            self._handles.forget(event.did)
            return Removal(
                removed="author",
                author=posts.author(event.did),
                at=min(event.at, seen_at) if event.time_us else seen_at,
                source=self._source,
            )
        if event.identity is not None:
            self._handles.take(event.did, event.identity.handle or "")
        elif event.kind == "sync":
            odd["repositories were set anew"] += 1
        elif event.kind not in _NOTICES:
            odd["events of a kind that is not known"] += 1
        return None

    def _of_commit(self, event: Event, commit: Commit, seen_at: datetime) -> Item | None:
        if commit.collection not in {record.POST, record.REPOST}:
            return None
        key = (event.did, commit.rkey, commit.collection, commit.operation, commit.rev)
        if not self._recent.is_new(key):
            return None
        if commit.operation in _MADE:
            name = self._handles.of(event.did)
            return posts.made(event, commit, name=name, source=self._source, seen_at=seen_at)
        if commit.operation == "delete":
            name = posts.post_id(event.did, commit)
            return Removal(
                removed="post", id=name, author=posts.author(event.did), source=self._source
            )
        raise BadInput(f"an operation that is not known: {commit.operation[:50]!r}")


def _where(event: Event | None) -> str:
    """Give the id of the post that an event is about, else its place in the stream."""
    if event is None:
        return "message"
    if event.commit is None:
        return f"event at {event.time_us}"
    return f"{posts.PLATFORM}:at://{event.did}/{event.commit.collection}/{event.commit.rkey}"


def _whose(event: Event | None) -> str:
    try:
        return posts.author(event.did) if event else ""
    except BadInput:
        return ""
