"""When in the week an author posts."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from msgspec import Struct

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = 24


class Rhythm(Struct, frozen=True):
    """Posts by hour of the week, in somebody's time zone."""

    counts: tuple[tuple[int, ...], ...]
    """Seven rows from Monday, each of 24 hours."""

    @property
    def most(self) -> int:
        """Give the count of the busiest hour."""
        return max(map(max, self.counts))

    @property
    def awake(self) -> int:
        """Give in how many of the day's hours there was ever a post: people sleep."""
        return sum(any(row[hour] for row in self.counts) for hour in range(HOURS))

    @property
    def busiest(self) -> tuple[str, int] | None:
        """Give day and hour with the most posts, the earliest of several; None: no posts."""
        if not self.most:
            return None
        return next(
            (DAYS[day], hour)
            for day, row in enumerate(self.counts)
            for hour, count in enumerate(row)
            if count == self.most
        )


def rhythm(times: Sequence[datetime], zone: tzinfo) -> Rhythm:
    """Count posts by day of the week and hour, as the clock in that zone shows them."""
    counts = [[0] * HOURS for _ in DAYS]
    for at in times:
        local = at.astimezone(zone)
        counts[local.weekday()][local.hour] += 1
    return Rhythm(tuple(map(tuple, counts)))
