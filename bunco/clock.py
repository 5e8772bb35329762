"""The clock of the system: the one place that asks for the time of day."""

from datetime import UTC, datetime


class SystemClock:
    """Give the time of the machine."""

    def now(self) -> datetime:
        """Give the present moment, aware, UTC."""
        return datetime.now(UTC)
