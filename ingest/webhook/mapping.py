"""Make posts and removals of JSON that is not in our wire form, as a table of paths says.

    {"event": "created", "post": {"id": 7, "user": {"login": "ann"}, "html": "<p>Tea</p>"}}
      id = "post.id", author = "post.user.login", text = "post.html"

A path is names with dots between; a number picks from an array.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec import Struct

from bunco.codec import encode
from bunco.errors import BadInput
from bunco.model import EPOCH, Post, PostKind, Removal
from bunco.text.plain import plain
from ingest.limits import MOST_LINKS, TEXT_LIMIT, TITLE_LIMIT, URL_LIMIT, is_ahead

Json = Any
"""Whatever JSON holds."""

_MILLISECONDS_FROM = 100_000_000_000
"""A number of seconds from here on lies after the year 5138: it is one of milliseconds."""


class Fields(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the fields of a post stand in a foreign object; an empty path: nowhere."""

    id: str
    """Needed; the platform is put before it."""
    author: str = ""
    """An account; the platform is put before it. Absent: the source's name."""
    author_name: str = ""
    posted_at: str = ""
    """RFC 3339, or seconds or milliseconds since 1970. Absent: when it came."""
    title: str = ""
    text: str = ""
    url: str = ""
    links: str = ""
    """An address, or an array of them."""
    place: str = ""
    lang: str = ""
    reply_to: str = ""
    """The id of another post of the platform."""
    kind: str = ""
    """``post``, ``reply`` or ``repost``; anything else is a post."""


class Mapped(Struct, frozen=True, kw_only=True):
    """How the objects of a sender are read."""

    fields: Fields
    platform: str
    name: str
    """The source's."""
    markup: Literal["plain", "html"] = "plain"
    """What titles and texts are."""
    removed_at: str = ""
    """The path whose value tells a removal; empty: nothing does."""
    removed_values: tuple[str, ...] = ()


def at_path(value: Json, path: str) -> Json:
    """Give what stands at a path; None where nothing does.

    >>> at_path({"post": {"tags": ["tea", "milk"]}}, "post.tags.1")
    'milk'
    """
    for step in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def item_of(value: Json, mapped: Mapped, seen_at: datetime) -> Post | Removal:
    """Give the post or removal that a foreign object stands for.

    Raises:
        BadInput: a field that is needed is missing, or of no use.
    """
    if not isinstance(value, Mapping):
        raise BadInput("no JSON object")
    fields = mapped.fields
    name = _text(value, fields.id)
    if not name:
        raise BadInput(f"nothing at {fields.id}, where the id should be")
    account = _text(value, fields.author) or mapped.name
    if mapped.removed_at and _text(value, mapped.removed_at) in mapped.removed_values:
        author = _named(account, mapped.platform) if _text(value, fields.author) else ""
        return Removal(removed="post", id=_named(name, mapped.platform), author=author)
    return _valid(_post(value, mapped, name, account, seen_at))


def _post(value: Json, mapped: Mapped, name: str, account: str, seen_at: datetime) -> Post:
    fields = mapped.fields
    read = plain if mapped.markup == "html" else _one_line
    posted_at = _time(value, fields.posted_at)
    dated = posted_at is not None and not is_ahead(posted_at, seen_at)
    reply_to = _text(value, fields.reply_to)
    return Post(
        id=_named(name, mapped.platform),
        author=_named(account, mapped.platform),
        author_name=_text(value, fields.author_name)[:TITLE_LIMIT],
        posted_at=posted_at if dated and posted_at else seen_at,
        seen_at=seen_at,
        undated=not dated,
        title=read(_text(value, fields.title))[:TITLE_LIMIT],
        text=read(_text(value, fields.text))[:TEXT_LIMIT],
        url=_text(value, fields.url)[:URL_LIMIT],
        links=_links(value, fields.links),
        place=_text(value, fields.place),
        lang=_text(value, fields.lang)[:8],
        reply_to=_named(reply_to, mapped.platform) if reply_to else "",
        kind=_kind(_text(value, fields.kind), is_reply=bool(reply_to)),
    )


def _valid(post: Post) -> Post:
    """Hold that a post is one in the wire form too.

    Raises:
        BadInput: it is not.
    """
    if not (post.title or post.text):
        raise BadInput("it has neither title nor text")
    try:
        msgspec.json.decode(encode(post), type=Post)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise BadInput(str(error)) from error
    return post


def _text(value: Json, path: str) -> str:
    found = at_path(value, path) if path else None
    if isinstance(found, bool) or found is None:
        return ""
    return str(found).strip() if isinstance(found, str | int | float) else ""


def _links(value: Json, path: str) -> tuple[str, ...]:
    found = at_path(value, path) if path else None
    links = found if isinstance(found, list) else [found]
    kept = [one for one in links if isinstance(one, str) and one and len(one) <= URL_LIMIT]
    return tuple(dict.fromkeys(kept))[:MOST_LINKS]


def _time(value: Json, path: str) -> datetime | None:
    found = at_path(value, path) if path else None
    try:
        if isinstance(found, str) and not found.strip().isdecimal():
            read = datetime.fromisoformat(found.strip())
            return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
        if isinstance(found, int | float | str) and not isinstance(found, bool):
            number = float(found)
            seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
            return EPOCH + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        return None
    return None


def _kind(word: str, *, is_reply: bool) -> PostKind:
    match word:
        case "post" | "reply" | "repost":
            return word
    return "reply" if is_reply else "post"


def _named(name: str, platform: str) -> str:
    return name if name.startswith(f"{platform}:") else f"{platform}:{name}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
