"""Share the sources among the ingesters: who holds a partition of ``sources`` reads them.

    a partition is ours → read it from its start to its end → what is known of its sources
    a partition goes → its sources are stopped, what they gave is safe → another's

The topic is compacted: its latest record of a source is all there is to know. Membership is
that of an ordinary consumer group, whose cooperative protocol leaves partitions that stay
where they are undisturbed. kafka-python's consumer blocks, so it has a thread of its own.
"""

import asyncio
from collections.abc import Awaitable, Collection, Iterable, Mapping
from concurrent.futures import TimeoutError as LateError
from threading import Event, Thread
from typing import Protocol

from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.errors import RetriableError
from msgspec import Struct

from bunco import log
from bunco.errors import BrokerError
from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.closing import close_consumer
from bunco.streams.connection import (
    REBALANCE_MS,
    BrokerAwayError,
    client_settings,
    errors_as_ours,
    why,
)
from bunco.streams.ends import ends
from bunco.streams.known_sources import Known
from bunco.streams.records import SourceRecord
from bunco.values import Duration

_POLL_MS = 200
_PAUSE_SECONDS = 1.0

_log = log.logger(__name__)


class Share(Struct, frozen=True, kw_only=True):
    """A partition that came to us, with what its records say."""

    partition: int
    known: Mapping[str, SourceRecord]
    """By source: the one that counts."""
    generation: int
    """For what we write while it is ours: higher than whatever was written before."""


class Holder(Protocol):
    """Who reads the sources of the partitions we hold; called in the event loop."""

    def hold(self, share: Share) -> None:
        """Begin with the sources of a partition."""
        ...

    async def release(self, partitions: Collection[int], *, lost: bool) -> None:
        """Stop the sources of partitions and make safe what they gave.

        Args:
            partitions: those that go; some may never have been held.
            lost: they may be another's already: nothing more is to be said about them.
        """
        ...


