"""What comes and goes is told in its order, however late the event loop comes round."""

import asyncio
from collections.abc import Collection, Iterable
from typing import Any

from msgspec import Struct

from bunco.options import KafkaOptions
from bunco.streams.known_sources import Known
from bunco.streams.source_log import Membership, Share
from bunco.values import Duration


class FakeHolder:
    """Keeps what it was told, in order."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def hold(self, share: Share) -> None:
        """Keep."""
        self.told.append(f"hold {share.partition} as {share.generation}")

    async def release(self, partitions: Collection[int], *, lost: bool) -> None:
        """Keep."""
        self.told.append(f"release {sorted(partitions)}{' lost' * lost}")


class Group(Struct, frozen=True):
    """What of a client and of what it read is asked for, as of one generation."""

    generation_id: int
    partition: int

    def group_metadata(self) -> "Group":
        """Give the generation."""
        return self

    def turn(self) -> None:
        """Do nothing."""

    def finished(self) -> Iterable[tuple[int, Known]]:
        """Give the partition as read to its end."""
        return [(self.partition, Known())]


def _read(membership: Membership, partition: int, generation: int) -> None:
    """Let a partition come, and be read to its end."""
    group: Any = Group(generation, partition)
    membership.came([partition])
    membership._turn(group, group)


def test_a_partition_that_went_and_came_again_while_the_loop_was_late_is_held_as_it_came_last() -> (
    None
):
    async def run() -> list[str]:
        holder = FakeHolder()
        membership = Membership(KafkaOptions(), Duration(milliseconds=30), holder)
        _read(membership, 3, generation=1)
        membership.go([3], lost=False)  # in vain: the loop, ours, cannot come round meanwhile
        _read(membership, 3, generation=2)
        settled = [membership.settled]
        await asyncio.sleep(0.01)
        settled.append(membership.settled)
        assert settled == [False, True]
        return holder.told

    assert asyncio.run(run()) == ["release [3]", "hold 3 as 2"]


def test_a_partition_that_went_before_it_was_held_is_not_held() -> None:
    async def run() -> list[str]:
        holder = FakeHolder()
        membership = Membership(KafkaOptions(), Duration(milliseconds=30), holder)
        _read(membership, 3, generation=1)
        membership.go([3], lost=True)
        await asyncio.sleep(0.01)
        return holder.told

    assert asyncio.run(run()) == ["release [3] lost"]
