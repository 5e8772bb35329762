"""Slow down who guesses: a few failures are free, then each costs a wait."""

from collections import OrderedDict
from datetime import timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil

from bunco.ports.parts import Clock

MOST_KEYS = 10_000
"""What is remembered at most, about 200 bytes each: the longest without a failure is forgotten."""


class Throttle:
    """Count failures by key; each wears off after some time.

    A leaky bucket (GCRA): ``free`` failures at once, then one in ``each``.

    Args:
        clock: the time of day.
        free: failures at once that cost nothing.
        each: how long one failure counts.
    """

    def __init__(self, clock: Clock, *, free: int, each: timedelta) -> None:
        self._clock = clock
        self._most_s = free * each.total_seconds()
        self._each_s = each.total_seconds()
        self._until: OrderedDict[str, float] = OrderedDict()

    def wait_s(self, key: str) -> int:
        """Give how long this one has to wait, in seconds; 0: not at all."""
        left = self._until.get(key, 0.0) - self._now() - self._most_s + self._each_s
        return max(0, ceil(left))

    def failed(self, key: str) -> None:
        """Count a failure."""
        now = self._now()
        self._until[key] = max(self._until.pop(key, 0.0), now) + self._each_s
        while len(self._until) > MOST_KEYS:
            self._until.popitem(last=False)

    def worked(self, key: str) -> None:
        """Forget the failures of one who got in."""
        self._until.pop(key, None)

    def __len__(self) -> int:
        return len(self._until)

    def _now(self) -> float:
        return self._clock.now().timestamp()


def address_key(address: str) -> str:
    """Give what an address counts as: a household of IPv6 is one.

    >>> address_key("2001:db8:1:2:3::9"), address_key("10.0.0.7"), address_key("?")
    ('2001:db8:1:2::/64', '10.0.0.7', '?')
    """
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        return f"{IPv6Address(int(known) >> 64 << 64)}/64"
    return str(known)
