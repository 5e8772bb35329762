"""The way from sources to the pipeline."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from bunco.model import Delivery


class Outlet(Protocol):
    """Take deliveries from the poller, bounded."""

    async def put(self, delivery: Delivery) -> None:
        """Hand a delivery over; waits while there is no room. Cancelled, it took nothing."""
        ...


class Bus(Outlet, Protocol):
    """Carry deliveries from pollers to the pipeline, bounded."""

    async def take(self, most_items: int, wait: timedelta) -> Sequence[Delivery]:
        """Give whole deliveries in the order they came.

        Waits for the first, then for more until ``most_items`` items are together (a larger
        delivery comes whole) or ``wait`` has passed since the first came; where that was long
        ago, as the taker was busy, it gives what is there. Empty once closed and drained.
        """
        ...

    def close(self) -> None:
        """Take no more; what is inside can still be taken."""
        ...
