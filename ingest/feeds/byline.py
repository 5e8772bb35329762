"""Say who published an entry and where: each platform writes it in its own way.

A platform's rule answers for the entries it recognises; what none recognises is a page of
the open web. Nobody is taken for the same person on two platforms.
"""

import re
from collections.abc import Callable
from typing import TypeAlias
from unicodedata import normalize
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from bunco.text.address import unwrapped
from ingest.feeds.feed import Entry, Feed
from ingest.feeds.site import site


class Byline(Struct, frozen=True, kw_only=True):
    """Who published an entry, and where."""

    author: str
    """``platform:account``."""
    place: str
    id: str = ""
    """The post's id where the platform has one of its own."""
    url: str = ""
    """Where the post stands, where that is not the entry's link."""
    is_reply: bool = False


Rule: TypeAlias = Callable[[Feed, Entry], Byline | None]

_NAME_LIMIT = 100

_FORWARDERS = frozenset(
    {"feeds.feedburner.com", "feedproxy.google.com", "feeds.feedblitz.com", "feedpress.me",
     "rss.app", "politepol.com", "fetchrss.com", "rsshub.app", "web.archive.org"}
)  # fmt: skip
"""Hosts that serve other sites' feeds, so that the feed's own link tells whose it is."""

_REDDIT_ID = re.compile(r"t[1-6]_[a-z0-9]+")
_REDDIT_NAME = re.compile(r"/?u/([\w-]{1,40})")
_SUBREDDIT = re.compile(r"/r/(\w{1,40})")
_MASTODON_PATH = re.compile(r"/@([\w.-]+)(?:@([\w.-]+))?/\d+")
_LEMMY_PERSON = re.compile(r"https?://([^/\s]+)/u/([\w.-]+)(?:@([\w.-]+))?")
_LEMMY_COMMUNITY = re.compile(r"https?://([^/\s\"']+)/c/([\w.-]+)(?:@([\w.-]+))?")
_ALERT_GUID = "tag:google.com,2013:googlealerts/"
_HACKER_NEWS = "news.ycombinator.com"


def home(feed: Feed, url: str) -> str:
    """Give the host a feed belongs to; ``unknown`` where nothing tells.

    That of its address; of the page it names where the address is empty or a forwarder's. The
    address goes first because a feed can claim any page as its own.
    """
    at = site(url)
    if at and at not in _FORWARDERS:
        return at
    candidates = [feed.link, feed.guid, *(entry.link or entry.guid for entry in feed.entries[:5])]
    return next((name for address in candidates if (name := site(address))), at or "unknown")


def byline(feed: Feed, entry: Entry, home: str) -> Byline:
    """Give who published an entry and where; ``home`` is the feed's host."""
    for rule in _RULES:
        if (found := rule(feed, entry)) is not None:
            return found
    name = slug(entry.author_name or entry.author)
    return Byline(author=f"web:{home}/{name}" if name else f"web:{home}", place=home)


def slug(name: str) -> str:
    """Give an author's name as it stands in an id: ``Ann  B. Lee`` is ``ann-b.-lee``.

    Mail addresses keep what stands before the ``@`` only.
    """
    words = normalize("NFKC", name).casefold().removeprefix("by ").split()
    local = [word.strip("()<>,;:\"'").partition("@")[0] for word in words]
    kept = ["".join(char for char in word if char.isprintable()) for word in local]
    return "-".join(filter(None, kept))[:_NAME_LIMIT].strip("-/")


def _google_alert(feed: Feed, entry: Entry) -> Byline | None:
    if not entry.guid.startswith(_ALERT_GUID):
        return None
    target = unwrapped(entry.link)
    return Byline(
        author=f"web:{site(target) or 'unknown'}",
        place=feed.title or "Google Alerts",
        url=target,
    )


def _reddit(feed: Feed, entry: Entry) -> Byline | None:
    name = _REDDIT_NAME.fullmatch(entry.author)
    if not (name and _REDDIT_ID.fullmatch(entry.guid) and _is_at(entry.link, "reddit.com")):
        return None
    where = _SUBREDDIT.search(urlsplit(entry.link).path) or _SUBREDDIT.search(f"/{entry.label}")
    return Byline(
        author=f"reddit:{name[1]}",
        place=f"r/{where[1]}" if where else site(feed.link) or "reddit.com",
        id=f"reddit:{entry.guid}",
        is_reply=entry.guid.startswith("t1_"),
    )


def _youtube(_feed: Feed, entry: Entry) -> Byline | None:
    if not entry.guid.startswith("yt:video:"):
        return None
    channel = entry.channel or entry.author_url.rpartition("/channel/")[2]
    if not channel:
        return None
    return Byline(author=f"youtube:{channel}", place="youtube.com", id=entry.guid)


def _mastodon(feed: Feed, entry: Entry) -> Byline | None:
    if not feed.generator.startswith("Mastodon"):
        return None
    path = _MASTODON_PATH.fullmatch(urlsplit(entry.link).path)
    at = site(entry.link)
    if path is None or not at:
        return None
    return Byline(author=f"mastodon:{path[1]}@{path[2] or at}", place=at)


def _lemmy(feed: Feed, entry: Entry) -> Byline | None:
    person = _LEMMY_PERSON.fullmatch(entry.author) or _LEMMY_PERSON.fullmatch(entry.author_url)
    if person is None:
        return None
    community = _LEMMY_COMMUNITY.search(entry.content) or _LEMMY_COMMUNITY.search(feed.link)
    at = f"{community[2]}@{community[3] or community[1]}" if community else site(feed.link)
    return Byline(author=f"lemmy:{person[2]}@{person[3] or person[1]}", place=at or person[1])


def _hacker_news(_feed: Feed, entry: Entry) -> Byline | None:
    talk = next((at for at in (entry.comments, entry.guid) if site(at) == _HACKER_NEWS), "")
    item = parse_qs(urlsplit(talk).query).get("id", [""])[0] if talk else ""
    if not item.isdigit():
        return None
    # The official feed names no submitter: then the site that is linked stands for it.
    who = f"hackernews:{entry.author}" if entry.author else f"web:{site(entry.link) or 'unknown'}"
    return Byline(author=who, place=_HACKER_NEWS, id=f"hackernews:{item}")


def _is_at(address: str, domain: str) -> bool:
    name = site(address)
    return name == domain or name.endswith(f".{domain}")


_RULES: tuple[Rule, ...] = (_google_alert, _reddit, _youtube, _mastodon, _lemmy, _hacker_news)