class Membership:
    """Our place in the group of ingesters; see the module.

    Args:
        options: how Kafka is reached.
        session_timeout: after so long without a sign of life our partitions go to others.
        holder: told what comes and goes.
    """

    def __init__(self, options: KafkaOptions, session_timeout: Duration, holder: Holder) -> None:
        self._options = options
        self._session_ms = round(session_timeout.total_seconds() * 1000)
        self._holder = holder
        self._loop = asyncio.get_running_loop()
        self._over = Event()
        self._thread: Thread | None = None
        self._has_joined = False
        self._loading: dict[int, Share | None] = {}
        """Partitions that came, with what they hold once that is read."""
        self.broken: asyncio.Future[None] = self._loop.create_future()
        """Fails with a BrokerError once membership cannot go on."""

    @property
    def settled(self) -> bool:
        """Say whether we are in the group and hold all that is ours."""
        return self._has_joined and not self._loading

    def start(self) -> None:
        """Join the group, from a thread of its own."""
        self._thread = Thread(target=self._run, name="bunco-sources", daemon=True)
        self._thread.start()

    async def leave(self) -> None:
        """Leave the group at once, so that the others need not wait for our session to end."""
        self._over.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)
        if not self.broken.cancel() and not self.broken.cancelled():
            self.broken.exception()  # whoever waited for it was told

    # -- in the thread

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._take_part()
            except Exception as error:  # noqa: BLE001  # the thread's outermost loop
                if not isinstance(error, BrokerAwayError | RetriableError):
                    self._break(error)
                    return
                _log.warning("waiting for Kafka", reason=why(error, self._options))
                self._over.wait(_PAUSE_SECONDS)

    def _take_part(self) -> None:
        assignor = CooperativeStickyAssignor()
        consumer = self._joined(assignor)
        reading = _Reading(consumer, names.topic(self._options.prefix, "sources"))
        try:
            # Else the first one in a group shares out a topic it knows no partitions of yet.
            consumer.partitions_for_topic(reading.topic)
            consumer.subscribe([reading.topic], listener=_Listener(self, assignor, reading))
            while not self._over.is_set():
                self._turn(consumer, reading)
        finally:
            close_consumer(consumer, self._session_ms // 3)

    def _joined(self, assignor: CooperativeStickyAssignor) -> KafkaConsumer:
        settings = {
            "group_id": names.group(self._options.prefix, "ingest"),
            "partition_assignment_strategy": [assignor],
            "session_timeout_ms": self._session_ms,
            "heartbeat_interval_ms": min(self._session_ms // 5, 1000),
            "max_poll_interval_ms": max(REBALANCE_MS, self._session_ms),
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "allow_auto_create_topics": False,
            "reconnect_backoff_max_ms": 1000,
            "bootstrap_timeout_ms": 5000,
            "metrics_enabled": False,
        }
        with errors_as_ours(self._options):
            return KafkaConsumer(**client_settings(self._options, "ingest") | settings)

    def _turn(self, consumer: KafkaConsumer, reading: "_Reading") -> None:
        try:
            reading.turn()
        except RetriableError as error:
            _log.warning("waiting for Kafka", reason=why(error, self._options))
            self._over.wait(_PAUSE_SECONDS)
            return
        metadata = consumer.group_metadata()
        for partition, known in reading.finished():
            generation = known.next_generation(metadata.generation_id)
            share = Share(partition=partition, known=known.records, generation=generation)
            self._loading[partition] = share
            # One step later, as a release takes its first step: else it could be overtaken.
            self._loop.call_soon_threadsafe(self._loop.call_soon, self._hold, share)
        self._has_joined = self._has_joined or metadata.generation_id >= 0

    def _break(self, error: Exception) -> None:
        def tell() -> None:
            if not self.broken.done():
                self.broken.set_exception(BrokerError(why(error, self._options)))

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(tell)

    def came(self, partitions: Collection[int]) -> None:
        """Note in the thread of the client that partitions are ours, still to be read."""
        self._loading.update(dict.fromkeys(partitions))

    def go(self, partitions: Collection[int], *, lost: bool) -> None:
        """Let go of partitions, from the thread of the client; wait until that is done.

        It blocks the client's heartbeats, so it waits for a third of the session at most;
        what is not safe by then is read again by the next owner.
        """
        for partition in partitions:
            self._loading.pop(partition, None)
        if self._over.is_set() or self._loop.is_closed():
            return
        released = asyncio.run_coroutine_threadsafe(
            _awaited(self._holder.release(partitions, lost=lost)), self._loop
        )
        try:
            released.result(timeout=self._session_ms / 3000)
        except LateError:
            _log.warning("sources went before all was safe", partitions=sorted(partitions))

    # -- in the event loop

    def _hold(self, share: Share) -> None:
        if self._loading.get(share.partition) is share:  # else it went, or came anew, meanwhile
            self._loading.pop(share.partition, None)
            self._holder.hold(share)


class _Reading:
    """Read each partition that came, from its start to the end it had then."""

    def __init__(self, consumer: KafkaConsumer, topic: str) -> None:
        self.topic = topic
        self._consumer = consumer
        self._known: dict[int, Known] = {}
        self._ends: dict[int, int] = {}

    def began(self, partitions: Iterable[int]) -> None:
        """Read these from now on."""
        self._known.update({partition: Known() for partition in partitions})

    def dropped(self, partitions: Iterable[int]) -> None:
        """Read these no further."""
        for partition in partitions:
            self._known.pop(partition, None)
            self._ends.pop(partition, None)

    def turn(self) -> None:
        """Let the client do its work for a moment, and take what it read."""
        for at, records in self._consumer.poll(timeout_ms=_POLL_MS).items():
            if (known := self._known.get(at.partition)) is not None:
                for record in records:
                    known.see(record.key, record.value, record.headers)
        if new := [self._at(number) for number in self._known if number not in self._ends]:
            self._consumer.seek_to_beginning(*new)
            found = ends(self._consumer, new, _POLL_MS * 10)
            self._ends.update({at.partition: end for at, end in found.items()})

    def finished(self) -> Iterable[tuple[int, Known]]:
        """Give the partitions that are read to their end, each once."""
        for partition, end in list(self._ends.items()):
            if end and (self._consumer.position(self._at(partition), _POLL_MS) or 0) < end:
                continue
            self._consumer.pause(self._at(partition))
            yield partition, self._known[partition]
            self.dropped([partition])

    def _at(self, partition: int) -> TopicPartition:
        return TopicPartition(self.topic, partition)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # the client ships no types
    """Told by the client what comes and goes, in its own thread while we wait in ``poll``."""

    def __init__(
        self, membership: Membership, assignor: CooperativeStickyAssignor, reading: _Reading
    ) -> None:
        self._membership = membership
        self._assignor = assignor
        self._reading = reading

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        partitions = _numbers(assigned)
        self._reading.began(partitions)
        self._membership.came(partitions)

    def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        self._reading.dropped(_numbers(revoked))
        self._membership.go(_numbers(revoked), lost=False)

    def on_partitions_lost(self, lost: Collection[TopicPartition]) -> None:
        self._assignor.member_assignment = None  # else it still claims them in the next round
        self._reading.dropped(_numbers(lost))
        self._membership.go(_numbers(lost), lost=True)


def _numbers(partitions: Collection[TopicPartition]) -> list[int]:
    return sorted(at.partition for at in partitions)


async def _awaited(released: Awaitable[None]) -> None:
    await released
