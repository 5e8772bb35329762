"""A consumer that is closed lets go of its brokers."""

from typing import Any

import pytest
from kafka import KafkaConsumer

from bunco.streams.closing import close_consumer

pytestmark = pytest.mark.services


def transports(consumer: KafkaConsumer) -> list[Any]:
    return [connection.transport for connection in consumer._manager._conns.values()]


def test_a_connection_is_closed_though_a_request_was_still_to_be_written(kafka: str) -> None:
    consumer = KafkaConsumer(bootstrap_servers=[kafka])
    consumer.topics()
    (transport,) = transports(consumer)
    connected = transport._sock
    transport._write_buffer.append(b"")  # one that its thread did not come to

    close_consumer(consumer, 1000)

    assert connected.fileno() == -1


def test_a_consumer_may_be_closed_twice(kafka: str) -> None:
    consumer = KafkaConsumer(bootstrap_servers=[kafka])

    close_consumer(consumer, 1000)
    close_consumer(consumer, 1000)

    assert not transports(consumer)
