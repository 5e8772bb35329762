"""Read a topic of anybody's from given offsets on, outside of any group.

Nothing is kept here but what Kafka's client has fetched ahead: ``_FETCH_BYTES`` at most, and
nothing more while nobody takes.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal

from kafka import KafkaConsumer, TopicPartition
from msgspec import Struct

from bunco.errors import BrokerError
from bunco.options import KafkaOptions
from bunco.streams.closing import close_consumer
from bunco.streams.connection import BrokerAwayError, client_settings, errors_as_ours
from bunco.streams.ends import ends
from bunco.streams.reaching import fault

_PARTITION_BYTES = 1 << 20
_FETCH_BYTES = 8 << 20
"""Fetched of one partition, and of all together, at a time. Source: ours."""
_ANSWER_MS, _CONNECT_MS, _CLOSE_MS = 10_000, 5000, 1000


class Record(Struct, frozen=True, gc=False):
    """One record with its place."""

    partition: int
    offset: int
    value: bytes | None
    headers: Sequence[tuple[str, bytes]]


class Taken(Struct, frozen=True):
    """What one look gave."""

    records: Sequence[Record]
    """Those of a partition in their order."""
    offsets: dict[int, int]
    """Where to go on, by partition: of all there are."""
    gap: str = ""
    """What is missing between the offsets before and the records, in words."""


class TopicReader:
    """A reader of one topic. Not for several threads; connects when it is made.

    Args:
        options: how Kafka is reached; its prefix and partitions mean nothing here.
        topic: its name.
        offsets: where to go on, by partition.
        start: where partitions begin that ``offsets`` does not know.

    Raises:
        BrokerAwayError: Kafka cannot be reached now.
        BrokerError: it refuses us, or lacks the topic.
    """

    def __init__(
        self,
        options: KafkaOptions,
        topic: str,
        offsets: Mapping[int, int],
        start: Literal["earliest", "latest"],
    ) -> None:
        self._options = options
        self._topic = topic
        self._gap = ""
        settings = client_settings(options, "source")
        if found := fault(options, settings):
            # Asked beforehand: a client that fails to connect leaves its sockets open.
            raise (BrokerAwayError if found.passes else BrokerError)(found.sentence)
        with errors_as_ours(options):
            self._consumer = KafkaConsumer(
                **settings,
                group_id=None,
                auto_offset_reset="none",
                enable_auto_commit=False,
                allow_auto_create_topics=False,
                isolation_level="read_committed",
                max_partition_fetch_bytes=_PARTITION_BYTES,
                fetch_max_bytes=_FETCH_BYTES,
                bootstrap_timeout_ms=_CONNECT_MS,
                reconnect_backoff_max_ms=1000,
                metrics_enabled=False,
            )
            try:
                self._at = self._begin(dict(offsets), start)
            except BaseException:
                self.close()
                raise

    @property
    def offsets(self) -> dict[int, int]:
        """Give where it goes on, by partition."""
        return dict(self._at)

    def take(self, most: int, wait: timedelta) -> Taken:
        """Give up to so many records, waiting for the first of them.

        Raises:
            BrokerAwayError: Kafka does not answer now; open a reader anew.
            BrokerError: it refuses us, or has lost what comes next.
        """
        with errors_as_ours(self._options):
            self._add_new()
            polled = self._consumer.poll(wait // timedelta(milliseconds=1), max_records=most)
        records = [
            Record(where.partition, one.offset, one.value, one.headers or ())
            for where, some in polled.items()
            for one in some
        ]
        for one in records:
            self._at[one.partition] = one.offset + 1
        gap, self._gap = self._gap, ""
        return Taken(records, dict(self._at), gap)

    def check(self) -> None:
        """Hold that Kafka answers: the client gives nothing while it is away, and says nothing.

        Raises:
            BrokerAwayError: it does not answer now.
            BrokerError: it refuses us.
        """
        with errors_as_ours(self._options):
            ends(self._consumer, self._consumer.assignment(), _ANSWER_MS)

    def close(self) -> None:
        """Let go of connections."""
        close_consumer(self._consumer, _CLOSE_MS)

    def _begin(self, known: dict[int, int], start: str) -> dict[int, int]:
        places = [TopicPartition(self._topic, number) for number in self._partitions()]
        first = self._consumer.beginning_offsets(places, timeout_ms=_ANSWER_MS)
        last = ends(self._consumer, places, _ANSWER_MS)
        at: dict[int, int] = {}
        gaps = []
        for where in places:
            # A partition that came later than the others is read from its start.
            unknown = last if start == "latest" and not known else first
            at[where.partition] = wanted = known.get(where.partition, unknown[where])
            if not first[where] <= wanted <= last[where]:
                at[where.partition] = first[where]
                gaps.append(_gap_of(where.partition, wanted, first[where]))
        self._gap = "; ".join(gaps)
        self._assign(at)
        return at

    def _assign(self, at: Mapping[int, int]) -> None:
        self._consumer.assign([TopicPartition(self._topic, number) for number in at])
        for number, offset in at.items():
            self._consumer.seek(TopicPartition(self._topic, number), offset)

    def _add_new(self) -> None:
        """Read partitions that the topic got meanwhile, from their start."""
        there = self._consumer.partitions_for_topic(self._topic) or set()
        if new := sorted(set(there) - set(self._at)):
            places = [TopicPartition(self._topic, number) for number in new]
            first = self._consumer.beginning_offsets(places, timeout_ms=_ANSWER_MS)
            self._at |= {where.partition: first[where] for where in places}
            self._assign(self._at)

    def _partitions(self) -> list[int]:
        there: Any = self._consumer.partitions_for_topic(self._topic)
        if not there:
            servers = ", ".join(self._options.bootstrap)
            raise BrokerError(f"Kafka at {servers} has no topic {self._topic}, or hides it from us")
        return sorted(there)


def _gap_of(partition: int, wanted: int, first: int) -> str:
    if wanted < first:
        return f"{first - wanted:,} records of partition {partition} were dropped unread"
    return f"partition {partition} ends before where we were: the topic was made anew"
