"""Read every source for ever, each in its own rhythm, and hand what it gives to the outlet.

    wait until due → take a place → read → delivery, or failure as one → outlet → wait …

A failing source backs off and is asked again; nothing a source does stops the others or the
poller. Back-pressure: while the outlet is full, nobody who has something reads on. The outlet
is the bus of an embedded run, or what writes to Kafka; there sources come and go while the
others are read on.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from random import Random
from time import monotonic
from typing import TypeAlias

from msgspec.structs import replace

from bunco import log
from bunco.errors import SourceError
from bunco.model import Delivery, Poll, SourceState
from bunco.ports.bus import Outlet
from bunco.ports.parts import Clock
from bunco.ports.sources import Source
from ingest.answers import LONGEST_WAIT
from ingest.backoff import backoff, failures, usual_interval
from ingest.logbook import Logbook

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

_SPREAD_EACH = timedelta(milliseconds=10)
_SPREAD_MOST = timedelta(minutes=1)
"""The first readings of new sources are spread over 10 ms each, a minute at most."""

_JITTER_RATIO = 0.05
_JITTER_MOST = timedelta(minutes=5)
"""Chance lengthens every wait by up to 5 % and 5 min, so that sources drift apart."""

_NOTHING_CAME = timedelta(milliseconds=100)
"""The wait after a reading that gave nothing and asks for no wait."""

_PLACE_SECONDS = 10.0
"""A reading that lasts longer leaves its place to others and goes on without one: streams
wait for posts, feeds for their turn at a host."""

_STOP_SECONDS = 1.0
"""How long readings that do not let themselves be cancelled are waited for."""

_REASON_LIMIT = 500

_log = log.logger(__name__)


class Poller:
    """Read sources side by side; see the module.

    Args:
        sources: those to begin with, by name. Who made them closes them, after ``run``.
        outlet: where deliveries go.
        states: what is known of the sources from before, by name.
        clock: the time of day.
        random: the spread of starts and waits.
        most_at_once: readings at the same time, long ones and those of streams not counted.
        sleep: how to wait for a number of seconds; tests put a fast one here.
    """

    def __init__(  # noqa: PLR0913  # one caller, who names each
        self,
        sources: Mapping[str, Source],
        outlet: Outlet,
        states: Mapping[str, SourceState],
        *,
        clock: Clock,
        random: Random,
        most_at_once: int,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._sources = sources
        self._states = states
        self._outlet = outlet
        self._clock = clock
        self._random = random
        self._places = asyncio.Semaphore(most_at_once)
        self._sleep = sleep
        self._following: dict[str, asyncio.Task[None]] = {}
        self._known: dict[str, SourceState] = {}
        """The latest of each source that was handed over."""
        self._handing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        """Of each source: states are handed over in the order in which they are made."""
        self._logbook = Logbook()
        self._paused: set[str] = set()
        self._running: set[asyncio.Task[None]] = set()
        self._failure: BaseException | None = None
        self._changed = asyncio.Event()

    async def run(self, stop: asyncio.Event, *, until_ended: bool = True) -> None:
        """Read until ``stop`` is set or every source has ended.

        At the stop running readings are cancelled; what was not handed over comes again from
        the same cursor. A source that had ended in an earlier run is read once more: its file
        may have grown.

        Args:
            stop: ends the run.
            until_ended: whether the run is over with the last source. Else it waits: others
                may be started.
        """
        self.start(self._sources, self._states)
        stopped = asyncio.create_task(stop.wait())
        try:
            while not (stopped.done() or (until_ended and self.ended)):
                self._changed.clear()
                changed = asyncio.create_task(self._changed.wait())
                await asyncio.wait({changed, stopped}, return_when=asyncio.FIRST_COMPLETED)
                changed.cancel()
                if self._failure is not None:
                    raise self._failure
        finally:
            stopped.cancel()
            await self.stop(list(self._following))

    def start(self, sources: Mapping[str, Source], states: Mapping[str, SourceState]) -> None:
        """Read these as well from now on."""
        new = sum(name not in states for name in sources)
        spread = min(new * _SPREAD_EACH, _SPREAD_MOST)
        for name, source in sources.items():
            self._known.pop(name, None)
            if name in states:
                self._known[name] = states[name]
                if states[name].paused:
                    self._paused.add(name)
                    _log.warning("source is paused: the dashboard resumes it", source=name)
                    continue
            self._paused.discard(name)
            following = self._follow(name, source, states.get(name), spread)
            task = asyncio.create_task(following, name=f"source {name}")
            task.add_done_callback(self._gone)
            self._following[name] = task
            self._running.add(task)

    async def stop(self, names: Iterable[str]) -> None:
        """Read these no more; the others go on undisturbed. Running readings are cancelled."""
        tasks = [self._following.pop(name) for name in names if name in self._following]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def paused(self) -> frozenset[str]:
        """Give the names of those that are paused."""
        return frozenset(self._paused)

    async def pause(self, name: str) -> None:
        """Read one of the sources no more until it is resumed; no end of the run meanwhile."""
        self._paused.add(name)
        await self.stop([name])
        await self._remember(name, is_paused=True)

    async def resume(self, name: str) -> None:
        """Read a paused source again when it is due."""
        if name in self._paused:
            self._start_again(name, await self._remember(name, is_paused=False))

    async def try_now(self, name: str) -> None:
        """Read a source at once, whatever it waits for; a paused one is resumed."""
        await self.stop([name])
        known = self._state(name)
        if name in self._paused:
            known = await self._remember(name, is_paused=False)
        self._start_again(name, replace(known, next_at=None))

    async def push(self, name: str, delivery: Delivery, outlet: Outlet) -> None:
        """Put what a source was pushed into an outlet; its cursor stays where it is."""
        async with self._handing[name]:
            known = self._known.get(name) or SourceState(source=name)
            now = self._clock.now()
            state = replace(
                known,
                polled_at=now,
                succeeded_at=now,
                item_at=now if delivery.items else known.item_at,
            )
            poll = Poll(
                source=name,
                at=now,
                outcome="pushed",
                note=delivery.note,
                given=len(delivery.items),
                dead=len(delivery.dead),
            )
            line = self._logbook.line(poll, streams=True)
            await outlet.put(replace(delivery, cursor=state.cursor, state=state, poll=line))
            self._known[name] = state
        _log.debug("pushed", source=name, given=poll.given, dead=poll.dead, note=poll.note)

    @property
    def ended(self) -> bool:
        """Say whether nothing is left to read: every source that was started has ended."""
        return not self._running and not self._paused

    def _start_again(self, name: str, known: SourceState) -> None:
        self.start({name: self._sources[name]}, {name: known})

    def _state(self, name: str) -> SourceState:
        return self._known.get(name) or self._states.get(name) or SourceState(source=name)

    async def _remember(self, name: str, *, is_paused: bool) -> SourceState:
        """Hand over that a source is paused, or is no longer: a restart keeps to it."""
        outcome = "paused" if is_paused else "resumed"
        async with self._handing[name]:
            state = replace(self._state(name), paused=is_paused)
            told = Delivery(
                source=name,
                items=(),
                cursor=state.cursor,
                outcome=outcome,
                state=state,
                poll=Poll(source=name, at=self._clock.now(), outcome=outcome),
            )
            await self._outlet.put(told)
            self._known[name] = state
        return state

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failure = task.exception()
        self._changed.set()

    async def _follow(
        self, name: str, source: Source, known: SourceState | None, spread: timedelta
    ) -> None:
        """Read one source until it ends; ``outlet`` alone can break this off."""
        state = replace(known, ended=False) if known else SourceState(source=name)
        interval = usual_interval(known)
        await self._pause(self._first_at(known, spread))
        while not state.ended:
            at, started = self._clock.now(), monotonic()
            failure: SourceError | None = None
            try:
                delivery = await self._read(source, state.cursor, streams=not interval)
            except SourceError as error:
                failure = error
            except Exception as error:  # noqa: BLE001  # outermost loop: nothing stops the others
                failure = _unexpected(name, state, error)
            else:
                interval = delivery.wait
            async with self._handing[name]:  # it may have been pushed to meanwhile
                before = replace(self._known.get(name, state), ended=False)
                if failure is not None:
                    delivery = self._failed(before, interval, failure)
                delivery = self._stated(delivery, before, at, started)
                state = delivery.state or before
                await self._outlet.put(delivery)
                self._known[name] = state
            await self._pause(state.next_at)

    async def _read(self, source: Source, cursor: bytes, *, streams: bool) -> Delivery:
        """Read once, in a place among the many at first.

        A stream takes none: it mostly waits for posts, in which a busy one would wait for it.
        """
        async with nullcontext() if streams else self._places:
            reading = asyncio.ensure_future(source.read(cursor))
            await _done(reading, _PLACE_SECONDS)
        await _done(reading, None)
        if reading.cancelled():
            raise SourceError("the reading was broken off", weight="temporary")
        return reading.result()

    def _stated(
        self, delivery: Delivery, before: SourceState, at: datetime, started: float
    ) -> Delivery:
        """Give the delivery with the source's state and the line of its log."""
        now = self._clock.now()
        failed = delivery.state is not None
        state = delivery.state or SourceState(
            source=before.source,
            cursor=delivery.cursor,
            next_at=now + self._wait(delivery),
            succeeded_at=at,
            item_at=at if delivery.items else before.item_at,
            ended=delivery.ended,
            notice=delivery.notice or before.notice,
            noticed_at=at if delivery.notice else before.noticed_at,
            settings=before.settings,
        )
        poll = Poll(
            source=before.source,
            at=at,
            outcome=delivery.outcome,
            note=delivery.note,
            given=len(delivery.items),
            dead=len(delivery.dead),
            took_ms=round((monotonic() - started) * 1000),
        )
        _tell(poll, before, streams=not (failed or delivery.wait))
        line = self._logbook.line(poll, streams=not (failed or delivery.wait or delivery.ended))
        return replace(delivery, state=replace(state, polled_at=at), poll=line)

    def _failed(self, before: SourceState, interval: timedelta, error: SourceError) -> Delivery:
        """Give the delivery that stands for a failure: nothing but a state."""
        failed = failures(before.failures, error)
        usual = timedelta(0) if error.weight == "dropped" else interval
        wait = backoff(usual, failed, error.retry_after, self._random)
        now = self._clock.now()
        reason = error.reason[:_REASON_LIMIT]
        state = replace(
            before,
            next_at=now + wait,
            failures=failed,
            error=reason,
            error_since=before.error_since or now,
        )
        return Delivery(
            source=before.source,
            items=(),
            cursor=before.cursor,
            wait=wait,
            outcome="failed",
            note=reason,
            state=state,
        )

    def _wait(self, delivery: Delivery) -> timedelta:
        """Give the wait after a good reading, with some chance in it."""
        wait = min(max(delivery.wait, timedelta(0)), LONGEST_WAIT)
        if not wait:
            return timedelta(0) if delivery.items or delivery.dead else _NOTHING_CAME
        return wait + min(wait * _JITTER_RATIO, _JITTER_MOST) * self._random.random()

    def _first_at(self, known: SourceState | None, spread: timedelta) -> datetime:
        """Give when to read first: when due, or soon, one after the other, for new sources."""
        now = self._clock.now()
        if known is None:
            return now + spread * self._random.random()
        return min(known.next_at or now, now + LONGEST_WAIT)

    async def _pause(self, until: datetime | None) -> None:
        """Wait until then; let others run at least once."""
        seconds = (until - self._clock.now()).total_seconds() if until else 0.0
        await self._sleep(max(seconds, 0.0))


