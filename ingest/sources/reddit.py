"""Read subreddits: by their feeds, or through the API with a client of your own.

feed: one for all subreddits, in the one turn a minute that Reddit gives an address
API: token → page by page to what was given → up to 100 recent posts again, in one question
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from bunco.errors import BadInput, SourceError
from bunco.model import DeadLetter, Delivery, Item, Post, Removal, dead_letter
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration, Secret
from ingest import walking, watching
from ingest.feeds import pace, reading
from ingest.feeds.following import FeedSource, Following
from ingest.feeds.posts import Origin
from ingest.json_api import Access, Api, Gathered, decoded
from ingest.reddit import feed, progress, things
from ingest.reddit.progress import Progress
from ingest.reddit.things import Listing, Thing
from ingest.reddit.token import Client, Token
from ingest.walking import Walk

_PAGE_SIZE = 100
_OVERLAP = timedelta(minutes=10)
"""What waited for a moderator or a filter appears late."""

_REFUSED = frozenset({401, 403, 404})

Subreddit = Annotated[str, Meta(pattern=r"^\w{2,40}$")]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``reddit`` source."""

    subreddits: Annotated[tuple[Subreddit, ...], Meta(min_length=1, max_length=50)]
    """Their names without `r/`; all are read in one feed."""
    read: Literal["posts", "comments"] = "posts"
    """What is read of them."""
    feed_user: str = ""
    """The account whose personal feed token is used."""
    feed_token: Secret | None = None
    """The token in the addresses at reddit.com/prefs/feeds."""
    client_id: Secret | None = None
    """Of an app of yours that Reddit approved: then its API is read in place of the feed."""
    client_secret: Secret | None = None
    """The app's secret."""
    user_agent: str = ""
    """What Reddit asks of API clients: `platform:app id:version (by /u/name)`."""
    every: Duration = Duration(minutes=5)
    """How often to look for what is new; of a feed the fastest, an hour the slowest."""
    back: Duration = Duration(hours=1)
    """How far the first reading goes back; only through the API."""
    most_pages: Annotated[int, Meta(ge=1, le=10)] = 5
    """The most pages of 100 of a reading; only through the API."""
    recheck: Annotated[int, Meta(ge=0, le=100)] = 100
    """How many recent posts are looked at again a reading; only through the API."""
    recheck_for: Duration = Duration(days=2)
    """How long a post is looked at again."""
    url: str = "https://www.reddit.com"
    """Where feeds and tokens are."""
    api_url: str = "https://oauth.reddit.com"
    """Where the API is."""
    spacing: Duration = Duration(seconds=1)
    """Between two requests to the API; feeds have a minute."""
    allow_private: bool = False
    """Whether these may stand at private or loopback addresses."""

    def __post_init__(self) -> None:
        """Hold that what goes together is there together.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if (self.feed_token is None) != (not self.feed_user):
            raise ValueError("feed_user and feed_token together")
        if (self.client_id is None) != (self.client_secret is None):
            raise ValueError("client_id and client_secret together")


class RedditSource:
    """Some subreddits through the API; see the module."""

    def __init__(self, options: Options, tools: SourceTools, client: Client) -> None:
        self._options = options
        self._tools = tools
        self._client = client
        self._token = Token(client, tools.web, tools.clock)
        self._of = f"{options.read} {'+'.join(options.subreddits)}"

    async def read(self, cursor: bytes) -> Delivery:
        """Give what is new, and what became of recent posts.

        Raises:
            SourceError: nothing came.
        """
        gathered = Gathered(self._tools.name, self._tools.clock)
        api = await self._api()
        after = await self._walked(api, progress.decode(cursor, self._of), gathered)
        if not (gathered.rest or api.rest):
            after = await self._looked(api, after, gathered)
        rest = max(api.rest, gathered.rest)
        is_behind = after.walk is not None and after.walk.page
        wait = rest if is_behind else max(self._options.every, rest)
        return gathered.delivery(progress.encode(after), wait)

    async def close(self) -> None:
        """Do nothing: connections belong to the fetcher."""

    async def _api(self) -> Api:
        token = await self._token.value()
        access = Access(
            base=self._options.api_url.rstrip("/"),
            headers={"Authorization": f"Bearer {token}", **self._client.headers},
            allow_private=self._options.allow_private,
            spacing=self._options.spacing,
        )
        return Api(self._tools.web, self._tools.clock, access)

    async def _walked(self, api: Api, before: Progress, gathered: Gathered) -> Progress:
        """Read pages down to what was given before."""
        now = self._now()
        walk = before.walk or Walk(floor=(now - self._options.back + _OVERLAP).timestamp())
        for _ in range(self._options.most_pages):
            try:
                listing = await self._page(api, walk.page)
            except SourceError as error:
                if gathered.is_empty:
                    raise
                gathered.broke_off("the listing", error, self._options.every)
                break
            seen = gathered.sift(listing.data.children, things.thing, "an entry")
            entries = [walking.entry(one.name, _at(one), now) for one in seen]
            page = walking.turned(walk, entries, listing.data.after or "", _OVERLAP.total_seconds())
            new = [one for one in reversed(seen) if one.name in page.new]
            before = self._given(before, new, gathered)
            walk = page.walk
            if page.is_last or api.rest:
                break
        return replace(before, walk=walk)

    async def _page(self, api: Api, after: str) -> Listing:
        where = "new" if self._options.read == "posts" else "comments"
        path = f"/r/{'+'.join(self._options.subreddits)}/{where}"
        query: dict[str, str | int] = {"limit": _PAGE_SIZE, "raw_json": 1}
        if after:
            query["after"] = after
        return await self._asked(api, path, query)

    async def _asked(self, api: Api, path: str, query: dict[str, str | int]) -> Listing:
        """Give a listing; say in words why there is none."""
        fetched = await api.ask(path, query, takes=_REFUSED)
        if fetched.status == HTTPStatus.UNAUTHORIZED:
            self._token.forget()
            raise SourceError("Reddit took the token back; the next reading gets another")
        if fetched.status in _REFUSED:
            reason = f"Reddit refuses ({fetched.status}): a private, banned or misspelt subreddit?"
            raise SourceError(reason, weight="hard")
        return decoded(fetched, Listing)

    def _given(self, before: Progress, new: list[Thing], gathered: Gathered) -> Progress:
        fresh = []
        for one in new:
            if one.fate != "there":
                continue
            try:
                post = things.post(one, source=self._tools.name, seen_at=self._now())
            except (BadInput, ValueError, OverflowError) as error:
                gathered.set_aside(one.name, str(error), msgspec.json.encode(one))
                continue
            gathered.items.append(post)
            fresh.append(watching.watched(post, one.name))
        row = watching.joined(before.row, fresh) if self._options.recheck else ()
        return replace(before, row=row)

    async def _looked(self, api: Api, before: Progress, gathered: Gathered) -> Progress:
        """Look at recent posts again, all in one question."""
        looked = watching.turn(before.row, self._options.recheck)
        if not looked:
            return before
        query: dict[str, str | int] = {"id": ",".join(one.name for one in looked), "raw_json": 1}
        try:
            listing = await self._asked(api, "/api/info", query)
        except SourceError as error:
            if gathered.is_empty:
                raise
            gathered.broke_off("posts that were looked at again", error, self._options.every)
            return before
        now = {
            one.name: one for one in gathered.sift(listing.data.children, things.thing, "a post")
        }
        if not now:  # an answer without anything says nothing of any of them
            return before
        seen = {one.id: self._changed(one, now.get(one.name), gathered) for one in looked}
        row = watching.looked(before.row, seen, self._now(), self._options.recheck_for)
        return replace(before, row=row)

    def _changed(
        self, one: watching.Watched, now: Thing | None, gathered: Gathered
    ) -> watching.Watched | None:
        """Give a watched post as it is now; None where it is gone, which is then given."""
        if now is None or now.fate == "gone":
            gathered.items += watching.removals(one, self._tools.name)
            return None
        if now.fate == "author gone":
            removal = Removal(
                removed="author", author=one.author, at=self._now(), source=self._tools.name
            )
            gathered.items += [] if removal in gathered.items else [removal]
            return None
        try:
            post = things.post(now, source=self._tools.name, seen_at=self._now())
        except (BadInput, ValueError, OverflowError):
            return one
        after, later = watching.edited(one, post, now.changed_at or self._now())
        gathered.items += [later] if later else []
        return after

    def _now(self) -> datetime:
        return self._tools.clock.now()


def make(options: Options, tools: SourceTools) -> Source:
    """Make the source: of the API where there is a client, else of the feed."""
    headers = {"User-Agent": options.user_agent} if options.user_agent else {}
    if options.client_id and options.client_secret:
        client = Client(
            url=options.url,
            client_id=options.client_id.reveal(),
            secret=options.client_secret.reveal(),
            headers=headers,
            allow_private=options.allow_private,
        )
        return RedditSource(options, tools, client)
    token = options.feed_token.reveal() if options.feed_token else ""
    slowest = max(timedelta(hours=1), options.every)
    following = Following(
        url=feed.address(options.url, options.subreddits, options.read, (options.feed_user, token)),
        is_secret=bool(token),
        bounds=pace.bounds(options.every, options.every, slowest),
        allow_private=options.allow_private,
        shape=feed.item,
    )
    return FeedSource(following, tools)


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn a saved listing or feed into posts; what is erased in it into removals.

    Raises:
        BadInput: it is neither, with the reason.
    """
    if document.lstrip()[:1] == b"<":
        origin = Origin(url=url, feed_url=url, seen_at=seen_at)
        found = reading.whole(document, origin)
        shaped = (feed.item(one) for one in found.items if isinstance(one, Post))
        return Parsed(items=tuple(filter(None, shaped)), dead=found.dead)
    try:
        listing = msgspec.json.decode(document, type=Listing)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInput(f"no listing of Reddit: {error}") from error
    items: list[Item] = []
    dead: list[DeadLetter] = []
    for number, child in enumerate(listing.data.children, start=1):
        try:
            items.append(_item(things.thing(bytes(child)), seen_at))
        except (BadInput, msgspec.MsgspecError, ValueError, OverflowError) as error:
            dead.append(dead_letter(f"document: entry {number}", str(error), bytes(child)))
    return Parsed(items=tuple(items), dead=tuple(dead))


def _item(thing: Thing, seen_at: datetime) -> Item:
    if thing.fate == "there":
        return things.post(thing, source="", seen_at=seen_at)
    return Removal(removed="post", id=things.post_id(thing.name))


def _at(thing: Thing) -> datetime:
    return datetime.fromtimestamp(thing.created_utc, tz=UTC)


PART: Part[Source] = Part(Options, make, parse)
