"""A store that fails when a test wants it to."""

from typing import Any

from bunco.errors import StoreError
from bunco.model import Batch
from bunco.stores import memory


class Failing:
    """A store in memory that refuses commits while ``error`` is set."""

    def __init__(self, error: StoreError | None = None) -> None:
        self.inner = memory.PART.make(memory.Options())
        self.error = error
        self.refused: list[Batch] = []
        self.taken: list[Batch] = []

    def commit(self, batch: Batch) -> None:
        """Write a batch, or refuse it."""
        if self.error is not None:
            self.refused.append(batch)
            raise self.error
        self.inner.commit(batch)
        self.taken.append(batch)

    def __getattr__(self, name: str) -> Any:
        """Answer as the store inside does."""
        return getattr(self.inner, name)
