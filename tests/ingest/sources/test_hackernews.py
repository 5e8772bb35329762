"""Hacker News read from a server that speaks its two APIs."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bunco.errors import BadInput, SourceError
from bunco.model import Post, Removal
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration
from ingest.hackernews.progress import decode
from ingest.sources.hackernews import HackerNewsSource, Options, parse
from tests.builders import NOON
from tests.ingest import server as play
from tests.ingest.network import (
    GARBAGE,
    SILENT,
    Network,
    Reader,
    every_third_fails,
    faults,
    reading,
)

FIRST = int(NOON.timestamp())


class HackerNews(Network):
    """Items by number; those of ``unready`` are null although their number is out."""

    def __init__(self, items: int = 0) -> None:
        super().__init__()
        self.items: dict[int, dict[str, Any]] = {}
        self.updates: list[int] = []
        self.unready: set[int] = set()
        self.newest = 100
        for _ in range(items):
            self.write()

    def write(self, **changes: Any) -> int:
        """Give the number of a new item."""
        self.newest += 1
        number = self.newest
        self.items[number] = {
            "id": number,
            "type": "story",
            "by": "pg",
            "time": FIRST + number,
            "title": f"Story {number}",
            "url": f"https://example.org/{number}",
        } | changes
        return number

    def delete(self, number: int, *, told: bool = True) -> None:
        """Delete as Hacker News does: author and words are gone."""
        self.items[number] = {"deleted": True, "id": number, "time": FIRST, "type": "story"}
        if told:
            self.updates.append(number)

    async def answer(self, request: web.Request) -> Any:
        """Answer either API."""
        if request.path.endswith("/maxitem.json"):
            return self.newest
        if request.path.endswith("/updates.json"):
            return {"items": self.updates, "profiles": ["pg"]}
        if request.path.endswith("/search_by_date"):
            return self.search(request.query["numericFilters"])
        number = int(request.path.rpartition("/")[2].removesuffix(".json"))
        return None if number in self.unready else self.items.get(number)

    def search(self, filters: str) -> Any:
        """Give the hits of a slice of time, the newest first, at most 1,000."""
        low, high = (int(one.split("=")[-1].split("<")[-1]) for one in filters.split(","))
        found = [item for item in self.items.values() if low <= item["time"] < high]
        hits = [
            {
                "objectID": str(item["id"]),
                "created_at_i": item["time"],
                "author": item["by"],
                "title": item["title"],
                "url": item.get("url"),
                "_tags": [item["type"], f"author_{item['by']}"],
            }
            for item in sorted(found, key=lambda one: -one["time"])
        ]
        return {"hits": hits[:1000], "nbHits": len(hits)}


def make(**changes: Any) -> Callable[[str, SourceTools], Source]:
    """Give what makes a source of a server."""

    def made(url: str, tools: SourceTools) -> Source:
        named: dict[str, Any] = {"url": f"{url}/v0", "search_url": f"{url}/v1"} | changes
        return HackerNewsSource(Options(allow_private=True, **named), tools)

    return made


def read(
    network: HackerNews, scenes: Callable[[Reader], Awaitable[None]], **changes: Any
) -> Reader:
    return reading(network, make(**changes), scenes)


def expected(*numbers: int) -> list[str]:
    return [f"hackernews:{number}" for number in numbers]


def test_it_starts_at_the_present_and_gives_what_is_written_after() -> None:
    network = HackerNews(3)

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.write()
        network.write()
        await reader.read(2)

    reader = read(network, scenes)

    assert reader.ids == expected(104, 105)
    assert [one.wait for one in reader.deliveries] == [timedelta(seconds=30)] * 3


def test_going_back_gives_the_latest_items() -> None:
    reader = read(HackerNews(5), lambda reader: reader.read(), back=2)

    assert reader.ids == expected(104, 105)


def test_a_story_and_its_comment_are_posts() -> None:
    network = HackerNews()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        story = network.write(title="Bread &amp; butter")
        text = 'I &gt; you, see <a href="https:&#x2F;&#x2F;example.org&#x2F;b">this</a><p>Bye'
        network.items[network.write(type="comment", parent=story, text=text)].pop("title")
        await reader.read()

    story, comment = read(network, scenes).posts

    assert (story.id, story.author, story.kind) == ("hackernews:101", "hackernews:pg", "post")
    assert (story.title, story.links) == ("Bread & butter", ("https://example.org/101",))
    assert story.posted_at == datetime.fromtimestamp(FIRST + 101, UTC)
    assert (story.place, story.source) == ("news.ycombinator.com", "here")
    assert story.url == "https://news.ycombinator.com/item?id=101"
    assert (comment.kind, comment.reply_to) == ("reply", "hackernews:101")
    assert comment.text == "I > you, see this Bye"
    assert "https://example.org/b" in comment.links


def test_only_the_wanted_kinds_are_kept() -> None:
    network = HackerNews()
    network.write(type="comment", text="no", parent=1)
    network.write(type="job")
    network.write(url="", text="Ask HN")
    network.write(type="pollopt", text="an option")
    network.write()

    reader = read(network, lambda reader: reader.read(), back=5, kinds=("job", "ask"))

    assert reader.ids == expected(102, 103)


def test_an_item_that_comes_late_is_waited_for_and_others_are_not_held_up() -> None:
    network = HackerNews()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        late = network.write()
        network.unready.add(late)
        network.write()
        await reader.read(2)
        network.unready.clear()
        await reader.read(2)

    reader = read(network, scenes)

    assert reader.ids == expected(102, 101)
    assert decode(reader.cursor).waiting == ()


def test_an_item_that_never_comes_is_given_up_with_a_note() -> None:
    network = HackerNews()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.unready.add(network.write())
        await reader.read(13)

    reader = read(network, scenes)

    assert reader.ids == []
    assert [one.note for one in reader.deliveries if one.note] == [
        "1 numbers without an item given up"
    ]


def test_a_deletion_that_is_told_is_a_removal_once() -> None:
    network = HackerNews()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        number = network.write()
        await reader.read()
        network.delete(number)
        await reader.read(3)

    reader = read(network, scenes)

    assert reader.removals == [
        Removal(removed="post", id="hackernews:101", author="hackernews:pg", source="here")
    ]


def test_a_deletion_nobody_told_of_is_found_by_looking_again() -> None:
    network = HackerNews()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        numbers = [network.write() for _ in range(12)]
        await reader.read()
        network.delete(numbers[10], told=False)
        network.items[numbers[11]]["dead"] = True
        await reader.read(3)

    reader = read(network, scenes)

    assert [one.id for one in reader.removals] == expected(111, 112)


def test_changes_from_before_the_start_are_nobodys_business() -> None:
    network = HackerNews(5)
    network.delete(103)

    reader = read(network, lambda reader: reader.read(2))

    assert reader.removals == []


def test_what_is_dead_at_first_sight_is_no_post() -> None:
    network = HackerNews()
    network.write(dead=True)

    assert read(network, lambda reader: reader.read(), back=1).ids == []


@pytest.mark.parametrize("fault", faults())
def test_nothing_is_lost_or_doubled_when_every_third_request_fails(fault: str) -> None:
    network = HackerNews()

    reader = read(network, every_third_fails(network, fault, network.write, network.write))

    if fault == "another shape":
        assert reader.reasons
        assert set(reader.ids) <= set(expected(*range(101, 113)))
        assert len(set(reader.ids)) == len(reader.ids)
    else:
        assert sorted(reader.ids) == expected(*range(101, 113))


def test_a_server_that_is_down_is_an_error_and_the_walk_goes_on_after() -> None:
    network = HackerNews()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.write()
        network.faults = [play.status(429, Retry_After="9"), GARBAGE]
        await reader.read(2)
        await reader.read()

    reader = read(network, scenes)

    limited, garbled = reader.errors
    assert limited.retry_after == timedelta(seconds=9)
    assert "answered something else: a web page" in garbled.reason
    assert reader.ids == expected(101)


def test_silence_ends_with_the_time_limit() -> None:
    network = HackerNews()
    network.faults = [SILENT]

    reader = reading(
        network, make(), lambda reader: reader.read(), timeout=Duration(milliseconds=200)
    )

    assert "no whole answer within 0.2 s" in reader.errors[0].reason


def test_a_flood_is_read_in_bounded_readings_and_is_all_there() -> None:
    network = HackerNews()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        for _ in range(1000):
            network.write()
        await reader.read(5, every=timedelta(0))

    reader = read(network, scenes, most_items=250)

    assert [len(one.items) for one in reader.deliveries] == [0, 250, 250, 250, 250, 0]
    assert reader.ids == expected(*range(101, 1101))
    assert reader.deliveries[1].wait == timedelta(0)
    assert len(reader.cursor) < 60_000


def test_an_item_that_cannot_be_read_is_set_aside_and_the_others_go_on() -> None:
    network = HackerNews()
    network.write(title=7)
    network.write(by="")
    network.write()

    reader = read(network, lambda reader: reader.read(), back=3)

    assert reader.ids == expected(103)
    assert sorted(reader.reasons) == [
        "Expected `str`, got `int` - at `$.title`",
        "it names no author",
    ]


def test_a_date_in_the_future_is_not_believed() -> None:
    network = HackerNews()
    network.write(time=FIRST + 400_000)

    [post] = read(network, lambda reader: reader.read(), back=1).posts

    assert (post.posted_at, post.undated) == (NOON, True)


def test_the_past_is_fetched_slice_by_slice_under_the_cap() -> None:
    network = HackerNews()
    past = FIRST - 7200
    for number in range(2500):
        network.write(time=past + number)

    async def scenes(reader: Reader) -> None:
        await reader.read(12)

    reader = read(network, scenes, since=datetime.fromtimestamp(past, UTC))

    assert sorted(reader.ids) == sorted(expected(*range(101, 2601)))
    assert len(reader.ids) == 2500
    assert all(len(one.items) <= 1000 for one in reader.deliveries)


def test_the_same_cursor_gives_the_same_again() -> None:
    network = HackerNews()

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.write()
        before = reader.cursor
        await reader.read()
        reader.cursor = before
        await reader.read()

    reader = read(network, scenes)

    assert reader.ids == expected(101, 101)


def test_a_saved_item_and_a_saved_search_are_parsed() -> None:
    item = b'{"id":8,"type":"story","by":"ann","time":1175714200,"title":"T","url":"https://a.b/"}'
    search = (
        b'{"hits":[{"objectID":"9","created_at_i":1175714300,"author":"bob","comment_text":"hi",'
        b'"parent_id":8,"_tags":["comment","author_bob"]}],"nbHits":1}'
    )

    [story] = parse(item, url="", seen_at=NOON).items
    [comment] = parse(search, url="", seen_at=NOON).items

    assert isinstance(story, Post)
    assert isinstance(comment, Post)
    assert (story.author, story.title) == ("hackernews:ann", "T")
    assert (comment.kind, comment.reply_to) == ("reply", "hackernews:8")


def test_other_documents_are_refused() -> None:
    with pytest.raises(BadInput, match="no item of Hacker News"):
        parse(b"<html>", url="", seen_at=NOON)


def test_a_past_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Options(since=datetime(2026, 1, 1))  # noqa: DTZ001  # what it is about


def test_an_unusable_cursor_starts_anew() -> None:
    assert decode(b"\xff\x00rubbish").next == 0


def test_an_error_is_a_source_error_not_an_exception_of_ours() -> None:
    network = HackerNews()
    network.faults = [play.document(b'"many"')]

    reader = read(network, lambda reader: reader.read())

    assert isinstance(reader.errors[0], SourceError)
