"""Let go of a consumer, of its last connection too."""

from kafka import KafkaConsumer


def close_consumer(consumer: KafkaConsumer, timeout_ms: int) -> None:
    """Leave the group, if it is in one, and close every connection; blocks.

    Nothing is saved by this.

    Args:
        consumer: is of no use afterwards.
        timeout_ms: how long leaving may take.
    """
    consumer.close(autocommit=False, timeout_ms=timeout_ms)
    # kafka-python 3.0.12 leaves a connection open whose last request was still to be written;
    # its thread, which would have written it, has ended by now.
    for connection in consumer._manager._conns.values():  # noqa: SLF001  # no other way to it
        if connection.transport and connection.transport._sock:  # noqa: SLF001  # see above
            connection.transport._sock.close()  # noqa: SLF001  # see above
