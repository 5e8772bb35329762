"""Posts from a topic: its offsets are the cursor; what cannot be read is set aside."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition

from bunco import codec
from bunco.errors import ConfigError, SourceError
from bunco.model import Delivery, Post
from bunco.options import KafkaOptions
from bunco.ports.sources import SourceTools
from bunco.streams import names, topics
from bunco.values import Secret
from ingest.sources.kafka import KafkaSource, Options, make
from ingest.unreachable import NoWeb
from tests.builders import a_post
from tests.bunco.streams.clusters import own_prefix
from tests.fakes import FakeClock
from tests.services.required import started
from tests.services.servers import KafkaServer


def a_source(**options: Any) -> KafkaSource:
    tools = SourceTools(name="theirs", clock=FakeClock(), web=NoWeb())
    return make(Options(**{"brokers": ("127.0.0.1:1",), "topic": "posts", **options}), tools)


def test_a_broker_that_is_away_is_told_in_words() -> None:
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:1"):
        asyncio.run(a_source().read(b""))


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"security": "sasl"}, "username"),
        ({"password": Secret("p")}, "password"),
        ({"ca_file": "ca.pem"}, "ca_file"),
        ({"brokers": ("nonsense",)}, "brokers"),
        ({"security": "tls", "ca_file": "/nowhere.pem"}, "ca_file"),
    ],
)
def test_options_that_contradict_each_other_are_refused(options: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigError, match=rf"source theirs: {key}"):
        a_source(**options)


class Topic:
    """A topic of the test's own."""

    def __init__(self, options: KafkaOptions) -> None:
        topics.create(options)
        self.options = options
        self.name = names.topic(options.prefix, "posts")
        self.producer = KafkaProducer(bootstrap_servers=options.bootstrap)

    def put(self, *values: bytes | None, partition: int = 0, version: bytes = b"1") -> None:
        for value in values:
            self.producer.send(
                self.name, value, key=b"k", partition=partition, headers=[("v", version)]
            )
        self.producer.flush()

    def source(self, **options: Any) -> KafkaSource:
        brokers = self.options.bootstrap
        return a_source(**{"brokers": brokers, "topic": self.name, "start": "earliest", **options})


@pytest.fixture
def topic(kafka: str) -> Iterator[Topic]:
    with own_prefix(kafka) as options:
        made = Topic(options)
        yield made
        made.producer.close()


def taken(source: KafkaSource, cursor: bytes, count: int) -> tuple[list[str], Delivery]:
    """Read until so many posts have come; give their ids and the last delivery."""

    async def read() -> tuple[list[str], Delivery]:
        found, at = [], cursor
        async with asyncio.timeout(30):
            while True:
                delivery = await source.read(at)
                found += [item.id for item in delivery.items if isinstance(item, Post)]
                at = delivery.cursor
                if len(found) >= count:
                    return found, delivery

    return asyncio.run(read())


def line(name: object) -> bytes:
    return codec.encode(a_post(id=f"web:{name}", source=""))


@pytest.mark.services
def test_objects_arrays_and_lines_are_read_in_order(topic: Topic) -> None:
    topic.put(line(1), b"[" + line(2) + b"," + line(3) + b"]", line(4) + b"\n" + line(5), None)
    source = topic.source()

    found, delivery = taken(source, b"", 5)
    asyncio.run(source.close())

    assert found == [f"web:{number}" for number in range(1, 6)]
    assert {item.source for item in delivery.items if isinstance(item, Post)} == {"theirs"}


@pytest.mark.services
def test_it_goes_on_where_the_cursor_says_and_gives_the_same_again(topic: Topic) -> None:
    topic.put(*map(line, range(10)))
    topic.put(*map(line, range(10, 20)), partition=1)
    first, again = topic.source(most_records=7), topic.source(most_records=7)

    begun, delivery = taken(first, b"", 7)
    rest, _ = taken(again, delivery.cursor, 20 - len(begun))
    whole, _ = taken(first, b"", 20)
    asyncio.run(first.close())
    asyncio.run(again.close())

    assert sorted(begun + rest) == sorted(whole) == sorted(f"web:{number}" for number in range(20))


