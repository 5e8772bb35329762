"""Play files of posts, one after the other, at full speed or at a multiple of life's.

Nothing of the wall clock goes into the posts or the stored state: the same files give the
same store.
"""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from bunco.model import Delivery, Post, SourceState, to_ms
from bunco.ports.bus import Bus
from bunco.ports.parts import Clock
from bunco.ports.sources import SourceTools
from ingest.sources import jsonl
from ingest.unreachable import NoWeb

_LIVE_CHUNK = 25
"""Posts of one delivery when played at a speed, so that they come one by one."""


class Replay:
    """Read files in order and hand them to the bus.

    Args:
        files: in the wire form; ``-`` is standard input and has no state.
        states: what the store knows of sources; each file goes on at its cursor.
        bus: takes the deliveries.
        clock: paces a replay at a speed.
        chunk_items: items of one delivery at full speed.
        speed: event time per time; absent for as fast as it goes.
    """

    def __init__(  # noqa: PLR0913  # one caller; each is a thing of its own
        self,
        files: Sequence[Path],
        states: Mapping[str, SourceState],
        bus: Bus,
        *,
        clock: Clock,
        chunk_items: int,
        speed: float | None,
    ) -> None:
        self._files = files
        self._states = states
        self._bus = bus
        self._clock = clock
        self._chunk = chunk_items if speed is None else _LIVE_CHUNK
        self._speed = speed
        self._before = 0
        self._total = sum(path.stat().st_size for path in files if path.is_file())
        self._source: jsonl.JsonlSource | None = None
        self._origin: tuple[int, int] | None = None

    def progress(self) -> tuple[int, int]:
        """Give the bytes read and all bytes of the files, as they lie on the disk."""
        done = self._source.progress()[0] if self._source is not None else 0
        return self._before + done, self._total

    async def run(self, stop: asyncio.Event) -> None:
        """Play until the last file ends or ``stop`` is set.

        Raises:
            SourceError: a file cannot be read.
        """
        for path in self._files:
            if stop.is_set():
                return
            await self._play(path, stop)

    async def _play(self, path: Path, stop: asyncio.Event) -> None:
        key = _key(path)
        tools = SourceTools(name=path.name, clock=self._clock, web=NoWeb())
        options = jsonl.Options(path=str(path), chunk_items=self._chunk)
        source = self._source = jsonl.make(options, tools)
        cursor = self._states[key].cursor if key in self._states else b""
        try:
            ended = False
            while not ended and not stop.is_set():
                if (delivery := await _read(source, cursor, stop)) is None:
                    return
                cursor, ended = delivery.cursor, delivery.ended
                await self._pace(delivery, stop)
                if key:
                    state = SourceState(source=key, cursor=cursor, ended=ended)
                    delivery = replace(delivery, state=state)
                await self._bus.put(delivery)
        finally:
            self._before += source.progress()[0]
            self._source = None
            await source.close()

    async def _pace(self, delivery: Delivery, stop: asyncio.Event) -> None:
        """Wait until the last post of the delivery is due."""
        if self._speed is None or not delivery.items:
            return
        last = delivery.items[-1]
        if not isinstance(last, Post):
            return
        event_ms, now_ms = to_ms(last.posted_at), to_ms(self._clock.now())
        if self._origin is None:
            self._origin = (event_ms, now_ms)
        due_ms = self._origin[1] + (event_ms - self._origin[0]) / self._speed
        if due_ms > now_ms:
            try:
                await asyncio.wait_for(stop.wait(), (due_ms - now_ms) / 1000)
            except TimeoutError:
                return


async def _read(source: jsonl.JsonlSource, cursor: bytes, stop: asyncio.Event) -> Delivery | None:
    """Give the next delivery; None when ``stop`` was set while it was waited for."""
    reading = asyncio.ensure_future(source.read(cursor))
    stopping = asyncio.ensure_future(stop.wait())
    await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not reading.done():
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        return None
    return reading.result()


def _key(path: Path) -> str:
    """Give the name of a file's state; standard input has none."""
    return "" if str(path) == "-" else f"file:{path.resolve()}"
