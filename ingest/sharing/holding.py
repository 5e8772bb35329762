"""The sources that are ours now: begun and stopped as partitions of their log come and go."""

from collections.abc import Callable, Collection, Mapping
from typing import TypeAlias

from msgspec import Struct

from bunco import log
from bunco.model import SourceState
from bunco.ports import Source
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
        self.names: set[str] = set()
        """The sources that are ours."""

    def hold(self, share: Share) -> None:
        """Begin with the sources of a partition where their log says they were."""
        if self._is_over:
            return
        ours = self._of({share.partition})
        known = {name: record.state for name, record in share.known.items()}
        states = self._resumed(known)
        self._outbox.hold(ours, share.generation)
        self.names |= ours
        self._poller.start(
            {name: self._sources[name].source for name in sorted(ours)},
            {name: states[name] for name in ours if name in states},
        )
        if ours:
            _log.info("holds sources", partition=share.partition, sources=len(ours))

    async def release(self, partitions: Collection[int], *, lost: bool) -> None:
        """Stop the sources of partitions; make safe what they gave, where it is still ours."""
        await self._let_go(self._of(partitions) & self.names, lost=lost)

    async def finish(self) -> None:
        """Let go of everything and take nothing more."""
        self._is_over = True
        await self._let_go(set(self.names), lost=False)

    async def _let_go(self, going: set[str], *, lost: bool) -> None:
        try:
            await self._poller.stop(going)
            if not lost:
                await self._outbox.settled(going)
        finally:
            self.names -= going
            self._outbox.abandon(going)
        if going:
            _log.info("let sources go", sources=len(going), lost=lost)

    def _of(self, partitions: Collection[int]) -> set[str]:
        return {name for name, place in self._places.items() if place in partitions}
