"""A server with Mastodon's API, read page by page and as a stream."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bunco.errors import BadInput
from bunco.model import Item, Post, Removal
from bunco.ports.sources import Source, SourceTools
from bunco.values import Duration, Secret
from ingest.sources.mastodon import PART, MastodonSource, Options, parse
from tests.builders import NOON
from tests.ingest import server as play
from tests.ingest.mastodon.fediverse import HOST, Mastodon, post_id
from tests.ingest.network import GARBAGE, Reader, faults, reading
from tests.ingest.stream_server import Line, Step, beat, cut_mid_message, hang_up, tear
from tests.shared_data import shared

TOKEN = "the-token"  # noqa: S105  # of a server on loopback
MINUTE = timedelta(minutes=1)
Scenes = Callable[[Reader], Awaitable[None]]


class Maker:
    """Makes a source that is quick of habit, and the same once more."""

    def __init__(self, **changes: Any) -> None:
        quick = {"spacing": Duration(0), "silence": Duration(milliseconds=300)}
        self._changes = {"allow_private": True} | quick | changes

    def __call__(self, url: str, tools: SourceTools) -> Source:
        """Make it."""
        self._url, self._tools = url, tools
        return MastodonSource(Options(url=url, **self._changes), tools)

    def again(self) -> Source:
        """Make it as a new run does."""
        return self(self._url, self._tools)


def polled(network: Mastodon, scenes: Scenes, **changes: Any) -> Reader:
    return reading(network, Maker(**changes), scenes)


def streamed(network: Mastodon, scenes: Scenes, **changes: Any) -> Reader:
    """Play scenes with a source that listens; the clock stands still while it does."""
    network.token = TOKEN

    async def closed(reader: Reader) -> None:
        try:
            await scenes(reader)
        finally:
            await reader.source.close()

    return reading(network, Maker(token=Secret(TOKEN), **changes), closed)


async def until(reader: Reader, items: int, *, every: timedelta = timedelta(0)) -> None:
    """Read until so many posts and removals came."""
    async with asyncio.timeout(10):
        while len(reader.posts) + len(reader.removals) < items:
            await reader.read(every=every)


def ids(first: int, last: int) -> list[str]:
    return [post_id(number) for number in range(first, last + 1)]


# ------------------------------------------------------------------ pages


def test_a_status_becomes_a_post_with_all_that_it_says() -> None:
    network = Mastodon()
    network.write("<p>First</p>", by="bob@other.example")
    answered = next(iter(network.statuses))
    network.write(
        '<p><span class="h-card"><a href="https://other.example/@bob" class="u-url mention">@'
        "<span>bob</span></a></span> See "
        '<a href="https://example.org/a?b=1&amp;c=2"><span class="invisible">https://</span>'
        '<span class="ellipsis">example.org/a</span></a> '
        '<a href="https://masto.example/tags/news" class="mention hashtag">#<span>news</span></a>'
        "</p><p>Next</p>",
        spoiler_text="News &amp; views",
        in_reply_to_id=answered,
        card={"url": "https://example.org/a?b=1&c=2", "title": "You won’t believe it"},
        mentions=[{"acct": "bob@other.example", "url": "https://other.example/@bob"}],
        tags=[{"name": "news", "url": "https://masto.example/tags/news"}],
        language="en-GB",
    )

    first, post = polled(network, lambda reader: reader.read()).posts

    assert (first.author, first.place) == ("mastodon:bob@other.example", "other.example")
    assert post == Post(
        id=post_id(2),
        author=f"mastodon:ann@{HOST}",
        author_name="Ann",
        posted_at=NOON + timedelta(milliseconds=2),
        seen_at=NOON,
        source="here",
        place=HOST,
        kind="reply",
        title="You won’t believe it",
        text="News & views\n@bob See https://example.org/a #news Next",
        url=f"https://{HOST}/@ann/2",
        links=("https://example.org/a?b=1&c=2",),
        lang="en",
        reply_to=first.id,
        mentions=("mastodon:bob@other.example",),
    )


def test_pages_are_read_forward_so_that_no_status_is_passed_over() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        for _ in range(450):
            network.write(minutes=1)
        for _ in range(3):
            await reader.read(every=timedelta(0))
            network.write(minutes=1)
        await reader.read(2)

    reader = polled(network, scenes, recheck=False, overlap=Duration(0))

    assert reader.ids == ids(1, 454)
    assert [one.wait for one in reader.deliveries[:4]] == [
        MINUTE,
        timedelta(0),
        timedelta(0),
        MINUTE,
    ]
    assert max(len(one.items) for one in reader.deliveries) == 200
    assert len(reader.cursor) < 40_000


def test_a_server_with_smaller_pages_is_read_to_the_end() -> None:
    network = Mastodon()
    network.page_size = 20

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        for _ in range(90):
            network.write(minutes=1)
        await reader.read()

    assert polled(network, scenes).ids == ids(1, 91)


def test_a_status_that_comes_late_from_another_server_is_not_missed() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write(minutes=2)
        await reader.read()
        network.write(minutes=1.5, by="bob@other.example")
        await reader.read(2)

    reader = polled(network, scenes)

    assert reader.ids == [post_id(1), post_id(2, "bob", "other.example")]


def test_a_new_run_goes_on_where_the_old_one_was_and_knows_deletions() -> None:
    network, maker = Mastodon(), Maker()

    async def scenes(reader: Reader) -> None:
        first = network.write()
        await reader.read()
        reader.source = maker.again()
        network.delete(first)
        network.write(minutes=1)
        await reader.read()

    reader = reading(network, maker, scenes)

    assert reader.ids == ids(1, 2)
    assert [one.id for one in reader.removals] == [post_id(1)]


def test_what_was_given_but_never_taken_is_given_again() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        before = reader.cursor
        network.write(minutes=1)
        await reader.read()
        reader.cursor = before
        await reader.read()

    reader = polled(network, scenes)

    assert reader.ids.count(post_id(2)) == 2


def test_after_too_long_an_absence_the_gap_is_told_and_reading_goes_on() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read(every=timedelta(hours=25))
        for number in range(60):
            network.write(minutes=25 * 60 - 120 + 2 * number)
        await reader.read(2)

    reader = polled(network, scenes, recheck=False)

    assert reader.ids == [post_id(1), *ids(22, 61)]
    assert "missing" in reader.deliveries[1].notice
    assert reader.deliveries[2].notice == ""


def test_a_quiet_timeline_has_no_gap() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        for _ in range(40):
            network.write()
        await reader.read(every=timedelta(days=3))
        network.write(minutes=3 * 24 * 60)
        await reader.read()

    reader = polled(network, scenes)

    assert reader.ids == ids(1, 41)
    assert [one.notice for one in reader.deliveries] == ["", ""]


def test_deletions_are_found_by_asking_again_one_at_a_time_where_need_be() -> None:
    async def scenes(reader: Reader) -> None:
        await reader.read()
        locals_ = list(network.statuses)
        network.delete(locals_[0])
        network.delete(locals_[2])
        await reader.read(4)

    found = []
    for batches in (True, False):
        network = Mastodon(batches=batches)
        for _ in range(8):
            network.write()
        found.append(polled(network, scenes).removals)

    for removals in found:
        assert {one.id for one in removals} == {post_id(1), post_id(3)}
        assert {one.author for one in removals} == {f"mastodon:ann@{HOST}"}


def test_an_empty_answer_alone_removes_nothing() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        for _ in range(3):
            network.write()
        await reader.read()
        network.faults = [None, play.document(b"[]")]
        await reader.read(2)

    reader = polled(network, scenes)

    assert any(path.startswith("/api/v1/statuses?") for path in network.asked)
    assert reader.removals == []


def test_an_edit_is_a_post_of_its_own_and_goes_with_the_first() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        local = network.write("<p>Calm words</p>")
        await reader.read()
        network.edit(local, "<p>SHOCKING words</p>", minutes=0.5)
        await reader.read()
        network.edit(local, "<p>SHOCKING words</p>", minutes=1.5)
        await reader.read()
        network.delete(local)
        await reader.read()

    reader = polled(network, scenes)

    first, later = reader.posts
    assert (first.text, later.text) == ("Calm words", "SHOCKING words")
    assert later.id == f"{post_id(1)}#edited-2026-03-02T12:00:30.000Z"
    assert later.posted_at == NOON + timedelta(seconds=30)
    assert [one.id for one in reader.removals] == reader.ids


def test_a_status_that_is_made_private_is_removed() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        local = network.write()
        await reader.read()
        network.statuses[local]["visibility"] = "private"
        await reader.read()

    assert [one.id for one in polled(network, scenes).removals] == [post_id(1)]


@pytest.mark.parametrize("code", [200, 404, 410])
def test_an_account_that_is_gone_is_removed_with_everything(code: int) -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        first, second = network.write(by="cat"), network.write(by="dan")
        far = network.write(by="eve@other.example")
        await reader.read()
        network.delete(first)
        await reader.read()
        network.left = {"dan": code, "eve": 410}
        network.delete(second)
        network.delete(far)
        await reader.read()

    removals = polled(network, scenes).removals

    assert [one for one in removals if one.removed == "author"] == [
        Removal(
            removed="author", author=f"mastodon:dan@{HOST}", at=NOON + 2 * MINUTE, source="here"
        )
    ]


def test_a_server_that_looks_nobody_up_has_lost_no_accounts() -> None:
    network = Mastodon()
    network.left = {"ann": 404}

    async def scenes(reader: Reader) -> None:
        local = network.write()
        network.write()
        await reader.read()
        network.delete(local)
        await reader.read()

    assert [one.removed for one in polled(network, scenes).removals] == ["post"]


def test_what_is_not_for_everybody_is_left_out_and_bots_can_be() -> None:
    network = Mastodon()
    network.write(visibility="private")
    network.write(visibility="direct")
    network.write(by="bot")
    network.write(visibility="unlisted")

    reader = polled(network, lambda reader: reader.read(), bots=False)

    assert reader.ids == [post_id(4)]
    assert reader.deliveries[0].note == "2 not for everybody, left out"


def test_a_boost_points_at_what_it_repeats_and_holds_none_of_its_words() -> None:
    network = Mastodon()
    network.write("<p>Secret of mine</p>", by="bob@other.example")
    original = next(iter(network.statuses.values()))
    network.write("<p>Secret of mine</p>", reblog=original)

    boost = polled(network, lambda reader: reader.read()).posts[1]
    without = polled(network, lambda reader: reader.read(), boosts=False).posts

    assert (boost.kind, boost.text) == ("repost", "https://other.example/@bob/1")
    assert boost.links == ("https://other.example/@bob/1",)
    assert boost.author == f"mastodon:ann@{HOST}"
    assert len(without) == 1


def test_dates_of_the_future_and_none_at_all_are_not_believed() -> None:
    network = Mastodon()
    network.write(created_at="2031-01-01T00:00:00Z")
    network.write(created_at=None)
    network.write(created_at="0001-01-01T00:00:00Z")

    posts = polled(network, lambda reader: reader.read()).posts

    assert [(post.undated, post.posted_at) for post in posts] == [(True, NOON)] * 3


def test_what_cannot_be_read_is_set_aside_under_its_name_and_passed_over() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        network.write(minutes=1, content=7)
        network.write(minutes=1, account=None)
        network.write(minutes=1)
        await reader.read(2)

    reader = polled(network, scenes, recheck=False)

    assert reader.ids == [post_id(1), post_id(4)]
    letters = {letter.origin: letter for one in reader.deliveries for letter in one.dead}
    assert set(letters) == {f"here: {post_id(2)}", f"here: {post_id(3)}"}
    assert letters[f"here: {post_id(2)}"].author == f"mastodon:ann@{HOST}"


def test_a_removal_reaches_what_could_not_be_read() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        local = network.write(content=7)
        await reader.read()
        network.delete(local)
        await reader.read()

    [removal] = polled(network, scenes).removals

    assert (removal.id, removal.author) == (post_id(1), f"mastodon:ann@{HOST}")


@pytest.mark.parametrize("fault", faults().values(), ids=faults().keys())
def test_no_fault_of_a_page_loses_or_doubles_a_status(fault: play.Play) -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        for _ in range(100):
            network.write(minutes=1)
        network.faults = [fault, None, fault]
        await reader.read(4)

    reader = polled(network, scenes, recheck=False)

    assert reader.ids == ids(1, 101)
    assert reader.errors


def test_a_spent_rate_limit_is_waited_out() -> None:
    network = Mastodon()
    spent = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "2026-03-02T12:04:00.000000Z"}

    async def scenes(reader: Reader) -> None:
        network.write()
        network.faults = [None, play.document(b"[]", **spent)]
        await reader.read()

    [delivery] = polled(network, scenes).deliveries

    assert delivery.wait == timedelta(minutes=4)


def test_a_server_that_shows_its_pages_to_members_only_says_what_to_do() -> None:
    network = Mastodon(TOKEN, open_pages=False)

    without = polled(network, lambda reader: reader.read()).errors
    wrong = polled(network, lambda reader: reader.read(), token=Secret("bad"), mode="poll").errors

    assert "to members only: set token" in without[0].reason
    assert "needs the scope read:statuses" in wrong[0].reason
    assert without[0].weight == wrong[0].weight == "hard"


def test_hashtags_are_asked_for_together() -> None:
    network = Mastodon()
    tags = {"tags": ("#news", "politics"), "tags_all": ("eu",), "tags_none": ("nsfw",)}

    polled(network, lambda reader: reader.read(), scope="local", **tags)

    assert network.asked[1] == (
        "/api/v1/timelines/tag/news?limit=40&local=true&any%5B%5D=politics&all%5B%5D=eu"
        "&none%5B%5D=nsfw"
    )


# ------------------------------------------------------------------ streams


@pytest.mark.parametrize("transport", ["websocket", "sse"])
def test_a_stream_gives_statuses_edits_and_deletions_as_they_happen(transport: str) -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)
        local = network.write("<p>Calm words</p>")
        await until(reader, 2)
        network.edit(local, "<p>SHOCKING words</p>", minutes=0.5)
        await until(reader, 3)
        network.delete(local)
        await until(reader, 5)

    reader = streamed(network, scenes, transport=transport)

    assert reader.ids == [*ids(1, 2), f"{post_id(2)}#edited-2026-03-02T12:00:30.000Z"]
    assert [one.id for one in reader.removals] == reader.ids[1:]
    assert len(network.opened) == 1
    assert all(one.wait == timedelta(0) for one in reader.deliveries)
    assert {head.get("authorization") for head in network.headers} == {f"Bearer {TOKEN}"}


async def _torn(line: Line) -> None:
    tear(line)


BREAKS: dict[str, Step] = {
    "torn": _torn,
    "cut mid message": cut_mid_message(b'{"event":"update","payload":"{}"}'),
    "hung up": hang_up(1012, "restart"),
}


@pytest.mark.parametrize("transport", ["websocket", "sse"])
@pytest.mark.parametrize("name", BREAKS)
def test_what_happens_while_a_stream_is_broken_is_read_from_pages(
    name: str, transport: str
) -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)
        for turn in range(3):
            network.write()
            network.play(BREAKS[name])
            await asyncio.sleep(0.02)
            for _ in range(60):
                network.write(quiet=True)
            network.write()
            await until(reader, 1 + 62 * (turn + 1))

    reader = streamed(network, scenes, transport=transport, recheck=False)

    assert sorted(reader.ids, key=lambda one: int(one.rpartition("/")[2])) == ids(1, 187)
    assert {error.weight for error in reader.errors} <= {"dropped"}
    assert len(network.opened) == 4


def test_what_a_stream_says_twice_or_in_another_order_is_given_once() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)
        told = [network.statuses[network.write(quiet=True)] for _ in range(9)]
        for one in [*reversed(told), *told]:
            network.tell("update", json.dumps(one))
        await until(reader, 10)
        await reader.read()

    assert sorted(streamed(network, scenes).ids, key=len) == sorted(
        [post_id(1), *reversed(ids(2, 10))], key=len
    )


def test_a_silent_stream_is_opened_anew_and_heartbeats_keep_it() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)
        network.play(beat(6, 0.1))
        await reader.read(2)
        assert reader.errors == []
        await reader.read(10)
        network.write()
        await until(reader, 2)

    reader = streamed(network, scenes, transport="sse")

    assert [error.reason for error in reader.errors][:1] == ["127.0.0.1 said nothing for 0.3 s"]
    assert reader.ids == ids(1, 2)


def test_garbage_in_a_stream_is_set_aside_and_the_stream_goes_on() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)
        network.tell("update", '{"id": 1}')
        network.tell("update", "no json")
        network.tell("filters_changed", "")
        network.tell("delete", "12345")
        network.play(_garbage)
        network.write()
        await until(reader, 2)

    reader = streamed(network, scenes)

    assert reader.ids == ids(1, 2)
    assert len(reader.reasons) == 3
    assert "1 deletions of statuses that are not remembered" in reader.deliveries[-1].note


async def _garbage(line: Line) -> None:
    await line.say(b"\xff\xfe garbage")


def test_a_flood_comes_in_bounded_pieces() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)
        for _ in range(3000):
            network.write()
        await until(reader, 3001)

    reader = streamed(network, scenes, remember=500)

    assert reader.ids == ids(1, 3001)
    assert max(len(one.items) for one in reader.deliveries) <= 1000
    assert len(reader.cursor) < 40_000


def test_without_a_token_pages_are_read_and_no_stream_is_asked_for() -> None:
    network = Mastodon(TOKEN)
    network.write()

    reader = polled(network, lambda reader: reader.read())

    assert (reader.ids, network.opened) == (ids(1, 1), [])


def test_a_stream_that_is_refused_is_tried_again_in_an_hour_and_pages_are_read() -> None:
    network = Mastodon()
    network.refusals = [play.status(403)]

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read(3)
        assert len(network.opened) == 1
        await reader.read(every=timedelta(hours=1))
        network.write(minutes=61)
        await until(reader, 2)

    reader = streamed(network, scenes, recheck=False)

    assert "pages are read instead" in reader.deliveries[0].note
    assert reader.deliveries[0].wait == MINUTE
    assert reader.ids == ids(1, 2)
    assert len(network.opened) == 2


def test_a_stream_that_must_be_is_refused_in_words() -> None:
    network = Mastodon()
    network.refusals = [play.status(401)]

    [error] = streamed(network, lambda reader: reader.read(), mode="stream").errors

    assert "needs the scope read:statuses" in error.reason


def test_a_busy_server_is_asked_later_and_nothing_is_lost() -> None:
    network = Mastodon()
    network.refusals = [play.status(429, Retry_After="9"), play.status(503), GARBAGE]

    async def scenes(reader: Reader) -> None:
        network.write()
        await reader.read()
        await reader.read()
        await until(reader, 1)
        network.write(minutes=2)
        await until(reader, 2)

    reader = streamed(network, scenes)

    assert reader.errors[0].retry_after == timedelta(seconds=9)
    assert reader.ids == ids(1, 2)


def test_pages_that_fail_beside_a_stream_are_read_later() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)
        network.play(hang_up())
        await asyncio.sleep(0.02)
        network.write(quiet=True)
        await reader.read(every=timedelta(0))
        network.faults = [None, play.status(503)]
        await reader.read(6, every=timedelta(0))
        asked = len(network.asked)
        await reader.read(3, every=timedelta(0))
        assert len(network.asked) == asked
        network.write(quiet=True)
        await until(reader, 3, every=MINUTE)

    reader = streamed(network, scenes, recheck=False)

    assert sorted(reader.ids) == ids(1, 3)
    assert any("page broke off" in one.note for one in reader.deliveries)


def test_a_walk_beside_a_stream_goes_on_after_a_new_start() -> None:
    network = Mastodon()
    maker = Maker(token=Secret(TOKEN), most_pages=1, recheck=False)
    network.token = TOKEN

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)
        await reader.source.close()
        for _ in range(150):
            network.write(minutes=1, quiet=True)
        reader.source = maker.again()
        await until(reader, 41)
        network.write(minutes=3)
        await reader.read(2, every=timedelta(0))
        await reader.source.close()
        reader.source = maker.again()
        await until(reader, 152)
        await reader.source.close()

    reader = reading(network, maker, scenes)

    assert set(reader.ids) == set(ids(1, 152))


def test_several_hashtags_are_listened_to_over_one_socket() -> None:
    network = Mastodon()
    news, both = [{"name": "News"}], [{"name": "news"}, {"name": "NSFW"}]

    async def scenes(reader: Reader) -> None:
        await reader.read()
        network.write(tags=both)
        network.write(tags=news)
        await until(reader, 1)

    reader = streamed(network, scenes, tags=("news", "politics"), tags_none=("nsfw",))

    assert reader.ids == [post_id(2)]
    assert network.opened == ["/api/v1/streaming?stream=hashtag&tag=news"]
    assert json.loads(network.heard[0]) == {
        "type": "subscribe",
        "stream": "hashtag",
        "tag": "politics",
    }


def test_a_list_is_read_with_its_owners_token() -> None:
    network = Mastodon()

    async def scenes(reader: Reader) -> None:
        network.write()
        await until(reader, 1)

    streamed(network, scenes, list="12", transport="sse")

    assert network.opened == ["/api/v1/streaming/list?list=12"]
    assert "/api/v1/timelines/list/12?limit=40" in network.asked


# ------------------------------------------------------------------ the part


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "masto.example"},
        {"list": "1"},
        {"list": "1", "token": Secret("a"), "scope": "local"},
        {"tags_all": ("a",)},
        {"tags": ("a", "b"), "transport": "sse"},
        {"every": Duration(0)},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # its words are for the configuration's error
        Options(**{"url": "https://masto.example"} | wrong)


def test_the_token_is_shown_nowhere() -> None:
    options = Options(url="https://masto.example", token=Secret(TOKEN))

    assert TOKEN not in repr(options)


def test_every_status_of_the_shared_samples_is_read_or_refused_with_a_reason() -> None:
    posts: list[Item] = []
    refused: dict[str, str] = {}
    for path in sorted(shared("json_api/mastodon_status").glob("*.json")):
        try:
            posts += parse(path.read_bytes(), url="http://localhost:3000/x", seen_at=NOON).items
        except BadInput as error:
            refused[path.name] = str(error)

    assert len(posts) == 69
    assert {post.author.rpartition("@")[2] for post in posts if isinstance(post, Post)} == {
        "localhost:3000"
    }
    assert refused == {"test_notification_requests_accept.9.json": "1 not for everybody, left out"}


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b"7", b"\xff", b'["a"]', b"<html>"])
def test_what_is_no_status_is_refused(document: bytes) -> None:
    try:
        found = parse(document, url="", seen_at=NOON)
    except BadInput:
        return
    assert (found.items, len(found.dead)) == ((), 1)


def test_the_part_stands_on_its_shelf() -> None:
    assert PART.options is Options
