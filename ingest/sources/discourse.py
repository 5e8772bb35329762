"""Read a Discourse forum: its latest posts or topics as JSON, or one of its feeds.

    categories (daily) → page by page to what was given → a few posts again

What is deleted a forum tells nobody, so that recent posts are looked at again.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from bunco.errors import BadInput, SourceError
from bunco.model import Delivery, Item, Post, Removal
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.ports.web import Fetched
from bunco.values import Duration, Secret
from ingest import walking, watching
from ingest.discourse import entries, feed, progress, shown
from ingest.discourse.entries import Home, LatestPosts, LatestTopics, Site
from ingest.discourse.progress import Progress
from ingest.discourse.shown import Lens, Shown
from ingest.feeds import pace, reading
from ingest.feeds.following import FeedSource, Following
from ingest.feeds.posts import Origin
from ingest.json_api import Access, Api, Gathered, decoded
from ingest.walking import Walk

_ASKED_EVERY = timedelta(days=1)
_OVERLAP = timedelta(minutes=10)
"""A post that waited for a moderator has an old number when it appears."""

_REFUSED = frozenset({401, 403})
_GONE = frozenset({404, 410})


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``discourse`` source."""

    url: str
    """The forum, for example `https://forum.example`, with its folder where it has one."""
    read: Literal["posts", "topics"] = "posts"
    """`posts`: all that is written; `topics`: what opens a topic, without its text."""
    format: Literal["json", "rss"] = "json"
    """`rss` where a forum serves its feeds only; deletions are not seen then."""
    categories: tuple[str, ...] = ()
    """Only these, by the slugs in their addresses: `support` or `support/windows`."""
    api_key: Secret | None = None
    """For forums that show nothing without; only with `json`."""
    api_user: str = "system"
    """The user that the key belongs to."""
    back: Duration = Duration(hours=1)
    """How far the first reading goes back; only with `json`."""
    every: Duration = Duration(minutes=2)
    """How often to look for what is new; with `rss` the fastest."""
    most_pages: Annotated[int, Meta(ge=1, le=100)] = 5
    """The most pages of a reading; more come with the next."""
    recheck: Annotated[int, Meta(ge=0, le=500)] = 5
    """How many recent posts are looked at again a reading, for deletions and edits."""
    recheck_for: Duration = Duration(days=2)
    """How long a post is looked at again."""
    spacing: Duration = Duration(seconds=1)
    """Between two requests."""
    allow_private: bool = False
    """Whether the forum may stand at a private or loopback address."""

    def __post_init__(self) -> None:
        """Hold that the address is one of the web and a key goes with JSON.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if not self.url.lower().startswith(("http://", "https://")):
            raise ValueError("a url that begins with http:// or https://")
        if self.format == "rss" and self.api_key is not None:
            raise ValueError('an api_key only with format = "json"')


class DiscourseSource:
    """The latest of one forum; see the module."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        self._home = feed.home(options.url)
        self._asked_at: datetime | None = None
        headers = {}
        if options.api_key is not None:
            headers = {"Api-Key": options.api_key.reveal(), "Api-Username": options.api_user}
        access = Access(
            base=self._home.url,
            headers=headers,
            allow_private=options.allow_private,
            spacing=options.spacing,
            told_wait=entries.told_wait,
        )
        self._api = Api(tools.web, tools.clock, access)

    async def read(self, cursor: bytes) -> Delivery:
        """Give what is new in the forum, and what became of recent posts.

        Raises:
            SourceError: nothing came.
        """
        gathered = Gathered(self._tools.name, self._tools.clock)
        await self._introduced()
        after = await self._walked(progress.decode(cursor, self._options.read), gathered)
        if not gathered.rest:
            after = await self._looked(after, gathered)
        rest = max(self._api.rest, gathered.rest)
        is_behind = after.walk is not None and after.walk.page
        wait = rest if is_behind else max(self._options.every, rest)
        return gathered.delivery(progress.encode(after), wait)

    async def close(self) -> None:
        """Do nothing: connections belong to the fetcher."""

    async def _introduced(self) -> None:
        """Learn the categories' names, once a day."""
        if self._asked_at and self._now() - self._asked_at < _ASKED_EVERY:
            return
        fetched = await self._api.ask("/site.json", takes=_REFUSED)
        if fetched.status in _REFUSED:
            reason = "the forum shows its posts to members only: set api_key"
            raise SourceError(reason, weight="hard")
        self._home = replace(self._home, categories=decoded(fetched, Site).paths)
        self._asked_at = self._now()

    async def _walked(self, before: Progress, gathered: Gathered) -> Progress:
        """Read pages down to what was given before."""
        start = (self._now() - self._options.back + _OVERLAP).timestamp()
        walk = before.walk or Walk(floor=start)
        turn = self._posts_page if self._options.read == "posts" else self._topics_page
        for _ in range(self._options.most_pages):
            try:
                seen, following = await turn(walk.page, gathered)
            except SourceError as error:
                if gathered.is_empty:
                    raise
                gathered.broke_off("the pages", error, self._options.every)
                break
            now = self._now()
            listed = [walking.entry(str(one.number), one.at, now) for one in seen]
            page = walking.turned(walk, listed, following, _OVERLAP.total_seconds())
            walk = page.walk
            new = [one for one in reversed(seen) if str(one.number) in page.new]
            before = self._given(self._without(before, seen, gathered), new, gathered)
            if page.is_last or self._api.rest:
                break
        return replace(before, walk=walk)

    async def _posts_page(self, page: str, gathered: Gathered) -> tuple[list[Shown], str]:
        """Give what one page of posts shows, and the number to go on from."""
        query = {"before": page} if page else None
        found = await self._api.get("/posts.json", LatestPosts, query)
        lens = self._lens()
        seen = gathered.sift(
            found.latest_posts, lambda raw: shown.of_post(raw, lens), "a post of the forum"
        )
        # Where nothing is for us to see among fifty numbers, it goes on below them.
        lowest = min((one.number for one in seen), default=int(page or 0) - 49) - 1
        return seen, str(lowest) if lowest > 0 else ""

    async def _topics_page(self, page: str, gathered: Gathered) -> tuple[list[Shown], str]:
        """Give what one page of topics shows, and the number of the next."""
        number = int(page or 0)
        query: dict[str, str | int] = {"order": "created", "page": number}
        found = await self._api.get("/latest.json", LatestTopics, query)
        users, lens = {one.id: one for one in found.users}, self._lens()
        seen = gathered.sift(
            found.topic_list.topics, lambda raw: shown.of_topic(raw, users, lens), "a topic"
        )
        return seen, str(number + 1) if found.topic_list.more_topics_url else ""

    def _lens(self) -> Lens:
        return Lens(
            home=self._home,
            source=self._tools.name,
            seen_at=self._now(),
            categories=self._options.categories,
        )

    def _without(self, before: Progress, seen: list[Shown], gathered: Gathered) -> Progress:
        """Give removals of watched posts that a page shows as deleted."""
        keys = {one.key for one in seen if one.is_gone}
        gone = [one for one in before.row if one.name in keys]
        for one in gone:
            gathered.items += watching.removals(one, self._tools.name)
        return replace(before, row=tuple(one for one in before.row if one not in gone))

    def _given(self, before: Progress, new: list[Shown], gathered: Gathered) -> Progress:
        fresh = [(one, one.post) for one in new if one.post]
        gathered.items += [post for _, post in fresh]
        if not self._options.recheck:
            return replace(before, row=())
        row = (watching.watched(post, one.key, one.wording) for one, post in fresh)
        return replace(before, row=watching.joined(before.row, row))

    async def _looked(self, before: Progress, gathered: Gathered) -> Progress:
        """Look at some recent posts again: gone, changed, or as they were."""
        seen: dict[str, watching.Watched | None] = {}
        for one in watching.turn(before.row, self._options.recheck):
            if self._api.rest:
                break
            try:
                seen[one.id] = await self._look(one, gathered)
            except SourceError as error:
                gathered.broke_off("a post that was looked at again", error, self._options.every)
                break
        row = watching.looked(before.row, seen, self._now(), self._options.recheck_for)
        return replace(before, row=row)

    async def _look(self, one: watching.Watched, gathered: Gathered) -> watching.Watched | None:
        """Give a watched post as it is now; None where it is gone, which is then given."""
        is_topic = one.name.startswith("t")
        path = f"/t/{one.name[1:]}.json" if is_topic else f"/posts/{one.name}.json"
        fetched = await self._api.ask(path, takes=_GONE | _REFUSED)
        gone = fetched.status in _GONE
        if fetched.status in _REFUSED or (gone and not entries.is_not_found(fetched.body)):
            return one  # it moved to where we may not look, or the forum is not there now
        try:
            now = None if gone else self._shown(fetched, one.name)
        except BadInput:
            return one
        if now is None or now.is_gone:
            gathered.items += watching.removals(one, self._tools.name)
            return None
        if now.post is None:
            return one
        at = now.changed_at or self._now()
        after, later = watching.edited(one, now.post, at, now.wording)
        gathered.items += [later] if later else []
        return after

    def _shown(self, fetched: Fetched, key: str) -> Shown:
        """Give what one answer shows.

        Raises:
            SourceError: it is something else.
            BadInput: it cannot be a post of ours.
        """
        decoded(fetched, dict)
        try:
            return shown.of_one(fetched.body, key, self._lens())
        except msgspec.MsgspecError as error:
            raise SourceError(f"an answer that is no post: {error}", weight="hard") from error

    def _now(self) -> datetime:
        return self._tools.clock.now()


