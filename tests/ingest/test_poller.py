import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

import pytest
from msgspec.structs import replace

from bunco.errors import SourceError
from bunco.model import Delivery, SourceState
from ingest.poller import Poller
from tests.builders import NOON, a_post
from tests.fakes import FakeClock

Step: TypeAlias = Callable[[bytes], Awaitable[Delivery]]

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


class FakeSource:
    """A source that plays steps in turn, then ends."""

    def __init__(self, *steps: "Step | Delivery | BaseException") -> None:
        self.steps = list(steps)
        self.cursors: list[bytes] = []

    async def read(self, cursor: bytes) -> Delivery:
        """Play the next step."""
        self.cursors.append(cursor)
        if not self.steps:
            return given(ended=True)
        step = self.steps.pop(0)
        if isinstance(step, BaseException):
            raise step
        return step if isinstance(step, Delivery) else await step(cursor)

    async def close(self) -> None:
        """Do nothing."""


class FakeBus:
    """A bus that keeps what it was given, and can be full."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.room = asyncio.Event()
        self.room.set()

    async def put(self, delivery: Delivery) -> None:
        """Take a delivery once there is room."""
        await self.room.wait()
        self.deliveries.append(delivery)

    async def take(self, most_items: int, wait: timedelta) -> list[Delivery]:
        """Never called by the poller."""
        raise NotImplementedError(most_items, wait)

    def close(self) -> None:
        """Do nothing."""

    def states(self, source: str = "a") -> list[SourceState]:
        """Give the states of a source in the order they came."""
        return [one.state for one in self.deliveries if one.source == source and one.state]


class FastTime:
    """A sleep that moves the clock in place of waiting."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Move the clock on at once."""
        self.slept.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))
        await asyncio.sleep(0)


def given(
    cursor: bytes = b"c", wait: timedelta = timedelta(0), *, ended: bool = False, items: int = 0
) -> Delivery:
    """Make a delivery of source ``a``."""
    posts = tuple(a_post(id=f"test:{number}") for number in range(items))
    return Delivery(source="a", items=posts, cursor=cursor, wait=wait, ended=ended)


async def _run(
    sources: dict[str, FakeSource],
    *,
    bus: FakeBus | None = None,
    time: FastTime | None = None,
    states: dict[str, SourceState] | None = None,
    stop: asyncio.Event | None = None,
    most_at_once: int = 8,
) -> FakeBus:
    bus = bus or FakeBus()
    time = time or FastTime()
    poller = Poller(
        sources,
        bus,
        states or {},
        clock=time.clock,
        random=Random(1),
        most_at_once=most_at_once,
        sleep=time.sleep,
    )
    await asyncio.wait_for(poller.run(stop or asyncio.Event()), 5)
    return bus


def _polled(source: FakeSource, **options: object) -> FakeBus:
    return asyncio.run(_run({"a": source}, **options))  # type: ignore[arg-type]  # of _run


async def _for_ever(_: bytes) -> Delivery:
    await asyncio.Event().wait()
    raise AssertionError


def test_each_reading_goes_on_at_the_cursor_before() -> None:
    source = FakeSource(given(b"1", items=1), given(b"2", items=1), given(b"3", items=1))

    _polled(source)

    assert source.cursors == [b"", b"1", b"2", b"3"]


def test_a_stored_cursor_is_where_reading_starts() -> None:
    source = FakeSource()

    _polled(source, states={"a": SourceState(source="a", cursor=b"stored")})

    assert source.cursors == [b"stored"]


def test_a_delivery_carries_the_state_and_the_line_of_the_log() -> None:
    bus = _polled(FakeSource(given(b"1", HOUR, items=2)))

    first = bus.deliveries[0]
    assert first.state is not None
    assert first.poll is not None
    assert first.state.cursor == b"1"
    assert first.state.succeeded_at == first.state.item_at == first.state.polled_at
    assert first.state.next_at is not None
    assert HOUR <= first.state.next_at - first.poll.at <= HOUR * 1.05
    assert (first.poll.outcome, first.poll.given) == ("read", 2)


def test_the_next_reading_waits_as_the_source_asks() -> None:
    time = FastTime()

    bus = _polled(FakeSource(given(wait=HOUR)), time=time)

    first, second = bus.states()
    assert first.polled_at is not None
    assert second.polled_at is not None
    assert second.polled_at - first.polled_at >= HOUR


def test_a_failure_is_told_with_its_reason_and_keeps_the_cursor() -> None:
    source = FakeSource(given(b"1", HOUR, items=1), SourceError("it is broken"))

    bus = _polled(source)

    failed = bus.deliveries[1]
    assert failed.state is not None
    assert failed.poll is not None
    assert (failed.items, failed.cursor, failed.state.cursor) == ((), b"1", b"1")
    assert failed.state.error == "it is broken"
    assert (failed.poll.outcome, failed.poll.note) == ("failed", "it is broken")
    assert failed.state.item_at == bus.states()[0].item_at
    assert source.cursors == [b"", b"1", b"1"]


