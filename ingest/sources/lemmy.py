"""Read posts and comments of a Lemmy server: of all it knows, its own, or some communities.

    which API, how fast? (daily) → for each list: page by page to what was given → a few again

What the server takes off its lists it tells nobody, so that recent posts are looked at again.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct
from msgspec.structs import replace

from bunco.errors import BadInput, SourceError
from bunco.model import Delivery, Removal
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.ports.web import Fetched
from bunco.values import Duration
from ingest import walking, watching
from ingest.json_api import Access, Api, Gathered, decoded
from ingest.lemmy import dialect, progress, saved, views
from ingest.lemmy.dialect import Dialect, Listing, One, Site
from ingest.lemmy.progress import Progress
from ingest.lemmy.views import Sort, View
from ingest.walking import Walk

_ASKED_EVERY = timedelta(days=1)
_OVERLAP = timedelta(hours=1)
"""Posts of other servers arrive late, under the date of their own."""

_ODD = frozenset({400, 404, 410})


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``lemmy`` source."""

    url: str
    """The server, for example `https://lemmy.example`."""
    type: Literal["All", "Local"] = "All"
    """`All`: what the server knows of the network; `Local`: its own communities."""
    communities: tuple[str, ...] = ()
    """Only these, as `name` or `name@host`; each is a list of its own."""
    read: Annotated[tuple[Sort, ...], Meta(min_length=1)] = ("post", "comment")
    """What is read."""
    bots: bool = True
    """Whether accounts that call themselves bots are read too."""
    back: Duration = Duration(hours=1)
    """How far the first reading goes back."""
    every: Duration = Duration(minutes=1)
    """How often to look for what is new."""
    most_pages: Annotated[int, Meta(ge=1, le=100)] = 4
    """The most pages of 50 that are read of a list at a time; more come with the next reading."""
    recheck: Annotated[int, Meta(ge=0, le=500)] = 10
    """How many recent posts are looked at again a reading, for deletions and edits."""
    recheck_for: Duration = Duration(days=2)
    """How long a post is looked at again."""
    api: Literal["auto", "v3", "v4"] = "auto"
    """The version of the API: `v3` up to 0.19, `v4` from 1.0 on; `auto` asks the server."""
    spacing: Duration = Duration(seconds=1)
    """Between two requests; longer where the server's own limit asks for it."""
    allow_private: bool = False
    """Whether the server may stand at a private or loopback address."""

    def __post_init__(self) -> None:
        """Hold that the address is one of the web.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if not self.url.lower().startswith(("http://", "https://")):
            raise ValueError("a url that begins with http:// or https://")


class LemmySource:
    """Some lists of one server; see the module."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        places = options.communities or ("",)
        self._lists = [(sort, place) for place in places for sort in options.read]

    async def read(self, cursor: bytes) -> Delivery:
        """Give what is new on the lists, and what became of recent posts.

        Raises:
            SourceError: nothing came.
        """
        gathered = Gathered(self._tools.name, self._tools.clock)
        after = await self._introduced(progress.decode(cursor))
        api = self._api(timedelta(milliseconds=after.spacing_ms))
        is_behind = False
        for sort, place in self._lists:
            after, has_more = await self._listed(api, after, (sort, place), gathered)
            is_behind = is_behind or has_more
            if api.rest or gathered.rest:
                break
        if not (api.rest or gathered.rest):
            after = await self._looked(api, after, gathered)
        rest = max(api.rest, gathered.rest)
        wait = rest if is_behind else max(self._options.every, rest)
        return gathered.delivery(progress.encode(after), wait)

    async def close(self) -> None:
        """Do nothing: connections belong to the fetcher."""

    def _api(self, spacing: timedelta) -> Api:
        access = Access(
            base=self._options.url.rstrip("/"),
            allow_private=self._options.allow_private,
            spacing=max(spacing, self._options.spacing),
        )
        return Api(self._tools.web, self._tools.clock, access)

    async def _introduced(self, before: Progress) -> Progress:
        """Ask once a day which API the server speaks, and how fast it may be asked."""
        now = int(self._now().timestamp())
        if before.dialect and now - before.asked_at < _ASKED_EVERY.total_seconds():
            return before
        api, found = self._api(timedelta(0)), None
        version: dialect.Version = "v3" if self._options.api == "v3" else "v4"
        if version == "v4":
            found = await api.find(dialect.site_path("v4"), Site)
        if found is None and self._options.api != "v4":
            version = "v3"
            found = await api.get(dialect.site_path("v3"), Site)
        is_lower = bool(before.dialect and before.dialect.is_lower)
        return replace(
            before,
            dialect=Dialect(version, is_lower and version == "v4"),
            spacing_ms=int(found.spacing.total_seconds() * 1000) if found else 0,
            asked_at=now,
        )

    async def _listed(
        self, api: Api, before: Progress, wanted: tuple[Sort, str], gathered: Gathered
    ) -> tuple[Progress, bool]:
        """Read some pages of a list; say whether there are more."""
        name = ":".join(wanted)
        start = (self._now() - self._options.back + _OVERLAP).timestamp()
        walk = before.walks.get(name) or Walk(floor=start)
        for _ in range(self._options.most_pages):
            try:
                before, listing = await self._page(api, before, wanted, walk)
            except SourceError as error:
                if gathered.is_empty:
                    raise
                gathered.broke_off(f"the {wanted[0]}s", error, self._options.every)
                break
            if listing is None:
                walk = walking.again(walk)
                gathered.notes.append(f"the {wanted[0]}s begin again from the top")
                break
            seen = gathered.sift(listing.entries, views.view, f"a {wanted[0]}")
            now = self._now()
            entries = [walking.entry(one.thing.ap_id, one.thing.at, now) for one in seen]
            following = dialect.page_after(_version(before), wanted[0], listing, walk.page)
            page = walking.turned(walk, entries, following, _OVERLAP.total_seconds())
            new = [one for one in reversed(seen) if one.thing.ap_id in page.new]
            before = self._given(self._without(before, seen, gathered), new, gathered)
            walk = page.walk
            if page.is_last or api.rest:
                break
        return replace(before, walks={**before.walks, name: walk}), bool(walk.page)

    async def _page(
        self, api: Api, before: Progress, wanted: tuple[Sort, str], walk: Walk
    ) -> tuple[Progress, Listing | None]:
        """Give a page; None where the page to go on with is there no more."""
        kind = "" if wanted[1] else self._options.type
        fetched = await self._ask_list(api, before, wanted, kind, walk.page)
        if fetched.status == HTTPStatus.BAD_REQUEST and _version(before) == "v4" and not walk.page:
            other = Dialect("v4", is_lower=not (before.dialect and before.dialect.is_lower))
            before = replace(before, dialect=other)
            fetched = await self._ask_list(api, before, wanted, kind, walk.page)
        if fetched.status in _ODD:
            if walk.page:
                return before, None
            where = wanted[1] or self._options.type
            raise SourceError(f"there is no list {where} of {wanted[0]}s there", weight="hard")
        return before, decoded(fetched, Listing)

    async def _ask_list(
        self, api: Api, before: Progress, wanted: tuple[Sort, str], kind: str, page: str
    ) -> Fetched:
        spoken = before.dialect or Dialect("v3")
        path, query = dialect.list_query(spoken, wanted[0], (kind, wanted[1]), page)
        return await api.ask(path, query, takes=_ODD)

    def _without(self, before: Progress, seen: list[View], gathered: Gathered) -> Progress:
        """Give removals of watched posts that a page shows as deleted."""
        ids = {views.post_id(one.thing) for one in seen if one.is_gone}
        gone = [one for one in before.row if one.id in ids]
        for one in gone:
            gathered.items += watching.removals(one, self._tools.name)
        return replace(before, row=tuple(one for one in before.row if one.id not in ids))

    def _given(self, before: Progress, new: list[View], gathered: Gathered) -> Progress:
        """Give what is new as posts."""
        fresh = []
        for one in new:
            if one.is_gone or (one.creator.bot_account and not self._options.bots):
                continue
            try:
                post = views.post(one, source=self._tools.name, seen_at=self._now())
            except (BadInput, ValueError) as error:
                gathered.set_aside(one.thing.ap_id, str(error), msgspec.json.encode(one))
                continue
            gathered.items.append(post)
            fresh.append(watching.watched(post, f"{one.sort}/{one.thing.id}"))
        row = watching.joined(before.row, fresh) if self._options.recheck else ()
        return replace(before, row=row)

    async def _looked(self, api: Api, before: Progress, gathered: Gathered) -> Progress:
        """Look at some recent posts again: gone, changed, or as they were."""
        seen: dict[str, watching.Watched | None] = {}
        for one in watching.turn(before.row, self._options.recheck):
            if one.id in seen or api.rest:
                continue
            sort, _, number = one.name.partition("/")
            path, query = dialect.one_query(
                _version(before), "comment" if sort == "comment" else "post", number
            )
            try:
                fetched = await api.ask(path, query, takes=_ODD)
                now = self._changed(one, fetched, gathered)
            except SourceError as error:
                gathered.broke_off("a post that was looked at again", error, self._options.every)
                break
            seen[one.id] = now
        row = watching.looked(before.row, seen, self._now(), self._options.recheck_for)
        return replace(before, row=row)

    def _changed(
        self, one: watching.Watched, fetched: Fetched, gathered: Gathered
    ) -> watching.Watched | None:
        """Give a watched post as it is now; None where it is gone, which is then given."""
        if fetched.status in _ODD:
            if not dialect.gone_by(fetched.body):
                return one
            gathered.items += watching.removals(one, self._tools.name)
            return None
        view = _viewed(decoded(fetched, One).view)
        if view.is_gone:
            gathered.items += watching.removals(one, self._tools.name)
            return None
        if view.creator.deleted:
            author = views.author_of(view.creator)
            gathered.items.append(
                Removal(removed="author", author=author, at=self._now(), source=self._tools.name)
            )
            return None
        try:
            post = views.post(view, source=self._tools.name, seen_at=self._now())
        except (BadInput, ValueError):
            return one
        after, later = watching.edited(one, post, view.thing.changed_at or self._now())
        gathered.items += [later] if later else []
        return after

    def _now(self) -> datetime:
        return self._tools.clock.now()


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn a saved list, or one view, into posts.

    Raises:
        BadInput: it is neither, with the reason.
    """
    del url
    return Parsed(items=saved.items(document, seen_at))


def _viewed(raw: Raw) -> View:
    try:
        return views.view(bytes(raw))
    except msgspec.MsgspecError as error:
        raise SourceError(f"an answer that is no post: {error}", weight="hard") from error


def _version(before: Progress) -> dialect.Version:
    return before.dialect.version if before.dialect else "v3"


PART: Part[Source] = Part(Options, LemmySource, parse)
