"""Follow one feed: RSS, RDF, Atom or JSON Feed, over HTTP, as politely as it asks for.

    fetch (conditional) → unchanged? → parse off the loop → leave out what was seen → wait

An address that yields an HTML page is followed to the feed that the page names.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from http import HTTPStatus

from msgspec import Struct
from msgspec.structs import replace

from bunco.errors import BadInput, SourceError
from bunco.model import Delivery, Item, Post
from bunco.ports.sources import SourceTools
from bunco.ports.web import Fetched
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


class Following(Struct, frozen=True, kw_only=True):
    """Which feed is read, and what becomes of its posts."""

    url: str
    is_secret: bool = False
    """Whether the address stays out of the store."""
    bounds: pace.Bounds
    allow_private: bool = False
    shape: Callable[[Post], Item | None] = lambda post: post
    """What a post is given as; None: not at all."""


class FeedSource:
    """One feed; see the module. All it remembers is in the cursor."""

    def __init__(self, following: Following, tools: SourceTools) -> None:
        self._following = following
        self._tools = tools
        self._url = following.url
        self.asked = blake2b(self._url.encode(), digest_size=8).hexdigest()
        """Marks the address in the cursor."""
        self._bounds = following.bounds

    async def read(self, cursor: bytes) -> Delivery:
        """Give the entries that are new, and how long to wait.

        Raises:
            SourceError: nothing came, or no feed; the reason says what.
        """
        before = progress.decode(cursor, self.asked)
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
            items=tuple(filter(None, map(self._following.shape, found.new))),
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
            url, headers=headers, allow_private=self._following.allow_private
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
        return replace(before, address="" if self._following.is_secret else address)

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

    def _now(self) -> datetime:
        return self._tools.clock.now()


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


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()


def _short(header: str) -> str:
    return header if len(header) <= _HEADER_LIMIT else ""
