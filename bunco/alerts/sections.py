"""Gather what a mail says of one finding: sentence, numbers, forms, chart, links."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

from msgspec import Struct

from bunco.alerting import Alert, Topic, name_of
from bunco.alerts.chart import bar_chart
from bunco.alerts.subjects import plain, who
from bunco.model import Finding, Number
from bunco.signing import Grant, signed
from bunco.text.edits import Span, edits

_FORMS = 8
"""Forms of a headline that are shown."""
_HOURS = 48
_TEXT = 300
_LIKE = 0.5
"""With a smaller share of its letters in words of the first, a text is no form of it: ours."""
_LABELS = {
    "count": "posts",
    "count_24h": "within 24 h",
    "window_count": "posts in the busiest stretch",
    "window_expected": "usual in such a stretch",
    "ratio": "times the usual",
    "baseline_per_day": "usual posts a day",
    "places": "places",
    "links": "different links",
    "sensational": "sensational",
}


class Desk(Struct, frozen=True, kw_only=True):
    """What links need: where the dashboard is, and what they are signed with."""

    base_url: str
    key: bytes
    link_life: timedelta
    zone: str = "UTC"


class Form(Struct, frozen=True, kw_only=True):
    """One form of a headline."""

    spans: tuple[Span, ...]
    when: str
    place: str


class Link(Struct, frozen=True, kw_only=True):
    """A link, with its words."""

    text: str
    url: str


class Chart(Struct, frozen=True, kw_only=True):
    """A picture inside the mail."""

    name: str
    png: bytes
    alt: str
    start: str
    end: str


class Section(Struct, frozen=True, kw_only=True):
    """One finding."""

    who: str
    author: str
    name: str
    severity: str
    detector: str
    sentence: str
    grew: str
    numbers: tuple[tuple[str, str], ...]
    forms: tuple[Form, ...]
    links: tuple[Link, ...]
    acts: tuple[Link, ...]
    chart: Chart | None


def section_of(  # noqa: PLR0913, PLR0917  # each is a thing of its own
    alert: Alert,
    topic: Topic,
    finding: Finding,
    posted: Sequence[datetime],
    desk: Desk,
    recipient: str,
) -> Section:
    """Gather what is said of one finding.

    Args:
        alert: what tells it.
        topic: the part of it that the finding stands in.
        finding: as it is now.
        posted: times of the author's posts, for the chart.
        desk: for the links.
        recipient: who gets it.
    """
    before = topic.before.get(finding.id, "")
    return Section(
        who=plain(who(finding.subject)),
        author=plain(finding.subject),
        name=finding.id,
        severity=finding.severity,
        detector=finding.detector,
        sentence=plain(finding.reason),
        grew="It has grown since you were told." if before else "",
        numbers=tuple(
            (label, _shown(value))
            for key, label in _LABELS.items()
            if (value := finding.numbers.get(key)) not in {None, 0}
        ),
        forms=_forms(finding, desk),
        links=(Link(text="See it on the dashboard", url=author_page(finding, desk)),),
        acts=_acts(alert, finding, desk, recipient),
        chart=_chart(finding, posted, desk),
    )


def _forms(finding: Finding, desk: Desk) -> tuple[Form, ...]:
    if not finding.quotes:
        return ()
    first = plain(finding.quotes[0].text)[:_TEXT]
    return tuple(
        Form(
            spans=_spans(first, plain(one.text)[:_TEXT]),
            when=moment_of(one.at, desk),
            place=plain(one.place),
        )
        for one in finding.quotes[:_FORMS]
    )


def _spans(first: str, text: str) -> tuple[Span, ...]:
    """Mark what changed; nothing in what is another text, as the posts of a burst are."""
    spans = edits(first, text)
    kept = sum(len(span.text.strip()) for span in spans if span.change in {"same", "written"})
    return spans if kept >= _LIKE * len(text) else (Span(text, "same"),)


def _acts(alert: Alert, finding: Finding, desk: Desk, recipient: str) -> tuple[Link, ...]:
    until = until_of(alert, desk)

    def silence(days: int) -> Grant:
        return Grant(
            act="silence",
            until_s=until,
            rule=alert.rule,
            author=finding.subject,
            days=days,
            recipient=recipient,
        )

    def verdict(word: str) -> Grant:
        return Grant(
            act="spam" if word == "spam" else "fine",
            until_s=until,
            rule=alert.rule,
            finding=finding.id,
            recipient=recipient,
        )

    told = (
        ("Silence 1 day", silence(1)),
        ("Silence 7 days", silence(7)),
        ("It is fine", verdict("fine")),
        ("It is spam", verdict("spam")),
    )
    return tuple(Link(text=text, url=link_of(grant, desk)) for text, grant in told)


def link_of(grant: Grant, desk: Desk) -> str:
    """Give the signed link that does something."""
    return f"{desk.base_url}/alert/{signed(grant, desk.key)}"


def author_page(finding: Finding, desk: Desk) -> str:
    """Give the link to the author's page, at the time of the finding."""
    around = timedelta(minutes=10)
    since, until = finding.first_at - around, finding.last_at + around
    times = f"since={since:%Y-%m-%dT%H:%M:%SZ}&until={until:%Y-%m-%dT%H:%M:%SZ}"
    return f"{desk.base_url}/author?id={quote(finding.subject, safe='')}&{times}"


def _chart(finding: Finding, posted: Sequence[datetime], desk: Desk) -> Chart | None:
    end = finding.last_at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start = end - timedelta(hours=_HOURS)
    values = [0] * _HOURS
    for one in posted:
        if start <= one < end:
            values[int((one - start) / timedelta(hours=1))] += 1
    if not sum(values):
        return None
    from_, to = finding.first_at.replace(minute=0, second=0, microsecond=0), finding.last_at
    marked = [from_ <= start + timedelta(hours=n) <= to for n in range(_HOURS)]
    most = max(values)
    inside = sum(value for value, is_marked in zip(values, marked, strict=True) if is_marked)
    return Chart(
        name=name_of("chart", finding.id),
        png=bar_chart(values, marked),
        alt=(
            f"Posts an hour over {_HOURS} hours: {sum(values)} in all, at most {most} in one hour, "
            f"{inside} within the finding."
        ),
        start=moment_of(start, desk),
        end=moment_of(end, desk),
    )


def until_of(alert: Alert, desk: Desk) -> int:
    """Give until when links are good, in seconds since 1970."""
    return int((alert.at + desk.link_life).timestamp())


def moment_of(moment: datetime, desk: Desk) -> str:
    """Give a time in words, in the reader's zone."""
    local = moment.astimezone(ZoneInfo(desk.zone))
    return f"{local:%a %d %b %Y, %H:%M} {local.tzname()}"


def _shown(value: Number | None) -> str:
    return f"{value:,.10g}" if isinstance(value, int | float) else plain(str(value))
