"""Subreddits read from a server that speaks Reddit's API, and one that serves its feeds."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import escape
from itertools import count
from typing import Any

import msgspec
import pytest
from aiohttp import web

from bunco.errors import BadInput
from bunco.model import Post, Removal
from bunco.ports.sources import Source, SourceTools
from bunco.values import Secret
from ingest import turns
from ingest.sources.reddit import Options, make, parse
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.ingest import server as play
from tests.ingest.network import (
    GARBAGE,
    Network,
    Reader,
    every_third_fails,
    faults,
    online,
    reading,
)
from tests.ingest.server import Names, a_web
from tests.shared_data import shared

START = NOON.timestamp()


class Reddit(Network):
    """Posts and comments by full name; tokens that can be taken back."""

    def __init__(self) -> None:
        super().__init__()
        self.things: dict[str, dict[str, Any]] = {}
        self.tokens: list[str] = []
        self.left = 100.0
        self._numbers = count(1)

    def write(self, *, minutes: float = 0, **changes: Any) -> str:
        """Give the full name of a new post."""
        number = next(self._numbers)
        name = f"t3_{number}"
        self.things[name] = {
            "name": name,
            "created_utc": START + minutes * 60 + number / 1000,
            "author": "ann",
            "subreddit": "news",
            "title": f"Title {number}",
            "selftext": f"Words {number}",
            "is_self": True,
            "permalink": f"/r/news/comments/{number}/title/",
            "edited": False,
            "removed_by_category": None,
        } | changes
        return name

    async def answer(self, request: web.Request) -> Any:
        """Answer as Reddit does."""
        if request.path.endswith("/access_token"):
            if request.headers.get("Authorization") != "Basic aWQ6aHVzaA==":
                return web.json_response({"error": 401}, status=401)
            self.tokens.append(f"token{len(self.tokens) + 1}")
            return {"access_token": self.tokens[-1], "expires_in": 86400, "scope": "*"}
        if request.path.endswith(".rss"):
            return web.Response(body=self.feed(), content_type="application/atom+xml")
        if request.headers["Authorization"] != f"Bearer {self.tokens[-1]}":
            return web.Response(status=401)
        self.left -= 1
        if request.path == "/api/info":
            names = request.query["id"].split(",")
            found = [self.things[name] for name in names if name in self.things]
            return self._limited(_listing(found, None))
        return self._limited(self.listed(int(request.query["limit"]), request.query.get("after")))

    def listed(self, limit: int, after: str | None) -> Any:
        """Give a page of what is new."""
        shown = sorted(self.things.values(), key=lambda one: -one["created_utc"])
        names = [one["name"] for one in shown]
        start = names.index(after) + 1 if after in names else 0
        page = shown[start : start + limit]
        return _listing(page, page[-1]["name"] if shown[start + limit :] else None)

    def _limited(self, body: Any) -> web.StreamResponse:
        headers = {"X-Ratelimit-Remaining": str(self.left), "X-Ratelimit-Reset": "321"}
        return web.Response(body=msgspec.json.encode(body), headers=headers)

    def feed(self) -> bytes:
        """Give the feed of what is new."""
        entries = "".join(
            f"<entry><author><name>/u/{one['author']}</name></author>"
            f"<category term='news' label='r/news'/><id>{one['name']}</id>"
            f"<content type='html'>{escape(_content(one))}</content>"
            f"<link href='https://www.reddit.com{one['permalink']}'/>"
            f"<published>2026-03-02T11:00:00+00:00</published><title>{one['title']}</title></entry>"
            for one in reversed(self.things.values())
        )
        return (
            "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom'>"
            f"<id>/r/news/new/.rss</id><title>newest: news</title>{entries}</feed>"
        ).encode()


def _content(one: dict[str, Any]) -> str:
    return (
        f"<!-- SC_OFF --><div class='md'><p>{one['selftext']}</p></div><!-- SC_ON --> submitted by "
        f"<a href='https://www.reddit.com/user/{one['author']}'> /u/{one['author']} </a> <br/> "
        f"<span><a href='https://example.org/a'>[link]</a></span> "
        f"<span><a href='https://www.reddit.com{one['permalink']}'>[comments]</a></span>"
    )


def _listing(found: list[dict[str, Any]], after: str | None) -> Any:
    children = [{"kind": one["name"][:2], "data": one} for one in found]
    return {"kind": "Listing", "data": {"children": children, "after": after}}


def made(**changes: Any) -> Callable[[str, SourceTools], Source]:
    keys = {"client_id": Secret("id"), "client_secret": Secret("hush")}

    def make_one(url: str, tools: SourceTools) -> Source:
        named: dict[str, Any] = {"subreddits": ("news",), "url": url, "api_url": url} | changes
        return make(Options(allow_private=True, **keys | named), tools)

    return make_one


def read(network: Reddit, scenes: Callable[[Reader], Awaitable[None]], **changes: Any) -> Reader:
    return reading(network, made(**changes), scenes)


def test_what_is_new_comes_through_the_api() -> None:
    network = Reddit()
    network.write(minutes=-70)
    network.write(is_self=False, url="https://example.org/a", selftext="")

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.write(selftext="**Read** [this](https://example.org/b)", author="bob")
        await reader.read(2)

    link, text = read(network, scenes, user_agent="linux:bunco:1 (by /u/ann)").posts

    assert (link.id, link.author, link.place) == ("reddit:t3_2", "reddit:ann", "r/news")
    assert (link.title, link.links) == ("Title 2", ("https://example.org/a",))
    assert link.url == "https://www.reddit.com/r/news/comments/2/title/"
    assert (text.text, text.author_name) == ("Read this", "u/bob")
    assert text.links == ("https://example.org/b",)
    assert network.headers[-1]["user-agent"] == "linux:bunco:1 (by /u/ann)"
    assert network.asked[0] == "/api/v1/access_token"
    assert network.tokens == ["token1"]


def test_a_flood_is_caught_up_with_over_several_readings() -> None:
    network = Reddit()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        for _ in range(950):
            network.write()
        for _ in range(6):
            await reader.read(every=timedelta(0))
            network.write()
        await reader.read(2)

    reader = read(network, scenes, most_pages=2)

    assert len(reader.ids) == len(set(reader.ids)) == 956
    assert all(len(one.items) <= 200 for one in reader.deliveries)
    assert len(reader.cursor) < 80_000


def test_deletions_become_removals_however_reddit_shows_them() -> None:
    network = Reddit()

    async def scenes(reader: Reader) -> None:
        names = [network.write() for _ in range(6)]
        link = network.write(is_self=False, selftext="", url="https://example.org/")
        await reader.read()
        network.things[names[0]] |= {"author": "[deleted]", "selftext": "[deleted]"}
        network.things[names[1]] |= {"selftext": "[removed]"}
        network.things[names[2]] |= {"removed_by_category": "moderator"}
        del network.things[names[3]]
        network.things[link]["author"] = "[deleted]"
        await reader.read(2)

    reader = read(network, scenes)

    assert sorted(one.id for one in reader.removals) == [f"reddit:t3_{n}" for n in (1, 2, 3, 4, 7)]
    assert {one.author for one in reader.removals} == {"reddit:ann"}
    assert {one.removed for one in reader.removals} == {"post"}


def test_a_deleted_account_is_removed_with_everything_once() -> None:
    network = Reddit()

    async def scenes(reader: Reader) -> None:
        network.write()
        network.write()
        await reader.read()
        for thing in network.things.values():
            thing["author"] = "[deleted]"
        await reader.read(2)

    [removal] = read(network, scenes).removals

    assert removal == Removal(
        removed="author", author="reddit:ann", at=NOON + timedelta(minutes=1), source="here"
    )


def test_an_edit_is_a_post_of_its_own_and_goes_with_the_first() -> None:
    network = Reddit()

    async def scenes(reader: Reader) -> None:
        name = network.write()
        await reader.read()
        network.things[name] |= {"selftext": "Other words", "edited": START + 30}
        await reader.read(2)
        network.things[name]["removed_by_category"] = "deleted"
        await reader.read()

    reader = read(network, scenes)

    assert [post.text for post in reader.posts] == ["Words 1", "Other words"]
    assert reader.posts[1].posted_at == NOON + timedelta(seconds=30)
    assert [one.id for one in reader.removals] == reader.ids


def test_an_empty_answer_removes_nothing() -> None:
    network = Reddit()

    async def scenes(reader: Reader) -> None:
        network.write()
        network.write()
        await reader.read()
        network.faults = [None, play.document(msgspec.json.encode(_listing([], None)))]
        await reader.read()

    assert read(network, scenes).removals == []


def test_a_spent_rate_limit_is_waited_out_and_stops_the_paging() -> None:
    network = Reddit()
    network.left = 1
    for _ in range(250):
        network.write()

    reader = read(network, lambda reader: reader.read())

    assert len(reader.ids) == 100
    assert reader.deliveries[0].wait == timedelta(seconds=321)


def test_a_token_that_is_taken_back_is_asked_for_anew() -> None:
    network = Reddit()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        network.tokens.append("of somebody else")
        network.write()
        await reader.read(2)

    reader = read(network, scenes)

    assert "took the token back" in reader.errors[0].reason
    assert len(reader.ids) == 2


def test_a_token_is_asked_for_again_when_it_expires() -> None:
    network = Reddit()

    read(network, lambda reader: reader.read(3, every=timedelta(hours=13)))

    assert len(network.tokens) == 2


def test_a_wrong_secret_is_told_in_words_without_it() -> None:
    reader = read(Reddit(), lambda reader: reader.read(), client_secret=Secret("wrong"))

    assert reader.errors[0].reason == ("Reddit gives no token (401): look at client_id and secret")


@pytest.mark.parametrize("fault", faults())
def test_nothing_is_lost_or_doubled_when_every_third_request_fails(fault: str) -> None:
    network = Reddit()

    reader = read(network, every_third_fails(network, fault, network.write, network.write))

    assert len(reader.ids) == len(set(reader.ids)) == 12
    assert reader.removals == []


def test_a_subreddit_that_is_closed_is_told_in_words() -> None:
    network = Reddit()
    network.faults = [None, play.status(403), GARBAGE]

    reader = read(network, lambda reader: reader.read(2))

    assert "a private, banned or misspelt subreddit" in reader.errors[0].reason
    assert "a web page" in reader.errors[1].reason


def test_the_feed_gives_the_posts_without_reddits_own_words() -> None:
    network = Reddit()
    network.write()
    network.write(selftext="")
    options = {"client_id": None, "client_secret": None, "subreddits": ("news", "worldnews")}

    reader = read(network, lambda reader: reader.read(2), **options)

    link, text = sorted(reader.posts, key=lambda post: post.id, reverse=True)
    assert (text.id, text.author, text.place) == ("reddit:t3_1", "reddit:ann", "r/news")
    assert (text.text, text.author_name) == ("Words 1", "u/ann")
    assert (link.text, link.links) == ("", ("https://example.org/a",))
    assert network.asked[0] == "/r/news+worldnews/new/.rss?limit=100"


def test_a_feed_token_is_sent_and_kept_out_of_cursor_and_errors() -> None:
    network = Reddit()
    network.write()
    moved = play.redirect("/r/news/comments/.rss?limit=100&feed=h4sh&user=ann&to=1", 301)
    network.faults = [moved, None, play.status(500)]
    options = {"client_id": None, "client_secret": None, "read": "comments"}

    reader = read(
        network,
        lambda reader: reader.read(2),
        feed_user="ann",
        feed_token=Secret("h4sh"),
        **options,
    )

    assert network.asked[0] == "/r/news/comments/.rss?limit=100&feed=h4sh&user=ann"
    assert b"h4sh" not in reader.cursor
    assert "h4sh" not in reader.errors[0].reason


def test_two_sources_share_the_one_turn_and_a_403_is_a_rate_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_REDDIT_SPACING", timedelta(milliseconds=150))
    network = Reddit()
    network.write()
    options = {"client_id": None, "client_secret": None}

    async def run() -> tuple[float, list[Reader]]:
        clock, names = FakeClock(), Names(www_reddit_com=["127.0.0.1"])
        async with online(network) as url, a_web(clock=clock, resolver=names) as fetcher:
            at = url.replace("127.0.0.1", "www.reddit.com")
            tools = SourceTools(name="here", clock=clock, web=fetcher)
            readers = [Reader(made(**options)(at, tools), clock) for _ in range(3)]
            loop = asyncio.get_running_loop()
            started = loop.time()
            network.faults = [None, None, play.status(403)]
            await asyncio.gather(*(reader.read() for reader in readers))
            return loop.time() - started, readers

    took, readers = asyncio.run(run())

    [error] = [error for reader in readers for error in reader.errors]
    assert took >= 0.3
    assert "which there is a rate limit" in error.reason
    assert (error.weight, error.retry_after) == ("soft", timedelta(minutes=1))


def test_an_erased_entry_of_a_feed_is_a_removal() -> None:
    network = Reddit()
    network.write(author="[deleted]")

    [gone] = parse(network.feed(), url="https://www.reddit.com/", seen_at=NOON).items

    assert gone == Removal(removed="post", id="reddit:t3_1")


def test_every_shared_listing_is_parsed_and_each_refusal_has_a_reason() -> None:
    files = sorted(shared("json_api/reddit_listing").glob("*.json"))

    parsed = {path.name: parse(path.read_bytes(), url="", seen_at=NOON) for path in files}

    posts = [item for one in parsed.values() for item in one.items if isinstance(item, Post)]
    reasons = {letter.reason for one in parsed.values() for letter in one.dead}
    assert len(files) == 19
    assert all(one.items for one in parsed.values())
    assert len(posts) == 1185
    assert all(post.id.startswith(("reddit:t1_", "reddit:t3_")) for post in posts)
    assert reasons == {"a t5 is neither a post nor a comment"}


@pytest.mark.parametrize("document", [b"", b"[]", b'{"kind": "t3", "data": {}}', b"<html></html>"])
def test_other_documents_are_refused(document: bytes) -> None:
    with pytest.raises(BadInput):
        parse(document, url="", seen_at=NOON)


@pytest.mark.parametrize(
    "options", [{"feed_user": "ann"}, {"client_id": Secret("id")}, {"feed_token": Secret("t")}]
)
def test_halves_of_a_secret_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="together"):
        Options(subreddits=("news",), **options)
