"""What the doctor says about Kafka."""

import socket

import pytest
from kafka import KafkaConsumer, TopicPartition

from bunco.options import KafkaOptions
from bunco.streams import extra, topics
from bunco.streams.admin import administration
from bunco.streams.checks import KafkaCheck, checks
from bunco.streams.closing import close_consumer
from bunco.streams.connection import client_settings
from bunco.values import Secret
from tests.bunco.streams.clusters import changed, put, save


def bad(options: KafkaOptions) -> list[KafkaCheck]:
    return [check for check in checks(options) if check.verdict != "ok"]


@pytest.mark.services
def test_all_is_well_with_fresh_topics(options: KafkaOptions) -> None:
    topics.create(options)

    found = list(checks(options))

    assert [check.verdict for check in found] == ["ok", "ok", "ok"]
    assert "1 broker, cluster" in found[0].note
    assert found[1].note == "6 topics, 2 partitions of posts, replication 1"
    assert found[2].note == "all is read"


@pytest.mark.services
def test_missing_topics_fail_with_what_makes_them(options: KafkaOptions) -> None:
    found = bad(options)

    assert {check.verdict for check in found} == {"fail"}
    assert {check.advice for check in found} == {'"bunco topics create" makes it'}
    assert len(found) == 6


@pytest.mark.services
def test_settings_that_differ_are_a_warning_and_partitions_a_failure(
    options: KafkaOptions,
) -> None:
    topics.create(options)

    few = bad(changed(options, partitions=4))
    away = bad(changed(options, replication=2))

    assert {check.verdict for check in few} == {"fail"}
    assert away[0].verdict == "fail"
    assert "kafka.replication is 2" in away[0].note
    assert {check.verdict for check in away[1:]} == {"warn"}


@pytest.mark.services
def test_lag_is_told_and_loss_is_a_warning(options: KafkaOptions) -> None:
    topics.create(options)
    put(options, "posts", 0, 5)
    save(options, "sink", (f"{options.prefix}.posts", 0, 1))
    with administration(options) as admin:
        admin.delete_records({TopicPartition(f"{options.prefix}.posts", 0): 3})

    *_, loss, _, _, told = checks(options)

    assert loss.verdict == "warn"
    assert "2 records" in loss.note
    assert told.verdict == "ok"
    assert f"{options.prefix}-process has read nothing of" in told.note
    assert f"{options.prefix}-sink 2 behind in" in told.note


@pytest.mark.services
def test_a_group_that_nobody_is_in_is_a_warning_where_it_has_something_to_read(
    options: KafkaOptions,
) -> None:
    topics.create(options)
    put(options, "findings", 0, 1)
    consumer = KafkaConsumer(
        f"{options.prefix}.findings",
        **client_settings(options, "test"),
        group_id=f"{options.prefix}-sink",
        enable_auto_commit=False,
        metrics_enabled=False,
    )
    try:
        before = bad(options)
        while not consumer.assignment():
            consumer.poll(timeout_ms=100)
        joined = bad(options)
        put(options, "posts", 0, 1)
        after = bad(options)
    finally:
        close_consumer(consumer, 1000)

    (sink,), (process,) = before, after
    assert (sink.verdict, sink.advice) == ("warn", "start bunco sink")
    assert f"nobody is in the group {options.prefix}-sink" in sink.note
    assert joined == []
    assert (process.verdict, process.advice) == ("warn", "start bunco process")


def test_a_broker_that_is_away_is_one_failure_with_the_reason() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    (check,) = checks(KafkaOptions(bootstrap=(f"127.0.0.1:{port}",)))

    assert check.verdict == "fail"
    assert "nothing listens on that port" in check.note
    assert check.advice


def test_wrong_options_are_a_failure() -> None:
    (check,) = checks(KafkaOptions(security="sasl"))

    assert check.verdict == "fail"
    assert "kafka.username" in check.note


def test_a_login_in_the_open_is_a_warning() -> None:
    given = KafkaOptions(
        bootstrap=("kafka.invalid",),
        security="sasl",
        mechanism="PLAIN",
        username="ann",
        password=Secret("x"),
    )

    first, second = checks(given)

    assert first.verdict == "warn"
    assert "the password crosses the network in the open" in first.note
    assert second.verdict == "fail"


def test_a_missing_extra_is_told_before_anything_is_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(extra._PACKAGES, "no_such_module_at_all", "no-such-package")

    (check,) = checks(KafkaOptions())

    assert check.verdict == "fail"
    assert check.note == "not installed: no-such-package"
    assert ".[distributed]" in check.advice
