"""Put posts into a topic: in records of many, as the ingester does, or one by one."""

from collections.abc import Iterator
from pathlib import Path

from kafka import KafkaAdminClient, KafkaProducer

from bunco.codec import decode_item
from bunco.streams.partitions import partition_of
from bunco.streams.records import HEADERS, join_items

RECORD_ITEMS = 250
"""Source: the default of ``[ingest] record_items``."""


def posts_of(file: Path) -> Iterator[tuple[str, bytes]]:
    """Give author and JSON of each line of a file of posts."""
    with file.open("rb") as lines:
        for line in lines:
            yield decode_item(line).author, line.rstrip(b"\n")


def fill(address: str, topic: str, file: Path, partitions: int, record_items: int) -> int:
    """Write a file of posts to a topic; give the number of records.

    Args:
        address: of the broker.
        topic: exists, with that many partitions.
        file: posts in the wire form, a line each.
        partitions: of the topic.
        record_items: posts of one record; 1: lone posts, keyed by author.
    """
    producer = KafkaProducer(
        bootstrap_servers=address,
        acks="all",
        compression_type="lz4",
        linger_ms=20,
        batch_size=1 << 19,
        max_request_size=8 << 20,
    )
    sent = 0
    if record_items == 1:
        for author, line in posts_of(file):
            key, partition = author.encode(), partition_of(author, partitions)
            producer.send(topic, line, key=key, partition=partition, headers=HEADERS)
            sent += 1
    else:
        for partition, value in _records(file, partitions, record_items):
            producer.send(topic, value, partition=partition, headers=HEADERS)
            sent += 1
    producer.flush()
    producer.close()
    return sent


def make_topics(address: str, topics: dict[str, int]) -> None:
    """Make topics with their numbers of partitions."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    admin.create_topics(
        {
            name: {"num_partitions": partitions, "replication_factor": 1}
            for name, partitions in topics.items()
        }
    )
    admin.close()


def drop_topics(address: str, prefix: str) -> None:
    """Delete all topics that begin so."""
    admin = KafkaAdminClient(bootstrap_servers=address)
    if names := [name for name in admin.list_topics() if name.startswith(prefix)]:
        admin.delete_topics(names)
    admin.close()


def _records(file: Path, partitions: int, most: int) -> Iterator[tuple[int, bytes]]:
    waiting: list[list[bytes]] = [[] for _ in range(partitions)]
    for author, line in posts_of(file):
        partition = partition_of(author, partitions)
        waiting[partition].append(line)
        if len(waiting[partition]) == most:
            yield partition, join_items(waiting[partition])
            waiting[partition].clear()
    for partition, lines in enumerate(waiting):
        if lines:
            yield partition, join_items(lines)
