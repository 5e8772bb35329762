"""Read one feed: RSS, RDF, Atom or JSON Feed, over HTTP; see ``ingest/feeds/following.py``."""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from bunco.model import AuthorId, Post
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration, Secret
from ingest.feeds import pace, reading
from ingest.feeds.following import FeedSource, Following
from ingest.feeds.posts import Origin


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of an ``rss`` source."""

    url: str = ""
    """The feed, or a page that names it."""
    secret_url: Secret | None = None
    """In place of ``url`` where the address itself is a secret (Google Alerts, Reddit)."""
    start: Duration = Duration(hours=1)
    """How long to wait after the first reading; later the feed itself shows its pace."""
    fastest: Duration = Duration(minutes=10)
    """Never read more often. Source: rss-fetcher."""
    slowest: Duration = Duration(hours=24)
    """Never read less often, unless it fails or asks for more. Source: rss-fetcher."""
    allow_private: bool = False
    """Whether the feed may stand at a private or loopback address."""
    author: AuthorId | None = None
    """The author of all its posts, in place of what the feed says."""
    place: str = ""
    """The place of all its posts, in place of what the feed says."""

    def __post_init__(self) -> None:
        """Hold that there is exactly one address and that the bounds are in order.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if bool(self.url) == (self.secret_url is not None):
            raise ValueError("exactly one of url and secret_url")
        if self.url and not self.url.lower().startswith(("http://", "https://")):
            raise ValueError("a url that begins with http:// or https://")
        if not timedelta(0) < self.fastest <= self.slowest:
            raise ValueError("fastest above zero and at most slowest")


class RssSource(FeedSource):
    """One feed."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._named_by = options
        secret = options.secret_url
        following = Following(
            url=secret.reveal() if secret else options.url,
            is_secret=secret is not None,
            bounds=pace.bounds(options.start, options.fastest, options.slowest),
            allow_private=options.allow_private,
            shape=self._named,
        )
        super().__init__(following, tools)

    def _named(self, post: Post) -> Post:
        options = self._named_by
        if options.author is None and not options.place:
            return post
        return replace(
            post, author=options.author or post.author, place=options.place or post.place
        )


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn a saved document into posts; what ``bunco parse rss`` calls.

    Raises:
        BadInput: it is no feed, with the reason.
    """
    return reading.whole(document, Origin(url=url, feed_url=url, seen_at=seen_at))


PART: Part[Source] = Part(Options, RssSource, parse)
