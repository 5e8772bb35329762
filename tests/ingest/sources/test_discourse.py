"""A Discourse forum read from a server that speaks its JSON, and its feeds."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import escape
from typing import Any

import msgspec
import pytest
from aiohttp import web

from bunco.errors import BadInput
from bunco.model import Post, Removal
from bunco.ports.sources import Source, SourceTools
from bunco.values import Secret
from ingest.sources.discourse import Options, make, parse
from tests.builders import NOON
from tests.ingest import server as play
from tests.ingest.network import GARBAGE, Network, Reader, every_third_fails, faults, reading

FORUM = "discourse:127.0.0.1"
CATEGORIES = [
    {"id": 5, "slug": "support", "name": "Support"},
    {"id": 7, "slug": "windows", "name": "Windows", "parent_category_id": 5},
]


class Forum(Network):
    """Posts by number; fifty numbers are a page, whether they may be seen or not."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[dict[str, Any]] = []
        self.unseen: set[int] = set()
        """Numbers of posts that were deleted, or stand where we may not look."""
        self.key = ""

    def write(self, *, minutes: float = 0, by: str = "ann", **changes: Any) -> int:
        """Give the number of a new post."""
        number = len(self.posts) + 1
        at = NOON + timedelta(minutes=minutes, milliseconds=number)
        self.posts.append(
            {
                "id": number,
                "name": by.title(),
                "username": by,
                "created_at": at.isoformat(),
                "updated_at": at.isoformat(),
                "cooked": f"<p>Words {number}</p>",
                "post_number": 1,
                "post_type": 1,
                "topic_id": 1000 + number,
                "topic_slug": f"topic-{number}",
                "topic_title": f"Topic {number}",
                "category_id": 7,
                "version": 1,
                "hidden": False,
                "user_deleted": False,
            }
            | changes
        )
        return number

    async def answer(self, request: web.Request) -> Any:
        """Answer as a forum does."""
        if self.key and request.headers.get("Api-Key") != self.key:
            return web.json_response({"error_type": "not_logged_in"}, status=403)
        if request.path == "/site.json":
            return {"categories": CATEGORIES}
        if request.path == "/posts.json":
            return self.latest(int(request.query.get("before", len(self.posts))))
        if request.path == "/latest.json":
            return self.topics(int(request.query["page"]))
        if request.path.endswith(".rss"):
            return web.Response(body=self.feed().encode(), content_type="application/rss+xml")
        return self.one(request.path)

    def one(self, path: str) -> Any:
        """Give one post, or one topic."""
        number = int(path.rpartition("/")[2].removesuffix(".json"))
        if path.startswith("/t/"):
            number -= 1000
        if number in self.unseen:
            return web.json_response({"error_type": "not_found"}, status=404)
        post = self.posts[number - 1]
        return _topic(post) if path.startswith("/t/") else post

    def latest(self, before: int) -> Any:
        """Give what may be seen of fifty numbers, the newest first."""
        numbers = range(before, max(before - 50, 0), -1)
        return {"latest_posts": [self.posts[n - 1] for n in numbers if n not in self.unseen]}

    def topics(self, page: int) -> Any:
        """Give a page of thirty topics."""
        shown = [post for post in reversed(self.posts) if post["id"] not in self.unseen]
        part = shown[page * 30 : page * 30 + 30]
        more = {"more_topics_url": f"/latest?page={page + 1}"} if shown[page * 30 + 30 :] else {}
        return {
            "users": [{"id": 3, "username": "ann", "name": "Ann"}],
            "topic_list": {"topics": [_topic(post) for post in part], **more},
        }

    def feed(self) -> str:
        """Give the feed of the latest posts."""
        entries = "".join(
            f"<item><title>{post['topic_title']}</title>"
            f"<dc:creator>@{post['username']} {post['name']}</dc:creator>"
            f"<description>{escape(post['cooked'])}</description>"
            f"<link>{self.url}/t/{post['topic_slug']}/{post['topic_id']}/1</link>"
            "<pubDate>Mon, 02 Mar 2026 11:00:00 +0000</pubDate>"
            f"<guid isPermaLink='false'>127.0.0.1-post-{post['id']}</guid></item>"
            for post in reversed(self.posts)
        )
        return (
            "<?xml version='1.0'?><rss version='2.0' "
            "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><title>Forum</title>"
            f"<link>{self.url}</link><description>d</description>{entries}</channel></rss>"
        )


