"""Make posts of a feed's entries."""

from datetime import datetime

from msgspec import Struct

from bunco.model import DeadLetter, Post, dead_letter
from bunco.text.plain import plain
from ingest.anchors import joined, links_in
from ingest.feeds import identity
from ingest.feeds.byline import byline, home
from ingest.feeds.feed import Entry, Feed
from ingest.limits import TEXT_LIMIT, TITLE_LIMIT, is_ahead

_HTML_LIMIT = 100_000
"""Characters of a body that are looked at: five times the text that is kept."""

_SAYS_NOTHING = "the entry says nothing: no title, no text, no link"


class Origin(Struct, frozen=True, kw_only=True):
    """Where a document came from, and when."""

    url: str
    """The address in the end, for relative links; may be empty."""
    feed_url: str
    """The address as configured: part of the ids of entries whose guid is a mere number."""
    seen_at: datetime
    source: str = ""
    """The source's name."""


class Found(Struct, frozen=True, kw_only=True):
    """One entry as a post, with the marks to know it by."""

    post: Post
    marks: tuple[bytes, bytes]


class Contents(Struct, frozen=True, kw_only=True):
    """What the entries of one document gave."""

    found: tuple[Found, ...]
    dead: tuple[DeadLetter, ...]
    notes: tuple[str, ...]
    """What was odd, in words."""


def posts(feed: Feed, origin: Origin, *, apart: bool) -> Contents:
    """Make a post of every entry, in the document's order.

    An entry that says nothing at all, or cannot be read, becomes a dead letter. Dates more
    than a day ahead are not believed: such a post counts as undated.

    Args:
        feed: the document.
        origin: where it came from.
        apart: its guids are shared between entries; see ``identity``.
    """
    at = home(feed, origin.url or origin.feed_url)
    found: list[Found] = []
    dead: list[DeadLetter] = []
    ahead = 0
    for number, entry in enumerate(feed.entries, start=1):
        ahead += entry.published is not None and is_ahead(entry.published, origin.seen_at)
        try:
            post = _post(feed, entry, origin, at, apart=apart)
            marks = identity.marks(entry, apart=apart)
        except (ValueError, OverflowError) as error:
            dead.append(_set_aside(number, entry, origin, f"the entry cannot be read: {error}"))
            continue
        if post.title or post.text:
            found.append(Found(post=post, marks=marks))
        else:
            dead.append(_set_aside(number, entry, origin, _SAYS_NOTHING))
    return Contents(found=tuple(found), dead=tuple(dead), notes=_notes(feed, ahead))


def _post(feed: Feed, entry: Entry, origin: Origin, at: str, *, apart: bool) -> Post:
    by = byline(feed, entry, at)
    dated = entry.published is not None and not is_ahead(entry.published, origin.seen_at)
    link = by.url or joined(origin.url, entry.link)
    content = entry.content[:_HTML_LIMIT]
    title = plain(entry.title) if entry.title_is_html else " ".join(entry.title.split())
    text = plain(content) or ("" if title else _stand_in(entry, link))
    name = origin.feed_url or feed.link or feed.title
    return Post(
        id=by.id or identity.post_id(entry, home=at, origin=name, apart=apart),
        author=by.author,
        author_name=" ".join(entry.author.split()),
        source=origin.source,
        place=by.place,
        kind="reply" if by.is_reply else "post",
        title=title[:TITLE_LIMIT],
        text=text[:TEXT_LIMIT],
        url=link,
        links=links_in(content, origin.url, link),
        lang=(entry.language or feed.language).lower().replace("_", "-").partition("-")[0][:8],
        posted_at=entry.published if dated and entry.published else origin.seen_at,
        seen_at=origin.seen_at,
        undated=not dated,
    )


def _stand_in(entry: Entry, link: str) -> str:
    """Give what an entry without words says: its address, an enclosure's, or bare markup."""
    return link or entry.other or entry.content.strip() or entry.title


def _set_aside(number: int, entry: Entry, origin: Origin, reason: str) -> DeadLetter:
    return dead_letter(
        f"{origin.source or 'document'}: entry {number}",
        reason,
        repr(entry).encode(errors="replace"),
        source=origin.source,
        at=origin.seen_at,
    )


def _notes(feed: Feed, ahead: int) -> tuple[str, ...]:
    notes = []
    if feed.left_out:
        notes.append(f"{feed.left_out} entries beyond the first {len(feed.entries)} left out")
    if ahead:
        notes.append(f"{ahead} dated in the future")
    return tuple(notes)
