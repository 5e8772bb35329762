"""Listen to a stream while asked to, and to nothing in between.

    collect → open, if it is not → first message, or quiet → more for a moment → haul

A source calls ``collect`` from ``read``, so nothing is received while the pipeline is busy:
the sender waits, and nothing piles up here. Who waits after a failure is the poller: a
stream that breaks off raises ``dropped``, for which it comes back in about a second, then
later and later. Each coming back tries the next address where the last one gave nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from msgspec import Struct

from bunco.errors import SourceError
from bunco.ports.web import Wire
from ingest.streams.recent import Recent

Message = TypeVar("Message")


class Habits(Struct, frozen=True, kw_only=True):
    """How a stream is listened to."""

    gather: timedelta = timedelta(milliseconds=100)
    """How long more is waited for after a first message. Source: ours; it is part of how
    late a post comes."""
    patience: timedelta = timedelta(seconds=5)
    """How long a first message is waited for until an empty haul says that all is well."""
    silence: timedelta = timedelta(seconds=60)
    """After so long without a sign of life the connection counts as dead. Source: reports of
    2026 on Jetstream: 15 s is too short for quiet streams, and some hosts fall silent."""
    heartbeats_count: bool = True
    """Whether a heartbeat is a sign of life; else messages alone are, for streams that
    never rest."""
    most_messages: int = 1000
    most_bytes: int = 8 << 20
    """Of one haul; the last message may exceed it."""


class Haul(Struct, Generic[Message], frozen=True, kw_only=True):
    """What one listening gave."""

    messages: tuple[Message, ...]
    """In order; empty when nothing came for a while."""
    address: str
    """Who said it."""
    opened: bool
    """Whether the connection was opened for it: what it says may have come before."""


class Listener(Generic[Message]):
    """One stream; see the module.

    What was given and lost on the way (the run was stopped, the bus refused) is noticed by
    the cursor: if ``collect`` is not called with the one that was told to ``gave`` last, the
    stream is opened anew. So a delivery with posts always needs a new cursor.

    Args:
        addresses: where the stream is to be had, web addresses, the best first.
        open_wire: opens it at an address, so that what comes after a cursor comes, or a
            little more.
        size: bytes of a message.
        habits: how.
    """

    def __init__(
        self,
        addresses: Sequence[str],
        open_wire: Callable[[str, bytes], Awaitable[Wire[Message]]],
        *,
        size: Callable[[Message], int],
        habits: Habits,
    ) -> None:
        self._addresses = addresses
        self._open_wire = open_wire
        self._size = size
        self._habits = habits
        self._turn = 0
        self._wire: Wire[Message] | None = None
        self._given: bytes | None = None
        self._broken: SourceError | None = None
        """What ended the connection after the latest haul."""
        self._quiet = 0.0
        """Seconds that were spent listening since the latest sign of life."""
        self._is_good = False
        """Whether the connection gave anything."""
        self.recent = Recent()
        """For leaving out what comes twice; emptied when it may have been lost."""

    @property
    def address(self) -> str:
        """Give the address that is listened to, or is to be tried next."""
        return self._addresses[self._turn % len(self._addresses)]

    async def collect(self, cursor: bytes, patience: timedelta | None = None) -> Haul[Message]:
        """Give what came, at most for a moment after the first message.

        Args:
            cursor: that of the delivery before.
            patience: in place of that of the habits, for who has other things to do.

        Raises:
            SourceError: it cannot be opened, broke off, or fell silent.
        """
        given, self._given = self._given, None
        if given != cursor:
            self.recent.clear()
            await self._drop()
        if self._broken is not None:
            broken, self._broken = self._broken, None
            self._given = given
            raise broken
        opened = self._wire is None
        wire = self._wire or await self._open(cursor)
        try:
            messages = await self._gather(wire, patience or self._habits.patience)
        except BaseException:
            self._given = given
            await self._drop()
            raise
        return Haul(messages=tuple(messages), address=self.address, opened=opened)

    def gave(self, cursor: bytes) -> None:
        """Take note of the cursor of the delivery that the latest haul became."""
        self._given = cursor

    async def close(self) -> None:
        """Stop listening."""
        await self._drop()

    async def _open(self, cursor: bytes) -> Wire[Message]:
        try:
            wire = await self._open_wire(self.address, cursor)
        except SourceError as error:
            self._turn += 1
            raise _sooner(error) from error
        self._quiet, self._is_good = 0.0, False
        self._wire = wire
        return wire

    async def _gather(self, wire: Wire[Message], patience: timedelta) -> list[Message]:
        """Receive until the moment is over, enough came, or the connection ends."""
        first = await self._first(wire, patience)
        if first is None:
            return []
        got, size = [first], self._size(first)
        try:
            async with asyncio.timeout(self._habits.gather.total_seconds()):
                while len(got) < self._habits.most_messages and size < self._habits.most_bytes:
                    message = await wire.receive()
                    got.append(message)
                    size += self._size(message)
        except TimeoutError:
            pass
        except SourceError as error:
            await self._drop()
            self._broken = error
        return got

    async def _first(self, wire: Wire[Message], patience: timedelta) -> Message | None:
        began = _now()
        try:
            async with asyncio.timeout(min(patience, self._habits.silence).total_seconds()):
                message = await wire.receive()
        except TimeoutError:
            await self._was_quiet(wire, began)
            return None
        except SourceError as error:
            self._turn += not self._is_good
            raise _sooner(error) from error
        self._quiet, self._is_good = 0.0, True
        return message

    async def _was_quiet(self, wire: Wire[Message], began: float) -> None:
        """Judge a silence by the time spent listening: the pipeline may have been busy."""
        now, silence = _now(), self._habits.silence.total_seconds()
        if self._habits.heartbeats_count and wire.heard_at > began:
            self._quiet = now - wire.heard_at
        else:
            self._quiet += now - began
        if self._quiet >= silence:
            host = urlsplit(self.address).hostname  # the rest may hold a secret
            self._turn += 1
            raise SourceError(f"{host} said nothing for {silence:g} s", weight="dropped")
        if self._quiet >= silence / 3:
            await wire.ping()

    async def _drop(self) -> None:
        wire, self._wire = self._wire, None
        self._broken = None
        if wire is not None:
            await wire.close()


def _sooner(error: SourceError) -> SourceError:
    """Let a stream that often heals be tried again in a second, not in half a minute."""
    if error.weight == "hard" or error.retry_after is not None:
        return error
    return SourceError(error.reason, weight="dropped")


def _now() -> float:
    return asyncio.get_running_loop().time()
