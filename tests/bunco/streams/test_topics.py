"""The topics of a cluster: made once, compared, known again after they were made anew."""

from datetime import timedelta

import pytest

from bunco.errors import BrokerError, ConfigError
from bunco.options import KafkaOptions
from bunco.streams import topics
from bunco.streams.admin import administration
from bunco.streams.connection import REQUEST_BYTES
from bunco.values import Duration
from tests.bunco.streams.clusters import changed


def settings(options: KafkaOptions, name: str) -> dict[str, str]:
    """Give the wanted settings of a topic by the end of its name."""
    (spec,) = (spec for spec in topics.wanted(options) if spec.name.endswith(name))
    return dict(spec.settings)


def posts_id(options: KafkaOptions) -> str:
    (found,) = (one for one in topics.describe(options) if one.name.endswith(".posts"))
    return found.id


def test_posts_findings_and_states_lie_on_as_many_partitions() -> None:
    specs = topics.wanted(KafkaOptions(partitions=5, replication=3))

    assert {spec.name: spec.partitions for spec in specs} == {
        "bunco.posts": 5,
        "bunco.echoes": 5,
        "bunco.findings": 5,
        "bunco.dead": 1,
        "bunco.sources": 16,
        "bunco-process-authors-changelog": 5,
    }
    assert {spec.replication for spec in specs} == {3}


@pytest.mark.parametrize(("copies", "in_sync"), [(1, "1"), (2, "1"), (3, "2"), (5, "2")])
def test_one_broker_of_three_may_be_away(copies: int, in_sync: str) -> None:
    for spec in topics.wanted(KafkaOptions(replication=copies)):
        assert spec.settings["min.insync.replicas"] == in_sync


def test_what_a_producer_sends_a_topic_takes() -> None:
    for spec in topics.wanted(KafkaOptions()):
        assert int(spec.settings["max.message.bytes"]) > REQUEST_BYTES


@pytest.mark.parametrize(
    ("retention", "segment"),
    [
        (timedelta(days=30), timedelta(days=1)),
        (timedelta(days=4), timedelta(hours=12)),
        (timedelta(minutes=1), timedelta(minutes=1)),
    ],
)
def test_retention_counts_from_arrival_in_segments_of_an_eighth(
    retention: timedelta, segment: timedelta
) -> None:
    options = KafkaOptions(retention=Duration(seconds=retention.total_seconds()))

    for name in (".posts", ".findings", ".dead"):
        found = settings(options, name)
        assert found["cleanup.policy"] == "delete"
        assert found["retention.ms"] == str(int(retention.total_seconds() * 1000))
        assert found["segment.ms"] == str(int(segment.total_seconds() * 1000))
        assert found["message.timestamp.type"] == "LogAppendTime"
    assert settings(options, ".echoes")["retention.ms"] == "86400000"


def test_sources_and_states_keep_the_newest_of_each_key() -> None:
    for name in (".sources", "-changelog"):
        found = settings(KafkaOptions(), name)
        assert found["cleanup.policy"] == "compact"
        assert "retention.ms" not in found


def test_a_retention_below_a_minute_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"kafka\.retention"):
        topics.wanted(KafkaOptions(retention=Duration(seconds=59)))


@pytest.mark.services
def test_topics_are_made_once_and_are_as_they_should_be(options: KafkaOptions) -> None:
    told: list[str] = []

    first = topics.create(options, lambda spec: told.append(spec.name))
    second = topics.create(options)

    assert told == [spec.name for spec in first] == [spec.name for spec in topics.wanted(options)]
    assert second == []
    assert topics.check(options) == []
    assert [state.partitions for state in topics.describe(options)] == [2, 2, 2, 1, 16, 2]


@pytest.mark.services
def test_missing_topics_are_named(options: KafkaOptions) -> None:
    found = topics.differences(options)

    assert [one.note for one in found] == [
        f"{spec.name} is missing" for spec in topics.wanted(options)
    ]
    assert all(one.grave and "bunco topics create" in one.advice for one in found)


@pytest.mark.services
def test_what_differs_is_said_and_settings_can_be_adjusted(options: KafkaOptions) -> None:
    topics.create(options)
    other = changed(options, partitions=3, retention=Duration(days=2))
    told: list[tuple[str, ...]] = []

    before = topics.check(other)
    topics.adjust(other, lambda *changed: told.append(changed))
    after = topics.check(other)

    assert any("posts has 2 partitions instead of 3" in sentence for sentence in before)
    assert any("retention.ms 604800000 instead of 172800000" in sentence for sentence in before)
    assert (f"{options.prefix}.posts", "retention.ms", "172800000") in told
    assert len(after) == 4
    assert all("partitions" in sentence for sentence in after)


@pytest.mark.services
def test_more_copies_than_brokers_are_refused_in_words(options: KafkaOptions) -> None:
    many = changed(options, replication=3)

    with pytest.raises(BrokerError, match=rf"{options.prefix}\.posts: .*replication factor of 3"):
        topics.create(many)
    assert topics.differences(many)[0].note == "kafka.replication is 3, but there is 1 broker"


@pytest.mark.services
def test_a_topic_that_was_made_anew_is_known_as_another(options: KafkaOptions) -> None:
    topics.create(options)
    first = posts_id(options)
    assert posts_id(options) == first

    with administration(options) as admin:
        admin.delete_topics([f"{options.prefix}.posts"])
    topics.create(options)

    assert posts_id(options) != first
