"""The bus inside the process: a bounded queue of deliveries."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from bunco.model import Delivery
from bunco.ports.bus import Bus
from bunco.ports.parts import Part


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much may wait."""

    most_items: int = 8000
    """Items waiting before ``put`` waits; one delivery is always taken."""


class MemoryBus:
    """Carry deliveries within one event loop."""

    def __init__(self, options: Options) -> None:
        self._most = options.most_items
        self._waiting: deque[tuple[float, Delivery]] = deque()
        """With when each came, in seconds of the loop's clock."""
        self._items = 0
        self._closed = False
        self._changed = asyncio.Condition()

    async def put(self, delivery: Delivery) -> None:
        """Hand a delivery over; waits while the bus is full."""
        size = _size(delivery)
        async with self._changed:
            await self._changed.wait_for(
                lambda: not self._items or self._items + size <= self._most
            )
            self._waiting.append((_now(), delivery))
            self._items += size
            self._changed.notify_all()

    async def take(self, most_items: int, wait: timedelta) -> Sequence[Delivery]:
        """Give whole deliveries in the order they came; empty once closed and drained."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._items < most_items and not self._closed:
                await self._fill(most_items, wait.total_seconds())
            taken: list[Delivery] = []
            room = most_items
            while self._waiting and (not taken or _size(self._waiting[0][1]) <= room):
                _, delivery = self._waiting.popleft()
                room -= _size(delivery)
                self._items -= _size(delivery)
                taken.append(delivery)
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """Take no more; what is inside can still be taken."""
        self._closed = True
        self._closing = asyncio.ensure_future(self._wake())

    async def _fill(self, most_items: int, seconds: float) -> None:
        """Wait for more; what has waited while nobody took from us waits no longer."""
        came_at, _ = self._waiting[0]
        if _now() >= came_at + seconds:
            return
        try:
            async with asyncio.timeout_at(came_at + seconds):
                await self._changed.wait_for(lambda: self._items >= most_items or self._closed)
        except TimeoutError:
            return

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _size(delivery: Delivery) -> int:
    return max(1, len(delivery.items) + len(delivery.dead))


def make(options: Options) -> Bus:
    """Make the bus; call it inside the event loop that uses it."""
    return MemoryBus(options)


PART: Part[Bus] = Part(Options, make)
