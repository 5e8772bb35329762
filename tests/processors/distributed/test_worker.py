"""The worker between Faust and the shards: what is acknowledged, and what never is."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest

from bunco import codec
from bunco.model import Post
from bunco.options import ProcessOptions
from bunco.streams.records import join_items
from bunco.values import Duration
from processors.detectors import repeats
from processors.distributed.seeking import seek_whole
from processors.distributed.shard import Commit
from processors.distributed.worker import Applied, Worker
from tests.builders import a_post

MINUTE = timedelta(minutes=1)


class Event:
    """A record as Faust hands it over."""

    def __init__(self, offset: int, post: Post, acknowledged: list[int]) -> None:
        self.value = join_items([codec.encode(post)])
        self.message = SimpleNamespace(offset=offset, partition=0, headers=())
        self._acknowledged = acknowledged

    def ack(self) -> None:
        self._acknowledged.append(self.message.offset)


class Stream:
    """A stream that gives some events and ends."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    def noack(self) -> "Stream":
        return self

    async def events(self) -> AsyncIterator[Event]:
        for event in self._events:
            yield event


class Writer:
    """Keep states in memory; fail where told to; wait where told to."""

    def __init__(self, fails_in: str = "") -> None:
        self.fails_in = fails_in
        self.steps: list[str] = []
        self.wrote = asyncio.Event()
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    def stored(self, _: int, keys: list[bytes]) -> list[bytes | None]:
        return [None for _ in keys]

    async def publish(self, commit: Commit) -> None:
        await self._step(f"publish {commit.posts}", "publish")

    async def write(self, _: int, states: dict[bytes, bytes]) -> None:
        await self._step(f"write {len(states)}", "write")
        self.wrote.set()

    async def _step(self, what: str, name: str) -> None:
        await self.may_go_on.wait()
        if self.fails_in == name:
            raise ConnectionError(name)
        self.steps.append(what)


def worker(writer: Writer, told: list[Applied] | None = None, commit_items: int = 2) -> Worker:
    made = Worker(
        writer,  # type: ignore[arg-type]  # as much of it as a worker needs
        [repeats.make(repeats.Options())],
        ProcessOptions(commit_items=commit_items, commit_wait=Duration(milliseconds=20)),
        partitions=1,
        incarnation="x",
        on_applied=(told if told is not None else []).append,
        on_open=lambda _: None,
    )
    made.go_on()
    return made


def events(count: int, acknowledged: list[int]) -> Stream:
    posts = [a_post(n * MINUTE, id=f"web:{n}") for n in range(count)]
    return Stream([Event(n, post, acknowledged) for n, post in enumerate(posts)])


def test_findings_go_first_then_states_then_offsets() -> None:
    async def run() -> None:
        acknowledged: list[int] = []
        writer = Writer()

        await worker(writer).take(events(2, acknowledged))

        assert writer.steps == ["publish 2", "write 1"]
        assert acknowledged == [0, 1]

    asyncio.run(run())


def test_what_does_not_fill_a_commit_is_committed_in_time() -> None:
    async def run() -> None:
        acknowledged: list[int] = []
        told: list[Applied] = []
        writer = Writer()
        waiting = worker(writer, told, commit_items=100)
        timer = asyncio.create_task(waiting.commit_in_time())

        await waiting.take(events(3, acknowledged))
        assert acknowledged == []
        await asyncio.wait_for(writer.wrote.wait(), 10)
        await asyncio.sleep(0.01)
        timer.cancel()

        assert (acknowledged, told[0].posts) == ([0, 1, 2], 3)

    asyncio.run(run())


@pytest.mark.parametrize("step", ["publish", "write"])
def test_after_a_failure_nothing_is_acknowledged_any_more(step: str) -> None:
    async def run() -> None:
        acknowledged: list[int] = []
        writer = Writer(fails_in=step)
        broken = worker(writer)

        with pytest.raises(ConnectionError):
            await broken.take(events(2, acknowledged))
        writer.fails_in = ""
        broken.go_on()
        await broken.take(events(2, acknowledged))

        assert acknowledged == []
        assert broken.waits_for == "a commit failed"

    asyncio.run(run())


def test_a_rebalance_lets_the_running_commit_end_and_drops_what_waits() -> None:
    async def run() -> None:
        acknowledged: list[int] = []
        writer = Writer()
        writer.may_go_on.clear()
        called_back = worker(writer)
        taking = asyncio.create_task(called_back.take(events(3, acknowledged)))
        await asyncio.sleep(0.01)
        letting_go = asyncio.create_task(called_back.let_go())
        await asyncio.sleep(0.01)

        writer.may_go_on.set()
        await asyncio.gather(taking, letting_go)

        assert writer.steps == ["publish 2", "write 1"]
        assert acknowledged == []  # the group knows them no more; they are known when they come
        assert called_back.waits_for

        called_back.go_on()
        await called_back.take(events(2, acknowledged))
        assert acknowledged == [0, 1]

    asyncio.run(run())


def test_a_partition_without_a_committed_offset_is_read_from_its_beginning() -> None:
    class Consumer:
        def __init__(self) -> None:
            self.begun: list[str] = []

        async def seek_to_committed(self, *_: str) -> dict[str, int | None]:
            return {"never": None, "at the start": 0, "on the way": 7}

        async def seek_to_beginning(self, *partitions: str) -> None:
            self.begun += partitions

    consumer = Consumer()
    thread = SimpleNamespace(_consumer=consumer)
    app = SimpleNamespace(consumer=SimpleNamespace(_thread=thread))

    seek_whole(app)
    seek_whole(app)
    committed = asyncio.run(consumer.seek_to_committed())

    assert committed["on the way"] == 7
    assert consumer.begun == ["never", "at the start"]
