"""Read what a Discourse forum says of posts and topics.

Source: docs.discourse.org (latest posts, latest topics, single post), 2026.
"""

import re
from datetime import datetime, timedelta

import msgspec
from msgspec import Raw, Struct

from bunco.errors import BadInput
from bunco.model import Moment, Post
from bunco.text.plain import plain
from ingest.anchors import links_in
from ingest.json_api import within_limits

_REGULAR = 1
_HTML_LIMIT = 100_000
"""Characters of a post that are looked at."""
_QUOTE, _QUOTE_END = '<aside class="quote', "</aside>"
_MENTION = re.compile(r"<a\s[^<>]{0,200}?class=\"mention\"[^<>]{0,300}>@([\w.-]{1,60})</a>")


class Home(Struct, frozen=True, kw_only=True):
    """The forum that entries stand on."""

    url: str
    """Without a slash at its end."""
    name: str
    """Host and path: two forums may stand on one host."""
    categories: dict[int, str] = {}
    """Paths of slugs, by number."""

    def place(self, category: int | None) -> str:
        """Give where an entry stands."""
        if category is None:
            return self.name
        return f"{self.name}/{self.categories.get(category, category)}"

    def author(self, name: str) -> str:
        """Give the author of a user name: ``discourse:NAME@FORUM``."""
        return f"discourse:{name}@{self.name}" if name else "discourse:"


class Told(Struct, frozen=True, kw_only=True):
    """One post."""

    id: int
    username: str
    created_at: Moment
    name: str | None = None
    cooked: str = ""
    """HTML."""
    post_number: int = 1
    post_type: int = _REGULAR
    updated_at: Moment | None = None
    reply_to_post_number: int | None = None
    topic_id: int = 0
    topic_slug: str = ""
    topic_title: str = ""
    category_id: int | None = None
    version: int = 1
    hidden: bool = False
    user_deleted: bool = False
    deleted_at: datetime | None = None

    @property
    def is_gone(self) -> bool:
        """Say whether readers see it no more: deleted, or hidden after flags."""
        return self.user_deleted or self.hidden or self.deleted_at is not None

    @property
    def is_written(self) -> bool:
        """Say whether somebody wrote it; others tell of a topic closed, moved or pinned."""
        return self.post_type == _REGULAR


class Poster(Struct, frozen=True, kw_only=True):
    """Somebody's part in a topic; the first opened it."""

    user_id: int


class User(Struct, frozen=True, kw_only=True):
    """Somebody named on a list of topics."""

    id: int
    username: str
    name: str | None = None


class Topic(Struct, frozen=True, kw_only=True):
    """One topic, as it stands on a list."""

    id: int
    title: str
    created_at: Moment
    slug: str = ""
    excerpt: str | None = None
    """HTML; pinned topics have one, and all where the forum is set so."""
    category_id: int | None = None
    posters: tuple[Poster, ...] = ()
    featured_link: str | None = None
    visible: bool = True
    deleted_at: datetime | None = None


class LatestPosts(Struct, frozen=True, kw_only=True):
    """A page of the forum's latest posts: what is visible of 50 numbers."""

    latest_posts: tuple[Raw, ...]


class _TopicList(Struct, frozen=True, kw_only=True):
    topics: tuple[Raw, ...]
    more_topics_url: str | None = None


class LatestTopics(Struct, frozen=True, kw_only=True):
    """A page of the forum's latest topics."""

    topic_list: _TopicList
    users: tuple[User, ...] = ()


class _Category(Struct, frozen=True, kw_only=True):
    id: int
    slug: str = ""
    parent_category_id: int | None = None


class Site(Struct, frozen=True, kw_only=True):
    """What a forum says of itself."""

    categories: tuple[_Category, ...] = ()

    @property
    def paths(self) -> dict[int, str]:
        """Give the paths of the categories, by number."""
        known = {one.id: one for one in self.categories}
        paths = {}
        for one in self.categories:
            above = known.get(one.parent_category_id or 0)
            slug = one.slug or str(one.id)
            paths[one.id] = f"{above.slug or above.id}/{slug}" if above else slug
        return paths


class _Extras(Struct, frozen=True):
    wait_seconds: float = 0


