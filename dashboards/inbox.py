"""Bring items into a running pipeline and wait until they are safe."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta

from bunco.model import Delivery, Item
from bunco.ports import Outlet
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
        if self._closed:
            raise Unavailable("the run has ended")
        delivery = Delivery(source="", items=tuple(items), cursor=b"")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[id(delivery)] = (delivery, done)
        try:
            async with asyncio.timeout(self._wait.total_seconds()):
                await self._outlet.put(delivery)
                await done
        except TimeoutError as error:
            raise Unavailable("the pipeline is busy", {"Retry-After": "10"}) from error
        finally:
            del self._waiting[id(delivery)]

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
