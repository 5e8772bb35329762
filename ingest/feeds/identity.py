"""Give each entry an id that stays, and marks to know it by when it comes again.

What a feed calls unique is unique often, not always: short numbers are the feed's own, some
feeds write one guid into all entries or a new one at each visit (FreshRSS has "unicity
policies" for these).
"""

import re
from hashlib import blake2b

from ingest.feeds.feed import Entry
from ingest.feeds.site import site

_ID_LIMIT = 1000
_GLOBAL = re.compile(r"(?:tag:[^\s,]+,|urn:[a-z0-9-]+:)\S+", re.IGNORECASE)
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_SCHEME = re.compile(r"^https?://(?:www\.)?", re.IGNORECASE)
MARK_BYTES = 8
"""Of one mark. 4,096 marks of 64 bits collide once in two billion feeds (n²/2⁶⁵)."""


def shares_guids(entries: tuple[Entry, ...]) -> bool:
    """Tell whether a document gives one guid to entries that are not the same.

    Where there is no guid, the link stands for it.
    """
    seen: dict[str, tuple[str, ...]] = {}
    return any(
        seen.setdefault(name, _told_apart(entry)) != _told_apart(entry)
        for entry in entries
        if (name := entry.guid or entry.link)
    )


def post_id(entry: Entry, *, home: str, origin: str, apart: bool) -> str:
    """Give the id of an entry's post; what the feed calls its id stands at the end of it.

    ``rss:GUID`` where the guid is unique in the world: a ``tag:`` or ``urn:``, or an address
    at the host of the feed or of the entry's link (a foreign address was copied along with
    the text). Else ``rss:HOST/HASH/GUID`` with a hash of the feed's address. Entries without
    guid are named by their link, entries without link by a hash of what they say.

    Args:
        entry: as published.
        home: the feed's host.
        origin: the feed's address: guids that are not unique in the world are so in it.
        apart: the feed shares guids between entries; link, title and date then tell them apart.
    """
    name = "".join(char for char in entry.guid or entry.link if char.isprintable())
    if apart:
        origin = "\n".join((origin, *_told_apart(entry)))
    elif _is_global(name, home, entry.link) and len(name) < _ID_LIMIT:
        return f"rss:{name}"
    if not name:
        name = _hash(entry.title, entry.content, entry.other, str(entry.published or ""))
    if len(name) > _ID_LIMIT // 2:
        name = _hash(name)
    return f"rss:{home}/{_hash(origin)[:8]}/{name}"


def marks(entry: Entry, *, apart: bool) -> tuple[bytes, bytes]:
    """Give the two marks of an entry: by what it is called, and by what it looks like.

    An entry with either of them known is not new. The second holds for feeds that write a
    new guid at each visit: link, title and date are the same then. A text that is published
    again under a new date is new by both.
    """
    called: tuple[str, ...] = (
        entry.guid or entry.link or entry.title or entry.content or entry.other,
    )
    if apart:
        called = (*called, *_told_apart(entry))
    looks: tuple[str, ...] = (_SCHEME.sub("", entry.link), entry.title, str(entry.published or ""))
    if not (entry.link or entry.title):
        looks = (*looks, entry.guid, entry.content, entry.other)
    return _mark("called", *called), _mark("looks", *looks)


def _told_apart(entry: Entry) -> tuple[str, ...]:
    return entry.link, entry.title, str(entry.published or "")


def _is_global(name: str, home: str, link: str) -> bool:
    if _WEB.fullmatch(name):
        return site(name) in {home, site(link)}
    return _GLOBAL.fullmatch(name) is not None


def _hash(*parts: str) -> str:
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=10).hexdigest()


def _mark(*parts: str) -> bytes:
    joined = "\n".join(parts).encode("utf-8", "replace")
    return blake2b(joined, digest_size=MARK_BYTES).digest()
