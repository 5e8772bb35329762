"""Read RSS, RDF and Atom: the home of feedparser.

feedparser's sanitiser and its rewriting of relative links inside texts stay off: texts
become plain text anyway, and without them a document is read in half the time. Its base
address stays unset too: it would rewrite ids (``t3_abc``) as if they were links.
"""

import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import struct_time
from typing import Any, TypeAlias

import feedparser

from bunco.model import EPOCH
from ingest.feeds.feed import MOST_ENTRIES, Entry, Feed

Fields: TypeAlias = dict[str, Any]

_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
"""What is dated before has no real date: 0001-01-01 is what some programs write for none."""

_START = re.compile(rb"<(?:[a-zA-Z]+:)?(item|entry)[\s>/]")
_END = re.compile(rb"</(?:[a-zA-Z]+:)?(?:item|entry)\s*>")
_HALF_A_CHARACTER = re.compile(
    rb"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}"
    rb"|0*(?:5529[6-9]|55[3-9]\d\d|56\d{3}|57[0-2]\d\d|573[0-3]\d|5734[0-3]));"
)
"""References to surrogates: no characters, and feedparser gives the whole document up."""
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}\sencoding\s*=""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)
_NOT_WORDS = frozenset({"base", "type", "language", "rel", "guidislink", "scheme"})


def read(document: bytes, content_type: str = "") -> Feed:
    """Read a document as RSS, RDF or Atom; ``format`` is empty where it is none of them.

    Args:
        document: the bytes as they came; the encoding is found in them.
        content_type: the server's; its charset counts only where the document neither
            names an encoding nor is UTF-8, because servers are wrong more often.
    """
    document, left_out = _cut(_HALF_A_CHARACTER.sub(b"&#xFFFD;", document))
    found: Fields = feedparser.parse(
        document,
        response_headers=_headers(document, content_type),
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    about: Fields = found["feed"]
    entries = found["entries"]
    return Feed(
        format=found.get("version") or "",
        entries=tuple(_entry(entry) for entry in entries[:MOST_ENTRIES]),
        guid=_text(about, "id"),
        title=_text(about, "title"),
        link=_text(about, "link"),
        generator=_text(about, "generator"),
        language=_text(about, "language"),
        ttl=_text(about, "ttl"),
        update_period=_text(about, "sy_updateperiod"),
        update_frequency=_text(about, "sy_updatefrequency"),
        left_out=left_out + max(0, len(entries) - MOST_ENTRIES),
    )


def _cut(document: bytes) -> tuple[bytes, int]:
    """Take the entries beyond the limit out before parsing, the ends of the document stay.

    A 15 MiB document of 35,000 entries takes seconds to parse, its first 2,000 a fraction.
    """
    starts = [match.start() for match in _START.finditer(document)]
    if len(starts) <= MOST_ENTRIES:
        return document, 0
    end = starts[-1]
    for match in _END.finditer(document, end):
        end = match.end()
    return document[: starts[MOST_ENTRIES]] + document[end:], len(starts) - MOST_ENTRIES


def _headers(document: bytes, content_type: str) -> dict[str, str]:
    charset = _CHARSET.search(content_type)
    if charset is None or _DECLARED.match(document) or _is_utf8(document):
        return {}
    return {"content-type": f"application/xml; charset={charset[1]}"}


def _is_utf8(document: bytes) -> bool:
    try:
        document.decode()
    except UnicodeDecodeError:
        return False
    return True


def _entry(entry: Fields) -> Entry:
    title: Fields = dict.get(entry, "title_detail") or {}
    author: Fields = dict.get(entry, "author_detail") or {}
    found = Entry(
        guid=_text(entry, "id"),
        title=_text(entry, "title"),
        title_is_html=title.get("type") != "text/plain",
        link=_text(entry, "link"),
        author=_text(entry, "author"),
        author_name=_text(author, "name"),
        author_url=_text(author, "href"),
        content=_content(entry),
        published=_moment(entry, "published_parsed") or _moment(entry, "updated_parsed"),
        language=str(title.get("language") or ""),
        comments=_text(entry, "comments"),
        label=_label(entry),
        channel=_text(entry, "yt_channelid"),
    )
    if found.title or found.content or found.link:
        return found
    return Entry(
        guid=found.guid,
        author=found.author,
        author_name=found.author_name,
        author_url=found.author_url,
        published=found.published,
        other=next(_words(entry), ""),
    )


def _text(fields: Fields, key: str) -> str:
    value = dict.get(fields, key)  # FeedParserDict.get substitutes other keys, and warns
    return value.strip() if isinstance(value, str) else ""


def _content(entry: Fields) -> str:
    bodies = [_text(content, "value") for content in dict.get(entry, "content") or []]
    return max((*bodies, _text(entry, "summary")), key=len)


def _label(entry: Fields) -> str:
    for tag in dict.get(entry, "tags") or []:
        return _text(tag, "label") or _text(tag, "term")
    return ""


def _moment(entry: Fields, key: str) -> datetime | None:
    parsed = dict.get(entry, key)
    if not isinstance(parsed, struct_time):
        return None
    try:
        moment = EPOCH + timedelta(seconds=timegm(parsed))
    except (ValueError, OverflowError):
        return None
    return moment if moment >= _EARLIEST else None


def _words(value: object) -> Iterator[str]:
    """Give every text inside an entry."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key not in _NOT_WORDS:
                yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
