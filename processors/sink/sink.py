"""Kafka's topics into one store: written first, then the offsets are saved.

A record comes again after a kill, a rebalance or a failure; ids make that harmless. While
the store does not answer, what was gathered is held, and nothing more is fetched: the sink
stays a member of its group, and memory stays as it is.
"""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from bunco.errors import UnavailableError
from bunco.log import logger
from bunco.model import Batch, Removal
from bunco.options import SinkOptions
from bunco.ports.parts import Clock
from bunco.ports.stores import Store
from bunco.streams.connection import BrokerAwayError
from bunco.streams.consuming import Member, Place
from processors.sink.batches import batches, generations, misaddressed
from processors.sink.figures import Figures
from processors.sink.gathering import Gathered

_IDLE = timedelta(seconds=1)
"""The longest that a stop goes unnoticed while there is nothing to do."""
_TURN = timedelta(milliseconds=500)
"""The same while the store is waited for."""
_FIRST_WAIT_S, _MOST_WAIT_S = 0.5, 30.0
"""Between two tries of a store that does not answer; doubled each time. Source: ours."""
_LAG_EVERY_S = 5.0
_MOST_RECORDS = 50
"""Of one taking: each may hold hundreds of posts. Source: ours."""

_MOST_RECENT = 50_000
"""Posts whose authors are remembered, some 10 MB. Source: ours."""

_log = logger(__name__)


class Progress(Struct, frozen=True, kw_only=True):
    """How far a sink has come, all counts since it began."""

    posts: int = 0
    """Those that came again are counted again."""
    removals: int = 0
    findings: int = 0
    """Times a finding opened or changed."""
    dead: int = 0
    commits: int = 0
    behind: int = 0
    """Records that are not in the store yet, as last asked."""
    waiting: str = ""
    """Why nothing can be written now; empty while it can."""
    held: frozenset[Place] = frozenset()
    """The partitions that are this sink's to bring in."""


OnStep: TypeAlias = Callable[[Progress], None]


class Outlets(Struct, frozen=True, kw_only=True):
    """Where things go from a sink."""

    store: Store
    publish: Callable[[Sequence[Removal]], None]
    """Puts removals into the topic of posts and waits until they are safe."""
    figures: Figures
    on_step: OnStep
    """Told after each commit, and while there is none now and then."""


