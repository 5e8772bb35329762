"""Read the times of ``--since`` and ``--until``."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from bunco.errors import UsageError
from bunco.ports.stores import Store

Say: TypeAlias = Callable[[str], None]

_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Period(Struct, frozen=True):
    """A stretch of time; an end that is missing is open."""

    since: datetime | None
    until: datetime | None


def period(
    store: Store, since: str | None, until: str | None, *, now: datetime, say: Say
) -> Period:
    """Give the period that the two options ask for.

    Args:
        store: asked for its newest post where a duration is given.
        since: a duration, a date or an RFC 3339 time.
        until: the same.
        now: the present.
        say: told when durations count back from another time than now.

    Raises:
        UsageError: one of the two is no time.
    """
    lengths = [length for text in (since, until) if (length := _length(text))]
    end = _end(store, max(lengths), now, say) if lengths else now
    return Period(_moment(since, end, "--since"), _moment(until, end, "--until"))


def _end(store: Store, longest: timedelta, now: datetime, say: Say) -> datetime:
    """Give the time durations count back from.

    That is now, unless everything in the store is older than the period: a store of
    replayed posts would else answer every ``--since 24h`` with nothing.
    """
    newest = store.stats().last_at
    if newest is None or now - newest <= longest:
        return now
    say(f"The newest post is of {newest:%Y-%m-%d %H:%M} UTC: counting back from there.")
    return newest


def _moment(text: str | None, end: datetime, option: str) -> datetime | None:
    if text is None:
        return None
    if length := _length(text):
        return end - min(length, end - _BEGINNING)
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            f'{option}: {text!r} is no time; write "24h", "7d", 2026-03-02 or 2026-03-02T12:00:00Z'
        ) from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _length(text: str | None) -> timedelta | None:
    from bunco.values import parse_duration

    try:
        return parse_duration(text) if text else None
    except ValueError:
        return None
    except OverflowError as error:
        raise UsageError(f"{text!r} is longer than time itself") from error