def _topic(post: dict[str, Any]) -> dict[str, Any]:
    named = {"id": "topic_id", "title": "topic_title", "slug": "topic_slug"}
    kept = {key: post[name] for key, name in named.items()}
    posters = [{"user_id": 3, "description": "Original Poster"}]
    return kept | {
        "created_at": post["created_at"],
        "category_id": post["category_id"],
        "posters": posters,
    }


def made(**changes: Any) -> Callable[[str, SourceTools], Source]:
    def make_one(url: str, tools: SourceTools) -> Source:
        return make(Options(url=url, allow_private=True, **changes), tools)

    return make_one


def read(network: Forum, scenes: Callable[[Reader], Awaitable[None]], **changes: Any) -> Reader:
    return reading(network, made(**changes), scenes)


def test_posts_come_with_all_that_belongs_to_them() -> None:
    network = Forum()
    cooked = (
        '<aside class="quote no-group" data-username="eve"><blockquote>Old words</blockquote>'
        '</aside><p>Ask <a class="mention" href="/u/bob">@bob</a>, see '
        '<a href="https://example.org/a">this</a></p>'
    )
    network.write()
    network.write(cooked=cooked, post_number=4, reply_to_post_number=2, topic_id=1001)

    first, reply = read(network, lambda reader: reader.read()).posts

    assert (first.id, first.author) == (f"{FORUM}/1", "discourse:ann@127.0.0.1")
    assert (first.title, first.text, first.author_name) == ("Topic 1", "Words 1", "Ann")
    assert first.place == "127.0.0.1/support/windows"
    assert first.url == f"{network.url}/t/topic-1/1001/1"
    assert (reply.kind, reply.title) == ("reply", "")
    assert reply.text == "Ask @bob, see this"
    assert reply.links == ("https://example.org/a",)
    assert reply.mentions == ("discourse:bob@127.0.0.1",)
    assert reply.reply_to == f"{network.url}/t/topic-2/1001/2"


def test_only_what_is_new_is_given_and_the_first_reading_goes_back_an_hour() -> None:
    network = Forum()
    network.write(minutes=-90)
    network.write(minutes=-30)

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.write()
        await reader.read(2)

    assert read(network, scenes).ids == [f"{FORUM}/2", f"{FORUM}/3"]


def test_a_flood_with_hidden_stretches_is_caught_up_with() -> None:
    network = Forum()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        for _ in range(500):
            network.write()
        network.unseen |= set(range(120, 320))
        for _ in range(6):
            await reader.read(every=timedelta(0))
            network.write()
        await reader.read(2)

    reader = read(network, scenes, most_pages=2, recheck=0)

    assert len(reader.ids) == len(set(reader.ids)) == 306
    assert all(len(one.items) <= 100 for one in reader.deliveries)
    assert len(reader.cursor) < 60_000


def test_deletions_become_removals_however_the_forum_shows_them() -> None:
    network = Forum()

    async def scenes(reader: Reader) -> None:
        for _ in range(4):
            network.write()
        await reader.read()
        network.posts[0] |= {"user_deleted": True, "cooked": "<p>(post deleted by author)</p>"}
        network.posts[1]["hidden"] = True
        network.unseen.add(3)
        await reader.read(2)

    reader = read(network, scenes)

    assert sorted(one.id for one in reader.removals) == [f"{FORUM}/{n}" for n in (1, 2, 3)]
    assert len(reader.ids) == 4


def test_a_forum_that_closes_its_doors_removes_nothing() -> None:
    network = Forum()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        network.key = "secret"
        await reader.read(2)

    reader = read(network, scenes)

    assert reader.removals == []
    assert reader.errors


def test_a_404_of_something_in_between_removes_nothing() -> None:
    network = Forum()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        network.faults = [None, play.status(404)]
        await reader.read()

    assert read(network, scenes).removals == []


def test_an_edit_is_a_post_of_its_own_and_goes_with_the_first() -> None:
    network = Forum()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        network.posts[0] |= {"version": 2, "cooked": "<p>Other words</p>"}
        await reader.read(2)
        network.unseen.add(1)
        await reader.read()

    reader = read(network, scenes)

    assert [post.text for post in reader.posts] == ["Words 1", "Other words"]
    assert reader.ids == [f"{FORUM}/1", f"{FORUM}/1#edited-v2"]
    assert [one.id for one in reader.removals] == reader.ids


