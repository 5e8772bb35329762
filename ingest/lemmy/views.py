"""Read what a Lemmy server says of posts and comments, in either version of its API.

Version 3 (0.19) and 4 (1.0) differ in names; records here take both.

Source: the types of github.com/LemmyNet/lemmy-js-client for 0.19 and 1.0.
"""

from datetime import UTC, datetime
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from bunco.errors import BadInput
from bunco.model import EPOCH, Post
from ingest import markdown
from ingest.json_api import within_limits

Sort: TypeAlias = Literal["post", "comment"]


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with an account on some server."""

    name: str
    display_name: str | None = None
    actor_id: str = ""
    ap_id: str = ""
    deleted: bool = False
    bot_account: bool = False


class Community(Struct, frozen=True, kw_only=True):
    """Where a post stands."""

    name: str
    actor_id: str = ""
    ap_id: str = ""
    visibility: str = ""


class Thing(Struct, frozen=True, kw_only=True):
    """A post or a comment."""

    id: int
    ap_id: str
    published: datetime | None = None
    published_at: datetime | None = None
    updated: datetime | None = None
    updated_at: datetime | None = None
    deleted: bool = False
    removed: bool = False
    name: str = ""
    url: str | None = None
    body: str | None = None
    embed_title: str | None = None
    content: str = ""
    path: str = ""
    """Of a comment: ``0.PARENT.ID``, numbers of this server."""

    @property
    def at(self) -> datetime:
        """Give when it was published; ``view`` sees to it that this is there."""
        return _aware(self.published_at or self.published or EPOCH)

    @property
    def changed_at(self) -> datetime | None:
        """Give when it was edited, if it was."""
        found = self.updated_at or self.updated
        return None if found is None else _aware(found)


class View(Struct, frozen=True, kw_only=True):
    """A post or a comment with all that belongs to it."""

    post: Thing
    creator: Person
    community: Community
    comment: Thing | None = None

    @property
    def thing(self) -> Thing:
        """Give what was written: the comment, else the post."""
        return self.comment or self.post

    @property
    def sort(self) -> Sort:
        """Say which it is."""
        return "comment" if self.comment else "post"

    @property
    def is_gone(self) -> bool:
        """Say whether its author or a moderator took it away."""
        return self.thing.deleted or self.thing.removed


_view = msgspec.json.Decoder(View)


def view(document: bytes) -> View:
    """Decode one view.

    Raises:
        msgspec.MsgspecError: it is something else.
        BadInput: it has no address in the network, or no date.
    """
    found: View = _view.decode(document)
    if not found.thing.ap_id:
        raise BadInput("it has no address in the network")
    if not (found.thing.published_at or found.thing.published):
        raise BadInput("it has no date")
    return found


def post_id(thing: Thing) -> str:
    """Give the id of a post: its address in the network, the same on every server."""
    return f"lemmy:{thing.ap_id}"


def author_of(person: Person) -> str:
    """Give the author: ``lemmy:NAME@HOST``.

    Raises:
        BadInput: the account stands on no host.
    """
    return f"lemmy:{_handle(person.name, person.ap_id or person.actor_id)}"


def post(view: View, *, source: str, seen_at: datetime) -> Post:
    """Give a view as a post.

    Raises:
        BadInput: something that a post needs is missing.
    """
    thing = view.thing
    written = thing.content if view.comment else thing.body or ""
    target = (thing.url,) if thing.url else ()
    community = view.community
    return within_limits(
        Post(
            id=post_id(thing),
            author=author_of(view.creator),
            author_name=view.creator.display_name or view.creator.name,
            posted_at=thing.at,
            seen_at=seen_at,
            source=source,
            place=f"!{_handle(community.name, community.ap_id or community.actor_id)}",
            kind="reply" if view.comment else "post",
            title=" ".join(thing.name.split()),
            text=markdown.words(written),
            url=thing.ap_id,
            links=(*target, *markdown.links(written, thing.ap_id)),
            reply_to=post_id(view.post) if view.comment else "",
        )
    )


def _handle(name: str, address: str) -> str:
    host = urlsplit(address).netloc.lower() if address else ""
    if not (name and host):
        raise BadInput("an account or community without a host")
    return f"{name}@{host}"


def _aware(moment: datetime) -> datetime:
    """Give a moment in UTC; version 3 before 0.19 wrote it without a zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
