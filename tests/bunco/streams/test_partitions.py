"""Authors go to the partitions that Kafka's own clients would choose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import DefaultPartitioner

from bunco.streams.partitions import partition_of

# Printed by BuiltInPartitioner.partitionForKey of the Java client 4.4.0.
JAVA = [
    ("21", 4, 340),
    ("foobar", 6, 166),
    ("a-little-bit-long-string", 0, 112),
    ("web:example.org", 6, 678),
    ("web:example.org/ann", 3, 747),
    ("bluesky:did:plc:z72i7hdynmk6r22z27h6tvur", 4, 380),
    ("mastodon:Käthe@example.social", 6, 134),
    ("", 1, 681),
]


@pytest.mark.parametrize(("author", "of_8", "of_1000"), JAVA)
def test_partition_is_that_of_the_java_client(author: str, of_8: int, of_1000: int) -> None:
    assert partition_of(author, 8) == of_8
    assert partition_of(author, 1000) == of_1000


class Cluster:
    """A topic of so many partitions, as kafka-python's partitioner asks for it."""

    def __init__(self, partitions: int) -> None:
        self._partitions = set(range(partitions))

    def topics(self) -> set[str]:
        return {"posts"}

    def partitions_for_topic(self, topic: str) -> set[int]:
        return self._partitions if topic == "posts" else set()

    available_partitions_for_topic = partitions_for_topic


@given(st.text(), st.integers(1, 64))
def test_partition_is_that_of_kafka_python(author: str, partitions: int) -> None:
    key = author.encode()

    theirs = DefaultPartitioner().partition("posts", author, key, None, None, Cluster(partitions))

    assert partition_of(author, partitions) == theirs
