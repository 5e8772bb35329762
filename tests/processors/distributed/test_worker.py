"""The worker between Faust and the shards: what is acknowledged, and what never is."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from types import SimpleNamespace

import pytest
from faust.types import TP

from bunco import codec
from bunco.errors import BrokerError
from bunco.model import Post
from bunco.options import KafkaOptions, ProcessOptions
from bunco.streams.records import join_items
from bunco.values import Duration
from processors.detectors import repeats
from processors.distributed.seeking import Positions, ReadOffsets
from processors.distributed.shard import Commit
from processors.distributed.watch import Watch
from processors.distributed.worker import Applied, Worker
from tests.builders import a_post

MINUTE = timedelta(minutes=1)


class Event:
    """A record as Faust hands it over."""

    def __init__(self, offset: int, post: Post, acknowledged: list[int]) -> None:
        self.value: bytes | None = join_items([codec.encode(post)])
        self.message = SimpleNamespace(offset=offset, partition=0, headers=())
        self._acknowledged = acknowledged

    def ack(self) -> None:
        self._acknowledged.append(self.message.offset)


class Stream:
    """A stream that gives some events and ends."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.given = events

    def noack(self) -> "Stream":
        return self

    async def events(self) -> AsyncIterator[Event]:
        for event in self.given:
            yield event


class Places:
    """Where the one partition begins, and what Kafka holds of it."""

    def __init__(self, begin: int | None = 0, held: Sequence[Event] = ()) -> None:
        self.begin = begin
        self._held = held

    def forget(self) -> None:
        self.begin = None

    def of(self, _: int) -> int | None:
        return self.begin

    async def between(self, _: int, first: int, behind: int) -> Sequence[Event]:
        return [event for event in self._held if first <= event.message.offset < behind]


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


