"""How far the groups have come in the topics they read, and what the topics hold."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from kafka import OffsetSpec, TopicPartition
from kafka.errors import CoordinatorNotAvailableError, KafkaError
from msgspec import Struct

from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.admin import administration
from bunco.streams.topics import wanted

READS: dict[names.GroupName, tuple[names.TopicName, ...]] = {
    "process": ("posts",),
    "sink": ("posts", "findings", "dead", "sources"),
}
"""What each group saves its place in; ingesters read the topic of sources anew at each start."""

Found = TypeVar("Found")

_NO_SUCH_GROUP = "Dead"
_TRIES = 20
_TRY_AGAIN_S = 0.25


class Lag(Struct, frozen=True, kw_only=True):
    """How far a group has come in one partition."""

    group: str
    topic: str
    partition: int
    committed: int | None
    """Where it goes on; None: it has read nothing yet."""
    end: int
    """Where the next record will stand."""
    lag: int
    """Records that are there and not read yet."""
    lost: int = 0
    """Records that were too old for Kafka before they were read."""


class Members(Struct, frozen=True, kw_only=True):
    """How many processes are in a group now."""

    group: str
    members: int | None
    """None: its coordinator does not say, it is just taking over."""


class Contents(Struct, frozen=True, kw_only=True):
    """What a topic holds."""

    topic: str
    partitions: int
    records: int
    """At most: of a compacted topic some are gone in between."""
    size_bytes: int | None
    """On the disks of all brokers, copies counted; None where that may not be asked."""


def lag(options: KafkaOptions) -> list[Lag]:
    """Give how far processors and sinks have come, partition by partition.

    Topics that are missing are left out.

    Raises:
        BrokerError: Kafka cannot be reached.
    """
    with administration(options) as admin:
        places = _places(admin, options)
        starts, ends = _offsets(admin, places)
        groups = {names.group(options.prefix, group): topics for group, topics in READS.items()}
        committed = {group: _committed(admin, group) for group in groups}
    return [
        _lag(group, place, committed[group].get(place), (starts[place], ends[place]))
        for group, topics in groups.items()
        for topic in topics
        for place in places
        if place.topic == names.topic(options.prefix, topic)
    ]


def members(options: KafkaOptions) -> list[Members]:
    """Give how many processes ingest, process and sink now, group by group.

    Raises:
        BrokerError: Kafka cannot be reached.
    """
    groups = [names.group(options.prefix, name) for name in get_args(names.GroupName)]
    with administration(options) as admin:
        found = _patiently(lambda: admin.describe_groups(groups))
    return [Members(group=group, members=_count(found.get(group, {}))) for group in groups]


def contents(options: KafkaOptions) -> list[Contents]:
    """Give how much our topics hold; those that are missing are left out.

    Raises:
        BrokerError: Kafka cannot be reached.
    """
    with administration(options) as admin:
        places = _places(admin, options)
        starts, ends = _offsets(admin, places)
        sizes = _sizes(admin, {place.topic for place in places})
    return [
        Contents(
            topic=topic,
            partitions=len(own),
            records=sum(ends[place] - starts[place] for place in own),
            size_bytes=None if sizes is None else sizes.get(topic, 0),
        )
        for topic in dict.fromkeys(place.topic for place in places)
        if (own := [place for place in places if place.topic == topic])
    ]


def summary(lags: Iterable[Lag]) -> dict[tuple[str, str], int]:
    """Give how many records each group has before it in each topic."""
    sums: dict[tuple[str, str], int] = {}
    for one in lags:
        key = (one.group, one.topic)
        sums[key] = sums.get(key, 0) + one.lag
    return sums


def _committed(admin: Any, group: str) -> Mapping[Any, Any]:  # noqa: ANN401  # untyped
    """Give what a group saved."""
    found: Mapping[Any, Any] = _patiently(lambda: admin.list_group_offsets(group)).get(group, {})
    return found


def _patiently(ask: Callable[[], Found]) -> Found:
    """Ask about a group; a cluster that never had one needs a moment for the first."""
    for _ in range(_TRIES - 1):
        try:
            return ask()
        except CoordinatorNotAvailableError:
            time.sleep(_TRY_AGAIN_S)
    return ask()


def _count(described: Mapping[str, Any]) -> int | None:
    """Count the members of a group; Kafka 4 calls one it does not know an error."""
    if described.get("error") and described.get("group_state") != _NO_SUCH_GROUP:
        return None
    return len(described.get("members", ()))


def _lag(group: str, place: Any, saved: Any, span: tuple[int, int]) -> Lag:  # noqa: ANN401  # untyped
    """Count for one partition.

    A place before the start: records went before they were read. One behind the end: it was
    saved in an earlier life of the topic, and all there is comes anew.
    """
    start, end = span
    at = None if saved is None or saved.offset < 0 else int(saved.offset)
    from_here = at is not None and start <= at <= end
    return Lag(
        group=group,
        topic=place.topic,
        partition=place.partition,
        committed=at,
        end=end,
        lag=end - (at if at is not None and from_here else start),
        lost=max(start - at, 0) if at is not None else 0,
    )


def _places(admin: Any, options: KafkaOptions) -> Sequence[Any]:  # noqa: ANN401  # untyped
    found = admin.describe_topics([spec.name for spec in wanted(options)])
    order = [spec.name for spec in wanted(options)]
    return sorted(
        (
            TopicPartition(topic["name"], one["partition_index"])
            for topic in found
            for one in topic["partitions"]
        ),
        key=lambda place: (order.index(place.topic), place.partition),
    )


def _offsets(
    admin: Any,  # noqa: ANN401  # the client is not typed
    places: Sequence[Any],
) -> tuple[Mapping[Any, int], Mapping[Any, int]]:
    """Give where each partition begins and ends."""

    def asked(spec: Any) -> Mapping[Any, int]:  # noqa: ANN401  # the client is not typed
        found = admin.list_partition_offsets(dict.fromkeys(places, spec)) if places else {}
        return {place: one.offset for place, one in found.items()}

    return asked(OffsetSpec.EARLIEST), asked(OffsetSpec.LATEST)


def _sizes(admin: Any, topics: Iterable[str]) -> Mapping[str, int] | None:  # noqa: ANN401  # untyped
    try:
        answers = admin.describe_log_dirs(list(topics))
    except KafkaError:
        return None
    sizes: dict[str, int] = {}
    for folder in (folder for answer in answers for folder in answer["log_dirs"]):
        if folder["error_code"]:
            return None
        for topic in folder["topics"]:
            size = sum(one["partition_size"] for one in topic["partitions"])
            sizes[topic["name"]] = sizes.get(topic["name"], 0) + size
    return sizes
