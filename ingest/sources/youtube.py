"""Read a channel or playlist of YouTube: by its feed, and pushed by the hub where it can be.

feed (15 latest) → a few videos again, for deletions and new titles → subscription renewed?
hub → ``receive``: new videos and deletions at once
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote, urlencode

from msgspec import Meta, Struct
from msgspec.structs import replace

from bunco.errors import BadInput, SourceError
from bunco.model import Delivery, Post, dead_letter
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.ports.web import Manner
from bunco.pushes import Push, Received, Reply
from bunco.values import Duration, Secret
from ingest import watching
from ingest.feeds import pace
from ingest.feeds import progress as feed_progress
from ingest.feeds.following import FeedSource, Following
from ingest.json_api import Access, Api, Gathered, decoded
from ingest.youtube import addresses, looking, progress, pushed
from ingest.youtube.addresses import Named
from ingest.youtube.looking import Look, Video
from ingest.youtube.progress import Progress

_RETRY = timedelta(minutes=30)
"""How soon the hub is asked again after it refused."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``youtube`` source."""

    channel: Annotated[str, Meta(pattern=r"^(UC[\w-]{22})?$")] = ""
    """The channel's id, `UC…`. Exactly one of this, `playlist` and `handle` must be there."""
    playlist: Annotated[str, Meta(pattern=r"^[\w-]{0,80}$")] = ""
    """A playlist's id, `PL…`."""
    handle: Annotated[str, Meta(pattern=r"^@?[\w.·-]{0,60}$")] = ""
    """A channel by its handle, `@name`: its page is asked for the feed."""
    start: Duration = Duration(hours=1)
    """How long to wait after the first reading; later the feed itself shows its pace."""
    fastest: Duration = Duration(minutes=10)
    """Never read more often."""
    slowest: Duration = Duration(hours=12)
    """Never read less often."""
    recheck: Annotated[int, Meta(ge=0, le=50)] = 3
    """How many recent videos are looked at again a reading, for deletions and new titles."""
    recheck_for: Duration = Duration(days=30)
    """How long a video is looked at again."""
    callback: str = ""
    """The public address of the dashboard, `https://bunco.example`: then the hub pushes there."""
    secret: Secret | None = None
    """What the hub signs its pushes with; some random characters of yours, with `callback`."""
    lease: Duration = Duration(days=5)
    """For how long the hub is asked to push; it is asked again after half of it."""
    hub: str = "https://pubsubhubbub.appspot.com/subscribe"
    """Where subscriptions are made."""
    url: str = "https://www.youtube.com"
    """Where feeds and pages are."""
    allow_private: bool = False
    """Whether these may stand at private or loopback addresses."""

    def __post_init__(self) -> None:
        """Hold that there is one feed, and that what goes together is there together.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if sum(map(bool, (self.channel, self.playlist, self.handle))) != 1:
            raise ValueError("exactly one of channel, playlist and handle")
        if not timedelta(0) < self.fastest <= self.slowest:
            raise ValueError("fastest above zero and at most slowest")
        if bool(self.callback) != (self.secret is not None):
            raise ValueError("callback and secret together")
        if self.callback and self.playlist:
            raise ValueError("callback only with channel or handle: the hub knows no playlists")


class YoutubeSource:
    """One channel or playlist; see the module."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        named, name = _named(options)
        following = Following(
            url=addresses.feed(options.url, named, name),
            bounds=pace.bounds(options.start, options.fastest, options.slowest),
            allow_private=options.allow_private,
        )
        self._feed = FeedSource(following, tools)

    async def read(self, cursor: bytes) -> Delivery:
        """Give the videos that are new, and what became of some others.

        Raises:
            SourceError: nothing came, or no feed.
        """
        before = progress.decode(cursor)
        delivery = await self._feed.read(before.feed)
        gathered = Gathered(self._tools.name, self._tools.clock)
        videos = [item for item in delivery.items if isinstance(item, Post)]
        fresh = [
            watching.watched(post, addresses.video_of(post.id), looking.wording(post.title))
            for post in videos
            if addresses.video_of(post.id)
        ]
        row = watching.joined(before.row, fresh) if self._options.recheck else ()
        after = replace(before, feed=delivery.cursor, row=row)
        after = await self._looked(after, gathered)
        after = await self._subscribed(after, gathered)
        return replace(
            delivery,
            items=(*delivery.items, *gathered.items),
            cursor=progress.encode(after),
            wait=max(delivery.wait, gathered.rest),
            note="; ".join(filter(None, (delivery.note, gathered.note))),
        )

    async def close(self) -> None:
        """Let go of the feed."""
        await self._feed.close()

    async def _looked(self, before: Progress, gathered: Gathered) -> Progress:
        """Look at some videos again: gone, under another title, or as they were."""
        looked: dict[watching.Watched, Look] = {}
        for one in watching.turn(before.row, self._options.recheck):
            try:
                looked[one] = await self._look(one)
            except SourceError as error:
                gathered.broke_off("a video that was looked at again", error, _RETRY)
                break
        seen: dict[str, watching.Watched | None] = {}
        now, name = self._now(), self._tools.name
        for one, fate in looking.fates(looked, source=name, now=now).items():
            seen[one.id] = fate.now
            gathered.items += [fate.later] if fate.later else []
            gathered.items += watching.removals(one, name) if fate.now is None else []
        row = watching.looked(before.row, seen, now, self._options.recheck_for)
        return replace(before, row=row)

    async def _look(self, one: watching.Watched) -> Look:
        access = Access(
            base=self._options.url.rstrip("/"), allow_private=self._options.allow_private
        )
        api = Api(self._tools.web, self._tools.clock, access)
        query = {"url": addresses.watch(one.name), "format": "json"}
        fetched = await api.ask("/oembed", query, takes=looking.ANSWERS)
        if fetched.status in looking.DOUBTFUL:
            fetched = await api.ask("/oembed", query, takes=looking.ANSWERS)
        is_there = fetched.status == looking.OK
        return Look(fetched.status, decoded(fetched, Video) if is_there else None)

    async def _subscribed(self, before: Progress, gathered: Gathered) -> Progress:
        """Do nothing: only a source with a public address can be pushed to."""
        del gathered
        return before

    def _now(self) -> datetime:
        return self._tools.clock.now()


