"""Read a stretch of a topic, outside of any group."""

from kafka import KafkaConsumer, TopicPartition
from msgspec import Struct

from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.closing import close_consumer
from bunco.streams.connection import BrokerAwayError, client_settings, errors_as_ours

_WAIT_MS = _CLOSE_MS = 1000
_TRIES = 10


class Peeked(Struct, frozen=True):
    """One record."""

    offset: int
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def stretch(
    options: KafkaOptions, topic: names.TopicName, partition: int, first: int, behind: int
) -> list[Peeked]:
    """Give the records from one offset up to another, which is no longer in it.

    Offsets may be missing: dropped by retention, or taken by marks of transactions.

    Args:
        options: how Kafka is reached.
        topic: which.
        partition: of the topic.
        first: the first offset.
        behind: the offset behind the last; a record must be there, or later.

    Raises:
        BrokerError: Kafka does not answer, or not with all of them.
    """
    where = TopicPartition(names.topic(options.prefix, topic), partition)
    found: list[Peeked] = []
    with errors_as_ours(options):
        consumer = KafkaConsumer(
            **client_settings(options, "bunco-peek"),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            consumer.assign([where])
            consumer.seek(where, first)
            for _ in range(_TRIES):
                for record in consumer.poll(timeout_ms=_WAIT_MS).get(where, ()):
                    if record.offset >= behind:
                        return found
                    headers = tuple(record.headers or ())
                    found.append(Peeked(record.offset, record.value, headers))
                if consumer.position(where) >= behind:
                    return found
        finally:
            close_consumer(consumer, _CLOSE_MS)
    raise BrokerAwayError(f"Kafka did not give {where.topic}:{where.partition} from {first} on")
