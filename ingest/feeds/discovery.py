"""Find the feeds that an HTML page names."""

from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import urljoin

from bunco.errors import BadInput

_LOOKED_AT_BYTES = 512 << 10
"""Of a page: feeds are named in its head. Source: ours."""

_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_ALSO = ("application/rdf+xml", "application/json", "text/xml", "application/xml")


class Page(BadInput):
    """Say that a document is an HTML page, and which feeds it names."""

    def __init__(self, feeds: list[str]) -> None:
        names = f"; it names the feed {feeds[0]}" if feeds else "; it names none"
        super().__init__(f"an HTML page, not a feed{names}")
        self.feeds = feeds


def feeds(page: bytes, url: str) -> list[str]:
    """Give the addresses of the feeds a page names, in its order, feeds of comments last.

    Args:
        page: HTML; encodings that extend ASCII are all the same here.
        url: where the page stands, for relative addresses.

    Source: RSS Advisory Board, "RSS Autodiscovery"; HTML, the ``alternate`` link type.
    """
    finder = _Finder()
    with suppress(ValueError, AssertionError):  # what was found before odd markup still counts
        finder.feed(page[:_LOOKED_AT_BYTES].decode("utf-8", "replace"))
    base = urljoin(url, finder.base)
    found = [(urljoin(base, href), "comment" in title.lower()) for href, title in finder.found]
    ordered = sorted(found, key=lambda feed: feed[1])
    return list(dict.fromkeys(address for address, _ in ordered if _is_web(address)))


class _Finder(HTMLParser):
    """Collect ``<link rel="alternate">`` of a feed's type, and ``<base>``."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.base = ""
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        of = {name: value or "" for name, value in attrs}
        if tag == "base" and not self.base:
            self.base = of.get("href", "").strip()
        if tag != "link" or not of.get("href") or not _is_alternate(of):
            return
        self.found.append((of["href"].strip(), of.get("title", "")))


def _is_alternate(of: dict[str, str]) -> bool:
    rel = of.get("rel", "").lower().split()
    kind = of.get("type", "").lower().partition(";")[0].strip()
    if kind in _TYPES:
        return "alternate" in rel or "feed" in rel
    return kind in _ALSO and "alternate" in rel and "stylesheet" not in rel


def _is_web(address: str) -> bool:
    return address.startswith(("http://", "https://"))
