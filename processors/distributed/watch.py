"""Notice what Faust does not: that we were stopped, or that the group has no place for us.

A worker that stood still for longer than its session (a frozen container, a suspended machine)
has lost its partitions without knowing. What it wrote then would come after the work of its
successor, and undo it. So it counts its own heartbeats and ends when one is missing.
"""

import asyncio
import time
from collections import deque
from typing import Any

from bunco.errors import BrokerError

_BEAT_S = 0.5
_STOPPED_SHARE = 2 / 3
"""Of the session: standing still for longer than that is the end. Source: ours."""
_MOST_JOINS = 6
_JOINS_WITHIN_S = 15.0
"""So many new memberships in so short a time: two workers of one name throw each other out."""

_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine is suspended, where the system has such a clock."""


class Watch:
    """Watch over one worker.

    Args:
        app: the Faust application.
        session_s: how long the group waits for a sign of life, in seconds.
        instance: the worker's name, for the error.
    """

    def __init__(self, app: Any, session_s: float, instance: str) -> None:  # noqa: ANN401  # Faust's
        self._app = app
        self._most_s = session_s * _STOPPED_SHARE
        self._instance = instance
        self._beat_at = _now()
        self._member = ""
        self._joined_at: deque[float] = deque(maxlen=_MOST_JOINS)

    async def run(self) -> None:
        """Beat for ever.

        Raises:
            BrokerError: we stood still for too long, or the group has no place for us.
        """
        while True:
            self.check()
            self._beat_at = _now()
            self.look_at_group()
            await asyncio.sleep(_BEAT_S)

    def check(self) -> None:
        """Hold that we did not stand still; to be asked before anything is written.

        Raises:
            BrokerError: we did, for so long that others may have taken over.
        """
        stood_still = _now() - self._beat_at
        if stood_still > self._most_s:
            raise BrokerError(
                f"the processor stood still for {stood_still:.1f} s: others may be at its work"
            )

    def look_at_group(self) -> None:
        """Look at the membership, which Faust leaves to its client and forgets.

        Raises:
            BrokerError: another worker has our name.
            Exception: what ended the membership.
        """
        thread = getattr(self._app.consumer, "_thread", None)
        coordinator = getattr(getattr(thread, "_consumer", None), "_coordinator", None)
        task = getattr(coordinator, "_coordination_task", None)
        if task is None or coordinator is None:
            return
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error
        if (error := getattr(coordinator, "_pending_exception", None)) is not None:
            raise error
        if (member := coordinator.member_id) and member != self._member:
            self._member = member
            self._joined_at.append(_now())
            full = len(self._joined_at) == _MOST_JOINS
            if full and self._joined_at[-1] - self._joined_at[0] < _JOINS_WITHIN_S:
                raise BrokerError(
                    f"another process takes part under the name {self._instance!r}: "
                    "give each its own --instance"
                )


def _now() -> float:
    return time.clock_gettime(_CLOCK)
