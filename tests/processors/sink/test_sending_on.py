"""Whose copy of a removal was written first does not matter to the processors."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta

from bunco import codec
from bunco.model import Batch, Item, Removal
from bunco.options import SinkOptions
from bunco.stores import memory
from bunco.streams.consuming import Place, Record
from bunco.streams.records import join_items
from processors.sink.figures import Figures
from processors.sink.sink import Outlets, Sink
from tests.builders import NOON, a_post
from tests.fakes import FakeClock

HOME = Place("posts", 0)
POST = a_post()
COPY = Removal(removed="post", id=POST.id)


class Alone:
    """A member that is given one item at a time, and does something else before each."""

    def __init__(self, *items: Item, before: Mapping[int, Callable[[], None]]) -> None:
        self.left = list(enumerate(items))
        self._before = before

    def take(self, _: int, __: timedelta) -> Iterator[tuple[Place, Sequence[Record]]]:
        if not self.left:
            return iter([])
        offset, item = self.left.pop(0)
        self._before.get(offset, lambda: None)()
        return iter([(HOME, [Record(offset, join_items([codec.encode(item)]), ())])])

    def save(self, _: Mapping[Place, int]) -> bool:
        return True

    def lost(self) -> set[Place]:
        return set()

    def held(self) -> set[Place]:
        return {HOME}


def test_what_another_sink_had_erased_in_the_meantime_is_still_sent_on() -> None:
    store = memory.make(memory.Options())
    member = Alone(POST, COPY, COPY, before={1: lambda: store.commit(Batch(removals=(COPY,)))})
    sent: list[Removal] = []
    outlets = Outlets(store=store, publish=sent.extend, figures=Figures(), on_step=lambda _: None)

    Sink(
        member,  # type: ignore[arg-type]  # as much of one as a sink needs here
        outlets,
        SinkOptions(batch_wait=timedelta(0)),  # type: ignore[arg-type]  # a Duration is one
        FakeClock(NOON),
    ).run(lambda: not member.left)

    assert sent == [Removal(removed="post", id=POST.id, author=POST.author)]
