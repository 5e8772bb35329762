"""What a page of a forum shows, entry by entry: a post, or that there is none to be read."""

from datetime import datetime

import msgspec
from msgspec import Struct

from bunco.model import Post
from ingest.discourse import entries
from ingest.discourse.entries import Home, Told, Topic, User


class Shown(Struct, frozen=True, kw_only=True):
    """One entry."""

    number: int
    at: datetime
    post: Post | None
    """None where it is gone, or nobody wrote it."""
    key: str
    """What it is looked at again by: the number of a post, or ``t`` and that of a topic."""
    wording: str = ""
    """The forum's own name for its wording."""
    is_gone: bool = False
    changed_at: datetime | None = None


class Lens(Struct, frozen=True, kw_only=True):
    """What entries are seen through: the forum, the source, the time."""

    home: Home
    source: str = ""
    seen_at: datetime
    categories: tuple[str, ...] = ()
    """Those that are wanted; empty: all."""


def of_post(document: bytes, lens: Lens) -> Shown:
    """Give what is shown of a post.

    Raises:
        msgspec.MsgspecError: it is something else.
        BadInput: it cannot be a post of ours.
    """
    told = entries.told(document)
    is_read = not told.is_gone and told.is_written
    return Shown(
        number=told.id,
        at=told.created_at,
        post=_wanted(_post(told, lens), lens) if is_read else None,
        key=str(told.id),
        wording=f"v{told.version}",
        is_gone=told.is_gone,
        changed_at=told.updated_at,
    )


def of_topic(document: bytes, users: dict[int, User], lens: Lens) -> Shown:
    """Give what is shown of a topic on a list.

    Raises:
        msgspec.MsgspecError: it is something else.
        BadInput: it cannot be a post of ours.
    """
    topic = entries.topic(document)
    gone = is_closed(topic)
    post = None if gone else _wanted(_topic_post(topic, users, lens), lens)
    return Shown(number=topic.id, at=topic.created_at, post=post, key=f"t{topic.id}", is_gone=gone)


def of_one(document: bytes, key: str, lens: Lens) -> Shown:
    """Give what is shown of a post, or of a topic by itself, which then comes without a post.

    Raises:
        msgspec.MsgspecError: it is something else.
        BadInput: it cannot be a post of ours.
    """
    if not key.startswith("t"):
        return of_post(document, lens)
    topic = entries.topic(document)
    gone = is_closed(topic)
    return Shown(number=topic.id, at=topic.created_at, post=None, key=key, is_gone=gone)


def is_closed(topic: Topic) -> bool:
    """Say whether readers see a topic no more."""
    return topic.deleted_at is not None or not topic.visible


def listed(document: bytes, lens: Lens) -> list[Shown]:
    """Give what a saved page of posts or topics, or a saved post, shows.

    Raises:
        msgspec.MsgspecError: it is something else.
        BadInput: something on it cannot be a post of ours.
    """
    keys = msgspec.json.decode(document, type=dict[str, msgspec.Raw])
    if "topic_list" in keys:
        page = msgspec.json.decode(document, type=entries.LatestTopics)
        users = {one.id: one for one in page.users}
        return [of_topic(bytes(one), users, lens) for one in page.topic_list.topics]
    if "latest_posts" in keys:
        posts = msgspec.json.decode(document, type=entries.LatestPosts).latest_posts
        return [of_post(bytes(one), lens) for one in posts]
    return [of_post(document, lens)]


def _post(told: Told, lens: Lens) -> Post:
    return entries.post(told, lens.home, source=lens.source, seen_at=lens.seen_at)


def _topic_post(topic: Topic, users: dict[int, User], lens: Lens) -> Post:
    return entries.topic_post(topic, users, lens.home, source=lens.source, seen_at=lens.seen_at)


def _wanted(post: Post, lens: Lens) -> Post | None:
    path = post.place.removeprefix(f"{lens.home.name}/")
    wanted = lens.categories
    if not wanted or any(path == one or path.startswith(f"{one}/") for one in wanted):
        return post
    return None
