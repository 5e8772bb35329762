"""Stand-ins for what a test must hold in its hand: the clock."""

from datetime import datetime, timedelta

from tests.builders import NOON


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now

    def now(self) -> datetime:
        """Give the time it was set to."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move it on."""
        self._now += by