class Sink:
    """Bring what a member of the group reads into the store. Blocks; one thread runs it.

    Args:
        member: reads; who made it closes it.
        outlets: the store, and who is told.
        options: the size of commits.
        clock: says when things were set aside and stored.
    """

    def __init__(
        self, member: Member, outlets: Outlets, options: SinkOptions, clock: Clock
    ) -> None:
        self._member = member
        self._outlets = outlets
        self._options = options
        self._clock = clock
        self._progress = Progress()
        self._saved: dict[Place, int] = {}
        self._unsaved: dict[Place, int] = {}
        """Stored, but the group does not know yet: asked again after the next reading."""
        self._generations: dict[str, int] = {}
        self._recent: dict[str, str] = {}
        """Authors of posts that were written of late."""
        self._items_a_record = 100.0
        self._asked_at = time.monotonic()

    def run(self, stopped: Callable[[], bool]) -> Progress:
        """Go on until stopped; what is not in the store by then is read again.

        Raises:
            StoreError: the store failed for good; no offset was saved for what it lacks.
            BrokerError: Kafka refuses us.
        """
        while not stopped():
            gathered = self._gather(stopped)
            if gathered.parts and self._stored(gathered, stopped):
                self._unsaved |= gathered.offsets()
            self._save()
            self._tell()
        return self._progress

    def _gather(self, stopped: Callable[[], bool]) -> Gathered:
        """Read until there is enough for a commit, or the first has waited long enough."""
        gathered, wait = Gathered(), _IDLE
        until = time.monotonic() + wait.total_seconds()
        while gathered.count < self._options.batch_items and not stopped():
            if (left := until - time.monotonic()) <= 0:
                break
            taken = self._member.take(self._most(gathered), timedelta(seconds=left))
            self._let_go(gathered)
            was_empty = not gathered.parts
            for place, records in taken:
                gathered.add(place, records, self._clock.now())
            if was_empty and gathered.parts:
                until = time.monotonic() + self._options.batch_wait.total_seconds()
        if gathered.records:
            self._items_a_record = max(gathered.count / gathered.records, 1.0)
        return gathered

    def _most(self, gathered: Gathered) -> int:
        """Give how many records are likely to complete a commit."""
        missing = self._options.batch_items - gathered.count
        return min(max(int(missing / self._items_a_record), 1), _MOST_RECORDS)

    def _stored(self, gathered: Gathered, stopped: Callable[[], bool]) -> bool:
        """Write what was gathered, however long it takes; False if that came to nothing."""
        wait = _FIRST_WAIT_S
        while gathered.parts and not stopped():
            try:
                self._write(gathered)
            except (UnavailableError, BrokerAwayError) as error:
                self._wait(gathered, str(error), min(wait, _MOST_WAIT_S), stopped)
                wait *= 2
            else:
                self._wait_no_more()
                return True
        if not gathered.parts:
            self._wait_no_more()
        return False

    def _write(self, gathered: Gathered) -> None:
        """Send removals on to their authors first: once stored, the author is forgotten."""
        removals = misaddressed(gathered, self._outlets.store, self._recent)
        if new := [one for one in removals if one.id not in gathered.sent_on]:
            self._outlets.publish(new)
            gathered.sent_on.update(one.id for one in new)
            for one in new:
                self._recent.pop(one.id, None)
        for batch in batches(gathered, self._generations):
            began = time.monotonic()
            self._outlets.store.commit(batch)
            self._outlets.figures.committed(batch, time.monotonic() - began, self._clock.now())
            self._count(batch)
            self._recent |= {one.post.id: one.post.author for one in batch.posts}
        for name in list(self._recent)[:-_MOST_RECENT]:
            del self._recent[name]
        self._generations = generations(gathered, self._generations)

    def _wait(
        self, gathered: Gathered, reason: str, seconds: float, stopped: Callable[[], bool]
    ) -> None:
        """Stay in the group for so long; let go of what others are to write."""
        if reason != self._progress.waiting:
            _log.warning("waiting", reason=reason, held=gathered.count)
        self._progress = replace(self._progress, waiting=reason)
        self._outlets.figures.waiting(is_so=True)
        until = time.monotonic() + seconds
        while not stopped() and (left := until - time.monotonic()) > 0:
            self._member.stay(min(timedelta(seconds=left), _TURN))
            self._let_go(gathered)
            self._tell()

    def _wait_no_more(self) -> None:
        """Read on: all is written, or all was taken from us."""
        if self._progress.waiting:
            _log.info("going on", waited_for=self._progress.waiting)
            self._progress = replace(self._progress, waiting="")
            self._outlets.figures.waiting(is_so=False)
            self._member.go_on()

    def _save(self) -> None:
        if self._unsaved and self._member.save(self._unsaved):
            self._saved |= self._unsaved
            self._unsaved = {}

    def _let_go(self, gathered: Gathered) -> None:
        if lost := self._member.lost():
            gathered.drop(lost)
            for place in lost:
                self._saved.pop(place, None)
                self._unsaved.pop(place, None)

    def _count(self, batch: Batch) -> None:
        so_far = self._progress
        self._progress = replace(
            so_far,
            posts=so_far.posts + len(batch.posts),
            removals=so_far.removals + len(batch.removals),
            findings=so_far.findings + len(batch.findings),
            dead=so_far.dead + len(batch.dead),
            commits=so_far.commits + 1,
        )

    def _tell(self) -> None:
        if time.monotonic() - self._asked_at > _LAG_EVERY_S:
            self._asked_at = time.monotonic()
            behind = self._member.behind(self._saved)
            self._outlets.figures.behind(behind)
            self._progress = replace(self._progress, behind=sum(behind.values()))
        held = frozenset(self._member.held())
        if held != self._progress.held:
            self._progress = replace(self._progress, held=held)
        self._outlets.on_step(self._progress)
