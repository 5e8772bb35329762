"""Read JSON Feed, leniently: an odd field is left out, an odd item does not stop the rest.

Source: JSON Feed 1.0 and 1.1, https://www.jsonfeed.org/version/1.1/
"""

from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec

from bunco.errors import BadInput
from ingest.feeds.feed import MOST_ENTRIES, Entry, Feed

Fields: TypeAlias = dict[str, Any]

_VERSION = "jsonfeed.org/version/1"


def read(document: bytes) -> Feed:
    """Read a JSON Feed.

    Raises:
        BadInput: it is broken JSON, or JSON of another kind.
    """
    try:
        # A byte order mark is wrong in JSON (RFC 8259 section 8.1), and common.
        about = msgspec.json.decode(document.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"broken JSON: {error}") from error
    except RecursionError as error:
        raise BadInput("JSON that is nested too deeply") from error
    if not isinstance(about, dict) or not _is_feed(about):
        raise BadInput(f"JSON, but no JSON Feed: its version does not name {_VERSION}")
    items = [item for item in about["items"] if isinstance(item, dict)]
    authors = _authors(about)
    return Feed(
        format="json11" if _text(about, "version").endswith("1.1") else "json1",
        entries=tuple(_entry(item, authors) for item in items[:MOST_ENTRIES]),
        guid=_text(about, "feed_url"),
        title=_text(about, "title"),
        link=_text(about, "home_page_url"),
        language=_text(about, "language"),
        left_out=max(0, len(items) - MOST_ENTRIES),
    )


def _is_feed(about: Fields) -> bool:
    """Tell whether it is a feed: by its version, or by the name of its page and feed."""
    if not isinstance(about.get("items"), list):
        return False
    named = "home_page_url" in about or "feed_url" in about
    return _VERSION in _text(about, "version") or (named and "version" in about)


def _entry(item: Fields, feed_authors: list[Fields]) -> Entry:
    author = next(iter(_authors(item) or feed_authors), Fields())
    link = _text(item, "url") or _text(item, "external_url")
    return Entry(
        guid=_text(item, "id"),
        title=_text(item, "title"),
        link=link,
        author=_text(author, "name"),
        author_name=_text(author, "name"),
        author_url=_text(author, "url"),
        content=_text(item, "content_html")
        or _text(item, "content_text")
        or _text(item, "summary"),
        published=_moment(item, "date_published") or _moment(item, "date_modified"),
        language=_text(item, "language"),
        other="" if link else _text(item, "image") or _text(item, "banner_image"),
    )


def _authors(fields: Fields) -> list[Fields]:
    many = fields.get("authors")
    listed = many if isinstance(many, list) else [fields.get("author")]
    return [author for author in listed if isinstance(author, dict)]


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    if isinstance(value, str):
        return value.strip()
    # The specification asks readers to take a number for an id.
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _moment(fields: Fields, key: str) -> datetime | None:
    try:
        moment = msgspec.convert(_text(fields, key), datetime)
    except msgspec.ValidationError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None