def worker(
    writer: Writer,
    told: list[Applied] | None = None,
    commit_items: int = 2,
    places: Places | None = None,
) -> Worker:
    made = Worker(
        writer,  # type: ignore[arg-type]  # as much of it as a worker needs
        places or Places(),
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
        places = Places()
        called_back = worker(writer, places=places)
        taking = asyncio.create_task(called_back.take(events(3, acknowledged)))
        await asyncio.sleep(0.01)
        letting_go = asyncio.create_task(called_back.let_go())
        await asyncio.sleep(0.01)

        writer.may_go_on.set()
        await asyncio.gather(taking, letting_go)

        assert writer.steps == ["publish 2"]  # whoever is next sends the same, and writes
        assert acknowledged == []
        assert called_back.waits_for

        called_back.go_on()
        places.begin = 0
        await called_back.take(events(2, acknowledged))
        assert acknowledged == [0, 1]

    asyncio.run(run())


def test_a_record_without_a_value_stops_nothing() -> None:
    async def run() -> None:
        acknowledged: list[int] = []
        told: list[Applied] = []
        stream = events(2, acknowledged)
        stream.given[0].value = None
        stream.given[0].message.headers = (("again", None), ("v", b"1"))

        await worker(Writer(), told).take(stream)

        assert acknowledged == [0, 1]
        assert (told[0].posts, told[0].dead) == (1, 1)

    asyncio.run(run())


def test_a_worker_that_stood_still_writes_nothing_more() -> None:
    app = SimpleNamespace(consumer=SimpleNamespace())
    watch = Watch(app, session_s=0.03, instance="a")
    watch.check()

    time.sleep(0.03)

    with pytest.raises(BrokerError, match="stood still"):
        watch.check()


def test_two_workers_of_one_name_are_told() -> None:
    async def run() -> None:
        coordinator = SimpleNamespace(_coordination_task=asyncio.Future(), member_id="")
        consumer = SimpleNamespace(_coordinator=coordinator)
        app = SimpleNamespace(consumer=SimpleNamespace(_thread=SimpleNamespace(_consumer=consumer)))
        watch = Watch(app, session_s=10, instance="a")

        for number in range(5):
            coordinator.member_id = f"a-{number}"
            watch.look_at_group()
        coordinator.member_id = "a-5"

        with pytest.raises(BrokerError, match="under the name 'a'"):
            watch.look_at_group()

    asyncio.run(run())


@pytest.mark.parametrize("ended", [True, False])
def test_a_group_that_refuses_us_ends_the_worker(ended: bool) -> None:
    async def run() -> None:
        task: asyncio.Future[None] = asyncio.Future()
        refused = ConnectionError("no such group")
        if ended:
            task.set_exception(refused)
        coordinator = SimpleNamespace(
            _coordination_task=task, member_id="", _pending_exception=None if ended else refused
        )
        consumer = SimpleNamespace(_coordinator=coordinator)
        app = SimpleNamespace(consumer=SimpleNamespace(_thread=SimpleNamespace(_consumer=consumer)))

        with pytest.raises(ConnectionError):
            await Watch(app, session_s=10, instance="a").run()

    asyncio.run(run())


def test_what_is_left_from_before_a_rebalance_is_not_taken() -> None:
    async def run() -> None:
        acknowledged: list[int] = []
        told: list[Applied] = []
        places = Places(begin=1)
        behind = worker(Writer(), told, places=places)

        places.forget()
        await behind.take(events(2, acknowledged))
        assert told == []  # where the partition goes on is not known yet

        places.begin = 1
        await behind.take(events(3, acknowledged))
        assert acknowledged == [1, 2]  # the first stands before the place

    asyncio.run(run())


def test_records_that_were_left_out_are_fetched() -> None:
    async def run() -> None:
        acknowledged: list[int] = []
        stream = events(4, acknowledged)
        whole = worker(Writer(), places=Places(held=stream.given))

        await whole.take(Stream(stream.given[3:]))

        assert acknowledged == [0, 1, 2, 3]

    asyncio.run(run())


def test_offsets_without_a_record_are_no_gap() -> None:
    async def run() -> None:
        acknowledged: list[int] = []
        whole = worker(Writer(), places=Places())

        await whole.take(Stream(events(4, acknowledged).given[2:]))

        assert acknowledged == [2, 3]

    asyncio.run(run())


def test_a_partition_without_a_committed_offset_is_read_from_its_beginning() -> None:
    class Consumer:
        def __init__(self) -> None:
            self.begun: list[tuple[TP, int]] = []
            self._fetcher = SimpleNamespace(_fetch_max_wait_ms=1500)

        async def seek_to_committed(self, *_: TP) -> dict[TP, int | None]:
            posts = {TP("p.posts", 0): None, TP("p.posts", 1): 0, TP("p.posts", 2): 7}
            return posts | {TP("p-process-authors-changelog", 0): None}

        async def beginning_offsets(self, partitions: list[TP]) -> dict[TP, int]:
            assert {where.topic for where in partitions} == {"p.posts"}, "states are not asked for"
            return dict.fromkeys(partitions, 3)

        def seek(self, partition: TP, offset: int) -> None:
            self.begun.append((partition, offset))

    consumer = Consumer()
    thread = SimpleNamespace(_consumer=consumer)
    app = SimpleNamespace(consumer=SimpleNamespace(_thread=thread, _read_offset={}))
    positions = Positions(app, KafkaOptions(prefix="p"))

    positions.attach()
    positions.attach()
    asyncio.run(consumer.seek_to_committed())

    assert consumer.begun == [(TP("p.posts", 0), 3), (TP("p.posts", 1), 3)]
    assert [positions.of(n) for n in range(4)] == [3, 3, 7, None]
    assert consumer._fetcher._fetch_max_wait_ms <= 500, "a restarted worker waits for it"


def test_faust_drops_no_post_for_what_it_believes_to_have_read() -> None:
    noted = ReadOffsets("p.posts")

    noted[TP("p.posts", 0)] = 116
    noted[TP("changelog", 0)] = 7

    assert noted[TP("p.posts", 0)] is None
    assert (noted[TP("changelog", 0)], noted[TP("changelog", 1)]) == (7, None)