def make(options: Options, tools: SourceTools) -> Source:
    """Make the source: of JSON, or of a feed."""
    if options.format == "json":
        return DiscourseSource(options, tools)
    home = feed.home(options.url)
    name = "posts" if options.read == "posts" else "latest"
    longest = max(timedelta(hours=1), options.every)
    following = Following(
        url=f"{home.url}/{name}.rss",
        bounds=pace.bounds(options.every, options.every, longest),
        allow_private=options.allow_private,
        shape=lambda post: feed.post(post, home),
    )
    return FeedSource(following, tools)


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn a saved page of posts or topics, a post, or a feed into posts.

    Raises:
        BadInput: it is none of them, with the reason.
    """
    home = feed.home(url)
    if document.lstrip()[:1] == b"<":
        found = reading.whole(document, Origin(url=url, feed_url=url, seen_at=seen_at))
        shaped = (feed.post(one, home) for one in found.items if isinstance(one, Post))
        return Parsed(items=tuple(filter(None, shaped)), dead=found.dead)
    try:
        seen = shown.listed(document, Lens(home=home, seen_at=seen_at))
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInput(f"no page of a Discourse forum: {error}") from error
    return Parsed(items=tuple(filter(None, (_item(one, home) for one in seen))))


def _item(one: Shown, home: Home) -> Item | None:
    if one.is_gone:
        number = f"t/{one.number}" if one.key.startswith("t") else str(one.number)
        return Removal(removed="post", id=f"discourse:{home.name}/{number}")
    return one.post


PART: Part[Source] = Part(Options, make, parse)