def test_a_notice_stays_with_the_state_until_the_next_one() -> None:
    gap = replace(given(items=1), notice="nothing was told of the time from a to b")

    states = _polled(FakeSource(gap, SourceError("it is broken"), given(items=1))).states()

    assert {state.notice for state in states} == {gap.notice}
    assert {state.noticed_at for state in states} == {states[0].polled_at}


def test_a_stream_that_is_well_leaves_a_line_a_minute_in_its_log() -> None:
    bus = _polled(FakeSource(*(given(b"%d" % n, items=2) for n in range(10))))

    lines = [one.poll for one in bus.deliveries if one.poll]
    assert [line.given for line in lines] == [2, 18]


def test_a_stream_that_broke_off_is_read_again_in_a_second_whatever_was_before() -> None:
    dropped = SourceError("x", weight="dropped")
    time = FastTime()

    _polled(FakeSource(dropped, given(wait=HOUR), dropped, dropped), time=time)

    waits = time.slept[1:]
    assert 0.9 <= waits[0] <= 1.3
    assert waits[1] >= 3600
    assert 0.9 <= waits[2] <= 1.3
    assert 1.8 <= waits[3] <= 2.5


def test_failures_weigh_up_and_the_wait_grows_until_a_success() -> None:
    errors = [SourceError("x", weight="hard") for _ in range(3)]
    source = FakeSource(given(wait=HOUR), *errors, given(wait=HOUR))

    states = _polled(source).states()

    assert [state.failures for state in states] == [0, 1, 2, 3, 0, 0]
    assert states[4].error == ""
    assert states[4].error_since is None
    waits = [state.next_at - state.polled_at for state in states[1:4]]  # type: ignore[operator]
    assert [round(wait / HOUR) for wait in waits] == [1, 2, 3]


def test_error_since_is_when_it_began() -> None:
    states = _polled(FakeSource(*[SourceError("x")] * 3)).states()

    assert states[0].error_since is not None
    assert states[0].error_since == states[2].error_since


def test_the_wait_a_server_asks_for_is_kept() -> None:
    source = FakeSource(SourceError("slow down", retry_after=timedelta(hours=5)))

    state = _polled(source).states()[0]

    assert state.next_at is not None
    assert state.polled_at is not None
    assert state.next_at - state.polled_at >= timedelta(hours=5)


def test_a_source_that_breaks_unexpectedly_is_a_hard_failure_and_read_again() -> None:
    source = FakeSource(ZeroDivisionError("by zero"), given(items=1))

    states = _polled(source).states()

    assert states[0].error == "unexpected ZeroDivisionError: by zero"
    assert states[0].failures == 1
    assert states[1].error == ""


def test_an_unexpected_error_is_logged_whole_once(capsys: pytest.CaptureFixture[str]) -> None:
    _polled(FakeSource(*[ZeroDivisionError("by zero")] * 3, given(items=1)))

    assert capsys.readouterr().out.count("source broke") == 1


def test_a_reading_that_cancels_itself_is_a_failure_too() -> None:
    source = FakeSource(asyncio.CancelledError(), given(items=1))

    states = _polled(source).states()

    assert states[0].error == "the reading was broken off"
    assert states[1].error == ""


def test_one_failing_source_leaves_the_others_alone() -> None:
    bad = FakeSource(*[RuntimeError("bad")] * 50)
    good = FakeSource(*[given(b"g", MINUTE, items=1)] * 50)

    asyncio.run(_run({"bad": bad, "a": good}))

    assert not good.steps
    assert not bad.steps


def test_a_due_source_is_read_at_once_and_another_when_it_is_due() -> None:
    time = FastTime()
    states = {"a": SourceState(source="a", next_at=NOON + HOUR, polled_at=NOON)}

    bus = _polled(FakeSource(), time=time, states=states)
    due = _polled(FakeSource(), states={"a": SourceState(source="a", next_at=NOON - HOUR)})

    assert bus.states()[0].polled_at == NOON + HOUR
    assert due.states()[0].polled_at == NOON


def test_first_readings_of_new_sources_are_spread() -> None:
    async def run() -> list[datetime]:
        bus, time = FakeBus(), FastTime()
        starts: list[float] = []

        async def sleep(seconds: float) -> None:
            starts.append(seconds)
            await asyncio.sleep(0)

        sources = {f"s{number}": FakeSource() for number in range(100)}
        poller = Poller(
            sources, bus, {}, clock=time.clock, random=Random(1), most_at_once=8, sleep=sleep
        )
        await poller.run(asyncio.Event())
        return [NOON + timedelta(seconds=seconds) for seconds in starts]

    starts = asyncio.run(run())

    assert len(set(starts)) >= 50
    assert NOON + timedelta(seconds=0.5) < max(starts) <= NOON + timedelta(seconds=1)


