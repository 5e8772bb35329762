"""What Kafka itself says of a run: ends of topics, what groups have committed, sources' states.

Asked with the plain client and not with bunco's own functions, which are under test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import GroupIdNotFoundError, KafkaError, NonEmptyGroupError

from bunco.model import SourceState
from bunco.streams import names
from bunco.streams.closing import close_consumer
from bunco.streams.ends import ends
from bunco.streams.records import decode_source

Offsets = dict[tuple[str, int], int]
"""By topic and partition."""

_READ_BY: dict[names.GroupName, tuple[names.TopicName, ...]] = {
    "process": ("posts",),
    "sink": ("posts", "findings", "dead", "sources"),
}
_PATIENCE_MS = 5000


class KafkaView:
    """Look at the topics and groups of one prefix.

    Args:
        address: of the broker.
        prefix: of the names.
    """

    def __init__(self, address: str, prefix: str) -> None:
        self._address = address
        self._prefix = prefix
        self._known: dict[str, list[TopicPartition]] = {}
        self._admin = KafkaAdminClient(bootstrap_servers=address)
        self._consumer = KafkaConsumer(
            bootstrap_servers=address, auto_offset_reset="earliest", enable_auto_commit=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        close_consumer(self._consumer, 1000)
        self._admin.close()

    def topic(self, name: names.TopicName) -> str:
        return names.topic(self._prefix, name)

    def ends(self, *topics: str) -> Offsets:
        """Give where topics end now."""
        places = [place for topic in topics for place in self._places(topic)]
        found = ends(self._consumer, places, _PATIENCE_MS)
        return {(place.topic, place.partition): offset for place, offset in found.items()}

    def committed(self, group: names.GroupName) -> Offsets:
        """Give what a group has committed."""
        name = names.group(self._prefix, group)
        found = self._admin.list_group_offsets([name])[name]
        return {(place.topic, place.partition): said.offset for place, said in found.items()}

    def members(self, group: names.GroupName) -> int:
        """Give how many members a group has; 0 while it shares its work out anew."""
        name = names.group(self._prefix, group)
        described = self._admin.describe_groups([name])[name]
        is_settled = described["group_state"] == "Stable"
        return len(described["members"]) if is_settled else 0

    def lag(self, group: names.GroupName) -> Offsets:
        """Give how many records a group still has to read of its topics."""
        ends = self.ends(*(self.topic(name) for name in _READ_BY[group]))
        committed = self.committed(group)
        return {place: end - max(committed.get(place, 0), 0) for place, end in ends.items()}

    def sources(self) -> dict[str, SourceState]:
        """Give the latest state of each source, as the topic of sources has it."""
        states: dict[str, SourceState] = {}
        for value in self.values(self.topic("sources")):
            state = decode_source(value).state
            states[state.source] = state
        return states

    def values(self, topic: str) -> Iterator[bytes]:
        """Give the values of all records of a topic, up to its present end."""
        with self._reading(topic) as reader:
            places = self._places(topic)
            behind = ends(self._consumer, places, _PATIENCE_MS)
            reader.assign(places)
            reader.seek_to_beginning()
            while any(reader.position(place) < behind[place] for place in places):
                for records in reader.poll(timeout_ms=_PATIENCE_MS).values():
                    yield from (record.value for record in records if record.value is not None)

    def forget(self) -> None:
        """Delete every topic and group of the prefix."""
        ours = (f"{self._prefix}.", f"{self._prefix}-")
        if topics := [name for name in self._admin.list_topics() if name.startswith(ours)]:
            self._admin.delete_topics(topics)
        groups: tuple[names.GroupName, ...] = ("ingest", "process", "sink")
        for group in groups:
            try:
                self._admin.delete_groups([names.group(self._prefix, group)])
            except (GroupIdNotFoundError, NonEmptyGroupError):
                continue  # was never there, or a killed member is not forgotten yet
            except KafkaError:
                continue

    def _places(self, topic: str) -> list[TopicPartition]:
        """Give the partitions of a topic; asked once, as the client asks for all topics."""
        if not self._known.get(topic):
            found = self._consumer.partitions_for_topic(topic) or ()
            self._known[topic] = [TopicPartition(topic, number) for number in sorted(found)]
        return self._known[topic]

    @contextmanager
    def _reading(self, topic: str) -> Iterator[KafkaConsumer]:
        reader = KafkaConsumer(
            bootstrap_servers=self._address,
            client_id=f"view-{topic}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            max_partition_fetch_bytes=8 << 20,
        )
        try:
            yield reader
        finally:
            close_consumer(reader, 1000)
