"""Bring items into a running pipeline and wait until they are safe."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta

from bunco.model import Delivery, Item
from bunco.ports.bus import Outlet
from dashboards.errors import Unavailable

WAIT = timedelta(seconds=30)
"""How long a pipeline may take that is busy with others. Source: ours."""


class Inbox:
    """Put items on the bus of a pipeline in this loop; see the module.

    Args:
        outlet: the bus.
        wait: how long to wait for the commit.
    """

    def __init__(self, outlet: Outlet, *, wait: timedelta = WAIT) -> None:
        self._outlet = outlet
        self._wait = wait
        self._waiting: dict[int, tuple[Delivery, asyncio.Future[None]]] = {}
        self._closed = False

    @property
    def is_open(self) -> bool:
        """Tell whether the run still goes on."""
        return not self._closed

    async def accept(self, items: Sequence[Item]) -> None:
        """Bring items in; they are stored when it returns.

        Raises:
            Unavailable: it took too long, or the run ended; they may come in all the same,
                and may be sent again without harm.
        """
        delivery = Delivery(source="", items=tuple(items), cursor=b"")
        await self.bring(lambda outlet: outlet.put(delivery))

    async def bring(self, put: Callable[[Outlet], Awaitable[None]]) -> None:
        """Let one delivery be put, and wait for its commit.

        Args:
            put: puts it into the outlet that it is given.

        Raises:
            Unavailable: see ``accept``.
        """
        if self._closed:
            raise Unavailable("the run has ended")
        noted = _Noted(self._outlet, self._waiting)
        try:
            async with asyncio.timeout(self._wait.total_seconds()):
                await put(noted)
                await noted.done
        except TimeoutError as error:
            raise Unavailable("the pipeline is busy", {"Retry-After": "10"}) from error
        finally:
            noted.forget()

    def committed(self, deliveries: Iterable[Delivery]) -> None:
        """Let those go whose items were among these."""
        for delivery in deliveries:
            _, done = self._waiting.get(id(delivery), (None, None))
            if done is not None and not done.done():
                done.set_result(None)

    def close(self) -> None:
        """Take no more; those who wait are told that the run has ended."""
        self._closed = True
        for _, done in self._waiting.values():
            if not done.done():
                done.set_exception(Unavailable("the run has ended"))


class _Noted:
    """An outlet for one delivery that keeps note of it, so that its commit is noticed."""

    def __init__(
        self, outlet: Outlet, waiting: dict[int, tuple[Delivery, asyncio.Future[None]]]
    ) -> None:
        self._outlet = outlet
        self._waiting = waiting
        self._key = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def put(self, delivery: Delivery) -> None:
        """Take note of it and hand it on."""
        self._key = id(delivery)
        self._waiting[self._key] = (delivery, self.done)
        await self._outlet.put(delivery)

    def forget(self) -> None:
        """Wait no more."""
        self._waiting.pop(self._key, None)
