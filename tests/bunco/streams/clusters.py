"""Topics of a test's own on the shared broker, gone after it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import uuid4

from kafka import KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata
from msgspec.structs import replace

from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.admin import administration
from bunco.streams.connection import client_settings


@contextmanager
def own_prefix(kafka: str) -> Iterator[KafkaOptions]:
    """Give options with a prefix that nobody else has; its topics and groups go afterwards."""
    options = KafkaOptions(bootstrap=(kafka,), prefix=f"t-streams-{uuid4().hex[:8]}", partitions=2)
    try:
        yield options
    finally:
        with administration(options) as admin:
            ours = [name for name in admin.list_topics() if name.startswith(options.prefix)]
            if ours:
                admin.delete_topics(ours)
            groups = [one["group_id"] for one in admin.list_groups()]
            if left := [name for name in groups if name.startswith(options.prefix)]:
                admin.delete_groups(left)


def changed(options: KafkaOptions, **changes: object) -> KafkaOptions:
    """Give the same options with some fields changed."""
    return replace(options, **changes)


def put(options: KafkaOptions, topic: names.TopicName, partition: int, count: int) -> None:
    """Write some records."""
    producer = KafkaProducer(**client_settings(options, "test"), metrics_enabled=False)
    try:
        name = names.topic(options.prefix, topic)
        for future in [producer.send(name, b"x", partition=partition) for _ in range(count)]:
            future.get(timeout=10)
    finally:
        producer.close(timeout=5)


def save(options: KafkaOptions, group: names.GroupName, *places: Sequence[object]) -> None:
    """Save where a group goes on: (topic, partition, offset) of each."""
    offsets = {
        TopicPartition(topic, partition): OffsetAndMetadata(offset, "", -1)
        for topic, partition, offset in places
    }
    with administration(options) as admin:
        admin.alter_group_offsets(names.group(options.prefix, group), offsets)
