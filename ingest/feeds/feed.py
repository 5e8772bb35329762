"""A feed and its entries as they were published, whatever the format."""

from datetime import datetime

from msgspec import Struct

MOST_ENTRIES = 2000
"""Of one document; those after them are left out. Source: rss-fetcher's limit."""


class Entry(Struct, frozen=True, kw_only=True):
    """One entry; absent texts are empty."""

    guid: str = ""
    title: str = ""
    """Plain text, or HTML where ``title_is_html``."""
    title_is_html: bool = False
    link: str = ""
    author: str = ""
    """As the feed writes it, for example ``ann@example.org (Ann)``."""
    author_name: str = ""
    """The name in it, where it can be told apart."""
    author_url: str = ""
    content: str = ""
    """HTML or plain text: the longest body there is."""
    published: datetime | None = None
    """Aware, UTC; when it was updated, where nothing else is said."""
    language: str = ""
    comments: str = ""
    """Where it is talked about."""
    label: str = ""
    """The first category, as shown to people."""
    channel: str = ""
    """The id of the YouTube channel."""
    other: str = ""
    """Something else it says; only where title, content and link are empty."""


class Feed(Struct, frozen=True, kw_only=True):
    """One document."""

    format: str
    """For example ``rss20``, ``atom10``, ``json11``."""
    entries: tuple[Entry, ...]
    guid: str = ""
    title: str = ""
    link: str = ""
    """The page it belongs to."""
    generator: str = ""
    language: str = ""
    ttl: str = ""
    """Minutes, as written: RSS ``<ttl>``."""
    update_period: str = ""
    """As written: ``sy:updatePeriod``."""
    update_frequency: str = ""
    """As written: ``sy:updateFrequency``."""
    left_out: int = 0
    """Entries beyond ``MOST_ENTRIES``."""