def test_topics_are_read_from_their_list_and_removed_when_they_are_gone() -> None:
    network = Forum()

    async def scenes(reader: Reader) -> None:
        for _ in range(70):
            network.write()
        await reader.read()
        network.unseen.add(1)
        await reader.read(2)

    reader = read(network, scenes, read="topics", recheck=70)

    assert len(reader.ids) == len(set(reader.ids)) == 70
    assert reader.posts[0].id == f"{FORUM}/t/1001"
    assert (reader.posts[0].title, reader.posts[0].author) == ("Topic 1", "discourse:ann@127.0.0.1")
    assert [one.id for one in reader.removals] == [f"{FORUM}/t/1001"]


def test_words_of_the_software_are_no_posts() -> None:
    network = Forum()
    network.write(post_type=3)
    network.write()

    assert read(network, lambda reader: reader.read()).ids == [f"{FORUM}/2"]


@pytest.mark.parametrize(
    ("wanted", "ids"), [(("support",), [f"{FORUM}/1"]), (("support/linux",), [])]
)
def test_categories_can_be_chosen(wanted: tuple[str, ...], ids: list[str]) -> None:
    network = Forum()
    network.write()
    network.write(category_id=99)

    assert read(network, lambda reader: reader.read(), categories=wanted).ids == ids


def test_a_members_forum_asks_for_a_key_and_takes_it() -> None:
    network = Forum()
    network.key = "secret"
    network.write()

    closed = read(network, lambda reader: reader.read())
    network.asked.clear()
    opened = read(network, lambda reader: reader.read(), api_key=Secret("secret"))

    assert "set api_key" in closed.errors[0].reason
    assert len(opened.ids) == 1
    assert network.headers[-1]["api-username"] == "system"


def test_the_wait_in_the_body_of_a_refusal_is_obeyed() -> None:
    network = Forum()

    async def limited(_: web.Request) -> web.StreamResponse:
        body = {"error_type": "rate_limit", "extras": {"wait_seconds": 24}}
        return web.json_response(body, status=429)

    network.faults = [limited, play.status(429, Retry_After="11"), GARBAGE]

    reader = read(network, lambda reader: reader.read(4))

    waits = [error.retry_after for error in reader.errors]
    assert waits == [timedelta(seconds=24), timedelta(seconds=11), None]


@pytest.mark.parametrize("fault", faults())
def test_nothing_is_lost_or_doubled_when_every_third_request_fails(fault: str) -> None:
    network = Forum()

    reader = read(network, every_third_fails(network, fault, network.write, network.write))

    assert len(reader.ids) == len(set(reader.ids)) == 12
    assert reader.removals == []


def test_a_post_that_cannot_be_read_is_set_aside() -> None:
    network = Forum()
    network.write(created_at="yesterday")
    network.write(cooked="", topic_title="")
    network.write()

    reader = read(network, lambda reader: reader.read())

    assert len(reader.ids) == 1
    assert len(reader.reasons) == 2


def test_the_feed_gives_the_same_ids_as_the_json() -> None:
    network = Forum()
    network.write()
    network.write(by="bob")

    by_json = read(network, lambda reader: reader.read()).posts
    by_feed = read(network, lambda reader: reader.read(2), format="rss").posts

    assert {(one.id, one.author) for one in by_feed} == {(one.id, one.author) for one in by_json}
    assert {one.author_name for one in by_feed} == {"Ann", "Bob"}


def test_saved_pages_are_parsed() -> None:
    network = Forum()
    network.write()
    network.write(user_deleted=True)
    posts = msgspec.json.encode({"latest_posts": network.posts})
    topics = msgspec.json.encode(network.topics(0))
    url = "https://forum.example/community"

    post, gone = parse(posts, url=url, seen_at=NOON).items
    [_, topic] = parse(topics, url=url, seen_at=NOON).items
    [one] = parse(msgspec.json.encode(network.posts[0]), url=url, seen_at=NOON).items
    fed = parse(network.feed().encode(), url=url, seen_at=NOON).items

    assert isinstance(post, Post)
    assert isinstance(topic, Post)
    assert post == one
    assert (post.id, post.place) == (
        "discourse:forum.example/community/1",
        "forum.example/community/7",
    )
    assert gone == Removal(removed="post", id="discourse:forum.example/community/2")
    assert topic.id == "discourse:forum.example/community/t/1001"
    assert len(fed) == 2


@pytest.mark.parametrize("document", [b"", b"[]", b'{"id": "x"}', b"<html></html>"])
def test_other_documents_are_refused(document: bytes) -> None:
    with pytest.raises(BadInput):
        parse(document, url="https://forum.example", seen_at=NOON)


@pytest.mark.parametrize(
    "options", [{"url": "forum.example"}, {"format": "rss", "api_key": Secret("k")}]
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"begins with http|only with format"):
        Options(**({"url": "https://forum.example"} | options))
