"""Listen to several relays at once, to nothing in between; none stops the others."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from bunco.errors import SourceError
from ingest.nostr.relay import Relay

PATIENCE = timedelta(seconds=5)
"""How long a first message is waited for."""
_GATHER_S = 0.2
"""How long more is waited for after a first message."""
_MOST_MESSAGES = 1000
_MOST_BYTES = 8 << 20
"""Of one listening; the last message may exceed it."""


class Relays:
    """See the module.

    Args:
        relays: the relays, by whatever they were told apart.
        patience: how long a first message is waited for.
    """

    def __init__(self, relays: Sequence[Relay], patience: timedelta = PATIENCE) -> None:
        self.relays = relays
        self._opening: dict[str, asyncio.Task[None]] = {}
        """Relays that are being connected to: one that takes its time keeps nobody waiting."""
        self._patience = patience.total_seconds()

    async def collect(self, now_s: int) -> list[tuple[Relay, bytes]]:
        """Give what came, with who said it, at most for a moment after the first message.

        Args:
            now_s: the present, in seconds since 1970.

        Raises:
            SourceError: no relay can be listened to now.
        """
        try:
            return await self._collect(now_s)
        except asyncio.CancelledError:
            await self.close()  # what was received is lost: it has to come again
            raise

    async def close(self) -> None:
        """Hang up everywhere."""
        opening = list(self._opening.values())
        self._opening.clear()
        for task in opening:
            task.cancel()
        await asyncio.gather(*opening, return_exceptions=True)
        await asyncio.gather(*(relay.close() for relay in self.relays))

    async def _collect(self, now_s: int) -> list[tuple[Relay, bytes]]:
        listening = await self._opened(now_s)
        began = _now()
        got = await self._gather(listening) if listening else []
        heard = {relay.url for relay, _ in got}
        for relay in listening:
            if relay.url in heard:
                relay.heard()
                continue
            try:
                await relay.was_quiet(began, _now())
            except SourceError as error:
                await relay.failed(error, _now())
        return got

    async def _opened(self, now_s: int) -> list[Relay]:
        """Connect to those that are due; give those that are open.

        Raises:
            SourceError: all are away, and none is being connected to.
        """
        now = _now()
        for relay in self.relays:
            if relay.socket is None and relay.due_at <= now and relay.url not in self._opening:
                opening = asyncio.create_task(relay.open(now_s, now))
                self._opening[relay.url] = opening
        listening = self._listening()
        if self._opening:
            wait = 0 if listening else self._patience
            await asyncio.wait(
                self._opening.values(), timeout=wait, return_when=asyncio.FIRST_COMPLETED
            )
        self._opening = {url: task for url, task in self._opening.items() if not task.done()}
        listening = self._listening()
        if not (listening or self._opening):
            raise self._all_away()
        return listening

    def _listening(self) -> list[Relay]:
        return [
            relay
            for relay in self.relays
            if relay.socket is not None and relay.url not in self._opening
        ]

    async def _gather(self, listening: Sequence[Relay]) -> list[tuple[Relay, bytes]]:
        got: list[tuple[Relay, bytes]] = []
        size = 0
        receiving = {_receive(relay): relay for relay in listening}
        until = _now() + self._patience
        try:
            while receiving and len(got) < _MOST_MESSAGES and size < _MOST_BYTES:
                left = until - _now()
                done, _ = await asyncio.wait(
                    receiving, timeout=max(left, 0), return_when=asyncio.FIRST_COMPLETED
                )
                if not done:
                    break
                for task in done:
                    relay = receiving.pop(task)
                    if (message := await _message(task, relay)) is not None:
                        if not got:
                            until = _now() + _GATHER_S
                        got.append((relay, message))
                        size += len(message)
                        receiving[_receive(relay)] = relay
        finally:
            for task in receiving:
                task.cancel()
            await asyncio.gather(*receiving, return_exceptions=True)
        for task, relay in receiving.items():  # what came while the others were let go
            if not task.cancelled() and (message := await _message(task, relay)) is not None:
                got.append((relay, message))
        return got

    def _all_away(self) -> SourceError:
        words = "; ".join(dict.fromkeys(relay.error for relay in self.relays if relay.error))
        wait = max(min(relay.due_at for relay in self.relays) - _now(), 0.0)
        return SourceError(words, weight="dropped", retry_after=timedelta(seconds=wait))


def _receive(relay: Relay) -> "asyncio.Task[bytes]":
    assert relay.socket is not None  # noqa: S101  # only open ones are listened to
    return asyncio.ensure_future(relay.socket.receive())


async def _message(task: "asyncio.Task[bytes]", relay: Relay) -> bytes | None:
    """Give what was received; None where the connection broke."""
    try:
        return task.result()
    except SourceError as error:
        await relay.failed(error, _now())
        return None


def _now() -> float:
    return asyncio.get_running_loop().time()
