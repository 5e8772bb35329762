"""What differs between a topic as it is and as it should be, in words."""

import pytest

from bunco.streams.topic_state import TopicSpec, TopicState, compare

SPEC = TopicSpec(name="t", partitions=8, replication=3, settings={"retention.ms": "1000"})


def state(**changes: object) -> TopicState:
    fields: dict[str, object] = {
        "name": "t",
        "id": "1",
        "partitions": 8,
        "replication": 3,
        "settings": {"retention.ms": "1000", "flush.ms": "5"},
    }
    return TopicState(**{**fields, **changes})  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("found", "note", "grave"),
    [
        (None, "t is missing", True),
        (state(partitions=1), "t has 1 partition instead of 8", True),
        (state(partitions=9), "t has 9 partitions instead of 8", True),
        (state(replication=1), "t has 1 copy of each record instead of 3", False),
        (state(settings={"retention.ms": "5"}), "t has retention.ms 5 instead of 1000", False),
        (state(settings={}), "t has retention.ms None instead of 1000", False),
        (state(without_leader=[1, 2]), "t: no broker serves partition 1, 2", True),
        (state(behind=[3]), "t: copies of partition 3 are not in sync", False),
    ],
)
def test_each_difference_is_named(found: TopicState | None, note: str, grave: bool) -> None:
    (difference,) = compare(SPEC, found)

    assert difference.note == note
    assert difference.grave is grave
    assert difference.advice


def test_nothing_differs_in_a_topic_that_is_as_it_should_be() -> None:
    assert list(compare(SPEC, state())) == []