async def _done(reading: asyncio.Future[Delivery], seconds: float | None) -> None:
    """Wait for a reading, at most so long; cancel it when we are cancelled ourselves."""
    try:
        await asyncio.wait({reading}, timeout=seconds)
    except asyncio.CancelledError:
        reading.cancel()
        reading.add_done_callback(_taken_note_of)
        await asyncio.wait({reading}, timeout=_STOP_SECONDS)
        raise


def _tell(poll: Poll, before: SourceState, *, streams: bool) -> None:
    """Log a poll: a new failure as a warning, the rest as expected."""
    told = {"source": poll.source, "outcome": poll.outcome, "took_ms": poll.took_ms}
    if poll.outcome == "failed":
        tell = _log.info if before.error == poll.note else _log.warning
        tell("poll failed", **told, reason=poll.note)
        return
    tell = _log.debug if streams else _log.info
    tell("polled", **told, given=poll.given, dead=poll.dead, note=poll.note)


def _unexpected(name: str, before: SourceState, error: Exception) -> SourceError:
    """Turn an exception nobody thought of into a hard failure; log it whole, once."""
    reason = f"unexpected {type(error).__name__}: {error}"[:_REASON_LIMIT]
    if before.error != reason:
        _log.error("source broke", source=name, exc_info=error)
    return SourceError(reason, weight="hard")


def _taken_note_of(reading: asyncio.Future[Delivery]) -> None:
    """Take the exception of an abandoned reading, so that asyncio does not complain."""
    if not reading.cancelled():
        reading.exception()
