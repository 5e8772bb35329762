"""Google Alerts: the JSON for machines, the HTML, and the plain text of old and new mails.

All three are read and put together by where the links lead: the JSON can hold the highlights
alone, the text no publishers. A result is a link through google.com/url, or a link in the plain
form; links to share, to flag and to manage are none.

Source: mails of 2013 in the tests of weblyzard/ewrt; the ``inboxmarkup`` JSON and the markup of
the HTML as written down in shared notes of 2026.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bunco.text.address import canonical, host, unwrapped
from bunco.text.plain import plain
from ingest.mail.alert import MOST_RESULTS, Result, without_publisher
from ingest.mail.anchors import Anchor, anchors, scripts
from ingest.mail.mime import Mail

SERVICE = "Google Alert"

_GOOGLE = re.compile(r"(?:\w+\.)?google(?:\.com?)?\.[a-z]{2,3}")
_HEADING = re.compile(r"=== ([^\n]{1,80}?) - [^\n\[\]]{1,120}\[([^\n]{1,300})\] ===")
_LINK = re.compile(r"<(https?://[^\s<>]{1,4000})>")
_RULE = re.compile(r"[-_=*\s]{5,}")
_BARE = frozenset({"web", "blogs", "blog", "video", "videos", "discussions", "books"})
"""Sections whose results name no publisher below their titles."""

_HTML_LIMIT = 2000
_NAME_LIMIT = 80
"""Characters of a publisher's name. Source: ours."""

_SUBJECT = re.compile(r"(?:\S{1,30} )?Google\b.{0,40}? [-–] (.+)", re.IGNORECASE)
"""As-it-happens alerts in any language: Google Alert, Alerte Google, Google 快訊."""


class _Widget(Struct, frozen=True):
    type: str = ""
    title: str = ""
    description: str = ""
    url: str = ""


class _Card(Struct, frozen=True):
    title: str = ""
    widgets: list[_Widget] = []


class _Entity(Struct, frozen=True):
    title: str = ""


class _Markup(Struct, frozen=True):
    entity: _Entity = _Entity()
    cards: list[_Card] = []


_decoder = msgspec.json.Decoder(_Markup)


def results(mail: Mail) -> list[Result]:
    """Give the results of a Google Alert in its order; none for any other mail."""
    found: dict[str, Result] = {}
    for result in (*_of_html(mail.html), *_of_json(mail.html), *_of_text(mail.text)):
        key = canonical(result.url)
        if key and len(found) < MOST_RESULTS:
            found[key] = _joined(found[key], result) if key in found else result
    return list(found.values())


def is_sender(mail: Mail) -> bool:
    """Tell whether a mail says that it comes from Google."""
    return _GOOGLE.fullmatch(mail.domain) is not None


def place(mail: Mail, topic: str) -> str:
    """Give where a result stands: the alert, named as Google's own feeds name it.

    Args:
        mail: the mail.
        topic: what the mail says beside the result; it counts where one mail holds several.
    """
    if topic and topic.casefold() not in mail.subject.casefold():
        return f"{SERVICE} - {topic}"
    if _SUBJECT.fullmatch(mail.subject):
        return mail.subject
    return f"{SERVICE} - {topic}" if topic else "Google Alerts"


def _joined(one: Result, other: Result) -> Result:
    """Give one result of two forms of it: the first's words, the other's where they lack."""
    publisher = one.publisher or other.publisher
    return replace(
        one,
        title=without_publisher(one.title, publisher),
        publisher=publisher,
        text=one.text or other.text,
        topic=one.topic or other.topic,
    )


def _of_html(html: str) -> Iterator[Result]:
    for anchor in anchors(html) if html else ():
        if anchor.title and (target := _target(anchor.href)):
            yield _of_anchor(anchor, target)


def _of_anchor(anchor: Anchor, target: str) -> Result:
    lines = [line for raw in anchor.lines if (line := " ".join(raw.split()))]
    told = {name: " ".join(text.split()) for name, text in anchor.told.items()}
    if told:
        publisher, text = told.get("publisher", ""), told.get("description", "")
    elif len(lines) > 1 and len(lines[0]) <= _NAME_LIMIT:
        publisher, text = lines[0], lines[1]
    else:
        publisher, text = "", next(iter(lines), "")
    title = without_publisher(anchor.title, publisher)
    return Result(url=target, title=title, publisher=publisher, text=text)


def _target(href: str) -> str:
    """Give where a link of Google's leads; "" for one that is no result."""
    if not _GOOGLE.fullmatch(host(href)):
        return ""
    target = unwrapped(href)
    at = host(target)
    if target == href or not at or (_GOOGLE.fullmatch(at) and _is_manager(target)):
        return ""
    return target


def _is_manager(url: str) -> bool:
    try:
        path = urlsplit(url).path
    except ValueError:
        return True
    return path.startswith(("/alerts", "/url", "/support", "/preferences")) or path in {"", "/"}


def _of_json(html: str) -> Iterator[Result]:
    for text in scripts(html, "inboxmarkup"):
        try:
            markup = _decoder.decode(text.encode("utf-8", "replace"))
        except (msgspec.DecodeError, RecursionError):
            continue
        for card in markup.cards:
            topic = _topic(card.title or markup.entity.title)
            for widget in card.widgets:
                if widget.type.upper() == "LINK" and (target := _aim(widget.url)):
                    yield _of_widget(widget, target, topic)


def _of_widget(widget: _Widget, target: str, topic: str) -> Result:
    title, text = plain(widget.title[:_HTML_LIMIT]), plain(widget.description[:_HTML_LIMIT])
    return Result(url=target, title=title, text=text, topic=topic)


def _aim(url: str) -> str:
    """Give where a link of the JSON leads: it need not go through google.com/url."""
    return _target(url) if _GOOGLE.fullmatch(host(url)) else url if host(url) else ""


def _topic(title: str) -> str:
    found = _SUBJECT.fullmatch(title.strip())
    return found[1].strip() if found else ""


def _of_text(text: str) -> Iterator[Result]:
    """Read the plain form: a heading, then title, publisher, words and <link> of each result.

    Without any heading only links through google.com/url are taken, so that no other text of
    links passes for an alert.
    """
    section, topic, block = "", "", list[str]()
    for raw in text.splitlines():
        line = raw.strip()
        if heading := _HEADING.fullmatch(line):
            section, topic, block = heading[1].casefold(), heading[2], []
        elif link := _LINK.fullmatch(line):
            target = _target(link[1]) or (link[1] if topic and not _is_story(link[1]) else "")
            if target and block:
                yield _of_block(block, target, topic, is_bare=section in _BARE)
            block = []
        elif not line or _RULE.fullmatch(line):
            block = []
        else:
            block.append(line)


def _of_block(block: list[str], target: str, topic: str, *, is_bare: bool) -> Result:
    title, *rest = block
    publisher = ""
    if len(rest) > 1 and not is_bare and len(rest[0]) <= _NAME_LIMIT:
        publisher, *rest = rest
    title = without_publisher(title, publisher)
    return Result(url=target, title=title, publisher=publisher, text=" ".join(rest), topic=topic)


def _is_story(url: str) -> bool:
    """Tell whether a link leads to Google's own pages: all stories on a topic, the alert."""
    return _GOOGLE.fullmatch(host(url)) is not None
