"""Networks that are asked for what is new: feeds, forums, Hacker News, Lemmy, Reddit, YouTube."""

from email.utils import format_datetime
from random import Random
from typing import Any

from aiohttp import web

from bench.all_sources.world import AskedWorld, now
from tests.ingest.network import Network
from tests.ingest.sources.test_discourse import Forum
from tests.ingest.sources.test_hackernews import HackerNews
from tests.ingest.sources.test_lemmy import Lemmy
from tests.ingest.sources.test_reddit import Reddit
from tests.ingest.sources.test_youtube import CHANNEL, Youtube

_LISTED = 300
"""Entries of a feed."""
_FEED_PACE = {"start": "1s", "fastest": "1s", "slowest": "5s", "allow_private": True}


class Feed(Network):
    """A feed of the latest entries."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        """Give the document."""
        del request
        items = "".join(reversed(self.entries[-_LISTED:]))
        return web.Response(
            content_type="application/rss+xml",
            text="<rss version='2.0'><channel><title>News</title><link>https://example.org/</link>"
            f"<description>d</description>{items}</channel></rss>",
        )


class FeedWorld(AskedWorld):
    """A newspaper."""

    kind = "rss"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.network: Feed = Feed()

    def options(self, url: str) -> dict[str, Any]:
        """Give the options of a source that reads it at an address."""
        return {"url": f"{url}/feed", **_FEED_PACE}

    async def write(self) -> None:
        """Publish an entry."""
        self.written += 1
        link = f"https://example.org/{self.written}"
        self.there[link] = None
        self.network.entries.append(
            f"<item><title>{self.title()}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>{format_datetime(now())}</pubDate></item>"
        )


class HackerNewsWorld(AskedWorld):
    """Stories, one in twenty of them deleted later."""

    kind = "hackernews"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.network: HackerNews = HackerNews()

    def options(self, url: str) -> dict[str, Any]:
        """Give the options of a source that reads it at an address."""
        return {
            "url": f"{url}/v0",
            "search_url": f"{url}/v1",
            "back": 50,
            "every": "1s",
            "spacing": "10ms",
            "allow_private": True,
        }

    async def write(self) -> None:
        """Publish a story; now and then delete an older one."""
        self.written += 1
        at = int(now().timestamp())
        self.there[f":{self.network.write(title=self.title(), time=at)}"] = None
        if gone := self.withdrawn():
            self.network.delete(int(gone[1:]))


class LemmyWorld(AskedWorld):
    """Posts and comments of one community."""

    kind = "lemmy"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.network: Lemmy = Lemmy("v3")

    def options(self, url: str) -> dict[str, Any]:
        """Give the options of a source that reads it at an address."""
        return {"url": url, "every": "1s", "spacing": "10ms", "allow_private": True}

    async def write(self) -> None:
        """Publish a post or a comment."""
        self.written += 1
        at = now().isoformat()
        if self.chance.random() < 0.5:
            address = self.network.write(name=self.title(), published=at)
        else:
            address = self.network.write(sort="comment", content=self.title(), published=at)
        self.there[address] = None


class DiscourseWorld(AskedWorld):
    """Posts of a forum."""

    kind = "discourse"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.network: Forum = Forum()

    def options(self, url: str) -> dict[str, Any]:
        """Give the options of a source that reads it at an address."""
        return {"url": url, "every": "1s", "spacing": "10ms", "allow_private": True}

    async def write(self) -> None:
        """Publish a post."""
        self.written += 1
        at = now().isoformat()
        words = f"<p>{self.title()}</p>"
        number = self.network.write(cooked=words, created_at=at, updated_at=at)
        self.there[f"/{number}"] = None


class RedditWorld(AskedWorld):
    """Posts of a subreddit, read through the API."""

    kind = "reddit"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.network: Reddit = Reddit()

    def options(self, url: str) -> dict[str, Any]:
        """Give the options of a source that reads it at an address."""
        return {
            "subreddits": ["news"],
            "url": url,
            "api_url": url,
            "client_id": self.secret("id"),
            "client_secret": self.secret("hush"),
            "every": "1s",
            "allow_private": True,
        }

    async def write(self) -> None:
        """Publish a post."""
        self.written += 1
        self.network.left = 100
        name = self.network.write(title=self.title(), created_utc=now().timestamp())
        self.there[f":{name}"] = None


class YoutubeWorld(AskedWorld):
    """Videos of a channel, one in twenty of them deleted later.

    Its feed shows 15, so that one is uploaded where others write twenty-five posts.
    """

    kind = "youtube"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.network: Youtube = Youtube()
        self.network.published = now()

    def options(self, url: str) -> dict[str, Any]:
        """Give the options of a source that reads it at an address."""
        return {"channel": CHANNEL, "url": url, "recheck": 50, **_FEED_PACE}

    async def write(self) -> None:
        """Upload a video, seldom; now and then delete an older one."""
        if self.chance.random() > 1 / 25:
            return
        self.written += 1
        self.there[f":video:{self.network.upload(self.title())}"] = None
        if gone := self.withdrawn():
            self.network.statuses[gone.rpartition(":")[2]] = 404
