"""What all viewers of the live page see alike: asked for once, whoever looks.

Fifty viewers would ask the same questions every other second; one answer, some seconds old at
most, serves them all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Generic, TypeVar

from msgspec import Struct

from bunco.health import RHYTHM, Health, health_word, usual_gaps
from bunco.model import AuthorSummary, Count, RepeatedHeadline, SourceState
from dashboards.desk import Desk
from dashboards.views.repeated import merged

PERIOD = timedelta(hours=24)
"""What "now" means in rankings, and how long the period before it is."""
PLOTTED = timedelta(hours=1)
"""What the plots show, minute by minute."""

_QUICK_S, _SLOW_S = 1.0, 5.0
_WORST, _BEFORE, _HEADLINES, _MERGED = 8, 200, 6, 60

Answer = TypeVar("Answer")


class Shared(Generic[Answer]):
    """An answer that is asked for again once it is too old, by one caller for all.

    Args:
        ask: gives a new answer.
        fresh_s: how long one is good, in seconds.
    """

    def __init__(self, ask: Callable[[], Awaitable[Answer]], fresh_s: float) -> None:
        self._ask = ask
        self._fresh_s = fresh_s
        self._asking = asyncio.Lock()
        self._answer: tuple[float, Answer] | None = None

    async def get(self) -> Answer:
        """Give the answer, at most so old.

        Raises:
            StoreError: the store could not be read; the next caller asks again.
        """
        async with self._asking:
            if self._answer is None or monotonic() - self._answer[0] > self._fresh_s:
                self._answer = (monotonic(), await self._ask())
            return self._answer[1]


class Ranked(Struct, frozen=True, kw_only=True):
    """An author in the ranking, with the period before."""

    author: AuthorSummary
    before: float
    """Their points in the period before."""


class Rankings(Struct, frozen=True, kw_only=True):
    """Who is worst, and what is repeated most, up to some moment."""

    until: datetime
    """Now; where nothing has come for a day, when the last post was published."""
    is_past: bool
    worst: tuple[Ranked, ...]
    headlines: tuple[RepeatedHeadline, ...]


class Minutes(Struct, frozen=True, kw_only=True):
    """Posts and findings of the minutes before some moment, oldest first."""

    until: datetime
    is_past: bool
    posts: tuple[int, ...]
    findings: tuple[int, ...]


class Told(Struct, frozen=True, kw_only=True):
    """A source and how it does."""

    name: str
    state: SourceState
    health: Health


class Board:
    """The shared answers of one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.rankings = Shared(self._rankings, _SLOW_S)
        self.minutes = Shared(self._minutes, _QUICK_S)
        self.sources = Shared(self._sources, _SLOW_S)

    async def _sources(self) -> Sequence[Told]:
        return await sources_told(self._desk)

    async def _until(self) -> tuple[datetime, bool]:
        desk = self._desk
        now, last = desk.clock.now(), (await desk.ask(desk.store.stats)).last_at
        if last is not None and last < now - PERIOD:
            return last + timedelta(seconds=1), True
        return now, False

    async def _rankings(self) -> Rankings:
        desk = self._desk
        until, is_past = await self._until()
        since = until - PERIOD
        worst, earlier, repeated = await asyncio.gather(
            desk.ask(desk.store.authors, since=since, until=until, limit=_WORST),
            desk.ask(desk.store.authors, since=since - PERIOD, until=since, limit=_BEFORE),
            desk.ask(desk.store.repeated, since=since, until=until, limit=_MERGED),
        )
        points = {one.author: one.points for one in earlier}
        return Rankings(
            until=until,
            is_past=is_past,
            worst=tuple(Ranked(author=one, before=points.get(one.author, 0.0)) for one in worst),
            headlines=tuple(merged(repeated)[:_HEADLINES]),
        )

    async def _minutes(self) -> Minutes:
        desk = self._desk
        until, is_past = await self._until()
        since = until - PLOTTED
        posts, findings = await asyncio.gather(
            desk.ask(desk.store.minutes, "posts", since=since, until=until),
            desk.ask(desk.store.minutes, "findings", since=since, until=until),
        )
        return Minutes(
            until=until,
            is_past=is_past,
            posts=_by_minute(posts, until),
            findings=_by_minute(findings, until),
        )


async def sources_told(desk: Desk) -> Sequence[Told]:
    """Give every configured source with its health, by its own rhythm."""
    now, hour = desk.clock.now(), timedelta(hours=1)
    since, until = now - RHYTHM, now + hour
    states, counts = await asyncio.gather(
        desk.source_states(),
        desk.ask(desk.store.counts, "posts", step=hour, since=since, until=until),
    )
    gaps = usual_gaps(counts)
    paused = desk.control.paused() if desk.control else None
    return [
        Told(
            name=name,
            state=state,
            health=health_word(
                state,
                now=now,
                usual_gap=gaps.get(name),
                is_paused=None if paused is None else name in paused,
            ),
        )
        for name, state in sorted(states.items())
    ]


def _by_minute(counts: Sequence[Count], until: datetime) -> tuple[int, ...]:
    minute = timedelta(minutes=1)
    last = until.replace(second=0, microsecond=0)
    length = PLOTTED // minute
    found = [0] * length
    for one in counts:
        place = length - 1 - (last - one.at) // minute
        if 0 <= place < length:
            found[place] += one.count
    return tuple(found)
