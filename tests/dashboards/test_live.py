"""Viewers miss nothing: slow ones, late ones, those who were away; trouble is waited out."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from bunco.errors import StoreError, UsageError
from bunco.model import Batch, Page, Removal
from bunco.model import Change as Row
from bunco.ports.stores import Store
from bunco.stores import memory
from dashboards.live import Change, Hub
from tests.builders import NOON, a_finding


@pytest.fixture
def readers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def a_store() -> memory.MemoryStore:
    return memory.MemoryStore()


def written(store: Store, number: int, **changes: Any) -> None:
    finding = a_finding(id=f"f{number}", subject=f"web:a{number}.example", **changes)
    store.commit(Batch(findings=(finding,)))


async def following(hub: Hub, look: Callable[[], Awaitable[None]]) -> None:
    """Run the hub while something is looked at."""
    run = asyncio.create_task(hub.run())
    try:
        async with asyncio.timeout(20):
            await look()
    finally:
        hub.close()
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)


async def until(hub: Hub, after: str, last: str) -> list[Change]:
    """Follow from a mark until a finding of that id has come."""
    seen = []
    async with aclosing(hub.follow(after)) as changes:
        async for change in changes:
            seen.append(change)
            if last in {one.id for one in change.findings}:
                break
    return seen


def ids(changes: list[Change]) -> list[str]:
    return [one.id for change in changes for one in change.findings]


def test_a_viewer_sees_what_is_written_from_now_on(readers: ThreadPoolExecutor) -> None:
    store, seen = a_store(), list[Change]()
    hub = Hub(store, readers, poll_s=0.01)
    written(store, 1)

    async def look() -> None:
        watching = asyncio.create_task(until(hub, "", "f3"))
        await asyncio.sleep(0.1)
        written(store, 2)
        hub.kick()
        await asyncio.sleep(0.1)
        written(store, 3)
        seen.extend(await watching)

    asyncio.run(following(hub, look))

    assert seen[0].size == 0
    assert seen[0].mark
    assert ids(seen) == ["f2", "f3"]


def test_a_slow_viewer_holds_nobody_up_and_misses_nothing(readers: ThreadPoolExecutor) -> None:
    store, slow_seen, quick_seen = a_store(), list[Change](), list[Change]()
    hub = Hub(store, readers, poll_s=0.001, pace_s=0.001, kept=8)

    async def look() -> None:
        async with aclosing(hub.follow()) as slow:
            slow_seen.append(await anext(slow))
            slow_next = asyncio.ensure_future(anext(slow))
            quick = asyncio.create_task(until(hub, "", "f300"))
            await asyncio.sleep(0.05)
            for number in range(1, 301):
                written(store, number)
                hub.kick()
                if number % 3 == 0:
                    await asyncio.sleep(0.003)
            quick_seen.extend(await quick)
            slow_seen.append(await slow_next)
            async for change in slow:
                slow_seen.append(change)
                if "f300" in ids([change]):
                    break

    asyncio.run(following(hub, look))

    assert set(ids(quick_seen)) == {f"f{number}" for number in range(1, 301)}
    assert set(ids(slow_seen)) == {f"f{number}" for number in range(1, 301)}
    assert len(quick_seen) > 2 * 8, "more changes than are kept"


def test_one_who_was_away_gets_what_came_meanwhile(readers: ThreadPoolExecutor) -> None:
    store, first, then = a_store(), list[Change](), list[Change]()
    hub = Hub(store, readers, poll_s=0.01)

    async def look() -> None:
        watching = asyncio.create_task(until(hub, "", "f1"))
        await asyncio.sleep(0.05)
        written(store, 1)
        first.extend(await watching)
        written(store, 2)
        written(store, 1, score=0.9, last_at=NOON + timedelta(hours=5))
        written(store, 3)
        then.extend(await until(hub, first[-1].mark, "f3"))

    asyncio.run(following(hub, look))

    assert sorted(ids(then)) == ["f1", "f2", "f3"]
    (again,) = [one for change in then for one in change.findings if one.id == "f1"]
    assert again.score == 0.9


def test_what_is_forgotten_is_told_by_its_id_alone(readers: ThreadPoolExecutor) -> None:
    store, seen = a_store(), list[Change]()
    hub = Hub(store, readers, poll_s=0.01)
    written(store, 1)

    async def look() -> None:
        async with aclosing(hub.follow()) as changes:
            await anext(changes)
            gone = Removal(removed="author", author="web:a1.example")
            store.commit(Batch(removals=(gone,)))
            seen.append(await anext(changes))

    asyncio.run(following(hub, look))

    assert seen[0].removed == ("f1",)
    assert seen[0].findings == ()


class Troubled(memory.MemoryStore):
    """A store that does not answer for a while."""

    is_down = False

    def changes(self, after: str = "", *, limit: int = 500) -> Page[Row]:
        """Give changes, or fail."""
        if self.is_down:
            raise StoreError("the disk is on fire")
        return super().changes(after, limit=limit)


def test_trouble_with_the_store_is_told_and_waited_out(readers: ThreadPoolExecutor) -> None:
    store, seen, told = Troubled(), list[Change](), list[str]()
    hub = Hub(store, readers, poll_s=0.01)

    async def look() -> None:
        watching = asyncio.create_task(until(hub, "", "f1"))
        await asyncio.sleep(0.1)
        store.is_down = True
        written(store, 1)
        await asyncio.sleep(0.2)
        told.append(hub.error)
        assert hub.stale_s > 0
        store.is_down = False
        seen.extend(await watching)

    asyncio.run(following(hub, look))

    assert told == ["the disk is on fire"]
    assert ids(seen) == ["f1"]
    assert hub.error == ""


def test_a_mark_of_another_store_is_refused(readers: ThreadPoolExecutor) -> None:
    hub = Hub(a_store(), readers)

    async def look() -> None:
        with pytest.raises(UsageError):
            await until(hub, "nonsense", "f1")

    asyncio.run(following(hub, look))


def test_nobody_is_looked_for_where_nobody_looks(readers: ThreadPoolExecutor) -> None:
    class Counting(memory.MemoryStore):
        asked = 0

        def changes(self, after: str = "", *, limit: int = 500) -> Page[Row]:
            self.asked += 1
            return super().changes(after, limit=limit)

    store = Counting()
    hub = Hub(store, readers, poll_s=0.005)

    async def look() -> None:
        for _ in range(20):
            hub.kick()
            await asyncio.sleep(0.005)

    asyncio.run(following(hub, look))

    assert store.asked == 0


def test_a_silence_is_told_and_a_closed_hub_lets_go(readers: ThreadPoolExecutor) -> None:
    hub, seen = Hub(a_store(), readers, poll_s=0.01), list[Change]()

    async def look() -> None:
        async for change in hub.follow(beat_s=0.05):
            seen.append(change)
            if len(seen) == 3:
                hub.close()

    asyncio.run(following(hub, look))

    assert [change.size for change in seen] == [0, 0, 0]
    assert hub.viewers == 0


def test_nothing_is_kept_while_nobody_looks(readers: ThreadPoolExecutor) -> None:
    store = a_store()
    hub = Hub(store, readers, poll_s=0.02, pace_s=0.01)

    async def look() -> None:
        async with aclosing(hub.follow()) as early:
            await anext(early)
            await asyncio.sleep(0.1)
            written(store, 1, reason="a secret")
            await anext(early)
            await asyncio.sleep(0.1)
            assert "a secret" in repr(list(vars(hub).values()))
        await asyncio.sleep(0.2)
        assert "a secret" not in repr(list(vars(hub).values()))

    asyncio.run(following(hub, look))


def test_a_late_viewer_does_not_see_what_was_removed_meanwhile(readers: ThreadPoolExecutor) -> None:
    store = a_store()
    hub = Hub(store, readers, poll_s=0.02, pace_s=0.01)

    async def look() -> None:
        async with aclosing(hub.follow()) as early:
            begun = await anext(early)
            written(store, 1, reason="a secret")
            assert "a secret" in repr(await anext(early))
            store.commit(Batch(removals=(Removal(removed="author", author="web:a1.example"),)))
            await anext(early)
            written(store, 2)
            await anext(early)
            late = await until(hub, begun.mark, "f2")
            await asyncio.sleep(0.2)  # a viewer who reads from the store may be ahead of the hub
            assert "a secret" not in repr(late)
            assert "a secret" not in repr(list(vars(hub).values()))

    asyncio.run(following(hub, look))
