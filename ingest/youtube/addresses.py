"""Where YouTube's feeds, topics and videos are.

Source: developers.google.com/youtube/v3/guides/push_notifications; the feeds themselves (2026).
"""

from typing import Literal, TypeAlias
from urllib.parse import parse_qs, urlencode, urlsplit

Named: TypeAlias = Literal["channel", "playlist", "handle"]

TOPIC = "https://www.youtube.com/xml/feeds/videos.xml"
"""What the hub calls a channel's feed: it differs from where the feed is."""

_VIDEO = "yt:video:"


def feed(base: str, named: Named, name: str) -> str:
    """Give the address of a feed, or of the page that names it."""
    base = base.rstrip("/")
    if named == "handle":
        return f"{base}/@{name.removeprefix('@')}"
    return f"{base}/feeds/videos.xml?{urlencode({f'{named}_id': name})}"


def topic(channel: str) -> str:
    """Give the topic of a channel."""
    return f"{TOPIC}?{urlencode({'channel_id': channel})}"


def channel_of(address: str) -> str:
    """Give the channel that an address of a feed names; empty where it names none."""
    try:
        return parse_qs(urlsplit(address).query).get("channel_id", [""])[0]
    except ValueError:
        return ""


def video_of(post_id: str) -> str:
    """Give the video that an id of a post names; empty for other ids."""
    return post_id.removeprefix(_VIDEO) if post_id.startswith(_VIDEO) else ""


def watch(video: str) -> str:
    """Give where a video is watched."""
    return f"https://www.youtube.com/watch?{urlencode({'v': video})}"
