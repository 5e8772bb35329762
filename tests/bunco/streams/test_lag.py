"""How far groups have come, and what topics hold."""

import pytest
from kafka import TopicPartition

from bunco.options import KafkaOptions
from bunco.streams import topics
from bunco.streams.admin import administration
from bunco.streams.lag import Lag, Members, contents, lag, members, summary
from tests.bunco.streams.clusters import put, save


def sink_of_posts(options: KafkaOptions) -> list[Lag]:
    found = lag(options)
    return [one for one in found if one.group.endswith("-sink") and one.topic.endswith(".posts")]


@pytest.mark.services
def test_lag_is_what_is_there_and_not_read_yet(options: KafkaOptions) -> None:
    topics.create(options)
    put(options, "posts", 0, 5)
    put(options, "posts", 1, 2)
    save(options, "sink", (f"{options.prefix}.posts", 0, 3))

    first, second = sink_of_posts(options)

    assert (first.committed, first.end, first.lag, first.lost) == (3, 5, 2, 0)
    assert (second.committed, second.end, second.lag, second.lost) == (None, 2, 2, 0)
    group, topic = f"{options.prefix}-sink", f"{options.prefix}.posts"
    assert summary(lag(options))[group, topic] == 4


@pytest.mark.services
def test_records_that_went_before_they_were_read_are_counted_as_lost(
    options: KafkaOptions,
) -> None:
    topics.create(options)
    put(options, "posts", 0, 5)
    save(options, "sink", (f"{options.prefix}.posts", 0, 1))
    with administration(options) as admin:
        admin.delete_records({TopicPartition(f"{options.prefix}.posts", 0): 4})

    first, _ = sink_of_posts(options)

    assert (first.lag, first.lost) == (1, 3)


@pytest.mark.services
def test_a_place_behind_the_end_is_of_an_earlier_life(options: KafkaOptions) -> None:
    topics.create(options)
    put(options, "posts", 0, 2)
    save(options, "sink", (f"{options.prefix}.posts", 0, 100))

    first, _ = sink_of_posts(options)

    assert (first.committed, first.lag, first.lost) == (100, 2, 0)


@pytest.mark.services
def test_topics_tell_what_they_hold(options: KafkaOptions) -> None:
    topics.create(options)
    put(options, "findings", 1, 3)

    held = {one.topic.rpartition(".")[2]: one for one in contents(options)}

    assert held["findings"].records == 3
    assert held["findings"].partitions == 2
    assert held["findings"].size_bytes
    assert held["posts"].records == 0


@pytest.mark.services
def test_a_group_that_never_was_has_no_members(options: KafkaOptions) -> None:
    assert members(options) == [
        Members(group=f"{options.prefix}-{name}", members=0)
        for name in ("ingest", "process", "sink")
    ]


@pytest.mark.services
def test_nothing_is_told_of_topics_that_are_missing(options: KafkaOptions) -> None:
    assert lag(options) == []
    assert contents(options) == []
