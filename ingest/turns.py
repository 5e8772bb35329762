"""Take turns at a host: few requests at once, and some time between their starts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from ipaddress import ip_address
from math import inf

from ingest.answers import has_reddit_feeds

_REDDIT_SPACING = timedelta(seconds=60)
"""Source: reports of 2026, one feed request a minute and address since mid June."""

_MOST_REMEMBERED = 4096
"""Hosts kept before idle ones are forgotten."""


class Turns:
    """Let requests to one host start one after the other, ``spacing`` apart.

    Those who wait are let in in the order they came. The machine itself (``localhost``,
    127.0.0.0/8, ::1) needs no spacing; Reddit's feeds get a minute, one at a time.

    Args:
        concurrency: the most requests to one host at once.
        spacing: the least time between two starts.
    """

    def __init__(self, concurrency: int, spacing: timedelta) -> None:
        self._concurrency = concurrency
        self._spacing = spacing
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def at(self, host: str, spacing: timedelta | None = None) -> AsyncIterator[None]:
        """Wait for a turn at a host and hold it for the block.

        Args:
            host: its name, in lower case.
            spacing: the least time since the start before, in place of the usual.
        """
        slot = self._slot(host)
        slot.users += 1
        try:
            async with slot.room:
                async with slot.queue:
                    await _until(slot.started + slot.apart(spacing))
                    slot.started = asyncio.get_running_loop().time()
                yield
        finally:
            slot.users -= 1

    def _slot(self, host: str) -> "_Host":
        if has_reddit_feeds(host):
            host = "reddit.com"
        if (slot := self._hosts.get(host)) is None:
            if len(self._hosts) >= _MOST_REMEMBERED:
                self._forget_idle()
            slot = self._hosts[host] = self._new(host)
        return slot

    def _new(self, host: str) -> "_Host":
        if host == "reddit.com":
            return _Host(1, max(self._spacing, _REDDIT_SPACING), is_fixed=True)
        if is_this_machine(host):
            return _Host(self._concurrency, timedelta(0), is_fixed=True)
        return _Host(self._concurrency, self._spacing)

    def _forget_idle(self) -> None:
        now = asyncio.get_running_loop().time()
        self._hosts = {
            host: slot
            for host, slot in self._hosts.items()
            if slot.users or slot.started + slot.apart(None) > now
        }


class _Host:
    """What is known of one host."""

    def __init__(self, concurrency: int, spacing: timedelta, *, is_fixed: bool = False) -> None:
        self._spacing = spacing
        self._is_fixed = is_fixed
        self.room = asyncio.Semaphore(concurrency)
        self.queue = asyncio.Lock()
        self.started = -inf
        self.users = 0

    def apart(self, asked: timedelta | None) -> float:
        """Give the seconds between two starts; what is asked for counts where it may."""
        spacing = self._spacing if asked is None or self._is_fixed else asked
        return spacing.total_seconds()


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
