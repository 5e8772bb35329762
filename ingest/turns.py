"""Take turns at a host: few requests at once, and some time between their starts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_address

from ingest.answers import is_reddit

_REDDIT_SPACING = timedelta(seconds=60)
"""Source: reports of 2026, one feed request a minute and address since mid June."""

_MOST_REMEMBERED = 4096
"""Hosts kept before idle ones are forgotten."""


class Turns:
    """Let requests to one host start one after the other, ``spacing`` apart.

    Those who wait are let in in the order they came. The machine itself (``localhost``,
    127.0.0.0/8, ::1) needs no spacing; Reddit gets a minute, one at a time.

    Args:
        concurrency: the most requests to one host at once.
        spacing: the least time between two starts.
    """

    def __init__(self, concurrency: int, spacing: timedelta) -> None:
        self._concurrency = concurrency
        self._spacing = spacing
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def at(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host and hold it for the block."""
        slot = self._slot(host)
        slot.users += 1
        try:
            async with slot.room:
                async with slot.queue:
                    await _until(slot.next_start)
                    slot.next_start = asyncio.get_running_loop().time() + slot.spacing
                yield
        finally:
            slot.users -= 1

    def _slot(self, host: str) -> "_Host":
        if is_reddit(host):
            host = "reddit.com"
        if (slot := self._hosts.get(host)) is None:
            if len(self._hosts) >= _MOST_REMEMBERED:
                self._forget_idle()
            slot = self._hosts[host] = self._new(host)
        return slot

    def _new(self, host: str) -> "_Host":
        if host == "reddit.com":
            return _Host(1, max(self._spacing, _REDDIT_SPACING).total_seconds())
        spacing = timedelta(0) if is_this_machine(host) else self._spacing
        return _Host(self._concurrency, spacing.total_seconds())

    def _forget_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        self._hosts = {
            host: slot for host, slot in self._hosts.items() if slot.users or slot.next_start > now
        }


class _Host:
    """What is known of one host."""

    def __init__(self, concurrency: int, spacing: float) -> None:
        self.spacing = spacing
        self.room = asyncio.Semaphore(concurrency)
        self.queue = asyncio.Lock()
        self.next_start = 0.0
        self.users = 0


def is_this_machine(host: str) -> bool:
    """Tell whether a host name or address means the machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


async def _until(moment: float) -> None:
    wait = moment - asyncio.get_running_loop().time()
    if wait > 0:
        await asyncio.sleep(wait)