class PushedYoutubeSource(YoutubeSource):
    """The same, with a hub that pushes to us; the feed is still read, for what it misses."""

    def __init__(self, options: Options, tools: SourceTools, secret: str) -> None:
        super().__init__(options, tools)
        self._secret = secret
        self._channel = options.channel

    def receive(self, push: Push) -> Received:
        """Give what the hub pushes, or confirm that we asked it to."""
        if push.method == "GET":
            return pushed.confirmed(push, self._channel)
        signature = push.headers.get("x-hub-signature", "")
        if not pushed.is_signed(push.body, signature, self._secret):
            return pushed.UNSIGNED
        name, now = self._tools.name, self._now()
        try:
            parsed = pushed.parsed(push.body, source=name, seen_at=now)
        except BadInput as error:
            letter = dead_letter(f"{name}: push", str(error), push.body, source=name, at=now)
            return Received(reply=Reply(status=HTTPStatus.NO_CONTENT), dead=(letter,))
        reply = Reply(status=HTTPStatus.NO_CONTENT)
        return Received(reply=reply, items=parsed.items, dead=parsed.dead)

    async def _subscribed(self, before: Progress, gathered: Gathered) -> Progress:
        """Ask the hub to push, again after half of the lease."""
        stood = feed_progress.decode(before.feed, self._feed.asked)
        self._channel = self._channel or addresses.channel_of(stood.address)
        now = int(self._now().timestamp())
        half = self._options.lease.total_seconds() / 2
        if not self._channel or now - before.asked_at < half:
            return before
        try:
            await self._ask_hub()
        except SourceError as error:
            gathered.broke_off("the hub", error, timedelta(0))
            late = now - int(half - _RETRY.total_seconds())
            return replace(before, asked_at=max(late, 0))
        return replace(before, asked_at=now)

    async def _ask_hub(self) -> None:
        options = self._options
        form = {
            "hub.mode": "subscribe",
            "hub.topic": addresses.topic(self._channel),
            "hub.callback": f"{options.callback.rstrip('/')}/hooks/{quote(self._tools.name)}",
            "hub.verify": "async",
            "hub.lease_seconds": str(int(options.lease.total_seconds())),
            "hub.secret": self._secret,
        }
        await self._tools.web.fetch(
            options.hub,
            allow_private=options.allow_private,
            manner=Manner(form=urlencode(form).encode()),
        )


def make(options: Options, tools: SourceTools) -> Source:
    """Make the source, with pushes where there is a public address for them."""
    if options.callback and options.secret is not None:
        return PushedYoutubeSource(options, tools, options.secret.reveal())
    return YoutubeSource(options, tools)


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn a saved feed or push into posts and removals.

    Raises:
        BadInput: it is no feed, with the reason.
    """
    del url
    return pushed.parsed(document, source="", seen_at=seen_at)


def _named(options: Options) -> tuple[Named, str]:
    if options.channel:
        return "channel", options.channel
    return ("playlist", options.playlist) if options.playlist else ("handle", options.handle)


PART: Part[Source] = Part(Options, make, parse)
