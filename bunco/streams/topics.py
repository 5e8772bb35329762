"""The topics of a cluster: which we want, make them, and what differs."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from kafka.admin import ConfigResource
from kafka.errors import for_code

from bunco.errors import BrokerError, ConfigError
from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.admin import administration
from bunco.streams.connection import why
from bunco.streams.topic_state import (
    Difference,
    TopicSpec,
    TopicState,
    changed,
    compare,
    counted,
    states,
)

SOURCES_PARTITIONS = 16
"""Of the topic of sources: the most ingesters that can share the work."""

RECORD_BYTES = 5 << 20
"""The largest record a topic takes. More than a producer sends (``connection.REQUEST_BYTES``):
a record that Kafka refuses for its size makes kafka-python 3.0 give up the others on their way
too, so the producer must be the one that refuses it."""

LEAST_RETENTION = timedelta(minutes=1)
"""Kafka looks for what is too old every five minutes."""

_DAY = timedelta(days=1)
_ECHOES_RETENTION = _DAY
_EXISTS = 36
"""Kafka's code TOPIC_ALREADY_EXISTS."""


def wanted(options: KafkaOptions) -> list[TopicSpec]:
    """Give the topics that a distributed run needs.

    Raises:
        ConfigError: the retention is too short.
    """
    if options.retention < LEAST_RETENTION:
        raise ConfigError("configuration", "kafka.retention", str(options.retention), "1m or more")
    kept, echoes = _kept(options.retention), _kept(_ECHOES_RETENTION)

    def spec(name: names.TopicName, partitions: int, settings: Mapping[str, str]) -> TopicSpec:
        return _spec(options, names.topic(options.prefix, name), partitions, settings)

    return [
        spec("posts", options.partitions, kept),
        spec("echoes", options.partitions, echoes),
        spec("findings", options.partitions, kept),
        spec("dead", 1, kept),
        spec("sources", SOURCES_PARTITIONS, _COMPACTED),
        _spec(options, names.changelog(options.prefix), options.partitions, _COMPACTED),
    ]


def create(
    options: KafkaOptions, on_made: Callable[[TopicSpec], None] = lambda _: None
) -> list[TopicSpec]:
    """Make the topics that are missing; leave the others as they are.

    Args:
        options: how Kafka is reached, and how topics are made.
        on_made: told of each topic that was made now.

    Returns:
        Those that were made now.

    Raises:
        BrokerError: Kafka cannot be reached, or refuses one; those before it are made.
    """
    specs = wanted(options)
    made: list[TopicSpec] = []
    with administration(options) as admin:
        there = {one.name for one in states(admin, [spec.name for spec in specs])}
        for spec in specs:
            if spec.name not in there and _make(admin, spec, options):
                made.append(spec)
                on_made(spec)
        admin.wait_for_topics([spec.name for spec in specs])
    return made


def adjust(
    options: KafkaOptions, on_set: Callable[[str, str, str], None] = lambda *_: None
) -> None:
    """Give topics that are there the settings they should have; partitions stay.

    Args:
        options: how Kafka is reached, and how topics should be.
        on_set: told of each setting that was changed: topic, setting, new value.

    Raises:
        BrokerError: Kafka cannot be reached, or refuses a setting.
    """
    with administration(options) as admin:
        specs = {spec.name: spec for spec in wanted(options)}
        for state in states(admin, list(specs), settings=True):
            missing = dict(changed(specs[state.name], state))
            if missing:
                _set(admin, state.name, missing)
            for setting, value in missing.items():
                on_set(state.name, setting, value)


def check(options: KafkaOptions) -> list[str]:
    """Give in words what differs from what is wanted; empty when all is well.

    Raises:
        BrokerError: Kafka cannot be reached.
    """
    return [f"{one.note}: {one.advice}" for one in differences(options)]


def describe(options: KafkaOptions) -> list[TopicState]:
    """Give our topics that are there, as they are.

    Raises:
        BrokerError: Kafka cannot be reached.
    """
    with administration(options) as admin:
        return states(admin, [spec.name for spec in wanted(options)], settings=True)


def differences(options: KafkaOptions) -> list[Difference]:
    """Give what differs from what is wanted, topic by topic.

    Raises:
        BrokerError: Kafka cannot be reached.
    """
    specs = wanted(options)
    with administration(options) as admin:
        brokers = len(admin.describe_cluster()["brokers"])
        there = {it.name: it for it in states(admin, [it.name for it in specs], settings=True)}
    few = [_too_few(options.replication, brokers)] if options.replication > brokers else []
    return few + [one for spec in specs for one in compare(spec, there.get(spec.name))]


def _kept(retention: timedelta) -> dict[str, str]:
    """Give the settings of a topic whose records are kept for a time after they arrived.

    A segment goes when its last record is too old, so it must not stay open for long. The time
    is that of arrival: a foreign producer may date its records as old as its posts are.
    """
    segment = min(max(retention / 8, LEAST_RETENTION), _DAY)
    return {
        "cleanup.policy": "delete",
        "retention.ms": _ms(retention),
        "segment.ms": _ms(segment),
        "message.timestamp.type": "LogAppendTime",
    }


_COMPACTED = {
    "cleanup.policy": "compact",
    "segment.ms": str(60 * 60 * 1000),
    "segment.bytes": str(64 << 20),
    "min.cleanable.dirty.ratio": "0.2",
    "max.compaction.lag.ms": str(24 * 60 * 60 * 1000),
}
"""Of each key the newest record stays. The open segment is never compacted, so it is closed
every hour; after a day at the latest what was written over (a text that was removed, too) is
gone. Source of the ratio: ours, a changelog is read at a start and should be short."""


def _spec(
    options: KafkaOptions, name: str, partitions: int, settings: Mapping[str, str]
) -> TopicSpec:
    limits = {
        "max.message.bytes": str(RECORD_BYTES),
        "min.insync.replicas": "2" if options.replication > 2 else "1",
    }
    return TopicSpec(
        name=name,
        partitions=partitions,
        replication=options.replication,
        settings={**limits, **settings},
    )


def _make(admin: Any, spec: TopicSpec, options: KafkaOptions) -> bool:  # noqa: ANN401  # untyped
    """Make one topic; False where somebody else was quicker."""
    form = {
        "num_partitions": spec.partitions,
        "replication_factor": spec.replication,
        "configs": dict(spec.settings),
    }
    (told,) = admin.create_topics({spec.name: form}, raise_errors=False)["topics"]
    code = told["error_code"]
    if code not in {0, _EXISTS}:
        reason = told.get("error_message") or why(for_code(code)(), options)
        raise BrokerError(f"Kafka does not make the topic {spec.name}: {reason}")
    return bool(code == 0)


def _set(admin: Any, name: str, settings: Mapping[str, str]) -> None:  # noqa: ANN401  # untyped
    told = admin.alter_configs([ConfigResource("TOPIC", name, dict(settings))])["topic"][name]
    if told != "OK":
        raise BrokerError(f"Kafka does not change the settings of {name}: {told}")


def _too_few(replication: int, brokers: int) -> Difference:
    note = f"kafka.replication is {replication}, but there is {counted(brokers, 'broker')}"
    return Difference(note, "lower it, or start more brokers", grave=True)


def _ms(length: timedelta) -> str:
    return str(length // timedelta(milliseconds=1))
