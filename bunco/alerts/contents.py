"""Gather what a mail says of an alert: plain records for the templates, no HTML yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bunco.alerting import Alert, Topic
from bunco.alerts.sections import (
    Desk,
    Link,
    Section,
    author_page,
    link_of,
    moment_of,
    section_of,
    until_of,
)
from bunco.alerts.subjects import clipped, plain, who
from bunco.model import Finding
from bunco.signing import Grant

_FULL = 4
"""Findings of a mail that are shown whole; of the others a line each."""
_LINES = 60
"""Lines of those; the rest is a number."""


class Contents(Struct, frozen=True, kw_only=True):
    """All that a mail says."""

    subject: str
    lead: str
    why: str
    rule: str
    at: str
    sections: tuple[Section, ...]
    more: tuple[tuple[str, Link], ...]
    """Findings of which a line is enough: the sentence and where it leads."""
    left: int
    """Findings of which not even that is said."""
    lines: tuple[str, ...]
    """Troubles."""
    held: tuple[str, ...]
    dashboard: str
    unsubscribe: str


def contents_of(  # noqa: PLR0913  # each is a thing of its own
    alert: Alert,
    findings: Mapping[str, Finding],
    posted: Mapping[str, Sequence[datetime]],
    desk: Desk,
    *,
    subject: str,
    recipient: str,
) -> Contents:
    """Gather what a mail says.

    Args:
        alert: as it was decided.
        findings: those it names that are still there, by id.
        posted: times of posts, by author, for the charts.
        desk: for the links.
        subject: of the mail.
        recipient: who gets it.
    """
    told = _ranked(alert, findings)
    rest = told[_FULL:]
    return Contents(
        subject=subject,
        lead=_lead(alert, len(told)),
        why=f"The rule “{alert.rule}” sent this: {alert.reason}.",
        rule=alert.rule,
        at=moment_of(alert.at, desk),
        sections=tuple(
            section_of(alert, topic, one, posted.get(one.subject, ()), desk, recipient)
            for topic, one in told[:_FULL]
        ),
        more=tuple(
            (
                plain(f"{who(one.subject)}: {clipped(one.reason, 200)}"),
                Link(text="look", url=author_page(one, desk)),
            )
            for _, one in rest[:_LINES]
        ),
        left=max(0, len(rest) - _LINES),
        lines=tuple(
            ("Over: " if key in topic.over else "") + line
            for topic in alert.topics
            for key, line in topic.lines.items()
        ),
        held=tuple(_held(alert)),
        dashboard=desk.base_url,
        unsubscribe=link_of(
            Grant(
                act="unsubscribe",
                until_s=until_of(alert, desk),
                rule=alert.rule,
                recipient=recipient,
            ),
            desk,
        ),
    )


def _ranked(alert: Alert, findings: Mapping[str, Finding]) -> list[tuple[Topic, Finding]]:
    found = [
        (topic, findings[name])
        for topic in alert.topics
        for name in topic.findings
        if name in findings
    ]
    return sorted(found, key=lambda pair: (-pair[1].score, pair[1].id))


def _lead(alert: Alert, count: int) -> str:
    updates = sum(topic.updates for topic in alert.topics)
    match alert.kind:
        case "muted":
            return "No more alerts of this rule until midnight. What comes meanwhile is kept."
        case "summary" | "digest":
            return f"{count} findings about {len(alert.topics)} subjects, the loudest first."
        case "closing":
            return "It is over: nothing new came for as long as its detector waits."
        case "update":
            times = "once" if updates == 1 else f"{updates} times"
            return f"It goes on: it grew {times} since the last mail about this."
        case "sample":
            return "A sample, sent by “bunco alert test”: nothing happened."
    return ""


def _held(alert: Alert) -> list[str]:
    return [f"{count} {reason} since the last mail" for reason, count in alert.held.items()]
