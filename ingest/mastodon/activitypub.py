"""Read what ActivityPub servers send each other: objects, and what was done with them.

Notes, pages and the like are posts, deletions removals. Nothing is asked for: an object that is
only named by its address is refused.

Source: w3.org/TR/activitystreams-vocabulary, w3.org/TR/activitypub section 6.
"""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from bunco.errors import BadInput
from bunco.model import EPOCH, Item, Post, Removal
from bunco.text.plain import plain
from ingest.json_api import within_limits
from ingest.mastodon.posts import PLATFORM, links_of
from ingest.mastodon.status import moment

_TELLING = frozenset(
    {"Note", "Page", "Article", "Question", "Event", "Video", "Audio", "Image", "Document"}
)
_DONE = frozenset({"Create", "Update"})
_COLLECTIONS = frozenset(
    {"Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage"}
)
_PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_NAME = re.compile(r"/(?:users|user|u|profile|c|@)/?@?([\w.-]*[A-Za-z_][\w.-]*)/?")
_MOST_ITEMS = 10_000


def items(document: bytes, seen_at: datetime) -> tuple[Item, ...]:
    """Give the items of an object, activity or collection.

    Raises:
        BadInput: there are none, with the reason.
    """
    try:
        told = msgspec.json.decode(document, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"no object of ActivityPub: {error}") from error
    return tuple(_items(told, seen_at, ""))


def _items(told: dict[str, Any], seen_at: datetime, by: str) -> list[Item]:
    kind = _text(told.get("type"))
    inner = told.get("object")
    if kind in _COLLECTIONS:
        return _collected(told, seen_at)
    if kind in _DONE and isinstance(inner, dict):
        return _items(inner, seen_at, _address(told.get("actor")))
    if kind == "Delete":
        return [_deleted(told, inner, seen_at)]
    if kind == "Tombstone":
        return [Removal(removed="post", id=f"{PLATFORM}:{_known(_text(told.get('id')))}")]
    if kind == "Announce":
        return [_boosted(told, inner, seen_at)]
    if kind in _TELLING:
        return [_post(told, seen_at, by)]
    raise BadInput(f"{_article(kind)}: nothing that was published")


def _collected(told: dict[str, Any], seen_at: datetime) -> list[Item]:
    found = told.get("orderedItems") or told.get("items")
    objects = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    if not objects:
        raise BadInput("a collection that holds no objects, or their addresses only")
    return [item for one in objects[:_MOST_ITEMS] for item in _items(one, seen_at, "")]


def _deleted(told: dict[str, Any], inner: object, seen_at: datetime) -> Removal:
    """Give the removal of a post; of its author, where who deletes is what is deleted."""
    gone, actor = _known(_address(inner)), _address(told.get("actor"))
    by = _author(actor) if actor else ""
    if gone == actor:
        at = moment(_text(told.get("published")))
        return Removal(removed="author", author=by, at=min(at, seen_at) if at else seen_at)
    return Removal(removed="post", id=f"{PLATFORM}:{gone}", author=by)


def _boosted(told: dict[str, Any], inner: object, seen_at: datetime) -> Post:
    target = _known(_address(inner))
    return _whole(
        told, seen_at, _address(told.get("actor")), kind="repost", text=target, links=(target,)
    )


def _post(told: dict[str, Any], seen_at: datetime, by: str) -> Post:
    """Give an object as a post.

    Raises:
        BadInput: it is for some only, says nothing, or nobody says it.
    """
    audience = [*_addresses(told.get("to")), *_addresses(told.get("cc"))]
    if audience and _PUBLIC.isdisjoint(audience):
        raise BadInput("it is for those it is addressed to, not for everybody")
    url = _address(told.get("url")) or _text(told.get("id"))
    content = _text(told.get("content"))
    tags = [tag for tag in _listed(told.get("tag")) if isinstance(tag, dict)]
    around = {_text(tag.get("href")) for tag in tags}
    attached = [one for one in _listed(told.get("attachment")) if isinstance(one, dict)]
    pages = [_address(one) for one in attached if one.get("type") == "Link"]
    warning = "" if told.get("name") else plain(_text(told.get("summary")))
    links = [link for link in links_of(content, url) if link not in around]
    return _whole(
        told,
        seen_at,
        _address(told.get("attributedTo")) or _address(told.get("actor")) or by,
        kind="reply" if told.get("inReplyTo") else "post",
        title=plain(_text(told.get("name"))),
        text="\n".join(filter(None, (warning, plain(content)))) or _address(attached) or url,
        url=url,
        links=tuple(dict.fromkeys((*links, *filter(None, pages)))),
        lang=_language(told),
        reply_to=_name(_address(told.get("inReplyTo"))),
        mentions=tuple(
            f"{PLATFORM}:{_text(tag.get('name')).lstrip('@')}"
            for tag in tags
            if tag.get("type") == "Mention" and "@" in _text(tag.get("name"))[1:]
        )[:20],
    )


def _whole(told: dict[str, Any], seen_at: datetime, actor: str, **said: Any) -> Post:  # noqa: ANN401  # fields of the post
    by = _author(_known(actor))
    published = moment(_text(told.get("published")))
    dated = published is not None and published >= EPOCH
    return within_limits(
        Post(
            id=_name(_known(_text(told.get("id"))))[:1000],
            author=by,
            author_name=by.partition(":")[2],
            posted_at=published if published is not None and dated else seen_at,
            seen_at=seen_at,
            undated=not dated,
            place=urlsplit(actor).netloc.lower(),
            **said,
        )
    )


def _author(actor: str) -> str:
    """Give ``mastodon:name@host`` where an actor's address tells the name, else the address."""
    try:
        parts = urlsplit(actor)
    except ValueError as error:
        raise BadInput(f"its author has no address: {actor[:100]}") from error
    found = _NAME.fullmatch(parts.path)
    return f"{PLATFORM}:{found[1]}@{parts.netloc.lower()}" if found else f"{PLATFORM}:{actor[:900]}"


def _language(told: dict[str, Any]) -> str:
    named = told.get("language")
    code = _text(named.get("identifier")) if isinstance(named, dict) else ""
    by_language = told.get("contentMap")
    if not code and isinstance(by_language, dict) and len(by_language) == 1:
        code = next(iter(by_language))
    return (code or _text(told.get("inLanguage"))).lower().partition("-")[0][:8]


def _name(address: str) -> str:
    return f"{PLATFORM}:{address}" if address else ""


def _known(address: str) -> str:
    """Hold that there is an address.

    Raises:
        BadInput: there is none.
    """
    if not address or any(char.isspace() for char in address):
        raise BadInput("it lacks the address of what it is about, or of who it is by")
    return address


def _address(value: object) -> str:
    """Give the address that a property names: itself, or that of an object; the first of many."""
    for one in _listed(value):
        if isinstance(one, str):
            return one
        if isinstance(one, dict):
            found = _text(one.get("id")) or _text(one.get("href")) or _text(one.get("url"))
            if found:
                return found
    return ""


def _addresses(value: object) -> list[str]:
    return [one for one in _listed(value) if isinstance(one, str)]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _article(kind: str) -> str:
    if not kind:
        return "no object of ActivityPub"
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind[:50]}"
