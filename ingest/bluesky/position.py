"""Where a reading of Jetstream goes on, and whether something is missing before it."""

from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from ingest.bluesky.event import microseconds, moment

_JUMP = timedelta(minutes=1)
"""A stream of the whole network never rests for so long. Source: ours."""


class Position(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the cursor holds."""

    time_us: int = 0
    """Of the newest event that was given; 0: none was."""
    deliveries: int = 0
    """How many there were: no two cursors are the same."""


def decode(cursor: bytes) -> Position:
    """Give the position of a cursor; the start for none, or one that cannot be read."""
    try:
        return msgspec.json.decode(cursor, type=Position)
    except msgspec.DecodeError:
        return Position()


def encode(position: Position) -> bytes:
    """Give the cursor of a position."""
    return msgspec.json.encode(position)


def after(position: Position, newest_us: int) -> Position:
    """Give the position behind one more delivery."""
    return Position(time_us=max(position.time_us, newest_us), deliveries=position.deliveries + 1)


def gap(
    position: Position, first_us: int, now: datetime, *, window: timedelta, never_rests: bool
) -> str:
    """Say what is missing between a position and what came first after it; empty: nothing.

    Servers keep events for a while only and, asked for older ones, begin with the oldest
    without a word (v1).

    Args:
        position: where the stream was opened.
        first_us: when the first event after that was seen by Jetstream.
        now: the present.
        window: how long servers keep events.
        never_rests: whether the stream tells of the whole network.
    """
    if not position.time_us or not first_us:
        return ""
    asked, first = moment(position.time_us), moment(first_us)
    if never_rests and first - asked > _JUMP:
        return f"nothing was told of the time from {_said(asked)} to {_said(first)}"
    if now - asked > window:
        kept = window / timedelta(hours=1)
        return f"events since {_said(asked)} were asked for, but only {kept:g} h are kept"
    return ""


def too_old(position: Position) -> str:
    """Say what a server that speaks v2 says of a cursor that is older than what it keeps."""
    return f"events since {_said(moment(position.time_us))} were asked for, but are not kept"


def _said(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def back(now: datetime, by: timedelta) -> int:
    """Give microseconds since 1970 of a time before now."""
    return microseconds(now - by)
