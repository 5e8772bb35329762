"""Local times of day: quiet hours, digests, midnight. Times in and out are aware."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def quiet_until(quiet: str, zone: str, now: datetime) -> datetime | None:
    """Give when the quiet hours end that are now; None outside of them.

    >>> quiet_until("22:00-07:00", "Europe/Berlin", datetime(2026, 1, 5, 23, tzinfo=UTC))
    datetime.datetime(2026, 1, 6, 6, 0, tzinfo=datetime.timezone.utc)
    """
    if not quiet:
        return None
    start, end = (time.fromisoformat(word) for word in quiet.split("-"))
    local = now.astimezone(ZoneInfo(zone))
    of_day = local.time().replace(tzinfo=None)
    is_one_day = start <= end
    inside = start <= of_day < end if is_one_day else of_day >= start or of_day < end
    return next_time(end, zone, now) if inside else None


def next_digest(digest: str, zone: str, after: datetime) -> datetime:
    """Give the next time of a digest after a moment."""
    day, _, clock = digest.partition(" ")
    found = next_time(time.fromisoformat(clock), zone, after)
    while day != "daily" and _DAYS[found.astimezone(ZoneInfo(zone)).weekday()] != day:
        found = next_time(time.fromisoformat(clock), zone, found)
    return found


def next_time(of_day: time, zone: str, after: datetime) -> datetime:
    """Give the next moment after another at which a local clock shows that time, in UTC.

    A time that the change to summer skips comes an hour later; one that comes twice, the
    first time.
    """
    place = ZoneInfo(zone)
    day = after.astimezone(place).date()
    for step in range(3):
        found = datetime.combine(day + timedelta(days=step), of_day, place).astimezone(UTC)
        if found > after:
            return found
    raise AssertionError("one of three days has that time")


def local_day(zone: str, now: datetime) -> str:
    """Give the local date, as ISO 8601 has it."""
    return now.astimezone(ZoneInfo(zone)).date().isoformat()
