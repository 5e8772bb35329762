"""Decide when a feed is worth reading again.

Feeds that give much new are read more often, quiet ones less, within the operator's bounds
and never more often than the publisher asks. All pure; failures are the poller's business.

Source: rss-fetcher's rule for the steps and thresholds, miniflux for taking the largest of
what the publisher says. Ours: the start after 1 h in place of 6 h, since what a short feed has
dropped meanwhile cannot be had again.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite

from msgspec import Struct
from msgspec.structs import replace

from ingest.answers import LONGEST_WAIT, moment, retry_after
from ingest.feeds.feed import Feed

_STEP = timedelta(minutes=60)
_SMALL_STEP = timedelta(minutes=10)
_ON_TIME = timedelta(minutes=20)
_LIVELY = timedelta(days=31)
_GOOD_POLLS = 2
_MANY_KNOWN = 0.67
_FEW_KNOWN = 0.33
_PERIODS = {
    "minutely": timedelta(minutes=1),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "dayly": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}


class Bounds(Struct, frozen=True, kw_only=True):
    """The operator's limits."""

    start: timedelta
    fastest: timedelta
    slowest: timedelta


def bounds(start: timedelta, fastest: timedelta, slowest: timedelta) -> Bounds:
    """Give an operator's limits as the cursor can hold them: plain lengths of time."""
    each = (timedelta(seconds=one.total_seconds()) for one in (start, fastest, slowest))
    return Bounds(**dict(zip(("start", "fastest", "slowest"), each, strict=True)))


class Pace(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of a feed's rhythm between polls."""

    interval: timedelta | None = None
    """Absent before the first poll."""
    on_time: int = 0
    """Polls in a row that came when they were due."""
    due: datetime | None = None
    new_at: datetime | None = None
    """When something new last came."""


def paced(pace: Pace, known_ratio: float, now: datetime, bounds: Bounds) -> Pace:
    """Give the rhythm after a good poll; ``due`` is still the old one.

    After two polls on time: two thirds or more of the entries known, and the interval grows
    by an hour (ten minutes where something new came in the last 31 days); less than a third
    known, and it shrinks by an hour, or falls back to the start where it was longer.

    Args:
        pace: before the poll.
        known_ratio: the share of the document's entries that were known, 0…1; 1 for an
            unchanged document.
        now: when the poll was.
        bounds: the operator's limits.
    """
    interval = bounds.start if pace.interval is None else pace.interval
    on_time = pace.due is None or abs(now - pace.due) <= _ON_TIME
    streak = pace.on_time + 1 if on_time else 0
    new_at = now if known_ratio < 1 else pace.new_at
    if streak >= _GOOD_POLLS and known_ratio >= _MANY_KNOWN:
        lively = new_at is not None and now - new_at <= _LIVELY
        interval += _SMALL_STEP if lively else _STEP
    elif streak >= _GOOD_POLLS and known_ratio < _FEW_KNOWN:
        interval = bounds.start if interval > bounds.start else interval - _STEP
    interval = min(max(interval, bounds.fastest), bounds.slowest)
    return replace(pace, interval=interval, on_time=streak, new_at=new_at)


def wait(pace: Pace, floor: timedelta, bounds: Bounds) -> timedelta:
    """Give how long to wait: the interval, at least what the publisher asks.

    Never longer than the operator's slowest, nor than 24 h.
    """
    interval = bounds.start if pace.interval is None else pace.interval
    return min(max(interval, floor, bounds.fastest), bounds.slowest, LONGEST_WAIT)


def asked_by_server(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Give how long the answer's headers ask to wait; zero where they ask for nothing.

    Reads ``Retry-After``, ``Cache-Control: max-age`` less ``Age``, else ``Expires``.

    Source: RFC 9111 sections 4.2, 5.2.2.1 and 5.3.
    """
    asked = retry_after(headers, now) or timedelta(0)
    directives = {
        name.strip(): value.strip('" ')
        for part in headers.get("cache-control", "").lower().split(",")
        for name, _, value in [part.partition("=")]
    }
    if "no-cache" in directives or "no-store" in directives:
        return asked
    if "max-age" in directives:
        age = _seconds(headers.get("age", ""))
        return max(asked, _seconds(directives["max-age"]) - age)
    expires = moment(headers.get("expires", ""))
    # Counted from the server's own clock, so that a wrong one does no harm.
    return (
        asked if expires is None else max(asked, expires - (moment(headers.get("date", "")) or now))
    )


def asked_by_feed(feed: Feed) -> timedelta:
    """Give how long the document asks to wait; zero where it asks for nothing.

    Reads ``<ttl>`` (minutes) and ``sy:updatePeriod`` with ``sy:updateFrequency``; periods
    that do not exist ("always") ask for nothing.

    Source: RSS 2.0 ``ttl``; RSS 1.0 module Syndication.
    """
    ttl = _seconds(feed.ttl) * 60
    period = _PERIODS.get(feed.update_period.lower(), timedelta(0))
    frequency = _number(feed.update_frequency) or 1.0
    each = min(period.total_seconds() / frequency, LONGEST_WAIT.total_seconds())
    return max(min(ttl, LONGEST_WAIT), timedelta(seconds=each))


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=min(_number(text), LONGEST_WAIT.total_seconds()))


def _number(text: str) -> float:
    """Give a number above zero, or zero for all else."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if isfinite(number) and number > 0 else 0.0
