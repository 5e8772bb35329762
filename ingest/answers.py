"""What a web server's answer means: whether to wait, for how long, and how heavy it weighs."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from math import inf, isnan

from bunco.errors import SourceError, Weight

LONGEST_WAIT = timedelta(hours=24)
"""No server may ask for more. Source: rss-fetcher, the cap on Retry-After."""

_RATE_LIMITED_WAIT = timedelta(minutes=1)
"""Source: reports of 2026, Reddit's feeds answer about once a minute and address."""

_LIMITS = ("x-ratelimit", "ratelimit")
_SINCE_1970 = 1e9
"""More seconds than that are a moment, not a wait."""

_SOFT = frozenset({404, 408, 425, 429})
"""Besides 5xx. Source: rss-fetcher, "soft" errors: feeds do come back."""


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Give the wait that an answer asks for, if it does: 0…24 h.

    Reads ``Retry-After`` in seconds or as a date. Where ``X-RateLimit-Remaining`` or
    ``RateLimit-Remaining`` is spent, the ``-Reset`` beside it: seconds from now, seconds
    since 1970, or a date of either form.

    Args:
        headers: with names in lower case.
        now: what a date is counted from; aware.

    Source: RFC 9110 section 10.2.3; Reddit's rate-limit headers, GitHub's (1970), Mastodon's
    (dates); draft-ietf-httpapi-ratelimit-headers-07 (without ``X-``).
    """
    wait = _seconds_or_date(headers.get("retry-after", ""), now)
    for name in _LIMITS if wait is None else ():
        if headers.get(f"{name}-remaining", "").split(".")[0].strip() == "0":
            wait = _seconds_or_date(headers.get(f"{name}-reset", ""), now)
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
    if status == HTTPStatus.FORBIDDEN and has_reddit_feeds(host):
        reason = f"{host} answered 403, which there is a rate limit"
        return SourceError(
            reason, weight="soft", retry_after=asked or _RATE_LIMITED_WAIT, status=status
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        asked = asked or _RATE_LIMITED_WAIT
    soft = status in _SOFT or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    weight: Weight = "soft" if soft else "hard"
    return SourceError(
        f"{host} answered {status}{phrase}", weight=weight, retry_after=asked, status=status
    )


def has_reddit_feeds(host: str) -> bool:
    """Tell whether a host serves Reddit's feeds; that of its OAuth API has limits of its own."""
    if host == "oauth.reddit.com":
        return False
    return host == "reddit.com" or host.endswith(".reddit.com")


def _seconds_or_date(text: str, now: datetime) -> timedelta | None:
    try:
        seconds = float(text)
    except ValueError:
        at = moment(text) or _iso_moment(text)
        return None if at is None else min(max(at - now, timedelta(0)), LONGEST_WAIT)
    if isnan(seconds):
        return None
    if _SINCE_1970 < seconds < inf:
        seconds -= now.timestamp()
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST_WAIT.total_seconds()))


def _iso_moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
