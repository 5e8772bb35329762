"""Feeds, and pages that name one."""

import re

from msgspec.structs import replace

from bunco.errors import BadInput, SourceError, UsageError
from ingest.feeds import discovery, document
from ingest.recognition.recognised import Asked, Recognised

_SECRET = re.compile(
    r"(?:^|[?&;])(?:token|key|api_?key|auth|secret|password|feed)=[^&]{8}", re.IGNORECASE
)
_ALERTS = re.compile(r"^https://(?:www\.)?google\.[a-z.]{2,6}/alerts/feeds/\d+/\d+")


async def recognise(asked: Asked) -> Recognised | None:
    """Give the feed at an address, or the first that its page names.

    Raises:
        UsageError: nothing can be had from there; says why.
    """
    if not asked.is_web:
        return None
    if _ALERTS.match(asked.text):
        return _feed(asked, asked.text, "a Google Alert, delivered as a feed")
    try:
        return await _looked(asked, asked.text)
    except discovery.Page as found:
        if not found.feeds:
            raise UsageError(f"{asked.text} is a page that names no feed") from found
        feeds = found.feeds
    try:
        named = await _looked(asked, feeds[0])
    except discovery.Page as other:
        raise UsageError(f"{feeds[0]}, which the page names, is no feed") from other
    return replace(
        named,
        found=f"{named.found}, named by the page {asked.text}",
        hints=tuple(f"The page also names {other}" for other in feeds[1:4]),
    )


async def _looked(asked: Asked, url: str) -> Recognised:
    """Give the feed at an address.

    Raises:
        discovery.Page: there is a page.
        UsageError: there is nothing that can be read.
    """
    try:
        page = await asked.fetch(url)
        return _read(asked, page.body, page.permanent_url, page.headers.get("content-type", ""))
    except discovery.Page:
        raise
    except SourceError as error:
        raise UsageError(f"{url}: {error.reason}") from error
    except BadInput as error:
        raise UsageError(f"{url}: {error}") from error


def _read(asked: Asked, body: bytes, url: str, content_type: str) -> Recognised:
    feed = document.read(body, url=url, content_type=content_type)
    title = " ".join(feed.title.split())[:80]
    about = f"the feed “{title}”" if title else "a feed"
    return _feed(asked, url, f"{about}, {len(feed.entries)} entries at present", title)


def _feed(asked: Asked, url: str, found: str, title: str = "") -> Recognised:
    """Give the table of a feed; an address that is a secret goes into a file."""
    name = title or asked.host
    if _ALERTS.match(url) or _SECRET.search(url) or "@" in asked.url.netloc:
        return Recognised(
            kind="rss",
            options=asked.private(),
            secrets={"secret_url": url},
            name="google alert" if _ALERTS.match(url) else name,
            found=f"{found}; whoever knows its address can read it, so it stands in a file",
        )
    return Recognised(kind="rss", options={"url": url, **asked.private()}, name=name, found=found)
