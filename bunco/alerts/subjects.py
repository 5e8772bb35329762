"""Say in one line who did what: the subject of a mail."""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bunco.alerting import Alert
from bunco.model import Finding, Number

_MOST = 160
"""Characters of a subject. Source: ours; phones show some 40, desks some 120."""
_QUOTED = 60
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069]"
)
"""Control characters, line ends, and marks that turn the direction of what follows."""


def subject_of(alert: Alert, findings: Mapping[str, Finding], zone: str) -> str:
    """Give the subject of an alert: one line, no control characters.

    Args:
        alert: what it is about.
        findings: by id, as they are now.
        zone: of its times.
    """
    return clipped(plain(_subject(alert, findings, zone)), _MOST)


def plain(text: str) -> str:
    """Give a text in one line, without what is not seen or turns its direction."""
    return " ".join(_HIDDEN.sub(" ", text).encode("utf-8", "replace").decode().split())


def clipped(text: str, most: int) -> str:
    """Give a text of at most so many characters, cut at a word where one is near."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    word = cut.rfind(" ")
    return f"{cut[:word] if word > most * 2 // 3 else cut}…".replace(" …", "…")


def who(author: str) -> str:
    """Give an author's id as one would say it.

    >>> who("reddit:dealqueen"), who("web:example.org")
    ('@dealqueen', 'example.org')
    """
    platform, _, account = author.partition(":")
    return account if platform == "web" else f"@{account}"


def _subject(alert: Alert, findings: Mapping[str, Finding], zone: str) -> str:
    told = [findings[one] for topic in alert.topics for one in topic.findings if one in findings]
    if alert.kind == "muted":
        return f"{alert.rule} muted itself until midnight"
    troubles = [line for topic in alert.topics for line in topic.lines.items()]
    if troubles and not told:
        over = {one for topic in alert.topics for one in topic.over}
        first = f"over: {troubles[0][1]}" if troubles[0][0] in over else troubles[0][1]
        return first + (f" (and {len(troubles) - 1} more)" if len(troubles) > 1 else "")
    if not told:
        return f"{alert.rule}: what this was about has been removed"
    loudest = max(told, key=lambda one: (one.score, one.id))
    if len(alert.topics) > 1:
        word = "Digest: " if alert.kind == "digest" else ""
        left = len(alert.topics) - 1
        others = "1 other" if left == 1 else f"{left} others"
        return f"{word}{did(loudest, zone, alert.at)}, and {others}"
    ended = "Ended: " if alert.kind == "closing" else ""
    more = f" (+{len(told) - 1} more)" if len(told) > 1 else ""
    if (beside := len({one.subject for one in told}) - 1) > 0:
        more = f", and so did {beside} other{'s' * (beside > 1)}"
    return f"{ended}{did(loudest, zone, alert.at)}{more}"


def did(finding: Finding, zone: str, now: datetime) -> str:
    """Give who did what, in some words."""
    name, since = clipped(who(finding.subject), 40), _since(finding.first_at, zone, now)
    quote = clipped(plain(finding.quotes[0].text), _QUOTED) if finding.quotes else ""
    places = _number(finding.numbers.get("places"))
    where = f" in {places} places" if places > 1 else ""
    count = _number(finding.numbers.get("count"))
    match finding.detector:
        case "repeats" if quote and count:
            return f"{name} repeated “{quote}” {count} times{where} since {since}"
        case "bursts" if seen := _number(finding.numbers.get("window_count")):
            ratio = _number(finding.numbers.get("ratio"))
            usual = f", {ratio} times the usual" if ratio > 1 else ""
            return f"{name} posted {seen} times in {_span(finding)}{usual}"
        case "crossposts" if quote and places > 1:
            return f"{name} put “{quote}” in {places} places since {since}"
    return f"{name}: {finding.reason}"


def _since(moment: datetime, zone: str, now: datetime) -> str:
    local, today = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%d %b %H:%M}"


def _span(finding: Finding) -> str:
    minutes = _number(finding.numbers.get("window_s")) // 60
    if minutes >= 60 and not minutes % 60:
        return "an hour" if minutes == 60 else f"{minutes // 60} hours"
    return f"{minutes} minutes"


def _number(value: Number | None) -> int:
    return round(value) if isinstance(value, int | float) else 0
