"""What a part's module offers, and what every part may be given."""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from bunco.model import DeadLetter, Item

Made_co = TypeVar("Made_co", covariant=True)


class Clock(Protocol):
    """Where the time of day comes from; nothing else asks the system for it."""

    def now(self) -> datetime:
        """Give the present moment, aware, UTC."""
        ...


class Parsed(Struct, frozen=True, kw_only=True):
    """What one document held: its items, and what in it could not be read."""

    items: tuple[Item, ...]
    dead: tuple[DeadLetter, ...] = ()


class Parse(Protocol):
    """Turn a saved document into items without any I/O; ``bunco parse`` calls it."""

    def __call__(self, document: bytes, *, url: str, seen_at: datetime) -> Parsed:
        """Give the items of a document, in its order.

        Args:
            document: the bytes as they came, decompressed.
            url: where it came from, for relative links and the author; may be empty.
            seen_at: when it came; stands in for dates that are missing.

        Raises:
            BadInput: the document as a whole cannot be read, with the reason.
        """
        ...


class Part(Struct, Generic[Made_co], frozen=True):
    """What a part's module offers to the registry.

    ``make`` takes the decoded options first; what else it takes is the business of the
    shelf it stands on and is written there: sources in ``SourceTools``.
    """

    options: type[Struct]
    """A frozen record whose fields are the TOML keys."""
    make: Callable[..., Made_co]
    parse: Parse | None = None
    """For sources of documents: how ``bunco parse`` reads a saved one."""
