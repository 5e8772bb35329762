"""Turn events into posts and removals.

The id of a post holds its author's key: so a deletion, which holds the key of who signed it,
reaches posts of its own author alone.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec
from msgspec import Struct

from bunco.errors import BadInput
from bunco.model import Item, Post, Removal
from ingest.limits import MOST_LINKS, TEXT_LIMIT, TITLE_LIMIT, is_ahead
from ingest.nostr.event import (
    DELETION,
    GENERIC_REPOST,
    NOTE,
    REPOST,
    VANISH,
    Event,
)

PLATFORM = "nostr"
"""Also the place of all its posts: relays carry them, they do not stand there."""

_ALL_RELAYS = "ALL_RELAYS"
_NAME_LIMIT = 200
_KEY_CHARACTERS = 64
_MARKED = 3
"""Where a tag of an event says what the event is to this one. Source: NIP-10."""
_HEX = frozenset("0123456789abcdef")


class Origin(Struct, frozen=True, kw_only=True):
    """What items are made with."""

    source: str
    relays: frozenset[str]
    """All that are listened to, as ``relay_name`` has them."""
    web: str
    """What the web address of an event begins with."""
    seen_at: datetime


def author(pubkey: str) -> str:
    """Give a key as an author."""
    return f"{PLATFORM}:{pubkey}"


def post_id(pubkey: str, event_id: str) -> str:
    """Give the id of the post that an event of an author is."""
    return f"{PLATFORM}:{pubkey}/{event_id}"


def items(event: Event, origin: Origin, *, name: str = "") -> Iterator[Item]:
    """Give what a genuine event says: a post, removals, or nothing.

    Args:
        event: checked.
        origin: where it came from.
        name: what its author is called; may be empty.

    Raises:
        BadInput: it says nothing.
    """
    match event.kind:
        case k if k == NOTE:
            yield _note(event, origin, name)
        case k if k in {REPOST, GENERIC_REPOST}:
            yield _repost(event, origin, name)
        case k if k == DELETION:
            for tag in event.tagged("e"):
                if _is_key(tag[1]):
                    gone = post_id(event.pubkey, tag[1])
                    yield Removal(
                        removed="post", id=gone, author=author(event.pubkey), source=origin.source
                    )
        case k if k == VANISH and _reaches(event, origin.relays):
            yield Removal(
                removed="author",
                author=author(event.pubkey),
                at=min(event.at, origin.seen_at),
                source=origin.source,
            )


def profile_name(event: Event) -> str:
    """Give what a profile calls its author; empty where it says nothing of that."""
    try:
        told = msgspec.json.decode(event.content, type=_Profile)
    except msgspec.DecodeError:
        return ""
    for name in (told.display_name, told.name):
        if isinstance(name, str) and (plain := " ".join(name.split())):
            return plain[:_NAME_LIMIT]
    return ""


class _Profile(Struct, frozen=True):
    name: object = ""
    display_name: object = ""


def _note(event: Event, origin: Origin, name: str) -> Post:
    text = event.content.strip()[:TEXT_LIMIT]
    title = next((" ".join(tag[1].split()) for tag in event.tagged("subject")), "")[:TITLE_LIMIT]
    if not (text or title):
        raise BadInput("it says nothing")
    parent = _parent(event)
    posted_at, is_undated = _published(event, origin.seen_at)
    quoted = [tag[1] for tag in event.tagged("q") if _is_key(tag[1])]
    return Post(
        id=post_id(event.pubkey, event.id),
        author=author(event.pubkey),
        author_name=name,
        source=origin.source,
        place=PLATFORM,
        kind="reply" if parent else "post",
        title=title,
        text=text,
        url=origin.web + event.id,
        links=tuple(origin.web + one for one in quoted[:MOST_LINKS]) if "://" not in text else (),
        lang=next((tag[1].lower()[:8] for tag in event.tagged("l") if _is_language(tag)), ""),
        reply_to=origin.web + parent if parent else "",
        mentions=_mentions(event),
        posted_at=posted_at,
        seen_at=origin.seen_at,
        undated=is_undated,
    )


def _repost(event: Event, origin: Origin, name: str) -> Post:
    """Give a repost: it has no words, so the address of what it repeats stands for them."""
    target = next((tag[1] for tag in event.tagged("e") if _is_key(tag[1])), "")
    if not target:
        raise BadInput("it repeats no event")
    posted_at, is_undated = _published(event, origin.seen_at)
    return Post(
        id=post_id(event.pubkey, event.id),
        author=author(event.pubkey),
        author_name=name,
        source=origin.source,
        place=PLATFORM,
        kind="repost",
        text=origin.web + target,
        url=origin.web + event.id,
        links=(origin.web + target,),
        mentions=_mentions(event),
        posted_at=posted_at,
        seen_at=origin.seen_at,
        undated=is_undated,
    )


def _parent(event: Event) -> str:
    """Give the event that this one answers; empty for one that answers none.

    Source: NIP-10: the one marked ``reply``, else ``root``, else the last that bears no mark.
    """
    named = [tag for tag in event.tagged("e") if _is_key(tag[1])]
    marks = {tag[_MARKED]: tag[1] for tag in named if len(tag) > _MARKED and tag[_MARKED]}
    plain = [tag[1] for tag in named if len(tag) <= _MARKED or not tag[_MARKED]]
    return marks.get("reply") or marks.get("root") or (plain[-1] if plain and not marks else "")


def _mentions(event: Event) -> tuple[str, ...]:
    found = dict.fromkeys(author(tag[1]) for tag in event.tagged("p") if _is_key(tag[1]))
    return tuple(found)[:MOST_LINKS]


def _published(event: Event, seen_at: datetime) -> tuple[datetime, bool]:
    """Give when it was published, and whether that is a guess: authors choose the date."""
    return (seen_at, True) if is_ahead(event.at, seen_at) else (event.at, False)


def relay_name(url: str) -> str:
    """Give what a relay is known by, however its address is written."""
    return url.rstrip("/").lower()


def _reaches(event: Event, relays: frozenset[str]) -> bool:
    """Tell whether a request to vanish is for one of the relays. Source: NIP-62.

    Whichever of them tells it: relays pass on what is meant for others.
    """
    asked = {relay_name(tag[1]) for tag in event.tagged("relay")}
    return relay_name(_ALL_RELAYS) in asked or not asked.isdisjoint(relays)


def _is_language(tag: tuple[str, ...]) -> bool:
    return len(tag) > 2 and tag[2] == "ISO-639-1"  # source: NIP-32


def _is_key(text: str) -> bool:
    return len(text) == _KEY_CHARACTERS and _HEX.issuperset(text)
