"""Posts come from a server with Mastodon's API: its public timeline, hashtags, or a list.

    who are you? (daily) → stream, where there is one for us → pages up to the present → a few again

A stream tells nothing of what happened while nobody listened, so each time it opens the pages
since then are read as well.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from bunco.errors import SourceError
from bunco.model import EPOCH, Delivery
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration, Secret
from ingest.json_api import Access, Api
from ingest.mastodon import documents, progress, server, walking
from ingest.mastodon.asking import Asker, Plan, Walked
from ingest.mastodon.event import Message
from ingest.mastodon.listening import Ear, Line, Mode
from ingest.mastodon.memory import Memory
from ingest.mastodon.progress import Progress
from ingest.mastodon.reading import Reader, Sifter, Wanted
from ingest.mastodon.rechecking import Rechecker
from ingest.mastodon.server import Server, Transport
from ingest.mastodon.timeline import Scope, Timeline
from ingest.streams.listener import Haul

_ASKED_EVERY = timedelta(days=1)


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``mastodon`` source."""

    url: str
    """The server, for example `https://mastodon.example`."""
    token: Secret | None = None
    """An access token of an account there, with the scope `read:statuses`."""
    scope: Scope = "all"
    """`all`: what the server knows of the network; `local`: its own accounts; `remote`: others."""
    tags: tuple[str, ...] = ()
    """Only statuses with one of these hashtags, without the `#`."""
    tags_all: tuple[str, ...] = ()
    """… and with all of these."""
    tags_none: tuple[str, ...] = ()
    """… and with none of these."""
    list: str = ""
    """The number of a list of the token's account, in place of the public timeline."""
    mode: Mode = "auto"
    """`stream`: listen; `poll`: ask again and again; `auto`: listen with a token, else ask."""
    transport: Transport = "websocket"
    """How to listen: `websocket` or `sse` (server-sent events, Mastodon alone)."""
    bots: bool = True
    """Whether accounts that call themselves bots are read too."""
    boosts: bool = True
    """Whether boosts are read too; lists alone have them."""
    start: Annotated[int, Meta(ge=1, le=40)] = 40
    """How many of the newest statuses the first reading gives."""
    every: Duration = Duration(minutes=1)
    """How often to ask for what is new, and for recent statuses again."""
    overlap: Duration = Duration(minutes=1)
    """How much is asked for again: statuses of other servers come late."""
    most_pages: Annotated[int, Meta(ge=1, le=100)] = 5
    """The most pages of 40 that are read at a time; more come with the next reading."""
    catch_up: Duration = Duration(hours=24)
    """After a longer absence reading goes on at the present, and the gap is told."""
    recheck: bool = True
    """Whether recent statuses are asked for again, 20 `every` so often."""
    recheck_for: Duration = Duration(days=2)
    """How long a status is asked for again."""
    remember: Annotated[int, Meta(ge=500, le=1_000_000)] = 20_000
    """Statuses whose deletion is understood; about 500 bytes each. After a restart 500."""
    silence: Duration = Duration(seconds=60)
    """After so long without a sign of life a stream is opened anew."""
    spacing: Duration = Duration(seconds=1)
    """Between two requests. Mastodon allows 300 in 5 minutes."""
    allow_private: bool = False
    """Whether the server may stand at a private or loopback address."""

    def __post_init__(self) -> None:
        """Hold that the options make sense together.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if not self.url.lower().startswith(("http://", "https://")):
            raise ValueError("a url that begins with http:// or https://")
        if self.list and (self.tags or self.scope != "all" or self.token is None):
            raise ValueError("a list with a token, without tags and scope")
        if (self.tags_all or self.tags_none) and not self.tags:
            raise ValueError("tags where tags_all or tags_none are set")
        if len(self.tags) > 1 and self.transport == "sse" and self.mode != "poll":
            raise ValueError("one of tags where transport is sse: others need websocket")
        if min(self.every, self.silence) <= timedelta(0) or self.overlap < timedelta(0):
            raise ValueError("every and silence above zero, overlap of zero or more")


class MastodonSource:
    """One timeline of one server; see the module.

    Beside the cursor it remembers what it can do without: the connection, what came a moment
    ago, and more statuses than the cursor does.
    """

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        self._url = options.url.rstrip("/")
        timeline = _timeline(options)
        self._asked = blake2b(f"{self._url}\n{timeline}".encode(), digest_size=8).hexdigest()
        self._memory = Memory(options.remember)
        wanted = Wanted(timeline=timeline, bots=options.bots, boosts=options.boosts)
        self._reader = Reader(wanted, self._memory)
        access = _access(options)
        self._api = Api(tools.web, tools.clock, access)
        self._asker = Asker(self._api, _plan(options, timeline), self._reader)
        self._rechecker = Rechecker(
            self._api,
            self._reader,
            self._memory,
            every=options.every,
            lasting=options.recheck_for,
        )
        self._ear = Ear(tools.web, _line(options, timeline, access))
        self._given: bytes | None = None
        self._server: Server | None = None
        self._asked_at = EPOCH
        self._rest_until = EPOCH

    async def read(self, cursor: bytes) -> Delivery:
        """Give what is new: of a stream within a moment, else of the pages since.

        Raises:
            SourceError: nothing came.
        """
        before = progress.decode(cursor, self._asked)
        if cursor != self._given:
            self._reader.recent.clear()
            self._memory.take(before.row)
        self._given = None  # broken off, this reading may leave marks of what it does not give
        try:
            return await self._read(cursor, before)
        except SourceError:
            self._given = cursor
            raise

    async def close(self) -> None:
        """Hang up."""
        await self._ear.close()

    async def _read(self, cursor: bytes, before: Progress) -> Delivery:
        known = await self._introduced()
        until, now = self._rest_until, self._now()
        sifter = Sifter(self._tools.name, known.domain, self._url, now, until)
        in_haste = bool(before.at) and now >= until
        haul = await self._ear.hear(cursor, known, sifter, in_haste=in_haste)
        if haul is None:
            return await self._polled(before, sifter)
        return await self._streamed(cursor, before, haul, sifter)

    async def _polled(self, before: Progress, sifter: Sifter) -> Delivery:
        walked = await self._asker.walk(before, sifter)
        if walked.is_done:
            await self._look_again(sifter)
        rest = self._api.rest
        wait = max(self._options.every, rest) if walked.is_done else rest
        return self._delivery(walked.progress, sifter, wait=wait, notice=walked.notice)

    async def _streamed(
        self, cursor: bytes, before: Progress, haul: Haul[Message], sifter: Sifter
    ) -> Delivery:
        """Give what a stream said, and some pages where it was opened just now."""
        self._reader.read_messages(haul.messages, sifter)
        walked = Walked(progress=before, is_done=True)
        if haul.opened or before.at:
            walked = await self._asker.beside(before, sifter)
        else:
            await self._look_again(sifter)
        after = walking.met(walked.progress, sifter.newest)
        if after == before and not (sifter.items or sifter.dead):
            return self._delivery(before, sifter, cursor=cursor)
        return self._delivery(after, sifter, notice=walked.notice)

    async def _look_again(self, sifter: Sifter) -> None:
        if self._options.recheck:
            await self._rechecker.look_again(sifter)

    async def _introduced(self) -> Server:
        """Ask once a day who the server is."""
        now = self._now()
        if self._server is None or now - self._asked_at >= _ASKED_EVERY:
            self._server = await server.introduced(self._api, self._url)
            self._asked_at = now
        return self._server

    def _delivery(
        self,
        after: Progress,
        sifter: Sifter,
        *,
        wait: timedelta = timedelta(0),
        notice: str = "",
        cursor: bytes = b"",
    ) -> Delivery:
        """Give what was found; ``cursor`` where it stays as it was."""
        if not cursor:
            read_at = sifter.seen_at if sifter.items else after.read_at
            row = self._memory.latest(progress.MOST_KEPT)
            cursor = progress.encode(replace(after, asked=self._asked, read_at=read_at, row=row))
        self._given = cursor
        self._rest_until = sifter.rest_until
        self._ear.gave(cursor)
        return Delivery(
            source=self._tools.name,
            items=tuple(sifter.items),
            cursor=cursor,
            dead=sifter.dead,
            wait=wait,
            note="; ".join(filter(None, (notice, *sifter.notes))),
            notice=notice,
        )

    def _now(self) -> datetime:
        return self._tools.clock.now()


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn a saved status, list of statuses, or ActivityPub object into items.

    Raises:
        BadInput: it is none, or nothing for everybody to read, with the reason.
    """
    return documents.read(document, url=url, seen_at=seen_at)


def _timeline(options: Options) -> Timeline:
    return Timeline(
        scope=options.scope,
        any=_bare(options.tags),
        every=_bare(options.tags_all),
        none=_bare(options.tags_none),
        list_id=options.list,
    )


def _bare(tags: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tag.strip().lstrip("#") for tag in tags)


def _access(options: Options) -> Access:
    token = options.token
    return Access(
        base=options.url.rstrip("/"),
        headers={"Authorization": f"Bearer {token.reveal()}"} if token else {},
        allow_private=options.allow_private,
        spacing=options.spacing,
    )


def _line(options: Options, timeline: Timeline, access: Access) -> Line:
    return Line(
        url=access.base,
        timeline=timeline,
        mode=options.mode,
        transport=options.transport,
        headers=access.headers,
        allow_private=options.allow_private,
        silence=options.silence,
    )


def _plan(options: Options, timeline: Timeline) -> Plan:
    return Plan(
        timeline=timeline,
        has_token=options.token is not None,
        overlap=timedelta(0) if options.scope == "local" else options.overlap,
        start=options.start,
        every=options.every,
        most_pages=options.most_pages,
        catch_up=options.catch_up,
    )


PART: Part[Source] = Part(Options, MastodonSource, parse)
