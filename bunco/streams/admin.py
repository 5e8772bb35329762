"""The client that asks and changes what a cluster holds, for as long as a question takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from kafka import KafkaAdminClient

from bunco.errors import BrokerError
from bunco.options import KafkaOptions
from bunco.streams.connection import BrokerAwayError, client_settings, errors_as_ours
from bunco.streams.reaching import fault

PATIENCE_SECONDS = 5.0
"""How long one waits for a broker that may just be starting. Source: ours, a start takes 2-3."""

_ANSWER_MS = 15_000
_PAUSE_SECONDS = 0.25


@contextmanager
def administration(
    options: KafkaOptions, name: str = "admin", patience_s: float = PATIENCE_SECONDS
) -> Iterator[KafkaAdminClient]:
    """Connect to ask and change; errors inside come as ours.

    Args:
        options: how Kafka is reached.
        name: what for; brokers see it.
        patience_s: seconds to wait for a broker that does not answer yet.

    Raises:
        BrokerAwayError: no broker answers now.
        BrokerError: Kafka refuses, and will again.
        ConfigError: options contradict each other.
    """
    settings = client_settings(options, name)
    _await_brokers(options, settings, patience_s)
    with errors_as_ours(options):
        client = KafkaAdminClient(
            **settings,
            bootstrap_timeout_ms=int(PATIENCE_SECONDS * 1000),
            request_timeout_ms=_ANSWER_MS,
        )
        try:
            yield client
        finally:
            client.close()


def _await_brokers(options: KafkaOptions, settings: dict[str, object], patience_s: float) -> None:
    """Wait until a broker answers.

    The client would wait too, but keeps the reason to itself, and a thread and sockets open.
    """
    deadline = time.monotonic() + patience_s
    while found := fault(options, settings):
        if not found.passes:
            raise BrokerError(found.sentence)
        if time.monotonic() >= deadline:
            raise BrokerAwayError(found.sentence)
        time.sleep(_PAUSE_SECONDS)
