"""A topic as it should be, as it is, and in words what lies between."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kafka.admin import ConfigResource
from kafka.errors import for_code
from msgspec import Struct

_MISSING, _ELECTING = 3, 5
"""Kafka's codes: UNKNOWN_TOPIC_OR_PARTITION, LEADER_NOT_AVAILABLE."""


class TopicSpec(Struct, frozen=True, kw_only=True):
    """A topic as it should be."""

    name: str
    partitions: int
    replication: int
    settings: Mapping[str, str]


class TopicState(Struct, frozen=True, kw_only=True):
    """A topic as it is."""

    name: str
    id: str
    """Kafka's own: another once a topic was deleted and made again. Offsets of one life of it
    mean nothing in the next."""
    partitions: int
    replication: int
    """Of the partition with the fewest copies."""
    without_leader: Sequence[int] = ()
    """Partitions that nobody serves now."""
    behind: Sequence[int] = ()
    """Partitions of which a copy is not in sync."""
    settings: Mapping[str, str] = {}
    """Those in force, the cluster's defaults too."""


class Difference(Struct, frozen=True):
    """One thing in which a topic is not as it should be."""

    note: str
    advice: str
    grave: bool = False
    """The run cannot work so."""


def states(
    admin: Any,  # noqa: ANN401  # the client is not typed
    wanted_names: Sequence[str],
    *,
    settings: bool = False,
) -> list[TopicState]:
    """Ask for topics as they are, in their order; missing ones are left out.

    Args:
        admin: a client of the cluster.
        wanted_names: which topics.
        settings: ask for their settings too.

    Raises:
        KafkaError: it cannot be told.
    """
    told_of = {topic["name"]: topic for topic in admin.describe_topics(list(wanted_names))}
    found = [topic for name in wanted_names if _is_there(topic := told_of[name])]
    told: Mapping[str, Any] = {}
    if settings and found:
        resources = [ConfigResource("TOPIC", topic["name"]) for topic in found]
        told = admin.describe_configs(resources, config_filter="all")["topic"]
    return [
        TopicState(
            name=topic["name"],
            id=str(topic["topic_id"]),
            partitions=len(topic["partitions"]),
            replication=min(len(one["replica_nodes"]) for one in topic["partitions"]),
            without_leader=_those(topic, lambda one: one["leader_id"] < 0),
            behind=_those(topic, lambda one: len(one["isr_nodes"]) < len(one["replica_nodes"])),
            settings={
                key: str(value["value"]) for key, value in told.get(topic["name"], {}).items()
            },
        )
        for topic in found
    ]


def compare(spec: TopicSpec, state: TopicState | None) -> Iterable[Difference]:
    """Give how a topic differs from what it should be; None: it is missing."""
    if state is None:
        yield Difference(f"{spec.name} is missing", '"bunco topics create" makes it', grave=True)
        return
    if state.partitions != spec.partitions:
        note = (
            f"{spec.name} has {counted(state.partitions, 'partition')} instead of {spec.partitions}"
        )
        yield Difference(
            note, "that cannot be changed in place: docs/kafka.md, Growing", grave=True
        )
    if state.replication != spec.replication:
        note = f"{spec.name} has {_copies(state.replication)} instead of {spec.replication}"
        yield Difference(note, "set kafka.replication to it, or reassign with Kafka's own tools")
    for setting, value in changed(spec, state):
        note = f"{spec.name} has {setting} {state.settings.get(setting)} instead of {value}"
        yield Difference(note, '"bunco topics create --adjust" sets it')
    if state.without_leader:
        note = f"{spec.name}: no broker serves partition {_listed(state.without_leader)}"
        yield Difference(note, "start the brokers that hold it", grave=True)
    if state.behind:
        note = f"{spec.name}: copies of partition {_listed(state.behind)} are not in sync"
        yield Difference(note, "look at the brokers; it heals when all are back")


def changed(spec: TopicSpec, state: TopicState) -> Iterable[tuple[str, str]]:
    """Give the settings that differ, with the values they should have."""
    for setting, value in spec.settings.items():
        if state.settings.get(setting) != value:
            yield setting, value


def counted(count: int, noun: str) -> str:
    """Give a number with its noun.

    >>> counted(1, "broker"), counted(3, "broker")
    ('1 broker', '3 brokers')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _is_there(topic: Mapping[str, Any]) -> bool:
    code = topic["error_code"]
    if code not in {0, _MISSING, _ELECTING}:
        raise for_code(code)(topic["name"])
    return bool(topic["partitions"])


def _those(topic: Mapping[str, Any], matches: Callable[[Mapping[str, Any]], bool]) -> list[int]:
    return sorted(one["partition_index"] for one in topic["partitions"] if matches(one))


def _copies(count: int) -> str:
    return f"{count} {'copy' if count == 1 else 'copies'} of each record"


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))
