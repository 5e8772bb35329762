"""Where posts come from, pulled or pushed, and how they are steered."""

from typing import Protocol, runtime_checkable

from msgspec import Struct

from bunco.model import Delivery
from bunco.ports.bus import Outlet
from bunco.ports.parts import Clock
from bunco.ports.web import Web
from bunco.pushes import Push, Received


class SourceTools(Struct, frozen=True, kw_only=True):
    """What every source is made with: ``make(options, tools)``."""

    name: str
    """The source's name in the configuration; goes into each post."""
    clock: Clock
    web: Web


class Source(Protocol):
    """Where posts come from. Pulled, so that a slow pipeline slows the reading.

    The poller calls ``read`` with the cursor of the delivery before, never twice at once.
    A source keeps nothing that it could not lose: all that matters is in the cursor.
    """

    async def read(self, cursor: bytes) -> Delivery:
        """Give what comes after the cursor (empty: from the start); may wait for it.

        Raises:
            SourceError: it cannot be read now; the poller backs off and comes again.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and files; it is not read again."""
        ...


@runtime_checkable
class Receiver(Protocol):
    """A source that is pushed to as well: what comes to ``/hooks/NAME`` is shown to it.

    It only decides. Who calls it brings the items into the pipeline, and gives the sender the
    reply once they are committed; where they cannot be, the sender is told to come again. So
    ``read`` has nothing to do with pushes: it goes on with whatever else the source does, and
    one that is only pushed to waits there for ever.
    """

    def receive(self, push: Push) -> Received:
        """Tell what a push means, and first of all whether it comes from whom it should.

        Called from several threads at once; keeps nothing and does not wait. Whoever cannot
        prove who they are gets a reply of 401 or 403 and leaves nothing behind.
        """
        ...


class SourceControl(Protocol):
    """Steer the sources of a run; names are of enabled sources."""

    def paused(self) -> frozenset[str]:
        """Give the names of those that are paused. A pause outlasts restarts."""
        ...

    async def pause(self, name: str) -> None:
        """Read it no more; a running reading is broken off and comes again later.

        It is remembered with the next commit.
        """
        ...

    async def resume(self, name: str) -> None:
        """Read it again, when it is due."""
        ...

    async def try_now(self, name: str) -> None:
        """Read it at once, whatever it waits for; a paused one is resumed."""
        ...


class Pushing(Protocol):
    """Bring in what a source was pushed, beside its readings."""

    def paused(self) -> frozenset[str]:
        """Give the names of the sources that are paused: they are not pushed to either."""
        ...

    async def push(self, name: str, delivery: Delivery, outlet: Outlet) -> None:
        """Put a delivery of a source into an outlet, with the source's state; waits for room.

        The cursor stays where the readings left it. Cancelled, it took nothing.
        """
        ...
