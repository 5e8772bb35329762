import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from random import Random

from msgspec.structs import replace

from bunco.model import Delivery, SourceState
from bunco.streams.records import SourceRecord
from bunco.streams.source_log import Share
from ingest.poller import Poller
from ingest.sharing.holding import Holding, SharedSource
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.ingest.sharing.ingesters import Endless

PLACES = {"a": 1, "b": 1, "c": 2}


class FakeOutbox:
    """Keeps what it was told, in order."""

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[str, ...]]] = []
        self.taken: list[str] = []
        self.safe = asyncio.Event()
        self.safe.set()

    def hold(self, sources: Collection[str], generation: int) -> None:
        """Keep."""
        self.told.append((f"hold {generation}", tuple(sorted(sources))))

    def abandon(self, sources: Collection[str]) -> None:
        """Keep."""
        self.told.append(("abandon", tuple(sorted(sources))))

    async def settled(self, sources: Collection[str]) -> None:
        """Keep."""
        self.told.append(("settled", tuple(sorted(sources))))
        await self.safe.wait()

    async def put(self, delivery: Delivery) -> None:
        """Keep."""
        self.taken.append(delivery.source)


class Parts:
    """A holding with sources and an outbox in the test's hand."""

    def __init__(self) -> None:
        self.sources = {name: Endless(name) for name in PLACES}
        self.outbox = FakeOutbox()
        self.poller = Poller(
            {}, self.outbox, {}, clock=FakeClock(), random=Random(1), most_at_once=8
        )
        self.holding = Holding(
            {name: SharedSource(source, name) for name, source in self.sources.items()},
            PLACES,
            self._resumed,
            self.poller,
            self.outbox,  # type: ignore[arg-type]  # it does what is asked of it here
        )

    def _resumed(self, states: Mapping[str, SourceState]) -> Mapping[str, SourceState]:
        fresh = {name: SourceState(source=name, settings="now") for name in PLACES}
        return fresh | {name: replace(one, next_at=None) for name, one in states.items()}


def _share(partition: int, **cursors: bytes) -> Share:
    # Due in an hour, so that a source is read now only where the configuration has its way.
    later = NOON + timedelta(hours=1)
    known = {
        name: SourceRecord(state=SourceState(source=name, cursor=cursor, next_at=later))
        for name, cursor in cursors.items()
    }
    return Share(partition=partition, known=known, generation=7)


def test_sources_of_a_partition_begin_at_their_cursors_as_the_configuration_has_it() -> None:
    async def run() -> Parts:
        parts = Parts()
        parts.holding.hold(_share(1, a=b"5"))
        await asyncio.sleep(0.02)
        await parts.holding.finish()
        return parts

    parts = asyncio.run(run())

    assert parts.sources["a"].cursors == [b"5"]
    assert parts.sources["b"].cursors == [b""]
    assert parts.sources["c"].cursors == []
    assert parts.outbox.told[0] == ("hold 7", ("a", "b"))


def test_a_partition_that_goes_has_its_sources_settled_and_leaves_the_others_alone() -> None:
    async def run() -> Parts:
        parts = Parts()
        parts.holding.hold(_share(1))
        parts.holding.hold(_share(2))
        await asyncio.sleep(0.02)
        await parts.holding.release([1], lost=False)
        assert parts.sources["c"].broken_off == 0
        assert parts.holding.names == {"c"}
        await parts.holding.finish()
        return parts

    parts = asyncio.run(run())

    assert parts.outbox.told[2:4] == [("settled", ("a", "b")), ("abandon", ("a", "b"))]
    assert parts.sources["a"].broken_off == 1


def test_a_lost_partition_is_not_waited_for() -> None:
    async def run() -> Parts:
        parts = Parts()
        parts.holding.hold(_share(1))
        await asyncio.sleep(0.02)
        await parts.holding.release([1], lost=True)
        return parts

    parts = asyncio.run(run())

    assert parts.outbox.told[1:] == [("abandon", ("a", "b"))]


def test_what_comes_after_the_end_is_not_held() -> None:
    async def run() -> Parts:
        parts = Parts()
        await parts.holding.finish()
        parts.holding.hold(_share(1))
        await asyncio.sleep(0.01)
        return parts

    parts = asyncio.run(run())

    assert not parts.sources["a"].cursors
    assert not parts.holding.names


def test_what_came_anew_while_it_was_let_go_slowly_stays_ours_and_goes_at_the_next_end() -> None:
    async def run() -> tuple[Parts, list[bool]]:
        parts, polled = Parts(), []
        parts.holding.hold(_share(1))
        parts.outbox.safe.clear()
        slow = asyncio.create_task(parts.holding.release([1], lost=False))
        await asyncio.sleep(0.01)
        parts.holding.hold(_share(1))
        parts.outbox.safe.set()
        await slow
        assert parts.holding.names == {"a", "b"}
        assert ("abandon", ("a", "b")) not in parts.outbox.told
        polled.append(not parts.poller.ended)
        await parts.holding.release([1], lost=False)
        polled.append(not parts.poller.ended)
        return parts, polled

    parts, polled = asyncio.run(run())

    assert polled == [True, False]
    assert not parts.holding.names
    assert parts.outbox.told[-1] == ("abandon", ("a", "b"))
