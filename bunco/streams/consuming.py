"""Read topics as one of a group; how far it came is saved only when told so.

Nothing is kept here but what Kafka's client has fetched ahead: one answer of each broker,
``_FETCH_BYTES`` at most. A round of fetching takes at most ``_PARTITION_BYTES`` of each
partition, so that no topic waits behind the backlog of another for longer than that.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka import errors as broker
from kafka.coordinator.assignors.range import RangePartitionAssignor
from msgspec import Struct

from bunco.errors import BrokerError
from bunco.log import logger
from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.closing import close_consumer
from bunco.streams.connection import (
    REBALANCE_MS,
    BrokerAwayError,
    client_settings,
    errors_as_ours,
    shown,
)
from bunco.streams.ends import ends
from bunco.streams.reaching import fault

_PARTITION_BYTES = 256 << 10
"""Fetched of one partition at a time; a larger record comes alone. Source: ours."""
_FETCH_BYTES = 16 << 20
"""Fetched at a time. Source: ours; 64 partitions with ``_PARTITION_BYTES`` each."""
_FETCH_WAIT_MS = 100
"""How long the broker holds a fetch when there is nothing new. Source: ours."""
_ANSWER_MS = 10_000
"""How long a question to the brokers may take. Source: ours."""
_CONNECT_MS = 5000
_AWAY_S = 0.5

_log = logger(__name__)


class Place(Struct, frozen=True):
    """A partition of one of our topics."""

    topic: names.TopicName
    partition: int


class Record(Struct, frozen=True, gc=False):
    """One record as it stands in its partition."""

    offset: int
    value: bytes
    headers: Sequence[tuple[str, bytes]]


class Member:
    """A member of a group of readers. Not for several threads.

    Args:
        options: how Kafka is reached.
        topics: what is read; each partition by one member of the group at a time.
        group: the group that shares the work and the offsets.
        session_timeout: after so long without a sign of life others take over.

    Raises:
        BrokerAwayError: Kafka cannot be reached now.
        BrokerError: it refuses us, or lacks a topic.
    """

    def __init__(
        self,
        options: KafkaOptions,
        topics: Sequence[names.TopicName],
        group: names.GroupName,
        session_timeout: timedelta,
    ) -> None:
        self._options = options
        self._topics = {names.topic(options.prefix, name): name for name in topics}
        self._losses = _Losses()
        timeout_ms = session_timeout // timedelta(milliseconds=1)
        settings = client_settings(options, group)
        if found := fault(options, settings):
            # Asked beforehand: a client that fails to connect leaves its sockets open.
            raise (BrokerAwayError if found.passes else BrokerError)(found.sentence)
        with errors_as_ours(options):
            self._consumer = KafkaConsumer(
                **settings,
                group_id=names.group(options.prefix, group),
                auto_offset_reset="earliest",
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                partition_assignment_strategy=(RangePartitionAssignor,),
                session_timeout_ms=timeout_ms,
                heartbeat_interval_ms=max(timeout_ms // 4, 1),
                max_poll_interval_ms=max(REBALANCE_MS, timeout_ms),
                max_partition_fetch_bytes=_PARTITION_BYTES,
                fetch_max_bytes=_FETCH_BYTES,
                fetch_max_wait_ms=_FETCH_WAIT_MS,
                bootstrap_timeout_ms=_CONNECT_MS,
                reconnect_backoff_max_ms=1000,
                metrics_enabled=False,
            )
            try:
                self._require_topics()
            except BaseException:
                self.close()
                raise
            self._consumer.subscribe(list(self._topics), listener=self._losses)

    def take(self, most: int, wait: timedelta) -> Iterator[tuple[Place, Sequence[Record]]]:
        """Give up to ``most`` records, waiting for the first of them.

        Ask for ``lost`` before using them: what it names was taken from us, and what was read
        of it before comes again.

        Raises:
            BrokerError: Kafka refuses us, or lost what was read already.
        """
        taken = self._polled(wait, most)
        return ((self._place(where), _records(records)) for where, records in taken.items())

    def stay(self, wait: timedelta) -> None:
        """Stay in the group for so long without taking anything.

        Raises:
            BrokerError: Kafka refuses us.
        """
        self._consumer.pause(*self._consumer.assignment())
        for where, records in self._polled(wait, 1).items():
            # Given to us during this very call, so not paused yet.
            self._consumer.seek(where, records[0].offset)

    def go_on(self) -> None:
        """Take again, after having stayed."""
        self._consumer.resume(*self._consumer.paused())

    def lost(self) -> set[Place]:
        """Give the partitions that were taken from us since this was asked last."""
        return {self._place(where) for where in self._losses.told()}

    def held(self) -> set[Place]:
        """Give the partitions that are ours now."""
        return {self._place(where) for where in self._consumer.assignment()}

    def save(self, offsets: Mapping[Place, int]) -> bool:
        """Save where to go on after a restart, of each partition.

        Returns:
            False where that failed for now: Kafka is away, or somebody else holds one of them
            and begins before these offsets. What is saved later makes up for it.

        Raises:
            BrokerError: Kafka refuses us.
        """
        wanted = {
            self._partition(place): OffsetAndMetadata(offset, "", -1)
            for place, offset in offsets.items()
        }
        with errors_as_ours(self._options):
            try:
                self._consumer.commit(wanted, timeout_ms=_ANSWER_MS)
            except broker.KafkaError as error:
                if not (error.retriable or isinstance(error, _OTHERS_TURN)):
                    raise
                _log.warning("offsets not saved", reason=repr(error))
                return False
        return True

    def behind(self, offsets: Mapping[Place, int]) -> dict[names.TopicName, int]:
        """Count, by topic, the records of our partitions that come after the given offsets.

        Args:
            offsets: where we are; a partition that is not named is where it was begun.

        Returns:
            Nothing where Kafka is away.

        Raises:
            BrokerError: Kafka refuses us.
        """
        held = list(self._consumer.assignment())
        counts = dict.fromkeys(self._topics.values(), 0)
        with errors_as_ours(self._options):
            try:
                found = ends(self._consumer, held, _ANSWER_MS)
                for where, end in found.items():
                    place = self._place(where)
                    at = offsets.get(place)
                    if at is None:
                        at = self._consumer.position(where, timeout_ms=_ANSWER_MS)
                    counts[place.topic] += max(end - (end if at is None else at), 0)
            except broker.KafkaError as error:
                if not error.retriable:
                    raise
                return {}
        return counts

    def close(self) -> None:
        """Leave the group: others take over at once."""
        close_consumer(self._consumer, _ANSWER_MS)

    def _polled(self, wait: timedelta, most: int) -> Any:  # noqa: ANN401  # the client is not typed
        with errors_as_ours(self._options):
            try:
                return self._consumer.poll(_ms(wait), max_records=most)
            except broker.KafkaError as error:
                if not error.retriable:
                    raise
                _log.warning("Kafka is away", reason=repr(error))
                time.sleep(min(wait.total_seconds(), _AWAY_S))
                return {}

    def _require_topics(self) -> None:
        there = shown(self._consumer.topics, self._topics)
        if missing := sorted(set(self._topics) - set(there)):
            raise BrokerError(
                f'Kafka has no topic {", ".join(missing)}: make them with "bunco topics create"'
            )

    def _place(self, where: Any) -> Place:  # noqa: ANN401  # the client is not typed
        return Place(self._topics[where.topic], where.partition)

    def _partition(self, place: Place) -> Any:  # noqa: ANN401  # the client is not typed
        return TopicPartition(names.topic(self._options.prefix, place.topic), place.partition)


_OTHERS_TURN = (
    broker.CommitFailedError,
    broker.IllegalGenerationError,
    broker.RebalanceInProgressError,
    broker.UnknownMemberIdError,
    broker.FencedInstanceIdError,
)


class _Losses(ConsumerRebalanceListener):  # type: ignore[misc]  # the client is not typed
    """Notes what is taken from us; called by the client's own thread while we poll.

    What is given back in the same turn goes on where it was: kafka-python keeps its
    position, unlike Kafka's own client, which goes back to what was saved.
    """

    def __init__(self) -> None:
        self._lost: set[Any] = set()
        self._revoked: set[Any] = set()

    def told(self) -> set[Any]:
        lost, self._lost = self._lost, set()
        return lost

    def on_partitions_revoked(self, revoked: Collection[Any]) -> None:
        self._revoked.update(revoked)

    def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
        """Let go of what was not given back: only now do others begin to read it."""
        self._lost |= self._revoked.difference(assigned)
        self._revoked = set()

    def on_partitions_lost(self, lost: Collection[Any]) -> None:
        """Let go for good: others may have read on before any of it is ours again."""
        self._lost.update(lost)


def _records(records: Iterable[Any]) -> list[Record]:
    return [Record(one.offset, one.value or b"", one.headers) for one in records]


def _ms(wait: timedelta) -> int:
    return max(wait // timedelta(milliseconds=1), 0)
