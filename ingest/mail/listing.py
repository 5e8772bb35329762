"""Alerts of other services: a list of links, each with a title.

Nothing tells such a mail from any other but its sender, so only senders that the operator
trusts to write alerts are read so. Links to the service itself, to share and to install are none.
"""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlsplit

from bunco.text.address import canonical, host, unwrapped
from ingest.mail.alert import MOST_RESULTS, Result, without_publisher
from ingest.mail.anchors import anchors
from ingest.mail.mime import Mail

_LEAST_TITLE = 12
"""Characters; shorter words are buttons ("Read more", "View all"). Source: ours."""
_LEAST_WIDE_TITLE = 5
"""The same in scripts that write a word in a sign or two."""

_NAME_LIMIT = 80
_AWAY = re.compile(
    r"(?:play\.google|apps\.apple|itunes\.apple)\.com"
    r"|(?:(?:facebook|linkedin|pinterest|reddit)\.com|(?:twitter|x)\.com|t\.me|wa\.me)"
    r"(?=/(?:share|sharer|intent|submit|pin|cws|company|home)|/?$)"
)
"""Where the buttons of a mail lead."""

_ADDRESS = re.compile(r"<?(https?://[^\s<>\"]{1,4000})>?")
_QUOTED = re.compile(r"[\"“„«']\s*([^\"“”„«»’]{1,200}?)\s*[\"”»']")
_NAMED = re.compile(r"(?: for | über | pour | para | per |[:–-] )(.{1,200})$")


def results(mail: Mail) -> list[Result]:
    """Give the links of a list with their titles, each target once, in the mail's order."""
    found: dict[str, Result] = {}
    for result in (*_of_html(mail), *(_of_text(mail) if not mail.html else ())):
        key = canonical(result.url)
        if key and len(found) < MOST_RESULTS:
            found.setdefault(key, result)
    return list(found.values())


def place(mail: Mail) -> str:
    r"""Give where its results stand: the service, and what was watched for if that is told.

    >>> from ingest.mail.mime import read
    >>> head = b"From: Talkwalker Alerts <a@talkwalker.com>\nSubject: 4 results for "
    >>> place(read(head + b'"green tea"\n\n-', most_parts=1))
    'Talkwalker Alerts - green tea'
    """
    service = mail.sender_name or mail.domain or "alerts"
    found = _QUOTED.search(mail.subject) or _NAMED.search(mail.subject)
    return f"{service} - {found[1].strip()}" if found else service


def _of_html(mail: Mail) -> Iterator[Result]:
    for anchor in anchors(mail.html) if mail.html else ():
        target = _target(anchor.href, mail.domain)
        if not target or not _is_title(anchor.title):
            continue
        lines = [line for raw in anchor.lines if (line := " ".join(raw.split()))]
        yield _result(target, anchor.title, lines)


def _of_text(mail: Mail) -> Iterator[Result]:
    """Read lines of words above each address; an empty line parts one result from the next."""
    block: list[str] = []
    for raw in mail.text.splitlines():
        line = raw.strip()
        address = _ADDRESS.search(line)
        if address is None:
            block = [*block, line] if line else []
            continue
        before = line[: address.start()].rstrip(" :-–<(")
        lines = [*block, before] if len(before) >= _LEAST_TITLE else block
        target = _target(address[1], mail.domain)
        if lines and target and _is_title(lines[0]):
            yield _result(target, lines[0], lines[1:])
        block = []


def _result(target: str, title: str, lines: list[str]) -> Result:
    publisher, text = "", " ".join(lines[:2])
    if len(lines) > 1 and len(lines[0]) <= _NAME_LIMIT:
        publisher, text = lines[0], lines[1]
    title = without_publisher(title, publisher)
    return Result(url=target, title=title, publisher=publisher, text=text)


def _target(href: str, sender: str) -> str:
    """Give where a link leads; "" for one that leads to the sender's own pages or nowhere."""
    target = unwrapped(href)
    for _ in range(2):
        at = host(target)
        if not at or not _is_own(at, sender):
            break
        target = _carried(target, at)
    at = host(target)
    if not at or _is_own(at, sender) or _AWAY.match(_bare(target)):
        return ""
    return unwrapped(target)


def _is_own(at: str, sender: str) -> bool:
    return bool(sender) and _organisation(at) == _organisation(sender)


def _organisation(domain: str) -> str:
    """Give the part of a domain that somebody registered, as far as its form tells.

    >>> _organisation("mail.talkwalker.com"), _organisation("a.b.co.uk:8080")
    ('talkwalker.com', 'b.co.uk')
    """
    labels = domain.partition(":")[0].split(".")
    is_national = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if is_national else -2 :])


def _carried(url: str, at: str) -> str:
    """Give the foreign address that a counting link of the sender's carries, if it does."""
    try:
        pairs: Iterable[tuple[str, str]] = parse_qsl(urlsplit(url).query, max_num_fields=50)
    except ValueError:
        return ""
    return next((value for _, value in pairs if host(value) and not _is_own(host(value), at)), "")


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url, count=1, flags=re.IGNORECASE).lower()


def _is_title(text: str) -> bool:
    if _ADDRESS.fullmatch(text) or "unsubscribe" in text.casefold():
        return False
    is_wide = any("\u2e80" <= sign <= "\uffef" for sign in text)
    return len(text) >= (_LEAST_WIDE_TITLE if is_wide else _LEAST_TITLE) and (
        is_wide or " " in text
    )
