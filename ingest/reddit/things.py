"""Read what Reddit's API says of posts and comments.

Source: reddit.com/dev/api, the wiki of the Data API (2026); recorded listings of praw.
"""

from datetime import UTC, datetime
from html import unescape
from typing import Literal, TypeAlias

import msgspec
from msgspec import Raw, Struct

from bunco.errors import BadInput
from bunco.model import Post
from bunco.text.plain import plain
from ingest import markdown
from ingest.anchors import links_in
from ingest.json_api import within_limits

Fate: TypeAlias = Literal["there", "gone", "author gone"]

_SITE = "https://www.reddit.com"
_ERASED = frozenset({"[deleted]", "[removed]"})
_KINDS = frozenset({"t1", "t3"})
_LATEST = 1e11
"""Seconds since 1970; in the year 5138."""


class Child(Struct, frozen=True, kw_only=True):
    """An entry of a listing: ``t3`` is a post, ``t1`` a comment."""

    kind: str
    data: Raw


class _Children(Struct, frozen=True, kw_only=True):
    children: tuple[Raw, ...] = ()
    after: str | None = None


class Listing(Struct, frozen=True, kw_only=True):
    """A page of a listing, the newest first."""

    data: _Children
    kind: Literal["Listing"]


class Thing(Struct, frozen=True, kw_only=True):
    """A post or a comment."""

    name: str
    """Its full name, for example ``t3_48fbm9``: the id on all of Reddit."""
    created_utc: float
    author: str | None = None
    subreddit: str = ""
    title: str = ""
    selftext: str | None = ""
    selftext_html: str | None = None
    url: str = ""
    is_self: bool = False
    permalink: str = ""
    body: str | None = ""
    body_html: str | None = None
    parent_id: str = ""
    link_id: str = ""
    removed_by_category: str | None = None
    edited: bool | float = False

    @property
    def is_comment(self) -> bool:
        """Say whether it is a comment."""
        return self.name.startswith("t1_")

    @property
    def written(self) -> str:
        """Give its text, in Markdown."""
        return (self.body if self.is_comment else self.selftext) or ""

    @property
    def fate(self) -> Fate:
        """Say whether it is there: of a deleted account the words stay, the name goes."""
        if self.removed_by_category or self.written.strip() in _ERASED:
            return "gone"
        if self.author not in {None, "[deleted]"}:
            return "there"
        return "author gone" if self.written else "gone"

    @property
    def changed_at(self) -> datetime | None:
        """Give when it was edited, if that is told."""
        edited = float(self.edited)
        return datetime.fromtimestamp(edited, UTC) if edited > 1 else None


_child = msgspec.json.Decoder(Child)
_thing = msgspec.json.Decoder(Thing)


def thing(document: bytes) -> Thing:
    """Decode an entry of a listing.

    Raises:
        msgspec.MsgspecError: it is something else.
        BadInput: it is neither a post nor a comment.
    """
    child: Child = _child.decode(document)
    if child.kind not in _KINDS:
        raise BadInput(f"a {child.kind} is neither a post nor a comment")
    found: Thing = _thing.decode(child.data)
    if not 0 < found.created_utc < _LATEST:
        raise BadInput("it has no date that can be")
    return found


def post_id(name: str) -> str:
    """Give the id of a post from its full name."""
    return f"reddit:{name}"


def post(thing: Thing, *, source: str, seen_at: datetime) -> Post:
    """Give a thing as a post.

    Raises:
        BadInput: it has no author, or says nothing.
    """
    html = unescape((thing.body_html if thing.is_comment else thing.selftext_html) or "")
    own = f"{_SITE}{thing.permalink}" if thing.permalink else _address(thing)
    target = () if thing.is_self or thing.is_comment or not thing.url else (thing.url,)
    inside = links_in(html, _SITE, own) if html else markdown.links(thing.written, own)
    return within_limits(
        Post(
            id=post_id(thing.name),
            author=f"reddit:{thing.author or ''}",
            author_name=f"u/{thing.author}",
            posted_at=datetime.fromtimestamp(thing.created_utc, UTC),
            seen_at=seen_at,
            source=source,
            place=f"r/{thing.subreddit}" if thing.subreddit else "reddit.com",
            kind="reply" if thing.is_comment else "post",
            title=plain(thing.title),
            text=plain(html) if html else markdown.words(thing.written),
            url=own,
            links=(*target, *inside),
            reply_to=post_id(thing.parent_id) if thing.is_comment and thing.parent_id else "",
        )
    )


def _address(thing: Thing) -> str:
    """Give where a thing stands from its name; old listings tell of no address."""
    if thing.is_comment and thing.link_id:
        return f"{_SITE}/comments/{thing.link_id[3:]}/-/{thing.name[3:]}/"
    return f"{_SITE}/comments/{thing.name[3:]}/"
