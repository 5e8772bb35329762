"""One document, read whole: what is new in it, and what to remember. Runs in a worker."""

from datetime import datetime, timedelta

from msgspec import Struct

from bunco.model import DeadLetter, Post
from bunco.ports.parts import Parsed
from ingest.feeds import document, identity, known, pace
from ingest.feeds.posts import Origin, posts
from ingest.feeds.progress import Progress


class Reading(Struct, frozen=True, kw_only=True):
    """What one document gave."""

    new: tuple[Post, ...]
    """Posts of entries that were not seen before, the oldest first."""
    dead: tuple[DeadLetter, ...]
    note: str
    """What was odd, in words."""
    known: bytes
    known_ratio: float
    """The share of its entries that had been seen; 1 for an empty document."""
    shares_guids: bool
    floor: timedelta
    """How long it asks to wait."""


def read(body: bytes, content_type: str, origin: Origin, before: Progress) -> Reading:
    """Read a document in the light of what was seen before.

    Raises:
        discovery.Page: it is an HTML page.
        BadInput: it is no feed, with the reason.
    """
    feed = document.read(body, url=origin.url, content_type=content_type)
    apart = before.shares_guids or identity.shares_guids(feed.entries)
    contents = posts(feed, origin, apart=apart)
    new = known.unseen(contents.found, before.known)
    total = len(contents.found)
    return Reading(
        new=tuple(sorted((entry.post for entry in new), key=_published)),
        dead=contents.dead,
        note="; ".join(contents.notes),
        known=known.remembered(contents.found, before.known),
        known_ratio=1 - len(new) / total if total else 1.0,
        shares_guids=apart,
        floor=pace.asked_by_feed(feed),
    )


def _published(post: Post) -> datetime:
    """Give what new posts are handed over by: feeds list the newest first."""
    return post.posted_at


def whole(body: bytes, origin: Origin) -> Parsed:
    """Read a document for itself: all of its entries, also those it holds twice.

    Raises:
        BadInput: it is no feed, with the reason.
    """
    feed = document.read(body, url=origin.url)
    contents = posts(feed, origin, apart=identity.shares_guids(feed.entries))
    return Parsed(items=tuple(entry.post for entry in contents.found), dead=contents.dead)
