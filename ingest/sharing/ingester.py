"""Run one ingester: hold a share of the sources, poll them, write what they give to Kafka.

    group → partitions of the source log → their sources → poller → outbox → Kafka

The order of an end: no more readings, then what was read is made safe, then the group is left.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from random import Random
from time import monotonic
from typing import Any, TypeAlias, TypeVar

from msgspec import Struct

from bunco import log
from bunco.options import IngestOptions, KafkaOptions
from bunco.ports.parts import Clock
from bunco.streams import names
from bunco.streams.partitions import partition_of
from bunco.streams.producer import Producer, connected, partition_count
from bunco.streams.producing import Records
from bunco.streams.sending import Sending
from bunco.streams.source_log import Membership
from ingest.poller import Poller
from ingest.sharing.holding import Holding, Resumed, SharedSource
from ingest.sharing.outbox import Outbox, Topics

_STOP_SECONDS = 10.0
"""How long a stop waits for acknowledgements; what has none then comes again."""

_LOOK_SECONDS = 0.2
_SHARE_SECONDS = 5.0
"""How long an ingester that ends with its sources waits for a share of them."""

_STALL_SECONDS = 5.0
"""After so long without an acknowledgement that is due, it is worth a warning."""

_log = log.logger(__name__)


class Progress(Struct, frozen=True, kw_only=True):
    """How far an ingester has come."""

    posts: int = 0
    """Posts and removals taken from the sources."""
    records: int = 0
    acknowledged: int = 0
    """Of posts, removals and dead letters, those that are safe in Kafka."""
    dead: int = 0
    held: int = 0
    """Sources that are ours now, …"""
    sources: int = 0
    """… of so many."""


Came = TypeVar("Came")
OnStep: TypeAlias = Callable[[Progress], None]


class Setting(Struct, frozen=True, kw_only=True):
    """What an ingester is told by the configuration."""

    kafka: KafkaOptions
    ingest: IngestOptions
    most_items: int
    """Posts that may wait to be acknowledged before the sources are slowed."""
    most_at_once: int
    """Sources read at the same time."""
    until_ended: bool = False
    """Whether to end once every source of our share has ended and all is acknowledged."""


async def run_ingest(  # noqa: PLR0913  # one caller, who names each
    sources: Mapping[str, SharedSource],
    resumed: Resumed,
    setting: Setting,
    clock: Clock,
    *,
    stop: asyncio.Event,
    on_step: OnStep = lambda _: None,
) -> Progress:
    """Poll our share of the sources into Kafka until ``stop`` is set.

    Args:
        sources: all there are, by name, the same for every ingester; who made them closes them.
        resumed: turns the states that are known into those to go on with.
        setting: how.
        clock: the time of day.
        stop: ends it: readings are cancelled, what they gave is made safe.
        on_step: told of the progress, some times a second.

    Raises:
        BrokerError: Kafka refuses us, or a topic is missing. What has no acknowledgement by
            then comes again.
    """
    producer = await _unless(stop, connected(setting.kafka, "ingest"))
    if producer is None:
        return Progress(sources=len(sources))
    sending = Sending(producer, partial(connected, setting.kafka, "ingest"), setting.kafka)
    try:
        topics = await _unless(stop, _topics(producer, setting.kafka))
        if topics is None:
            return Progress(sources=len(sources))
        places = {
            name: partition_of(shared.host, topics.sources) for name, shared in sources.items()
        }
        ingester = _Ingester(sending, topics, places, setting, clock)
        holding = Holding(sources, places, resumed, ingester.poller, ingester.outbox)
        return await ingester.run(holding, stop, on_step)
    finally:
        await sending.close()


class _Ingester:
    """The parts of one run."""

    def __init__(
        self,
        sending: Sending,
        topics: Topics,
        places: Mapping[str, int],
        setting: Setting,
        clock: Clock,
    ) -> None:
        self._setting = setting
        self._total = len(places)
        self._sending = sending
        posts = names.topic(topics.prefix, "posts")
        self._records = Records(sending, posts, setting.ingest)
        self.outbox = Outbox(
            sending,
            self._records,
            topics,
            places,
            most_items=setting.most_items,
            clock=clock,
        )
        self.poller = Poller(
            {},
            self.outbox,
            {},
            clock=clock,
            random=Random(),  # noqa: S311  # spreads polls; guards nothing
            most_at_once=setting.most_at_once,
        )

    async def run(self, holding: Holding, stop: asyncio.Event, on_step: OnStep) -> Progress:
        """Hold, poll and write until the stop, or until all of our share has ended."""
        membership = Membership(self._setting.kafka, self._setting.ingest.session_timeout, holding)
        membership.start()
        polling = asyncio.create_task(self.poller.run(stop, until_ended=False))
        watching = asyncio.create_task(self._watch(membership, holding, on_step))
        over = {polling, watching, membership.broken, self._sending.broken}
        try:
            done, _ = await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
            for one in done:
                one.result()
            await self._finish(holding)
        finally:
            await _end(polling, watching)
            progress = self._progress(holding)
            await membership.leave()
        on_step(progress)
        return progress

    async def _finish(self, holding: Holding) -> None:
        """Read no more, and make safe what was read, as far as that goes in time."""
        try:
            await asyncio.wait_for(holding.finish(), _STOP_SECONDS)
        except TimeoutError:
            _log.warning("stopped before all was safe; it comes again")

    async def _watch(self, membership: Membership, holding: Holding, on_step: OnStep) -> None:
        """Tell the progress; end with our share where that is asked for."""
        idle, stall = 0.0, _Stall()
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            progress = self._progress(holding)
            on_step(progress)
            stall.look(progress.acknowledged, is_due=not self.outbox.is_empty)
            if not (self._setting.until_ended and membership.settled and self.poller.ended):
                idle = 0.0
                continue
            idle += _LOOK_SECONDS
            if self.outbox.is_empty and (holding.names or idle > _SHARE_SECONDS):
                return

    def _progress(self, holding: Holding) -> Progress:
        counts = self.outbox.counts
        return Progress(
            posts=counts["items"],
            records=self._records.sent,
            acknowledged=counts["acknowledged"],
            dead=counts["dead"],
            held=len(holding.names),
            sources=self._total,
        )


class _Stall:
    """Say once that acknowledgements fail to come, and once that they come again."""

    def __init__(self) -> None:
        self._acknowledged = 0
        self._since = monotonic()
        self._is_told = False

    def look(self, acknowledged: int, *, is_due: bool) -> None:
        """Compare with the look before."""
        if acknowledged != self._acknowledged or not is_due:
            self._acknowledged, self._since = acknowledged, monotonic()
            if self._is_told:
                _log.info("Kafka acknowledges again")
            self._is_told = False
        elif monotonic() - self._since > _STALL_SECONDS and not self._is_told:
            _log.warning("waiting for Kafka: posts are not acknowledged; sources wait")
            self._is_told = True


async def _topics(producer: Producer, kafka: KafkaOptions) -> Topics:
    posts, dead, sources = [
        await partition_count(producer, names.topic(kafka.prefix, name), kafka, "ingest")
        for name in ("posts", "dead", "sources")
    ]
    return Topics(prefix=kafka.prefix, posts=posts, dead=dead, sources=sources)


async def _unless(stop: asyncio.Event, coming: Coroutine[None, None, Came]) -> Came | None:
    """Give what is coming; None where the stop is sooner."""
    wanted, stopped = asyncio.create_task(coming), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({wanted, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return wanted.result() if wanted.done() else None
    finally:
        await _end(wanted, stopped)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
