"""What a source gives until there is enough, read on and on as the poller does."""

import asyncio
from collections.abc import Callable

from bunco.errors import SourceError
from bunco.model import Delivery, Item, Post
from bunco.ports.sources import Source

_AGAIN_S = 0.05
_PATIENCE_S = 15.0


class Told:
    """Deliveries and errors, in order."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.errors: list[SourceError] = []

    @property
    def items(self) -> list[Item]:
        """Give all items."""
        return [item for one in self.deliveries for item in one.items]

    @property
    def ids(self) -> list[str]:
        """Give their ids; of removals of authors the author."""
        return [item.id or item.author for item in self.items]

    @property
    def posts(self) -> list[Post]:
        """Give those that are posts."""
        return [item for item in self.items if isinstance(item, Post)]

    @property
    def reasons(self) -> list[str]:
        """Give why things were set aside."""
        return [letter.reason for one in self.deliveries for letter in one.dead]

    @property
    def cursor(self) -> bytes:
        """Give the latest cursor."""
        return self.deliveries[-1].cursor if self.deliveries else b""


async def until(
    source: Source, is_enough: Callable[[Told], bool], told: Told | None = None
) -> Told:
    """Read until there is enough; errors are kept and read over."""
    told = told or Told()
    async with asyncio.timeout(_PATIENCE_S):
        while not is_enough(told):
            try:
                told.deliveries.append(await source.read(told.cursor))
            except SourceError as error:
                told.errors.append(error)
                await asyncio.sleep(_AGAIN_S)
    return told


def items(count: int) -> Callable[[Told], bool]:
    """Ask for so many items."""
    return lambda told: len(told.items) >= count