@pytest.mark.services
def test_the_latest_are_those_that_come_after_the_first_reading(topic: Topic) -> None:
    topic.put(line("old"))
    source = topic.source(start="latest")
    begun = asyncio.run(source.read(b""))
    asyncio.run(source.close())
    topic.put(line("new"), partition=1)
    later = topic.source(start="latest")

    found, _ = taken(later, begun.cursor, 1)
    asyncio.run(later.close())

    assert begun.items == ()
    assert found == ["web:new"]


@pytest.mark.services
def test_what_cannot_be_read_is_set_aside_with_its_place(topic: Topic) -> None:
    topic.put(b"tea", b'[{"id":1},' + line(1) + b"]", line(2) + b"\ntea", b"\xff")
    topic.put(line("of the future"), version=b"9")
    topic.put(line(3))
    source = topic.source()

    async def read() -> Delivery:
        return await source.read(b"")

    delivery = asyncio.run(read())
    asyncio.run(source.close())

    places = [letter.origin for letter in delivery.dead]
    assert [item.id for item in delivery.items if isinstance(item, Post)] == [
        "web:1",
        "web:2",
        "web:3",
    ]
    assert places == [f"{topic.name}/0/{offset}" for offset in (0, 1, 2, 3, 4)]
    assert {letter.source for letter in delivery.dead} == {"theirs"}


@pytest.mark.services
def test_a_topic_that_is_missing_is_told_and_not_made(topic: Topic) -> None:
    source = topic.source(topic=f"{topic.name}-nowhere")

    for _ in range(2):
        with pytest.raises(SourceError, match="has no topic"):
            asyncio.run(source.read(b""))
    asyncio.run(source.close())


@pytest.mark.services
def test_what_kafka_dropped_unread_is_told(topic: Topic) -> None:
    topic.put(*map(line, range(5)))
    source = topic.source(most_records=2)
    _, delivery = taken(source, b"", 2)
    asyncio.run(source.close())
    admin = KafkaAdminClient(bootstrap_servers=topic.options.bootstrap)
    admin.delete_records({TopicPartition(topic.name, 0): 4})
    admin.close()
    after = topic.source()

    found, again = taken(after, delivery.cursor, 1)
    asyncio.run(after.close())

    assert found == ["web:4"]
    assert again.notice == "2 records of partition 0 were dropped unread"


@pytest.mark.services
def test_partitions_that_come_later_are_read_from_their_start(topic: Topic) -> None:
    count = topic.options.partitions
    topic.put(line(1))
    source = topic.source(start="latest")
    begun = asyncio.run(source.read(b""))
    asyncio.run(source.close())
    admin = KafkaAdminClient(bootstrap_servers=topic.options.bootstrap)
    admin.create_partitions({topic.name: count + 1})
    admin.close()
    producer = KafkaProducer(bootstrap_servers=topic.options.bootstrap)
    producer.send(topic.name, line(2), partition=count).get(10)
    producer.close()
    later = topic.source(start="latest")

    found, _ = taken(later, begun.cursor, 1)
    asyncio.run(later.close())

    assert found == ["web:2"]


@pytest.mark.services
@pytest.mark.slow
def test_a_broker_that_goes_away_is_noticed_and_read_on_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.sources.kafka._LOOKS", 2)
    server = started(KafkaServer(tmp_path))
    with own_prefix(server.address) as options:
        topic = Topic(options)
        topic.put(line(1))
        source = topic.source()
        _, delivery = taken(source, b"", 1)
        topic.producer.close()
        server.stop()

        with pytest.raises(SourceError, match="answer"):
            asyncio.run(source.read(delivery.cursor))

        server.start()
        again = Topic(options)
        again.put(line(2))
        again.producer.close()
        found, _ = taken(source, delivery.cursor, 1)
        asyncio.run(source.close())
    server.stop()
    assert found == ["web:2"]
