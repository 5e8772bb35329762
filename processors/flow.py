"""Run readers and pipeline side by side, and keep count of how far they have come."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from bunco.config import SourceConfig
from bunco.errors import StoreError
from bunco.log import logger
from bunco.model import Post
from bunco.ports.bus import Bus
from bunco.ports.parts import Clock
from bunco.ports.stores import Store
from bunco.values import Duration

if TYPE_CHECKING:
    from processors.embedded import Embedded, Step

RETENTION_EVERY = Duration(hours=1)
_log = logger(__name__)


class Progress(Struct, kw_only=True):
    """How far a run has come, all counts since it began."""

    posts: int = 0
    repeated: int = 0
    """Posts that had been taken before."""
    removals: int = 0
    findings: int = 0
    """Times a finding opened or changed."""
    dead: int = 0
    batches: int = 0
    done_bytes: int = 0
    total_bytes: int = 0
    """Of the files of a replay; 0 where that is not known."""
    newest_at: datetime | None = None
    """Event time reached: the latest post."""

    def add(self, step: "Step") -> None:
        """Count one commit in."""
        self.batches += 1
        self.posts += step.posts
        self.repeated += step.repeated
        self.removals += step.removals
        self.findings += step.findings
        self.dead += step.dead
        for delivery in step.deliveries:
            if delivery.items and isinstance(last := delivery.items[-1], Post):
                self.newest_at = max(self.newest_at or last.posted_at, last.posted_at)


OnStep: TypeAlias = Callable[[Progress], None]
OnCommit: TypeAlias = Callable[["Step"], None]


async def flow(
    reading: Coroutine[Any, Any, None],
    bus: Bus,
    embedded: "Embedded",
    on_step: OnStep,
    on_commit: "OnCommit | None" = None,
) -> Progress:
    """Run readers and pipeline side by side; drain the bus when the readers are done.

    Args:
        reading: puts deliveries on the bus until it is done.
        bus: between the two.
        embedded: the pipeline.
        on_step: told of the progress after each commit.
        on_commit: told what each commit held.

    Raises:
        SourceError: the readers gave up.
        StoreError: the store could not be written; nothing is half-written.
    """
    progress = Progress()

    def told(step: "Step") -> None:
        progress.add(step)
        if on_commit is not None:
            on_commit(step)
        on_step(progress)

    writing = asyncio.create_task(embedded.run(bus, told))
    feeding = asyncio.create_task(reading)
    try:
        await asyncio.wait({writing, feeding}, return_when=asyncio.FIRST_COMPLETED)
        if writing.done() and writing.exception() is not None:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            writing.result()
        bus.close()
        await writing
        await feeding
    finally:
        bus.close()
        for task in (feeding, writing):
            task.cancel()
        await asyncio.gather(feeding, writing, return_exceptions=True)
    return progress


async def retained(store: Store, tables: Sequence[SourceConfig], clock: Clock) -> None:
    """Drop what is older than its source's retention, now and every hour, for ever."""
    while True:
        await retain(store, tables, clock)
        await asyncio.sleep(RETENTION_EVERY.total_seconds())


async def retain(store: Store, tables: Sequence[SourceConfig], clock: Clock) -> None:
    """Drop what is older than its source's retention; a failure is only logged."""
    for table in tables:
        if table.retention is None:
            continue
        before = clock.now() - table.retention
        try:
            dropped = await asyncio.to_thread(store.retain, table.name, before)
        except StoreError as error:
            _log.warning("retention failed", source=table.name, error=str(error))
            continue
        if dropped:
            _log.info("retained", source=table.name, dropped=dropped)