def test_an_ended_source_is_read_no_more_and_the_run_returns() -> None:
    source = FakeSource(given(ended=True), given())

    bus = _polled(source)

    assert len(source.steps) == 1
    assert bus.states()[-1].ended


def test_a_source_that_ended_in_an_earlier_run_is_looked_at_once_more() -> None:
    source = FakeSource()

    _polled(source, states={"a": SourceState(source="a", cursor=b"end", ended=True)})

    assert source.cursors == [b"end"]


def test_a_stop_ends_hanging_readings_within_a_second() -> None:
    async def run() -> float:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, stop.set)
        started = loop.time()
        await _run({"a": FakeSource(_for_ever), "b": FakeSource(_for_ever)}, stop=stop)
        return loop.time() - started

    assert asyncio.run(run()) < 0.5


def test_a_stop_does_not_wait_for_a_reading_that_will_not_be_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ingest.poller._STOP_SECONDS", 0.1)

    async def stubborn(_: bytes) -> Delivery:
        for _turn in range(5):
            try:
                await asyncio.sleep(0.1)
            except asyncio.CancelledError:
                continue
        return given()

    async def run() -> float:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.call_later(0.05, stop.set)
        started = loop.time()
        await _run({"a": FakeSource(stubborn)}, stop=stop)
        took = loop.time() - started
        await asyncio.sleep(0.6)
        return took

    assert asyncio.run(run()) < 0.4


def test_a_full_bus_holds_the_reading_up() -> None:
    async def run() -> tuple[int, int]:
        bus, stop = FakeBus(), asyncio.Event()
        bus.room.clear()
        source = FakeSource(*[given(items=1)] * 10)
        running = asyncio.create_task(_run({"a": source}, bus=bus, stop=stop))
        await asyncio.sleep(0.05)
        read_while_full = len(source.cursors)
        bus.room.set()
        await running
        return read_while_full, len(bus.deliveries)

    assert asyncio.run(run()) == (1, 11)


def test_a_busy_stream_does_not_starve_the_others() -> None:
    async def at_once(_: bytes) -> Delivery:
        return given(items=1)

    async def run() -> int:
        stop = asyncio.Event()
        stream = FakeSource(*[at_once] * 100_000)

        async def last(_: bytes) -> Delivery:
            stop.set()
            return given(wait=MINUTE)

        feed = FakeSource(*[given(wait=MINUTE, items=1)] * 5, last)
        await _run({"stream": stream, "a": feed}, stop=stop, most_at_once=1)
        return 100_000 - len(stream.steps)

    assert asyncio.run(run()) < 1000


def test_silent_streams_leave_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.poller._PLACE_SECONDS", 0.02)

    async def run() -> int:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, stop.set)
        feed = FakeSource(given(wait=MINUTE, items=1))
        sources = {"s1": FakeSource(_for_ever), "s2": FakeSource(_for_ever), "a": feed}
        await _run(sources, stop=stop, most_at_once=1)
        return len(feed.steps)

    assert asyncio.run(run()) == 0


def test_quiet_streams_do_not_hold_up_a_busy_one() -> None:
    async def quiet(_: bytes) -> Delivery:
        await asyncio.sleep(0.1)
        return given()

    async def run() -> int:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.8, stop.set)
        busy = FakeSource(*[given(items=1)] * 1000)
        sources = {f"q{n}": FakeSource(*[quiet] * 50) for n in range(3)}
        await _run({**sources, "busy": busy}, stop=stop, most_at_once=1)
        return 1000 - len(busy.steps)

    assert asyncio.run(run()) > 100


def test_never_more_readings_than_allowed_at_once() -> None:
    running = most = 0

    async def counted(_: bytes) -> Delivery:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return given(ended=True)

    asyncio.run(_run({f"s{n}": FakeSource(counted) for n in range(12)}, most_at_once=3))

    assert most == 3


def test_a_reading_that_gives_nothing_at_once_is_not_repeated_without_pause() -> None:
    time = FastTime()

    _polled(FakeSource(*[given()] * 10), time=time)

    assert sum(time.slept) >= 1.0


def test_a_broken_bus_ends_the_run_with_its_error() -> None:
    class Broken(FakeBus):
        async def put(self, delivery: Delivery) -> None:
            raise OSError(f"the bus is gone: {delivery.source}")

    with pytest.raises(OSError, match="the bus is gone"):
        _polled(FakeSource(given()), bus=Broken())


