"""Offsets that could not be saved are saved later, also when nothing more comes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from bunco import codec
from bunco.options import SinkOptions
from bunco.stores import memory
from bunco.streams.consuming import Place, Record
from bunco.streams.records import join_items
from processors.sink.figures import Figures
from processors.sink.sink import Outlets, Sink
from tests.builders import NOON, a_post
from tests.fakes import FakeClock

POSTS = Place("posts", 0)


class Refusing:
    """A member that is given one record, and whose first save fails."""

    def __init__(self) -> None:
        self.saves: list[Mapping[Place, int]] = []
        self._left = [Record(4, join_items([codec.encode(a_post())]), ())]

    def take(self, _: int, __: timedelta) -> Iterator[tuple[Place, Sequence[Record]]]:
        given, self._left = self._left, []
        return iter([(POSTS, given)] if given else [])

    def save(self, offsets: Mapping[Place, int]) -> bool:
        self.saves.append(dict(offsets))
        return len(self.saves) > 1

    def lost(self) -> set[Place]:
        return set()

    def held(self) -> set[Place]:
        return {POSTS}

    def behind(self, _: Mapping[Place, int]) -> dict[str, int]:
        return {}


def test_a_save_that_failed_is_made_up_for_without_new_records() -> None:
    member = Refusing()
    store = memory.make(memory.Options())
    outlets = Outlets(
        store=store,
        publish=lambda _: None,
        figures=Figures(),
        on_step=lambda _: None,
    )

    Sink(
        member,  # type: ignore[arg-type]  # as much of one as a sink needs here
        outlets,
        SinkOptions(batch_wait=timedelta(0)),  # type: ignore[arg-type]  # a Duration is one
        FakeClock(NOON),
    ).run(lambda: len(member.saves) > 1)

    assert member.saves == [{POSTS: 5}, {POSTS: 5}]
    assert store.stats().posts == 1
