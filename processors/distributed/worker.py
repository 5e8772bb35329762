"""One processor: takes records from Faust's stream, commits them in batches, and can be asked.

    event → its partition's batch → full or waited long enough → shard → writer → acknowledged

Faust calls partitions back while work is under way (a rebalance). What is being committed is
then finished; what only waits is dropped: it is read again, here or elsewhere, from the
offset that is committed, and what had been applied is known by its ledger.
"""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, Protocol

from msgspec import Struct

from bunco.log import logger
from bunco.options import ProcessOptions
from bunco.ports.detectors import Detector
from bunco.streams.records import AGAIN_HEADER
from processors.distributed.commits import Writer
from processors.distributed.shard import Commit, Place, Record, Shard

_MOST_BYTES = 8 << 20
"""Of records that wait for one commit. Source: ours."""

_log = logger(__name__)


class Applied(Struct, frozen=True):
    """What one commit held, for those who watch."""

    partition: int
    records: int
    posts: int
    repeated: int
    findings: int
    dead: int
    states: int
    seconds: float
    """From its first step to its last acknowledgement."""


OnApplied = Callable[[Applied], None]


class Places(Protocol):
    """Knows at which offsets partitions go on."""

    def forget(self) -> None:
        """Know no positions until the next seek."""
        ...

    def of(self, partition: int) -> int | None:
        """Give where a partition goes on; None before it was sought."""
        ...

    async def between(self, partition: int, first: int, behind: int) -> Sequence[Any]:
        """Give the events from an offset up to another, read from Kafka directly."""
        ...


class Waiting(Struct):
    """Records of one partition that wait for their commit."""

    events: list[Any]
    items: int
    size: int
    """In bytes."""
    since: float


