"""Follow what changes in the store, for any number of viewers.

One hub a process reads ``store.changes``: at each commit of a pipeline in this process
(``kick``), else some times a second while somebody looks. It keeps the latest changes; a
viewer takes them from there at its own pace. One who is slower than that, or comes back with
a mark, reads from the store what it lacks: nobody waits for anybody, nothing is missed, and
what is kept has a bound. The same finding may come twice, in its latest form.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Executor
from contextlib import suppress
from math import inf
from time import monotonic
from typing import TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from bunco.errors import StoreError, UsageError
from bunco.log import logger
from bunco.model import Finding
from bunco.ports.stores import Store

POLL_S = 0.25
"""How long a change from another process stays unseen at most."""
LIMIT = 100
"""Findings of one change at most: a client that is cut off in its midst gets it again, whole."""

PACE_S = 0.1
"""The least time between two looks."""
KEPT = 64
"""Changes that are kept: some seconds of a busy run."""
_FLOOD = 8
"""Where a pipeline of this process writes more than one look gives, as in a replay, looks are so
many times as far apart: 125 findings a second for each viewer, more than anybody reads, so that
fifty of them leave the pipeline its processor. What is not shown yet is waited for, in its latest
form, and comes in no time once the flood is over. Source: ours, see bench/viewers.py."""
_WRITING_S = 2.0
"""So long after a commit of this process its pipeline counts as writing."""
_BACKOFF_S, _BACKOFF_MOST_S = 0.5, 10.0

Answer = TypeVar("Answer")
_log = logger(__name__)


class Change(Struct, frozen=True, kw_only=True):
    """Findings that opened, changed or were judged, in the order of writing."""

    mark: str
    """Whoever comes back with it gets what came after."""
    findings: tuple[Finding, ...] = ()
    """Each in its latest form; none, and none removed: nothing happened for a while."""
    removed: tuple[str, ...] = ()
    """Ids of findings that were removed with their author."""
    memo: dict[object, bytes] = field(default_factory=dict)
    """What viewers make of it, so that many who want the same make it once."""

    @property
    def size(self) -> int:
        """Give how many findings it tells of."""
        return len(self.findings) + len(self.removed)


class Hub:
    """See the module.

    Args:
        store: whose changes are followed.
        readers: threads that may block.
        poll_s: how often to look without being kicked, in seconds.
        pace_s: the least time between two looks, in seconds.
        kept: changes that are kept for those who are a little behind.
    """

    def __init__(
        self,
        store: Store,
        readers: Executor,
        *,
        poll_s: float = POLL_S,
        pace_s: float = PACE_S,
        kept: int = KEPT,
    ) -> None:
        self._store = store
        self._readers = readers
        self._poll_s = poll_s
        self._pace_s = pace_s
        self._kept: deque[Change] = deque(maxlen=kept)
        self._number = 0
        """Of the latest change, counted since the start."""
        self._news = asyncio.Event()
        self._kicked = asyncio.Event()
        self._viewers = 0
        self._closed = False
        self._fresh_at = monotonic()
        self._next_at = 0.0
        self._kicked_at = -inf
        self.error = ""
        """Why the store cannot be read at present; empty when it can."""

    @property
    def viewers(self) -> int:
        """Give how many look at present."""
        return self._viewers

    @property
    def stale_s(self) -> float:
        """Give for how long the store could not be read, in seconds; 0 while it can."""
        return monotonic() - self._fresh_at if self.error else 0.0

    def kick(self) -> None:
        """Look at once: something was written. Call it in the loop of the hub."""
        self._kicked_at = monotonic()
        self._kicked.set()

    def close(self) -> None:
        """Let all viewers end."""
        self._closed = True
        self._tell()
        self._kicked.set()

    async def run(self) -> None:
        """Follow the store until it is closed; trouble with the store is waited out."""
        mark, wait = "", _BACKOFF_S
        while not self._closed:
            try:
                mark = await self._step(mark)
            except UsageError:  # the store was built anew, or set back
                mark = ""
            except StoreError as error:
                self._failed(error)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _BACKOFF_MOST_S)
            else:
                self._worked()
                wait = _BACKOFF_S

    async def follow(
        self, after: str = "", *, beat_s: float = 15.0
    ) -> AsyncGenerator[Change, None]:
        """Give what changes from now on, or since a mark; ends when the hub is closed.

        The first change is empty: it says where it begins.

        Args:
            after: a mark to resume at; empty: now.
            beat_s: after so many seconds of silence an empty change comes.

        Raises:
            StoreError: the store cannot be read; come again later with the last mark.
            UsageError: the mark is none of this store: begin anew.
        """
        self._viewers += 1
        self._kicked.set()
        try:
            mark = after or await self._ask(self._store.changes_mark)
            yield Change(mark=mark)
            number = -1
            while not self._closed:
                if number < self._number - len(self._kept):
                    # Read up to the end; what the hub kept since ``number`` follows on.
                    number = self._number
                    while (page := await self._ask(self._changes, mark)).size:
                        mark = page.mark
                        yield page
                    continue
                if number == self._number:
                    if not await self._is_news(beat_s):
                        yield Change(mark=mark)
                    continue
                number += 1
                change = self._kept[number - self._number - 1]
                mark = change.mark
                yield change
        finally:
            self._viewers -= 1

    async def _step(self, mark: str) -> str:
        """Wait for the time to look, and look; give the mark to go on at."""
        if not self._viewers:
            self._kept.clear()  # else it would hold what is removed while nobody looks
            await self._kicked.wait()
            self._kicked.clear()
            return ""
        if not mark:
            # Nobody looked for a while: begin at the present; viewers look for themselves.
            mark = await self._ask(self._store.changes_mark)
            self._kept.clear()
            self._number += 1
            self._tell()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._poll_s):
                await self._kicked.wait()
        await asyncio.sleep(self._next_at - monotonic())
        self._kicked.clear()
        found = await self._ask(self._changes, mark)
        is_full = found.size >= LIMIT
        is_flood = is_full and monotonic() - self._kicked_at < _WRITING_S
        self._next_at = monotonic() + self._pace_s * (_FLOOD if is_flood else 1)
        if found.size:
            self._overtake(found)
            self._kept.append(found)
            self._number += 1
            self._tell()
        if is_full:
            self._kicked.set()
        return found.mark

    def _overtake(self, later: Change) -> None:
        """Drop the older forms of what changed again: they may hold what was removed since."""
        names = {*later.removed, *(one.id for one in later.findings)}
        for number, change in enumerate(self._kept):
            if any(one.id in names for one in change.findings):
                left = tuple(one for one in change.findings if one.id not in names)
                self._kept[number] = replace(change, findings=left, memo={})

    def _changes(self, mark: str) -> Change:
        page = self._store.changes(mark, limit=LIMIT)
        return Change(
            mark=page.after,
            findings=tuple(row.finding for row in page.rows if row.finding is not None),
            removed=tuple(row.id for row in page.rows if row.finding is None),
        )

    async def _ask(self, method: Callable[..., Answer], *given: object) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._readers, method, *given)

    async def _is_news(self, beat_s: float) -> bool:
        news = self._news
        try:
            async with asyncio.timeout(beat_s):
                await news.wait()
        except TimeoutError:
            return False
        return True

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    def _failed(self, error: StoreError) -> None:
        if not self.error:
            _log.warning("following the store failed", error=str(error))
        self.error = str(error)

    def _worked(self) -> None:
        if self.error:
            _log.info("following the store again")
        self.error = ""
        self._fresh_at = monotonic()
