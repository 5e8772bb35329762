"""Read what Hacker News says of an item, from its own API or from Algolia's search.

Source: github.com/HackerNews/API; hn.algolia.com/api (2026).
"""

from datetime import UTC, datetime
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from bunco.errors import BadInput
from bunco.model import Post
from bunco.text.plain import plain
from ingest.anchors import links_in
from ingest.json_api import within_limits

Kind: TypeAlias = Literal["story", "ask", "job", "poll", "comment"]

PLACE = "news.ycombinator.com"
_PAGE = "https://news.ycombinator.com/item?id="
_KINDS: dict[str, Kind] = {"story": "story", "job": "job", "poll": "poll", "comment": "comment"}


class Item(Struct, frozen=True, kw_only=True):
    """One item; of a deleted one little more than its number is left."""

    id: int
    type: str = ""
    by: str = ""
    time: int = 0
    """Seconds since 1970."""
    title: str = ""
    """HTML."""
    text: str = ""
    """HTML."""
    url: str = ""
    parent: int = 0
    deleted: bool = False
    dead: bool = False
    """Taken off the pages, by users' flags or by the software."""

    @property
    def kind(self) -> Kind | None:
        """Give what it is; None for what is no post, such as an option of a poll."""
        kind = _KINDS.get(self.type)
        return "ask" if kind == "story" and not self.url else kind

    @property
    def is_gone(self) -> bool:
        """Say whether readers see it no more."""
        return self.deleted or self.dead


class Hit(Struct, frozen=True, kw_only=True):
    """One hit of Algolia's search."""

    object_id: str = msgspec.field(name="objectID")
    created_at_i: int
    author: str
    title: str | None = None
    url: str | None = None
    story_text: str | None = None
    comment_text: str | None = None
    parent_id: int | None = None
    tags: tuple[str, ...] = msgspec.field(name="_tags", default=())


_item = msgspec.json.Decoder(Item | None)
_hit = msgspec.json.Decoder(Hit)


def item(document: bytes) -> Item | None:
    """Decode an item; None where there is none, or none yet.

    Raises:
        msgspec.MsgspecError: it is something else.
    """
    found: Item | None = _item.decode(document)
    return found


def hit(document: bytes) -> Item:
    """Decode a hit of the search as the item it stands for.

    Raises:
        msgspec.MsgspecError: it is something else.
        ValueError: its number is none.
    """
    found = _hit.decode(document)
    kind = next((tag for tag in found.tags if tag in _KINDS), "")
    return Item(
        id=int(found.object_id),
        type=kind,
        by=found.author,
        time=found.created_at_i,
        title=found.title or "" if kind != "comment" else "",
        text=found.comment_text or found.story_text or "",
        url=found.url or "" if kind != "comment" else "",
        parent=found.parent_id or 0,
    )


def post_id(number: int) -> str:
    """Give the id of an item's post."""
    return f"hackernews:{number}"


def post(item: Item, *, source: str, seen_at: datetime) -> Post:
    """Give an item as a post.

    Raises:
        BadInput: it has no author, no date, or says nothing.
    """
    if not item.time:
        raise BadInput("it has no date")
    own = f"{_PAGE}{item.id}"
    target = (item.url,) if item.url else ()
    return within_limits(
        Post(
            id=post_id(item.id),
            author=f"hackernews:{item.by.strip()}",
            author_name=item.by.strip(),
            posted_at=datetime.fromtimestamp(item.time, UTC),
            seen_at=seen_at,
            source=source,
            place=PLACE,
            kind="reply" if item.type == "comment" else "post",
            title=plain(item.title),
            text=plain(item.text),
            url=own,
            links=(*target, *links_in(item.text, own, own)),
            reply_to=post_id(item.parent) if item.parent else "",
        )
    )
