"""Where partitions end, asked so that an answer is whole or an error that passes."""

from collections.abc import Collection
from typing import Any

from kafka import KafkaConsumer
from kafka.errors import LeaderNotAvailableError


def ends(consumer: KafkaConsumer, places: Collection[Any], within_ms: int) -> dict[Any, int]:
    """Give the offset behind the last record of each partition.

    kafka-python 3.0 asks only for partitions whose leader it knows and fails with a KeyError
    on the others: for some moments after a broker came back, or one that is busy.

    Args:
        consumer: any that is open.
        places: ``TopicPartition`` of each.
        within_ms: the longest it may take.

    Raises:
        KafkaError: Kafka refuses, or does not answer now (it is ``retriable``).
    """
    if not places:
        return {}
    try:
        found: dict[Any, int] = consumer.end_offsets(places, timeout_ms=within_ms)
    except KeyError as error:
        raise LeaderNotAvailableError(f"no leader is known for {error}") from error
    return found