class Worker:
    """Commit what the stream gives, partition by partition.

    Args:
        writer: where commits go.
        places: where partitions go on.
        detectors: in the order in which they see each post.
        options: of the worker.
        partitions: of the topic of posts.
        incarnation: that topic's id.
        on_applied: told after each commit.
        on_open: told when work begins and when it is broken off.
        check: raises when nothing may be written any more.
    """

    def __init__(  # noqa: PLR0913  # one caller, who names each
        self,
        writer: Writer,
        places: Places,
        detectors: Sequence[Detector[Any, Any]],
        options: ProcessOptions,
        *,
        partitions: int,
        incarnation: str,
        on_applied: OnApplied,
        on_open: Callable[[bool], None],
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._writer = writer
        self._places = places
        self._detectors = detectors
        self._options = options
        self._partitions = partitions
        self._incarnation = incarnation
        self._on_applied = on_applied
        self._on_open = on_open
        self._check = check
        self._shards: dict[int, Shard] = {}
        self._waiting: dict[int, Waiting] = {}
        self._next: dict[int, int] = {}
        self._committing = asyncio.Lock()
        self._came = asyncio.Event()
        self._is_open = False
        self._is_broken = False

    async def take(self, stream: Any) -> None:  # noqa: ANN401  # Faust's stream
        """Take events for ever; the body of the agent. Waits while a full batch is committed."""
        async for event in stream.noack().events():
            for one in await self._in_order(event):
                await self._keep(one)

    async def _keep(self, event: Any) -> None:  # noqa: ANN401  # Faust's
        """Let an event wait for its commit; commit once there are enough."""
        partition = event.message.partition
        waiting = self._waiting.setdefault(partition, Waiting([], 0, 0, monotonic()))
        waiting.events.append(event)
        waiting.items += _items(event.value or b"")
        waiting.size += len(event.value or b"")
        self._came.set()
        if waiting.items >= self._options.commit_items or waiting.size >= _MOST_BYTES:
            await self.commit(partition)

    async def commit_in_time(self) -> None:
        """Commit for ever what has waited long enough."""
        longest = self._options.commit_wait.total_seconds()
        while True:
            await self._came.wait()
            self._came.clear()
            while self._waiting:
                first = min(waiting.since for waiting in self._waiting.values())
                await asyncio.sleep(max(0.0, first + longest - monotonic()))
                for partition, waiting in list(self._waiting.items()):
                    if waiting.since + longest <= monotonic():
                        await self.commit(partition)

    async def commit(self, partition: int) -> None:
        """Commit what waits of a partition; what comes meanwhile waits for the next."""
        async with self._committing:
            if (waiting := self._waiting.pop(partition, None)) is None:
                return
            began = monotonic()
            shard = self._shard(partition)
            try:
                self._check()
                commit = shard.apply([_record(event) for event in waiting.events])
                states = shard.encoded(commit)
                await self._writer.publish(commit)
                self._check()
                if self.waits_for:
                    return  # called back meanwhile: what was sent is sent again by whoever is next
                await self._writer.write(partition, states)
            except BaseException:
                # The states are ahead of what is written: nothing may follow on top of them.
                self._is_broken = True
                self._is_open = False
                raise
            shard.settle()
            if self._is_open:
                for event in waiting.events:
                    event.ack()
            self._on_applied(
                _applied(partition, len(waiting.events), commit, len(states), monotonic() - began)
            )

    async def _in_order(self, event: Any) -> Sequence[Any]:  # noqa: ANN401  # Faust's
        """Give the event where it is the next one, with what was left out before it.

        Around a rebalance Faust hands over what was fetched before it, and drops some of
        what was fetched since. On top of a later record an earlier one would be taken for one
        that was applied.
        """
        partition, offset = event.message.partition, event.message.offset
        expected = self._next.get(partition, self._places.of(partition))
        if not self._is_open or expected is None or offset < expected:
            return ()
        left_out: Sequence[Any] = ()
        if offset > expected:
            left_out = await self._places.between(partition, expected, offset)
            if self.waits_for:
                return ()
            if left_out:
                told = {"partition": partition, "first": expected, "records": len(left_out)}
                _log.info("fetched what the stream engine left out", **told)
        self._next[partition] = offset + 1
        return (*left_out, event)

    @property
    def waits_for(self) -> str:
        """Give what keeps it from working; empty while it works."""
        if self._is_broken:
            return "a commit failed"
        return "" if self._is_open else "joining the group, or restoring states"

    async def let_go(self) -> None:
        """Finish the running commit and forget the rest: partitions are called back."""
        self._open(is_open=False)
        self._waiting.clear()
        self._next.clear()
        self._places.forget()
        async with self._committing:
            self._waiting.clear()
            self._shards.clear()

    def go_on(self) -> None:
        """Take events again: partitions are here, their states restored."""
        self._open(is_open=not self._is_broken)

    def _open(self, *, is_open: bool) -> None:
        self._is_open = is_open
        self._on_open(is_open)

    def _shard(self, partition: int) -> Shard:
        if partition not in self._shards:
            self._shards[partition] = Shard(
                Place(partition, self._partitions, self._incarnation),
                self._detectors,
                lambda keys: self._writer.stored(partition, keys),
                live_authors=self._options.live_authors,
                seen_posts=self._options.seen_posts,
            )
        return self._shards[partition]


def _items(value: bytes) -> int:
    """Guess how many items a record holds, without reading it."""
    return max(1, value.count(b'"id"'))


def _record(event: Any) -> Record:  # noqa: ANN401  # Faust's event
    headers = tuple(event.message.headers or ())
    asked = [value or b"" for name, value in headers if name == AGAIN_HEADER]
    again = asked[0].decode("utf-8", "replace") if asked else ""
    return Record(event.message.offset, event.value or b"", headers, again)


def _applied(partition: int, records: int, commit: Commit, states: int, seconds: float) -> Applied:
    return Applied(
        partition=partition,
        records=records,
        posts=commit.posts,
        repeated=commit.repeated,
        findings=len(commit.findings),
        dead=len(commit.dead),
        states=states,
        seconds=seconds,
    )
