"""Ask a server for pages of a timeline.

newest page (first time, or after too long) | page → page … to the present
"""

from datetime import datetime, timedelta

from msgspec import Raw, Struct
from msgspec.structs import replace

from bunco.errors import SourceError
from ingest.json_api import Api, decoded
from ingest.mastodon import order, walking
from ingest.mastodon.posts import host_of
from ingest.mastodon.progress import Progress
from ingest.mastodon.reading import Reader, Sifter
from ingest.mastodon.server import CLOSED, MISSING, refused
from ingest.mastodon.timeline import Timeline


class Plan(Struct, frozen=True, kw_only=True):
    """How much is asked for."""

    timeline: Timeline
    has_token: bool
    every: timedelta
    overlap: timedelta
    start: int
    most_pages: int
    catch_up: timedelta


class Walked(Struct, frozen=True, kw_only=True):
    """What a walk came to."""

    progress: Progress
    is_done: bool
    notice: str = ""
    """What a person should know: a gap."""


class Asker:
    """Ask one server about one timeline; see the module.

    Args:
        api: the server's.
        plan: how much.
        reader: takes what comes.
    """

    def __init__(self, api: Api, plan: Plan, reader: Reader) -> None:
        self._api = api
        self._plan = plan
        self._reader = reader

    async def walk(self, progress: Progress, sifter: Sifter, *, to_the_end: bool = False) -> Walked:
        """Read some pages; after an absence as long as ``catch_up``, the newest alone.

        Raises:
            SourceError: nothing came.
        """
        if not progress.high or self._was_away(progress, sifter.seen_at):
            return await self._newest(progress, sifter)
        progress = walking.begun(progress, self._plan.overlap)
        for number in range(self._plan.most_pages):
            try:
                ids, link = await self._page(progress.at, walking.PAGE, sifter)
            except SourceError as error:
                if not number:
                    raise
                sifter.odd[f"page broke off: {error.reason}"] += 1
                break
            progress, is_done = walking.turned(progress, ids, link, to_the_end=to_the_end)
            if is_done:
                return Walked(progress=walking.ended(progress), is_done=True)
            if self._api.rest:
                break
        return Walked(progress=progress, is_done=False)

    async def beside(self, progress: Progress, sifter: Sifter) -> Walked:
        """Read some pages beside a stream; where the server shows none, go on without them."""
        begun = walking.begun(progress, self._plan.overlap)
        if sifter.seen_at < sifter.rest_until:
            return Walked(progress=begun, is_done=False)
        try:
            walked = await self.walk(progress, sifter, to_the_end=True)
        except SourceError as error:
            if error.weight == "hard":
                missed = "what was published while nobody listened is missing"
                notice = f"{missed}: {error.reason}" if progress.high else ""
                return Walked(progress=walking.ended(begun), is_done=True, notice=notice)
            sifter.rest(error.retry_after or self._plan.every)
            sifter.odd[f"page broke off: {error.reason}"] += 1
            return Walked(progress=begun, is_done=False)
        sifter.rest(self._api.rest)
        return walked

    def _was_away(self, progress: Progress, now: datetime) -> bool:
        """Tell whether what is missing may be more than is caught up with."""
        return progress.read_at is not None and now - progress.read_at > self._plan.catch_up

    async def _newest(self, progress: Progress, sifter: Sifter) -> Walked:
        """Read the newest page: at first, or after too long an absence."""
        limit = walking.PAGE if progress.high else self._plan.start
        ids, _ = await self._page("", limit, sifter)
        oldest = min(ids, key=order.rank, default="")
        notice = ""
        if progress.high and len(ids) >= limit and order.rank(oldest) > order.rank(progress.high):
            notice = (
                f"posts between {progress.read_at:%Y-%m-%d %H:%M} and now are missing:"
                " reading was interrupted for longer than catch_up"
            )
        high = order.latest(progress.high, *ids)
        after = replace(progress, high=high, at="", read_at=sifter.seen_at)
        return Walked(progress=after, is_done=True, notice=notice)

    async def _page(self, after: str, limit: int, sifter: Sifter) -> tuple[list[str], str]:
        """Read a page; give its ids and its ``Link`` header.

        Raises:
            SourceError: it does not come, or is not shown to us.
        """
        path = self._plan.timeline.path(after=after, limit=limit)
        fetched = await self._api.ask(path, takes=CLOSED | MISSING)
        if fetched.status in CLOSED | MISSING:
            host = host_of(fetched.url)
            raise refused(fetched.status, host, self._plan.timeline, has_token=self._plan.has_token)
        entries = decoded(fetched, list[Raw])
        return self._reader.read_page(entries, sifter), fetched.headers.get("link", "")
