"""Read one feed: RSS, RDF, Atom or JSON Feed, over HTTP, as politely as it asks for.

    fetch (conditional) → unchanged? → parse off the loop → leave out what was seen → wait

An address that yields an HTML page is followed to the feed that the page names.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus

from msgspec import Struct
from msgspec.structs import replace

from bunco.errors import BadInput, SourceError
from bunco.model import AuthorId, Delivery, Post
from bunco.ports import Fetched, Parsed, Part, Source, SourceTools
from bunco.values import Duration, Secret
from ingest.feeds import pace, progress, reading
from ingest.feeds.discovery import Page
from ingest.feeds.posts import Origin
from ingest.feeds.progress import Progress
from ingest.feeds.worker import off_loop

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=.9,"
    " application/xml;q=.9, text/xml;q=.9, text/html;q=.5, */*;q=.4"
)
_WHOLE_AT_LEAST = timedelta(hours=24)
"""After this long without a whole document none is asked for conditionally: some servers
say "not modified" for ever. Source: rss-fetcher, which leaves conditions off for that."""

_HEADER_LIMIT = 512
"""Longer validators are not sent back."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of an ``rss`` source."""

    url: str = ""
    """The feed, or a page that names it."""
    secret_url: Secret | None = None
    """In place of ``url`` where the address itself is a secret (Google Alerts, Reddit)."""
    start: Duration = Duration(hours=1)
    """How long to wait after the first reading; later the feed itself shows its pace."""
    fastest: Duration = Duration(minutes=10)
    """Never read more often. Source: rss-fetcher."""
    slowest: Duration = Duration(hours=24)
    """Never read less often, unless it fails or asks for more. Source: rss-fetcher."""
    allow_private: bool = False
    """Whether the feed may stand at a private or loopback address."""
    author: AuthorId | None = None
    """The author of all its posts, in place of what the feed says."""
    place: str = ""
    """The place of all its posts, in place of what the feed says."""

    def __post_init__(self) -> None:
        """Hold that there is exactly one address and that the bounds are in order.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if bool(self.url) == (self.secret_url is not None):
            raise ValueError("exactly one of url and secret_url")
        if self.url and not self.url.lower().startswith(("http://", "https://")):
            raise ValueError("a url that begins with http:// or https://")
        if not timedelta(0) < self.fastest <= self.slowest:
            raise ValueError("fastest above zero and at most slowest")


class RssSource:
    """One feed; see the module. All it remembers is in the cursor."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        self._url = options.secret_url.reveal() if options.secret_url else options.url
        self._asked = blake2b(self._url.encode(), digest_size=8).hexdigest()
        self._bounds = pace.Bounds(
            start=_plain(options.start),
            fastest=_plain(options.fastest),
            slowest=_plain(options.slowest),
        )

    async def read(self, cursor: bytes) -> Delivery:
        """Give the entries that are new, and how long to wait.

        Raises:
            SourceError: nothing came, or no feed; the reason says what.
        """
        before = progress.decode(cursor, self._asked)
        fetched = await self._fetch(before)
        if fetched.status != HTTPStatus.NOT_MODIFIED and _digest(fetched.body) != before.digest:
            return await self._changed(before, fetched)
        after = self._moved(before, fetched)
        if fetched.status != HTTPStatus.NOT_MODIFIED:
            after = replace(after, read_at=self._now())
        return self._delivery(after, fetched, known_ratio=1.0, outcome="unchanged")

    async def close(self) -> None:
        """Do nothing: connections belong to the fetcher."""

    async def _changed(self, before: Progress, fetched: Fetched) -> Delivery:
        try:
            found = await self._parsed(before, fetched)
        except Page as page:
            fetched = await self._follow(page, fetched)
            try:
                found = await self._parsed(before, fetched)
            except BadInput as error:
                what = "another page" if isinstance(error, Page) else str(error)
                raise SourceError(f"the feed its page names: {what}", weight="hard") from error
        except BadInput as error:
            raise SourceError(str(error), weight="hard") from error
        after = replace(
            self._moved(before, fetched),
            etag=_short(fetched.headers.get("etag", "")),
            last_modified=_short(fetched.headers.get("last-modified", "")),
            digest=_digest(fetched.body),
            read_at=self._now(),
            shares_guids=found.shares_guids,
            known=found.known,
            floor_seconds=int(found.floor.total_seconds()),
        )
        return replace(
            self._delivery(after, fetched, known_ratio=found.known_ratio, outcome="read"),
            items=tuple(self._named(post) for post in found.new),
            dead=found.dead,
            note=found.note,
        )

    async def _parsed(self, before: Progress, fetched: Fetched) -> reading.Reading:
        origin = Origin(
            url=fetched.url,
            feed_url=self._url,
            seen_at=self._now(),
            source=self._tools.name,
        )
        content_type = fetched.headers.get("content-type", "")
        return await off_loop(reading.read, fetched.body, content_type, origin, before)

    async def _fetch(self, before: Progress) -> Fetched:
        """Ask where the feed moved to, and where it was if that fails."""
        conditions = _conditions(before, self._now())
        if not before.address:
            return await self._ask(self._url, conditions)
        try:
            return await self._ask(before.address, conditions)
        except SourceError as error:
            if error.retry_after is not None or error.weight == "temporary":
                raise
        return await self._ask(self._url, {})

    async def _ask(self, url: str, conditions: dict[str, str]) -> Fetched:
        headers = {"Accept": _ACCEPT, **conditions}
        return await self._tools.web.fetch(
            url, headers=headers, allow_private=self._options.allow_private
        )

    async def _follow(self, page: Page, fetched: Fetched) -> Fetched:
        """Fetch the feed that a page names.

        Raises:
            SourceError: it names none but itself. The address in ``page`` is not told: it may
                be a secret.
        """
        for address in page.feeds:
            if address != fetched.url:
                found = await self._ask(address, {})
                return replace(found, permanent_url=address)
        reason = "an HTML page, not a feed; it names no other address as one"
        raise SourceError(reason, weight="hard") from page

    def _moved(self, before: Progress, fetched: Fetched) -> Progress:
        """Remember a permanent move; a secret address stays out of the store."""
        address = "" if fetched.permanent_url == self._url else fetched.permanent_url
        return replace(before, address="" if self._options.secret_url else address)

    def _delivery(
        self, after: Progress, fetched: Fetched, *, known_ratio: float, outcome: str
    ) -> Delivery:
        now = self._now()
        rhythm = pace.paced(after.pace, known_ratio, now, self._bounds)
        by_feed = timedelta(seconds=after.floor_seconds)
        floor = max(by_feed, pace.asked_by_server(fetched.headers, now))
        wait = pace.wait(rhythm, floor, self._bounds)
        after = replace(after, pace=replace(rhythm, due=now + wait))
        return Delivery(
            source=self._tools.name,
            items=(),
            cursor=progress.encode(after),
            wait=wait,
            outcome=outcome,
        )

    def _named(self, post: Post) -> Post:
        if self._options.author is None and not self._options.place:
            return post
        return replace(
            post,
            author=self._options.author or post.author,
            place=self._options.place or post.place,
        )

    def _now(self) -> datetime:
        return self._tools.clock.now()


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn a saved document into posts; what ``bunco parse rss`` calls.

    Raises:
        BadInput: it is no feed, with the reason.
    """
    return reading.whole(document, Origin(url=url, feed_url=url, seen_at=seen_at))


def _conditions(before: Progress, now: datetime) -> dict[str, str]:
    """Give the headers that let a server say "not modified": one validator, the better."""
    return dict(_condition(before, now))


def _condition(before: Progress, now: datetime) -> Iterator[tuple[str, str]]:
    if before.read_at is None or now - before.read_at > _WHOLE_AT_LEAST:
        return
    if before.etag:
        yield "If-None-Match", before.etag
    elif before.last_modified:
        yield "If-Modified-Since", before.last_modified


def _plain(length: Duration) -> timedelta:
    """Give a length of time as the cursor can hold it."""
    return timedelta(seconds=length.total_seconds())


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()


def _short(header: str) -> str:
    return header if len(header) <= _HEADER_LIMIT else ""


PART: Part[Source] = Part(Options, RssSource, parse)
