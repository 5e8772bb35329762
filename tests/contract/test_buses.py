"""What every bus promises."""

import asyncio
from datetime import timedelta

import pytest

from bunco.buses import memory
from bunco.model import Delivery
from bunco.ports.bus import Bus
from tests.builders import a_post

SOON = timedelta(milliseconds=20)


@pytest.fixture(params=["memory"])
def kind(request: pytest.FixtureRequest) -> str:
    """Give each kind of bus there is."""
    return str(request.param)


def open_bus(kind: str, most_items: int = 100) -> Bus:
    """Make an empty bus; call it inside the event loop."""
    assert kind == "memory"
    return memory.make(memory.Options(most_items=most_items))


def a_delivery(name: str, items: int) -> Delivery:
    """Give a delivery of so many posts."""
    posts = tuple(a_post(id=f"{name}/{n}") for n in range(items))
    return Delivery(source=name, items=posts, cursor=b"")


def names(deliveries: object) -> list[str]:
    """Give the sources of deliveries."""
    assert isinstance(deliveries, (list, tuple))
    return [one.source for one in deliveries]


def test_deliveries_come_whole_and_in_order(kind: str) -> None:
    async def scene() -> list[str]:
        bus = open_bus(kind)
        for name in ("a", "b", "c"):
            await bus.put(a_delivery(name, 2))
        return names(await bus.take(6, SOON))

    assert asyncio.run(scene()) == ["a", "b", "c"]


def test_no_more_than_asked_for_come_at_once(kind: str) -> None:
    async def scene() -> list[list[str]]:
        bus = open_bus(kind)
        for name in ("a", "b", "c"):
            await bus.put(a_delivery(name, 2))
        return [names(await bus.take(4, SOON)), names(await bus.take(4, SOON))]

    assert asyncio.run(scene()) == [["a", "b"], ["c"]]


def test_a_delivery_larger_than_asked_for_comes_whole(kind: str) -> None:
    async def scene() -> int:
        bus = open_bus(kind)
        await bus.put(a_delivery("a", 9))
        (one,) = await bus.take(4, SOON)
        return len(one.items)

    assert asyncio.run(scene()) == 9


def test_a_full_bus_makes_the_giver_wait(kind: str) -> None:
    async def scene() -> tuple[bool, bool]:
        bus = open_bus(kind, most_items=3)
        await bus.put(a_delivery("a", 3))
        second = asyncio.create_task(bus.put(a_delivery("b", 1)))
        await asyncio.sleep(0.02)
        waited = not second.done()
        await bus.take(3, SOON)
        await asyncio.wait_for(second, 1)
        return waited, second.done()

    assert asyncio.run(scene()) == (True, True)


def test_a_delivery_without_items_passes(kind: str) -> None:
    async def scene() -> list[str]:
        bus = open_bus(kind)
        await bus.put(a_delivery("a", 0))
        return names(await bus.take(10, SOON))

    assert asyncio.run(scene()) == ["a"]


def test_a_closed_bus_gives_what_is_left_and_then_nothing(kind: str) -> None:
    async def scene() -> list[list[str]]:
        bus = open_bus(kind)
        await bus.put(a_delivery("a", 1))
        bus.close()
        return [names(await bus.take(10, SOON)), names(await bus.take(10, SOON))]

    assert asyncio.run(scene()) == [["a"], []]


def test_closing_wakes_the_taker(kind: str) -> None:
    async def scene() -> list[str]:
        bus = open_bus(kind)
        taker = asyncio.create_task(bus.take(10, SOON))
        await asyncio.sleep(0.02)
        bus.close()
        return names(await asyncio.wait_for(taker, 1))

    assert asyncio.run(scene()) == []


def test_what_waited_while_nobody_took_is_given_at_once(kind: str) -> None:
    async def scene() -> tuple[list[str], float]:
        bus = open_bus(kind)
        await bus.put(a_delivery("a", 1))
        await asyncio.sleep(0.2)
        began = asyncio.get_running_loop().time()
        taken = await bus.take(10, timedelta(seconds=0.2))
        return names(taken), asyncio.get_running_loop().time() - began

    taken, waited = asyncio.run(scene())

    assert taken == ["a"]
    assert waited < 0.1
