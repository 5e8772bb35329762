"""What a web server's answer means: whether to wait, for how long, and how heavy it weighs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import isnan

from bunco.errors import SourceError, Weight

LONGEST_WAIT = timedelta(hours=24)
"""No server may ask for more. Source: rss-fetcher, the cap on Retry-After."""

_RATE_LIMITED_WAIT = timedelta(minutes=1)
"""Source: reports of 2026, Reddit's feeds answer about once a minute and address."""

_SOFT = frozenset({404, 408, 425, 429})
"""Besides 5xx. Source: rss-fetcher, "soft" errors: feeds do come back."""


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Give the wait that an answer asks for, if it does: 0…24 h.

    Reads ``Retry-After`` in seconds or as a date, and ``X-RateLimit-Reset`` in seconds
    where ``X-RateLimit-Remaining`` is spent.

    Args:
        headers: with names in lower case.
        now: what a date is counted from; aware.

    Source: RFC 9110 section 10.2.3; Reddit's rate-limit headers.
    """
    wait = _seconds_or_date(headers.get("retry-after", ""), now)
    if wait is None and headers.get("x-ratelimit-remaining", "").split(".")[0] == "0":
        wait = _seconds_or_date(headers.get("x-ratelimit-reset", ""), now)
    return wait


def moment(text: str) -> datetime | None:
    """Give an HTTP date, aware; None for what is none."""
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def failure(status: int, host: str, headers: Mapping[str, str], now: datetime) -> SourceError:
    """Give the error for a status that brings no document.

    Soft: 404, 408, 425, 429 and 5xx, which often heal. Hard: all others. Reddit says 403
    where it means 429, so there it is a rate limit.
    """
    asked = retry_after(headers, now)
    phrase = _phrase(status)
    if status == HTTPStatus.FORBIDDEN and is_reddit(host):
        reason = f"{host} answered 403, which there is a rate limit"
        return SourceError(reason, weight="soft", retry_after=asked or _RATE_LIMITED_WAIT)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        asked = asked or _RATE_LIMITED_WAIT
    soft = status in _SOFT or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    weight: Weight = "soft" if soft else "hard"
    return SourceError(f"{host} answered {status}{phrase}", weight=weight, retry_after=asked)


def is_reddit(host: str) -> bool:
    """Tell whether a host belongs to Reddit."""
    return host == "reddit.com" or host.endswith(".reddit.com")


def _seconds_or_date(text: str, now: datetime) -> timedelta | None:
    try:
        seconds = float(text)
    except ValueError:
        at = moment(text)
        return None if at is None else min(max(at - now, timedelta(0)), LONGEST_WAIT)
    if isnan(seconds):
        return None
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST_WAIT.total_seconds()))


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
