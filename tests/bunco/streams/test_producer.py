import asyncio
from pathlib import Path

import pytest
from kafka import KafkaAdminClient, KafkaProducer
from kafka.admin import NewTopic

from bunco.errors import BrokerError
from bunco.options import KafkaOptions
from bunco.streams import producer as producers
from bunco.streams.producer import close_producer, connected, open_producer
from bunco.values import Secret
from tests.bunco.streams.secured import SecuredServer
from tests.services.required import started
from tests.services.servers import KafkaServer


@pytest.mark.services
def test_a_refused_login_is_told_before_a_client_tries_for_long(
    secured: SecuredServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[object] = []
    monkeypatch.setattr(producers, "KafkaProducer", lambda **settings: made.append(settings))
    wrong = secured.logging_in(secured.login, password=Secret("rosebud"))

    with pytest.raises(BrokerError, match="refused the login") as caught:
        asyncio.run(connected(wrong, "test"))

    assert type(caught.value) is BrokerError, "it is not waited for"
    assert not made


@pytest.mark.services
def test_a_login_that_is_right_gives_a_producer(secured: SecuredServer) -> None:
    producer = asyncio.run(connected(secured.logging_in(secured.login), "test"))

    try:
        assert isinstance(producer, KafkaProducer)
    finally:
        producer.close(timeout=1)


@pytest.mark.services
def test_a_closed_producer_tries_no_more_though_its_broker_went_away(tmp_path: Path) -> None:
    with started(KafkaServer(tmp_path)) as server:
        producer = open_producer(KafkaOptions(bootstrap=(server.address,)), "test")
        admin = KafkaAdminClient(bootstrap_servers=[server.address])
        admin.create_topics([NewTopic(name="t", num_partitions=1, replication_factor=1)])
        admin.close()
        producer.partitions_for("t")
        server.pause()
        try:
            future = producer.send("t", b"1")
            close_producer(producer, 0.2)
        finally:
            server.resume()

    assert future.failed()
    assert not producer._sender.is_alive()
