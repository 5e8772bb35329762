"""The topics ingesters write to, as a test sees them: made, read whole, dropped."""

from collections.abc import Mapping
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic

from bunco import codec
from bunco.model import Item
from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.closing import close_consumer
from bunco.streams.records import SourceRecord, decode_items, decode_source

SOURCES = 16


class Stream:
    """Three topics under a prefix of their own."""

    def __init__(self, options: KafkaOptions) -> None:
        self.options = options

    def make(self, **posts_settings: str) -> None:
        """Make the topics."""
        wanted = [
            ("posts", self.options.partitions, posts_settings),
            ("dead", 2, {}),
            ("sources", SOURCES, {"cleanup.policy": "compact"}),
        ]
        admin = KafkaAdminClient(**self._settings)
        admin.create_topics(
            [
                NewTopic(
                    name=self._topic(name),
                    num_partitions=count,
                    replication_factor=1,
                    topic_configs=settings,
                )
                for name, count, settings in wanted
            ]
        )
        admin.close()

    def drop(self) -> None:
        """Drop them."""
        admin = KafkaAdminClient(**self._settings)
        admin.delete_topics([self._topic(name) for name in ("posts", "dead", "sources")])
        admin.close()

    def records(self, name: str) -> list[Any]:
        """Give all records of a topic, those of a partition in order."""
        consumer = KafkaConsumer(**self._settings, auto_offset_reset="earliest")
        topic = self._topic(name)
        places = [TopicPartition(topic, part) for part in consumer.partitions_for_topic(topic)]
        consumer.assign(places)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(places)
        found: list[Any] = []
        while any(consumer.position(place) < end for place, end in ends.items()):
            for some in consumer.poll(timeout_ms=500).values():
                found.extend(some)
        close_consumer(consumer, 1000)
        return found

    def written(self, name: str) -> int:
        """Count the records written to a topic."""
        consumer = KafkaConsumer(**self._settings)
        topic = self._topic(name)
        places = [TopicPartition(topic, part) for part in consumer.partitions_for_topic(topic)]
        ends = consumer.end_offsets(places)
        close_consumer(consumer, 1000)
        return sum(ends.values())

    def items(self) -> list[tuple[int, Item]]:
        """Give the items of all posts' records with their partition."""
        return [
            (record.partition, item)
            for record in self.records("posts")
            for item in decode_items(record.value)[0]
        ]

    def ids(self) -> list[str]:
        """Give the ids of all posts, as often as they came."""
        return [item.id for _, item in self.items()]

    def sources(self) -> Mapping[str, list[SourceRecord]]:
        """Give what was written about each source, in order."""
        found: dict[str, list[SourceRecord]] = {}
        for record in self.records("sources"):
            found.setdefault(record.key.decode(), []).append(decode_source(record.value))
        return found

    def write_source(self, record: SourceRecord, partition: int) -> None:
        """Write about a source as an ingester would."""
        producer = KafkaProducer(**self._settings)
        producer.send(
            self._topic("sources"),
            codec.encode(record),
            key=record.state.source.encode(),
            partition=partition,
        ).get(timeout=10)
        producer.close()

    @property
    def _settings(self) -> dict[str, Any]:
        return {"bootstrap_servers": list(self.options.bootstrap)}

    def _topic(self, name: Any) -> str:
        return names.topic(self.options.prefix, name)