class _Refusal(Struct, frozen=True):
    error_type: str = ""


class _Limited(Struct, frozen=True):
    extras: _Extras = _Extras()


_told = msgspec.json.Decoder(Told)
_topic = msgspec.json.Decoder(Topic)


def told(document: bytes) -> Told:
    """Decode a post.

    Raises:
        msgspec.MsgspecError: it is something else.
    """
    found: Told = _told.decode(document)
    return found


def topic(document: bytes) -> Topic:
    """Decode a topic.

    Raises:
        msgspec.MsgspecError: it is something else.
    """
    found: Topic = _topic.decode(document)
    return found


def told_wait(body: bytes) -> timedelta | None:
    """Give how long the body of a 429 asks to wait, if it does."""
    try:
        seconds = msgspec.json.decode(body, type=_Limited).extras.wait_seconds
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return timedelta(seconds=min(seconds, 86_400)) if seconds > 0 else None


def is_not_found(body: bytes) -> bool:
    """Tell whether a 404 comes from the forum itself, not from something in front of it."""
    try:
        return msgspec.json.decode(body, type=_Refusal).error_type == "not_found"
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False


def post(told: Told, home: Home, *, source: str, seen_at: datetime) -> Post:
    """Give a post of the forum as a post.

    Raises:
        BadInput: it has no author, or says nothing.
    """
    topic_url = f"{home.url}/t/{told.topic_slug or '-'}/{told.topic_id}"
    own = f"{topic_url}/{told.post_number}"
    written = unquoted(told.cooked[:_HTML_LIMIT])
    is_first = told.post_number == 1
    answered = told.reply_to_post_number or 1
    return within_limits(
        Post(
            id=f"discourse:{home.name}/{told.id}",
            author=home.author(told.username),
            author_name=told.name or told.username,
            posted_at=told.created_at,
            seen_at=seen_at,
            source=source,
            place=home.place(told.category_id),
            kind="post" if is_first else "reply",
            title=" ".join(told.topic_title.split()) if is_first else "",
            text=plain(written),
            url=own,
            links=_links(written, own, home),
            reply_to="" if is_first else f"{topic_url}/{answered}",
            mentions=tuple(dict.fromkeys(map(home.author, _MENTION.findall(written)))),
        )
    )


def unquoted(html: str) -> str:
    """Give what somebody wrote without what they quoted of other posts.

    >>> unquoted('<aside class="quote no-group">Old</aside><p>New</p>')
    ' <p>New</p>'
    """
    kept, at = [], 0
    while (start := html.find(_QUOTE, at)) >= 0:
        end = html.find(_QUOTE_END, start)
        if end < 0:
            break
        kept += [html[at:start], " "]
        at = end + len(_QUOTE_END)
    return "".join((*kept, html[at:]))


def topic_post(
    topic: Topic, users: dict[int, User], home: Home, *, source: str, seen_at: datetime
) -> Post:
    """Give a topic as a post: its title, and what the list shows of its text.

    Raises:
        BadInput: the list does not name who opened it.
    """
    opener = users.get(topic.posters[0].user_id) if topic.posters else None
    if opener is None:
        raise BadInput("the list does not say who opened it")
    own = f"{home.url}/t/{topic.slug or '-'}/{topic.id}"
    excerpt = (topic.excerpt or "")[:_HTML_LIMIT]
    target = (topic.featured_link,) if topic.featured_link else ()
    return within_limits(
        Post(
            id=f"discourse:{home.name}/t/{topic.id}",
            author=home.author(opener.username),
            author_name=opener.name or opener.username,
            posted_at=topic.created_at,
            seen_at=seen_at,
            source=source,
            place=home.place(topic.category_id),
            title=" ".join(topic.title.split()),
            text=plain(excerpt),
            url=own,
            links=(*target, *_links(excerpt, own, home)),
        )
    )


def _links(html: str, own: str, home: Home) -> tuple[str, ...]:
    """Give what a text points at; links to users, tags and categories are no news."""
    inside = tuple(f"{home.url}/{part}/" for part in ("u", "c", "tag", "tags", "images"))
    return tuple(link for link in links_in(html, own, own) if not link.startswith(inside))