def test_sources_come_and_go_while_the_others_are_read_on() -> None:
    interrupted: list[str] = []

    def slow(name: str) -> FakeSource:
        async def step(_: bytes) -> Delivery:
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                interrupted.append(name)
                raise
            return replace(given(items=1), source=name)

        return FakeSource(*[step] * 1000)

    async def run() -> tuple[int, int]:
        bus, stop = FakeBus(), asyncio.Event()
        poller = Poller({}, bus, {}, clock=FakeClock(), random=Random(1), most_at_once=8)
        running = asyncio.create_task(poller.run(stop, until_ended=False))
        await asyncio.sleep(0.01)
        known = {name: SourceState(source=name) for name in "ab"}
        poller.start({"a": slow("a"), "b": slow("b")}, known)
        while not (bus.states("a") and bus.states("b")):  # noqa: ASYNC110  # nothing tells it
            await asyncio.sleep(0.01)
        await poller.stop(["a", "unknown"])
        given_by_a = len(bus.states("a"))
        given_by_b = len(bus.states("b"))
        await asyncio.sleep(0.05)
        assert len(bus.states("a")) == given_by_a > 0
        assert "b" not in interrupted
        stop.set()
        await running
        return given_by_b, len(bus.states("b"))

    before, after = asyncio.run(run())

    assert 0 < before < after


def _steered(
    steer: Callable[[Poller], Awaitable[None]], known: SourceState
) -> tuple[FakeSource, FakeBus]:
    """Run one source that always has something, and steer it; give both at the stop."""

    async def step(_: bytes) -> Delivery:
        await asyncio.sleep(0.005)
        return given(b"next", items=1)

    source, bus = FakeSource(*[step] * 1000), FakeBus()

    async def run() -> None:
        stop = asyncio.Event()
        states = {"a": known}
        poller = Poller(
            {"a": source}, bus, states, clock=FakeClock(), random=Random(1), most_at_once=8
        )
        running = asyncio.create_task(poller.run(stop))
        await asyncio.sleep(0.03)
        await steer(poller)
        await asyncio.sleep(0.03)
        stop.set()
        await running

    asyncio.run(run())
    return source, bus


def test_a_pause_is_remembered_with_the_cursor_it_came_at() -> None:
    source, bus = _steered(lambda poller: poller.pause("a"), SourceState(source="a"))

    *before, last = bus.states()
    assert before
    assert not any(one.paused for one in before)
    assert (last.paused, last.cursor) == (True, b"next")
    assert bus.deliveries[-1].poll is not None
    assert bus.deliveries[-1].poll.outcome == "paused"
    assert len(source.cursors) <= len(before) + 1


def test_a_source_that_was_paused_before_the_start_stays_so_until_it_is_resumed() -> None:
    paused = SourceState(source="a", cursor=b"old", paused=True)

    async def nothing(poller: Poller) -> None:
        assert poller.paused() == {"a"}
        assert not poller.ended

    silent, _ = _steered(nothing, paused)
    resumed, bus = _steered(lambda poller: poller.resume("a"), paused)
    tried, _ = _steered(lambda poller: poller.try_now("a"), paused)

    assert silent.cursors == []
    assert resumed.cursors[0] == tried.cursors[0] == b"old"
    assert [one.paused for one in bus.states()][:2] == [False, False]


def test_the_settings_a_source_was_read_with_are_kept_with_its_state() -> None:
    _, bus = _steered(lambda _: asyncio.sleep(0), SourceState(source="a", settings="rss:1"))

    assert {one.settings for one in bus.states()} == {"rss:1"}


def test_a_run_that_lasts_goes_on_when_every_source_has_ended() -> None:
    async def run() -> bool:
        stop = asyncio.Event()
        poller = Poller(
            {"a": FakeSource()}, FakeBus(), {}, clock=FakeClock(), random=Random(1), most_at_once=8
        )
        running = asyncio.create_task(poller.run(stop, until_ended=False))
        await asyncio.sleep(0.25)
        went_on = poller.ended and not running.done()
        stop.set()
        await running
        return went_on

    assert asyncio.run(run())


def test_a_source_that_was_started_later_breaks_the_run_as_others_do() -> None:
    class Broken(FakeBus):
        async def put(self, delivery: Delivery) -> None:
            raise OSError(f"the bus is gone: {delivery.source}")

    async def run() -> None:
        poller = Poller({}, Broken(), {}, clock=FakeClock(), random=Random(1), most_at_once=8)
        running = asyncio.create_task(poller.run(asyncio.Event(), until_ended=False))
        await asyncio.sleep(0.01)
        poller.start({"a": FakeSource(given())}, {"a": SourceState(source="a")})
        await asyncio.wait_for(running, 5)

    with pytest.raises(OSError, match="the bus is gone"):
        asyncio.run(run())
