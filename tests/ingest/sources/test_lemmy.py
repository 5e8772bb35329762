"""Lemmy read from a server that speaks both versions of its API."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web

from bunco.errors import BadInput
from bunco.model import Post, Removal
from bunco.ports.sources import Source, SourceTools
from ingest.lemmy.progress import decode
from ingest.sources.lemmy import LemmySource, Options, parse
from tests.builders import NOON
from tests.ingest import server as play
from tests.ingest.network import GARBAGE, Network, Reader, every_third_fails, faults, reading

HOST = "lemmy.example"


class Lemmy(Network):
    """One server of either version; what was written last stands first on its lists."""

    def __init__(self, version: str = "v3", *, is_lower: bool = False) -> None:
        super().__init__()
        self.version = version
        self.is_lower = is_lower
        self.views: list[dict[str, Any]] = []
        self.limit: dict[str, int] = {}

    def write(
        self, *, sort: str = "post", minutes: float = 0, by: str = "ann", **changes: Any
    ) -> str:
        """Give the address of a new post or comment."""
        number = len(self.views) + 1
        address = f"https://{HOST}/{sort}/{number}"
        at = (NOON + timedelta(minutes=minutes, milliseconds=number)).isoformat()
        new = self.version == "v4"
        thing = {
            "id": number,
            "ap_id": address,
            "published_at" if new else "published": at,
            "deleted": False,
            "removed": False,
        }
        thing |= {"name": f"Title {number}"} if sort == "post" else {"content": f"Words {number}"}
        view = {
            "post": {"id": 1, "ap_id": f"https://{HOST}/post/1", "name": "Title 1", "published": at}
            if sort == "comment"
            else thing | changes,
            "creator": {
                "name": by,
                "display_name": by.title(),
                "ap_id" if new else "actor_id": f"https://{HOST}/u/{by}",
                "deleted": False,
                "bot_account": by == "bot",
            },
            "community": {
                "name": "cats",
                "ap_id" if new else "actor_id": "https://other.example/c/cats",
            },
        }
        if sort == "comment":
            view["comment"] = thing | changes
        self.views.append(view)
        return address

    def change(self, address: str, **changes: Any) -> None:
        """Change what was written."""
        self.thing(address).update(changes)

    def thing(self, address: str) -> dict[str, Any]:
        """Give what stands at an address."""
        things = [view.get("comment") or view["post"] for view in self.views]
        return next(thing for thing in things if thing["ap_id"] == address)

    async def answer(self, request: web.Request) -> Any:
        """Answer either version; another one is not there."""
        _, _, version, *rest = request.path.split("/")
        if version != self.version:
            return web.Response(status=404)
        if rest == ["site"]:
            return {"site_view": {"local_site_rate_limit": self.limit}, "version": "0.19.5"}
        sort = rest[0]
        if rest[1:] == ["list"]:
            return self.listed(sort, dict(request.query))
        found = [
            view
            for view in self.views
            if sort in view and view[sort]["id"] == int(request.query["id"])
        ]
        if not found or (found[0][sort]["removed"] and sort == "post"):
            status = 404 if version == "v4" else 400
            error = "not_found" if version == "v4" else f"couldnt_find_{sort}"
            return web.json_response({"error": error}, status=status)
        return {f"{sort}_view": found[0]}

    def listed(self, sort: str, query: dict[str, str]) -> Any:
        """Give a page of a list."""
        if query["sort"] != ("new" if self.is_lower else "New"):
            return web.json_response({"error": "unknown variant"}, status=400)
        shown = [
            view
            for view in self.views
            if ("comment" in view) == (sort == "comment")
            and not (sort == "post" and (view["post"]["deleted"] or view["post"]["removed"]))
        ]
        shown.sort(key=lambda view: str(_date(view)), reverse=True)
        size = int(query["limit"])
        if "page_cursor" in query:
            dates = [str(_date(view)) for view in shown]
            if query["page_cursor"] not in dates:
                return web.json_response({"error": "unknown cursor"}, status=400)
            start = dates.index(query["page_cursor"]) + 1
        else:
            start = (int(query.get("page", 1)) - 1) * size
        page = shown[start : start + size]
        numbered = self.version == "v3" and sort == "comment"
        has_more = start + size < len(shown) and not numbered
        key = "items" if self.version == "v4" else f"{sort}s"
        return {key: page, "next_page": str(_date(page[-1])) if has_more else None}


def _date(view: dict[str, Any]) -> Any:
    thing = view.get("comment") or view["post"]
    return thing.get("published_at") or thing["published"]


def make(**changes: Any) -> Callable[[str, SourceTools], Source]:
    def made(url: str, tools: SourceTools) -> Source:
        return LemmySource(Options(url=url, allow_private=True, **changes), tools)

    return made


def read(network: Lemmy, scenes: Callable[[Reader], Awaitable[None]], **changes: Any) -> Reader:
    return reading(network, make(**changes), scenes)


versions = pytest.mark.parametrize(
    ("version", "is_lower"), [("v3", False), ("v4", False), ("v4", True)]
)


@versions
def test_posts_and_comments_come_in_order_whatever_the_version(
    version: str, *, is_lower: bool
) -> None:
    network = Lemmy(version, is_lower=is_lower)
    network.write(minutes=-90)
    network.write(url="https://example.org/a", body="**Read** [this](https://example.org/b)")

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.write(sort="comment", by="bob", content="*No*")
        await reader.read(2)

    post, comment = read(network, scenes).posts

    assert (post.id, post.author) == (f"lemmy:https://{HOST}/post/2", f"lemmy:ann@{HOST}")
    assert (post.title, post.text) == ("Title 2", "Read this")
    assert post.links == ("https://example.org/a", "https://example.org/b")
    assert (post.place, post.author_name) == ("!cats@other.example", "Ann")
    assert (comment.kind, comment.text) == ("reply", "No")
    assert comment.reply_to == f"lemmy:https://{HOST}/post/1"


def test_the_version_is_asked_for_once_a_day_and_the_limit_is_kept() -> None:
    network = Lemmy("v3")
    network.limit = {"message": 30, "message_per_second": 60}

    async def scenes(reader: Reader) -> None:
        await reader.read(3)
        await reader.read(every=timedelta(days=2))
        await reader.read()

    reader = read(network, scenes)

    assert network.asked.count("/api/v3/site") == 2
    assert decode(reader.cursor).spacing_ms == 2000


@versions
def test_a_flood_is_caught_up_with_over_several_readings(version: str, *, is_lower: bool) -> None:
    network = Lemmy(version, is_lower=is_lower)

    async def scenes(reader: Reader) -> None:
        await reader.read()
        for _ in range(450):
            network.write()
            network.write(sort="comment")
        for _ in range(9):
            await reader.read(every=timedelta(0))
            network.write()
        await reader.read(3)

    reader = read(network, scenes, most_pages=2, recheck=0)

    assert len(reader.ids) == len(set(reader.ids)) == 909
    assert all(len(one.items) <= 200 for one in reader.deliveries)
    assert [one.wait for one in reader.deliveries[1:4]] == [timedelta(0)] * 3
    assert reader.deliveries[-1].wait == timedelta(minutes=1)
    assert len(reader.cursor) < 150_000


def test_a_page_that_is_there_no_more_begins_the_walk_again_without_loss() -> None:
    network = Lemmy("v4")

    async def scenes(reader: Reader) -> None:
        await reader.read()
        for _ in range(200):
            network.write()
        await reader.read(every=timedelta(0))
        walk = decode(reader.cursor).walks["post:"]
        hidden = next(view for view in network.views if _date(view) == walk.page)
        network.views.remove(hidden)
        await reader.read(8)

    reader = read(network, scenes, most_pages=1, read=("post",), recheck=0)

    assert len(reader.ids) == len(set(reader.ids)) == 200
    assert any("again from the top" in one.note for one in reader.deliveries)


def test_posts_that_arrive_late_from_other_servers_are_not_missed() -> None:
    network = Lemmy()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.write(minutes=1)
        await reader.read()
        network.write(minutes=-20)
        await reader.read()

    assert len(read(network, scenes).ids) == 2


def test_a_post_dated_in_the_future_does_not_hide_what_comes_after() -> None:
    network = Lemmy()

    async def scenes(reader: Reader) -> None:
        network.write(minutes=60 * 24 * 30)
        await reader.read()
        network.write(minutes=1)
        await reader.read()

    first, second = read(network, scenes).posts

    assert (first.undated, first.posted_at) == (True, NOON)
    assert second.title == "Title 2"


@versions
def test_deletions_and_moderation_become_removals(version: str, *, is_lower: bool) -> None:
    network = Lemmy(version, is_lower=is_lower)

    async def scenes(reader: Reader) -> None:
        gone, hidden = network.write(), network.write()
        comment = network.write(sort="comment")
        network.write()
        await reader.read()
        network.change(gone, deleted=True, name="", body="")
        network.change(hidden, removed=True)
        network.change(comment, deleted=True, content="")
        await reader.read(2)

    removals = read(network, scenes).removals

    assert {one.id for one in removals} == {
        f"lemmy:https://{HOST}/post/1",
        f"lemmy:https://{HOST}/post/2",
        f"lemmy:https://{HOST}/comment/3",
    }
    assert {one.author for one in removals} == {f"lemmy:ann@{HOST}"}


def test_a_deletion_that_a_list_shows_needs_no_second_look() -> None:
    network = Lemmy()

    async def scenes(reader: Reader) -> None:
        first = network.write(sort="comment")
        for _ in range(30):
            network.write(sort="comment")
        await reader.read()
        network.change(first, deleted=True, content="")
        network.write(sort="comment")
        await reader.read()

    reader = read(network, scenes, recheck=1)

    assert [one.id for one in reader.removals] == [f"lemmy:https://{HOST}/comment/1"]


def test_a_deleted_account_is_removed_with_everything() -> None:
    network = Lemmy()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        network.views[0]["creator"]["deleted"] = True
        await reader.read()

    [removal] = read(network, scenes).removals

    assert removal == Removal(
        removed="author",
        author=f"lemmy:ann@{HOST}",
        at=NOON + timedelta(minutes=1),
        source="here",
    )


def test_an_edit_is_a_post_of_its_own_and_goes_with_the_first() -> None:
    network = Lemmy()

    async def scenes(reader: Reader) -> None:
        address = network.write()
        await reader.read()
        network.change(address, name="SHOCKING title", updated="2026-03-02T12:00:30Z")
        await reader.read(2)
        network.change(address, removed=True)
        await reader.read()

    reader = read(network, scenes)

    assert [post.title for post in reader.posts] == ["Title 1", "SHOCKING title"]
    assert reader.posts[1].posted_at == NOON + timedelta(seconds=30)
    assert [one.id for one in reader.removals] == reader.ids


def test_a_404_of_something_in_between_removes_nothing() -> None:
    network = Lemmy()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        network.faults = [None, None, play.status(404)]
        await reader.read()

    assert read(network, scenes).removals == []


def test_bots_can_be_left_out() -> None:
    network = Lemmy()
    network.write(by="bot")
    network.write()

    reader = read(network, lambda reader: reader.read(), bots=False)

    assert [post.author for post in reader.posts] == [f"lemmy:ann@{HOST}"]


def test_communities_are_lists_of_their_own() -> None:
    network = Lemmy()

    read(network, lambda reader: reader.read(), communities=("cats@other.example",), read=("post",))

    assert "community_name=cats@other.example" in network.asked[-1]
    assert "type_" not in network.asked[-1]


@pytest.mark.parametrize("fault", faults())
def test_nothing_is_lost_or_doubled_when_every_third_request_fails(fault: str) -> None:
    network = Lemmy()

    reader = read(
        network,
        every_third_fails(network, fault, network.write, lambda: network.write(sort="comment")),
    )

    assert len(reader.ids) == len(set(reader.ids)) == 12
    assert reader.removals == []


def test_a_page_of_errors_is_told_in_words_and_loses_nothing() -> None:
    network = Lemmy()
    network.write()
    network.faults = [play.status(429, Retry_After="9"), GARBAGE]

    reader = read(network, lambda reader: reader.read(3))

    assert reader.errors[0].retry_after == timedelta(seconds=9)
    assert "answered something else: a web page" in reader.errors[1].reason
    assert len(reader.ids) == 1


def test_an_entry_that_cannot_be_read_is_set_aside() -> None:
    network = Lemmy()
    network.write(name=7)
    network.write(ap_id="")
    network.write()

    reader = read(network, lambda reader: reader.read(), read=("post",))

    assert len(reader.ids) == 1
    assert sorted(reader.reasons) == [
        "Expected `str`, got `int` - at `$.post.name`",
        "it has no address in the network",
    ]


def test_a_spent_rate_limit_ends_the_reading_and_is_waited_out() -> None:
    network = Lemmy()
    network.write()
    page = msgspec.json.encode(network.listed("post", {"sort": "New", "limit": "50"}))
    spent = play.document(page, ratelimit_remaining="0", ratelimit_reset="90")
    network.faults = [None, None, spent]

    reader = read(network, lambda reader: reader.read())

    assert len(reader.ids) == 1
    assert reader.deliveries[0].wait == timedelta(seconds=90)
    assert len(network.asked) == 3


def test_a_server_without_such_a_list_is_told_in_words() -> None:
    network = Lemmy()
    network.faults = [None, None, play.status(404)]

    reader = read(network, lambda reader: reader.read())

    assert reader.errors[0].reason == "there is no list All of posts there"


def test_saved_lists_are_parsed() -> None:
    network = Lemmy("v4")
    network.write()
    network.write(sort="comment")
    network.write(deleted=True)
    saved = msgspec.json.encode({"items": network.views, "next_page": None})

    post, comment, gone = parse(saved, url="", seen_at=NOON).items

    assert isinstance(post, Post)
    assert isinstance(comment, Post)
    assert (post.kind, comment.kind) == ("post", "reply")
    assert gone == Removal(
        removed="post", id=f"lemmy:https://{HOST}/post/3", author=f"lemmy:ann@{HOST}"
    )


@pytest.mark.parametrize("document", [b"<html>", b"{}", b'{"posts": [{}]}'])
def test_other_documents_are_refused(document: bytes) -> None:
    with pytest.raises(BadInput, match="no list of Lemmy"):
        parse(document, url="", seen_at=NOON)


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with http"):
        Options(url="lemmy.example")
