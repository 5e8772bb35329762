"""The client that writes to Kafka: connected however long that takes, closed for good."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

from kafka import KafkaProducer
from kafka.errors import KafkaError

from bunco import log
from bunco.errors import BrokerError
from bunco.options import KafkaOptions
from bunco.streams.connection import (
    REQUEST_BYTES,
    SHOWN_SECONDS,
    BrokerAwayError,
    client_settings,
    errors_as_ours,
)
from bunco.streams.reaching import fault

_FOR_EVER_MS = 2**31 - 1
"""Kafka's own limit, 24 days: until then the producer retries, with what it has in order."""

_BATCH_BYTES = 1 << 18
_BLOCK_MS = 2000
_PAUSE_SECONDS = 1.0

_log = log.logger(__name__)


class Producer(Protocol):
    """What of kafka-python's producer is used here; it calls back from a thread of its own."""

    def send(
        self,
        topic: str,
        value: bytes | None = None,
        key: bytes | None = None,
        headers: list[tuple[str, bytes]] | None = None,
        partition: int | None = None,
    ) -> Any:  # noqa: ANN401  # the client's future
        """Take a record into the buffer; give a future of kafka-python."""
        ...

    def partitions_for(self, topic: str) -> set[int]:
        """Give the partitions of a topic; blocks."""
        ...

    def close(self, timeout: float | None = None) -> None:
        """Send what is in the buffer, at most so many seconds; let go of connections."""
        ...


def open_producer(options: KafkaOptions, name: str) -> KafkaProducer:
    """Connect a producer that neither drops nor doubles; blocks.

    Raises:
        BrokerAwayError: Kafka does not answer now.
        BrokerError: it refuses us.
        ConfigError: the options contradict each other.
    """
    settings = {
        "acks": "all",
        "enable_idempotence": True,
        "compression_type": "lz4",
        "delivery_timeout_ms": _FOR_EVER_MS,
        "max_block_ms": _BLOCK_MS,
        "max_request_size": REQUEST_BYTES,
        "batch_size": _BATCH_BYTES,
        "allow_auto_create_topics": False,
        "reconnect_backoff_max_ms": 1000,
        "bootstrap_timeout_ms": 5000,
        "metrics_enabled": False,
    }
    with errors_as_ours(options):
        return KafkaProducer(**client_settings(options, name) | settings)


def close_producer(producer: "Producer", seconds: float = 1) -> None:
    """Send what is in the buffer, at most so long, and end the producer's thread; blocks.

    What it could not send by then is not acknowledged, and known so.
    """
    try:
        producer.close(timeout=seconds)
    except KafkaError:
        # kafka-python 3.0.12 breaks off here, and its thread would go on to send for ever.
        ours: Any = producer
        ours._sender.force_close()  # noqa: SLF001  # there is no other way to it
        with suppress(KafkaError):
            producer.close(timeout=seconds)


async def connected(options: KafkaOptions, name: str) -> KafkaProducer:
    """Connect a producer, however long that takes.

    Raises:
        BrokerError: Kafka is there and refuses us.
        ConfigError: the options contradict each other.
    """
    while True:
        try:
            await asyncio.to_thread(_look, options, name)
            return await asyncio.to_thread(open_producer, options, name)
        except BrokerAwayError as error:
            _log.warning("waiting for Kafka", reason=str(error))
        await asyncio.sleep(_PAUSE_SECONDS)


def _look(options: KafkaOptions, name: str) -> None:
    """Hold that a broker can be used; else the client tries for seconds, whatever the reason.

    Raises:
        BrokerAwayError: none answers now.
        BrokerError: it refuses us.
        ConfigError: the options contradict each other.
    """
    if found := fault(options, client_settings(options, name)):
        raise (BrokerAwayError if found.passes else BrokerError)(found.sentence)


async def partition_count(producer: Producer, topic: str, options: KafkaOptions, name: str) -> int:
    """Give how many partitions a topic has, however long Kafka is away.

    Raises:
        BrokerError: Kafka is there and refuses us, or has shown no such topic for some time.
    """
    asked = monotonic()
    while True:
        try:
            return len(await asyncio.to_thread(producer.partitions_for, topic))
        except KafkaError as error:
            if await asyncio.to_thread(_is_away, options, name):
                asked = monotonic()
            elif not error.retriable or monotonic() - asked > SHOWN_SECONDS:
                hint = '"bunco topics create" makes it'
                sentence = f"Kafka has no topic {topic}, or does not show it; {hint}"
                raise BrokerError(sentence) from error
        await asyncio.sleep(_PAUSE_SECONDS)


def _is_away(options: KafkaOptions, name: str) -> bool:
    """Say whether Kafka does not answer now, to the log too.

    Raises:
        BrokerError: it refuses us.
        ConfigError: the options contradict each other.
    """
    try:
        _look(options, name)
    except BrokerAwayError as error:
        _log.warning("waiting for Kafka", reason=str(error))
        return True
    return False
