"""The sources that are ours now: begun and stopped as partitions of their log come and go."""

from collections.abc import Callable, Collection, KeysView, Mapping
from typing import TypeAlias

from msgspec import Struct

from bunco import log
from bunco.model import SourceState
from bunco.ports.sources import Source
from bunco.streams.source_log import Share
from ingest.poller import Poller
from ingest.sharing.outbox import Outbox

Resumed: TypeAlias = Callable[[Mapping[str, SourceState]], Mapping[str, SourceState]]

_log = log.logger(__name__)


class SharedSource(Struct, frozen=True):
    """A source as all ingesters know it; the one who holds it reads it."""

    source: Source
    host: str
    """What it is shared by: sources of one host stay together."""


class Holding:
    """Poll the sources of the partitions we hold; the ``Holder`` of the membership.

    Args:
        sources: all there are, by name.
        places: the partition of each of them in their log.
        resumed: turns states that are known into those to go on with.
        poller: reads them.
        outbox: where what they give goes.
    """

    def __init__(
        self,
        sources: Mapping[str, SharedSource],
        places: Mapping[str, int],
        resumed: Resumed,
        poller: Poller,
        outbox: Outbox,
    ) -> None:
        self._sources = sources
        self._places = places
        self._resumed = resumed
        self._poller = poller
        self._outbox = outbox
        self._is_over = False
        self._count = 0
        self._held: dict[str, int] = {}
        """Those that are ours, with the number of the time they came."""

    @property
    def names(self) -> KeysView[str]:
        """Give the sources that are ours."""
        return self._held.keys()

    def hold(self, share: Share) -> None:
        """Begin with the sources of a partition where their log says they were."""
        if self._is_over:
            return
        ours = self._of({share.partition})
        known = {name: record.state for name, record in share.known.items()}
        states = self._resumed(known)
        self._outbox.hold(ours, share.generation)
        self._count += 1
        self._held.update(dict.fromkeys(ours, self._count))
        self._poller.start(
            {name: self._sources[name].source for name in sorted(ours)},
            {name: states[name] for name in ours if name in states},
        )
        if ours:
            _log.info("holds sources", partition=share.partition, sources=len(ours))

    async def release(self, partitions: Collection[int], *, lost: bool) -> None:
        """Stop the sources of partitions; make safe what they gave, where it is still ours."""
        await self._let_go(self._of(partitions), lost=lost)

    async def finish(self) -> None:
        """Let go of everything and take nothing more."""
        self._is_over = True
        await self._let_go(set(self._held), lost=False)

    async def _let_go(self, names: set[str], *, lost: bool) -> None:
        going = {name: self._held[name] for name in names if name in self._held}
        try:
            await self._poller.stop(going)
            if not lost:
                await self._outbox.settled(going)
        finally:
            # It may have taken so long that some came to us anew: those stay.
            gone = {name for name, time in going.items() if self._held.get(name) == time}
            for name in gone:
                del self._held[name]
            self._outbox.abandon(gone)
        if gone:
            _log.info("let sources go", sources=len(gone), lost=lost)

    def _of(self, partitions: Collection[int]) -> set[str]:
        return {name for name, place in self._places.items() if place in partitions}
