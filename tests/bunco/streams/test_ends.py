"""Where partitions end: a whole answer, or an error that passes."""

import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from bunco.options import KafkaOptions
from bunco.streams import names, topics
from bunco.streams.closing import close_consumer
from bunco.streams.ends import ends

pytestmark = pytest.mark.services


def test_every_partition_is_answered(options: KafkaOptions) -> None:
    topics.create(options)
    posts = names.topic(options.prefix, "posts")
    places = [TopicPartition(posts, number) for number in range(options.partitions)]
    consumer = KafkaConsumer(bootstrap_servers=options.bootstrap)

    found = ends(consumer, places, 5000)
    close_consumer(consumer, 1000)

    assert found == dict.fromkeys(places, 0)


def test_a_partition_without_a_leader_is_an_error_that_passes(options: KafkaOptions) -> None:
    topics.create(options)
    known = TopicPartition(names.topic(options.prefix, "posts"), 0)
    missing = TopicPartition(known.topic, options.partitions + 1)
    consumer = KafkaConsumer(bootstrap_servers=options.bootstrap)
    ends(consumer, [known], 5000)

    with pytest.raises(KafkaError) as raised:
        ends(consumer, [known, missing], 2000)
    close_consumer(consumer, 1000)

    assert raised.value.retriable


def test_nothing_is_asked_about_no_partitions() -> None:
    assert ends(KafkaConsumer, [], 1) == {}
