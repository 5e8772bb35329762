"""Read Hacker News as it is written: every item, one number after the other.

    past (Algolia, a slice a reading) → walk to the newest number → changed items → a few again

A number may be there before its item: it is asked for again for a while. What readers see no
more, deleted or dead, becomes a removal.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct
from msgspec.structs import replace

from bunco.errors import BadInput, SourceError
from bunco.model import Delivery, Post, Removal
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration
from ingest import watching
from ingest.hackernews import asking, backfill, items, progress
from ingest.hackernews.backfill import Past
from ingest.hackernews.items import Item, Kind
from ingest.hackernews.progress import Progress
from ingest.json_api import Access, Api, Gathered, decoded

_SETTLED = timedelta(minutes=5)
"""What is younger may not be in Algolia's index yet; the walk has it."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``hackernews`` source."""

    kinds: tuple[Kind, ...] = ("story", "ask", "job", "poll", "comment")
    """What is kept; `ask` are stories without a link."""
    back: Annotated[int, Meta(ge=0, le=100_000)] = 0
    """How many of the latest items the first reading goes back."""
    since: datetime | None = None
    """From when on the past is fetched too, through Algolia's search."""
    every: Duration = Duration(seconds=30)
    """How often to look for what is new."""
    most_items: Annotated[int, Meta(ge=1, le=5000)] = 200
    """The most items of one reading."""
    patience: Duration = Duration(minutes=10)
    """How long to ask for an item whose number is there already."""
    recheck: Annotated[int, Meta(ge=0, le=500)] = 5
    """How many recent posts are looked at again a reading, for deletions nobody told of."""
    recheck_for: Duration = Duration(days=2)
    """How long a post is looked at again."""
    url: str = "https://hacker-news.firebaseio.com/v0"
    """Where the API stands."""
    search_url: str = "https://hn.algolia.com/api/v1"
    """Where the search for the past stands."""
    spacing: Duration = Duration(milliseconds=100)
    """Between two requests."""
    allow_private: bool = False
    """Whether the API may stand at a private or loopback address."""

    def __post_init__(self) -> None:
        """Hold that the past has a time zone.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if self.since is not None and self.since.tzinfo is None:
            raise ValueError("a since with a time zone, such as 2026-03-01T00:00:00Z")


class _Updates(Struct, frozen=True):
    items: tuple[int, ...] = ()


class _Hits(Struct, frozen=True, kw_only=True):
    hits: tuple[Raw, ...] = ()
    count: int = msgspec.field(name="nbHits", default=0)


class HackerNewsSource:
    """One walk through Hacker News; see the module."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        self._api = self._reach(options.url)
        self._search = self._reach(options.search_url)

    async def read(self, cursor: bytes) -> Delivery:
        """Give what is new, what is gone, and some of the past.

        Raises:
            SourceError: nothing came.
        """
        before = progress.decode(cursor)
        newest = await self._api.get("/maxitem.json", int)
        if not before.next:
            before = self._begun(newest)
        gathered = Gathered(self._tools.name, self._tools.clock)
        after = await self._walked(before, newest, gathered)
        is_behind = after.next <= newest
        try:
            after = await self._past(after, gathered)
            after = after if is_behind else await self._changes(after, gathered)
        except SourceError as error:
            if gathered.is_empty:
                raise
            gathered.broke_off("beside the walk", error, self._options.every)
        rest = max(self._api.rest, self._search.rest, gathered.rest)
        return Delivery(
            source=self._tools.name,
            items=tuple(gathered.items),
            dead=gathered.dead,
            cursor=progress.encode(after),
            wait=rest if is_behind or self._has_past(after) else max(self._options.every, rest),
            note=gathered.note,
        )

    async def close(self) -> None:
        """Do nothing: connections belong to the fetcher."""

    def _reach(self, url: str) -> Api:
        access = Access(
            base=url.rstrip("/"),
            allow_private=self._options.allow_private,
            spacing=self._options.spacing,
        )
        return Api(self._tools.web, self._tools.clock, access)

    def _begun(self, newest: int) -> Progress:
        first = max(newest - self._options.back, 0) + 1
        since, now = self._options.since, self._now()
        past = Past(until=int(now.timestamp()), at=int(since.timestamp())) if since else None
        return Progress(began=0 if since else first, next=first, past=past)

    def _has_past(self, after: Progress) -> bool:
        """Say whether more of the past can be had at once."""
        past = after.past
        return past is not None and not past.is_over and past.end <= self._settled()

    def _settled(self) -> float:
        return (self._now() - _SETTLED).timestamp()

    async def _past(self, before: Progress, gathered: Gathered) -> Progress:
        """Give one slice of the past."""
        past = before.past
        if past is None or not self._has_past(before):
            return before
        found = await self._search.get("/search_by_date", _Hits, backfill.query(past))
        sliced = backfill.after(past, found.count)
        if sliced.missing:
            gathered.notes.append(f"{sliced.missing} of the past could not be had")
        if not sliced.is_whole:
            return replace(before, past=sliced.past)
        hits = gathered.sift(reversed(found.hits), items.hit, "a hit of the search")
        posts = self._posts(hits, gathered)
        gathered.items += posts
        return replace(before, past=sliced.past)

    async def _walked(self, before: Progress, newest: int, gathered: Gathered) -> Progress:
        """Ask for the next numbers, and again for those that were empty."""
        now = int(self._now().timestamp())
        last = min(newest, before.next + self._options.most_items - 1)
        late = [number for number, _ in before.waiting]
        numbers = [*late, *range(before.next, last + 1)]
        asked = await asking.ask(self._api, numbers, gathered, self._options.every)
        since = dict(before.waiting)
        empty = {*asked.empty, *(number for number in late if number not in asked.found)}
        waiting = {number: since.get(number, now) for number in sorted(empty)}
        patience = self._options.patience.total_seconds()
        patient = [(one, at) for one, at in waiting.items() if now - at <= patience]
        if given_up := len(waiting) - len(patient):
            gathered.notes.append(f"{given_up} numbers without an item given up")
        shown = [one for one in asked.found.values() if not one.is_gone]
        posts = self._posts(shown, gathered)
        gathered.items += posts
        return replace(
            before,
            next=max(asked.next, before.next),
            waiting=tuple(patient)[-progress.MOST_WAITING :],
            row=self._joined(before.row, posts),
        )

    async def _changes(self, before: Progress, gathered: Gathered) -> Progress:
        """Give removals: of items that were told to have changed, and of some more."""
        told = decoded(await self._api.ask("/updates.json"), _Updates).items
        looked = watching.turn(before.row, self._options.recheck)
        numbers = {number for number in told if before.began <= number < before.next}
        numbers |= {int(one.name) for one in looked}
        numbers -= set(before.gone)
        asked = await asking.ask(self._api, sorted(numbers), gathered, self._options.every)
        gone = [number for number, item in asked.found.items() if item.is_gone]
        authors = {one.id: one.author for one in before.row}
        lost = [items.post_id(number) for number in gone]
        gathered.items += [
            Removal(removed="post", id=one, author=authors.get(one, ""), source=self._tools.name)
            for one in lost
        ]
        seen = {one.id: one for one in looked} | dict.fromkeys(lost)
        lasting = self._options.recheck_for
        return replace(
            before,
            gone=(*before.gone, *gone)[-progress.MOST_GONE :],
            row=watching.looked(before.row, seen, self._now(), lasting),
        )

    def _posts(self, found: Iterable[Item], gathered: Gathered) -> list[Post]:
        posts = []
        for one in found:
            if one.kind not in self._options.kinds:
                continue
            try:
                made = items.post(one, source=self._tools.name, seen_at=self._now())
            except (BadInput, ValueError, OverflowError) as error:
                gathered.set_aside(f"item {one.id}", str(error), msgspec.json.encode(one))
                continue
            posts.append(made)
        return posts

    def _joined(self, row: watching.Row, posts: Iterable[Post]) -> watching.Row:
        if not self._options.recheck:
            return ()
        return watching.joined(
            row, (watching.watched(one, one.id.partition(":")[2]) for one in posts)
        )

    def _now(self) -> datetime:
        return self._tools.clock.now()


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn a saved item, or an answer of the search, into posts.

    Raises:
        BadInput: it is neither, with the reason.
    """
    del url
    try:
        found = msgspec.json.decode(document)
        if isinstance(found, dict) and "hits" in found:
            raws = msgspec.json.decode(document, type=_Hits).hits
            parsed = [items.hit(bytes(one)) for one in raws]
        else:
            one = items.item(document)
            parsed = [one] if one else []
    except (msgspec.MsgspecError, ValueError) as error:
        raise BadInput(f"no item of Hacker News: {error}") from error
    return Parsed(
        items=tuple(
            items.post(one, source="", seen_at=seen_at)
            if not one.is_gone
            else Removal(removed="post", id=items.post_id(one.id))
            for one in parsed
        )
    )


PART: Part[Source] = Part(Options, HackerNewsSource, parse)
