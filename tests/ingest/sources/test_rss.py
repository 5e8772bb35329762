import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bunco import config
from bunco.errors import BadInput, ConfigError, SourceError
from bunco.model import Delivery, Post
from bunco.ports.sources import SourceTools
from bunco.values import Duration, Secret
from ingest.sources.rss import PART, Options, RssSource, parse
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.ingest import server as play
from tests.ingest.server import FEED, Server, a_web, serving

HOUR = timedelta(hours=1)


def a_feed(*entries: tuple[str, str, str], head: str = "") -> bytes:
    """Give an RSS document of entries: guid, title, date."""
    items = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><title>{title}</title>"
        f"<link>https://example.org/{guid}</link><pubDate>{date}</pubDate></item>"
        for guid, title, date in entries
    )
    return (
        f"<?xml version='1.0'?><rss version='2.0'><channel><title>Example</title>"
        f"<link>https://example.org/</link><description>d</description>{head}{items}"
        "</channel></rss>"
    ).encode()


MONDAY = "Mon, 02 Mar 2026 09:00:00 GMT"
TUESDAY = "Tue, 03 Mar 2026 09:00:00 GMT"


async def _readings(
    server: Server,
    times: int,
    *,
    clock: FakeClock | None = None,
    cursor: bytes = b"",
    path: str = "/feed",
    **options: Any,
) -> list[Delivery]:
    """Read a source some times, an hour apart, each from the cursor before."""
    clock = clock or FakeClock()
    found = []
    async with a_web(clock=clock) as web:
        named: dict[str, Any] = {"url": server.url(path), "allow_private": True} | options
        given = Options(**named)
        source = RssSource(given, SourceTools(name="example", clock=clock, web=web))
        for _ in range(times):
            delivery = await source.read(cursor)
            cursor = delivery.cursor
            found.append(delivery)
            clock.advance(HOUR)
    return found


def _read(plays: dict[str, play.Play], times: int = 1, **options: Any) -> list[Delivery]:
    async def run() -> list[Delivery]:
        async with serving(plays) as server:
            return await _readings(server, times, **options)

    return asyncio.run(run())


def _failure(plays: dict[str, play.Play], **options: Any) -> SourceError:
    with pytest.raises(SourceError) as error:
        _read(plays, **options)
    return error.value


def _titles(delivery: Delivery) -> list[str]:
    return [item.title for item in delivery.items if isinstance(item, Post)]


def _seen(deliveries: Sequence[Delivery]) -> list[list[str]]:
    return [_titles(delivery) for delivery in deliveries]


def test_entries_become_posts_of_the_source_the_oldest_first() -> None:
    [delivery] = _read({"/feed": play.document()})

    post = delivery.items[1]
    assert isinstance(post, Post)
    assert _titles(delivery) == ["Two", "One"]
    assert post.source == "example"
    assert post.id == "rss:https://example.org/1"
    assert post.author == "web:127.0.0.1"
    assert post.seen_at == NOON
    assert delivery.outcome == "read"


def test_an_honest_server_is_asked_with_its_etag() -> None:
    async def run() -> tuple[list[Delivery], dict[str, str]]:
        feed = play.document(etag='"v1"', modified="Mon, 02 Mar 2026 11:00:00 GMT")
        async with serving({"/feed": feed}) as server:
            return await _readings(server, 2), server.headers()

    (_, second), headers = asyncio.run(run())

    assert headers["if-none-match"] == '"v1"'
    assert "if-modified-since" not in headers
    assert second.outcome == "unchanged"
    assert second.items == ()


def test_the_date_is_sent_where_there_is_no_etag() -> None:
    async def run() -> dict[str, str]:
        feed = play.document(modified="Mon, 02 Mar 2026 11:00:00 GMT")
        async with serving({"/feed": feed}) as server:
            await _readings(server, 2)
            return server.headers()

    assert asyncio.run(run())["if-modified-since"] == "Mon, 02 Mar 2026 11:00:00 GMT"


def test_a_server_that_never_says_not_modified_is_found_out_by_the_body() -> None:
    _, second = _read({"/feed": play.document()}, times=2)

    assert second.outcome == "unchanged"
    assert second.items == ()


def test_a_server_that_always_says_not_modified_is_asked_anew_after_a_day() -> None:
    async def run() -> list[Delivery]:
        old, new = a_feed(("1", "One", MONDAY)), a_feed(("2", "Two", MONDAY))
        feed = play.in_turn(play.document(old, etag='"same"'), play.document(new, etag='"same"'))
        clock = FakeClock()
        async with serving({"/feed": feed}) as server:
            first, stale = await _readings(server, 2, clock=clock)
            clock.advance(timedelta(hours=25))
            [late] = await _readings(server, 1, clock=clock, cursor=stale.cursor)
        return [first, stale, late]

    assert _seen(asyncio.run(run())) == [["One"], [], ["Two"]]


def test_only_what_is_new_comes_the_second_time() -> None:
    one, two = ("1", "One", MONDAY), ("2", "Two", TUESDAY)
    feed = play.in_turn(play.document(a_feed(one)), play.document(a_feed(two, one)))

    assert _seen(_read({"/feed": feed}, times=2)) == [["One"], ["Two"]]


def test_an_entry_that_left_and_came_back_is_not_new() -> None:
    one, two = ("1", "One", MONDAY), ("2", "Two", TUESDAY)
    feed = play.in_turn(*(play.document(a_feed(entry)) for entry in (one, two, one)))

    assert _seen(_read({"/feed": feed}, times=3)) == [["One"], ["Two"], []]


def test_an_edited_title_is_not_a_new_post() -> None:
    old, new = ("1", "One", MONDAY), ("1", "One, shocking", MONDAY)
    feed = play.in_turn(play.document(a_feed(old)), play.document(a_feed(new)))

    assert _seen(_read({"/feed": feed}, times=2)) == [["One"], []]


def test_new_guids_at_each_visit_bring_no_new_posts() -> None:
    def visit(number: int) -> play.Play:
        entry = (
            f"<item><guid>{number}</guid><title>One</title><pubDate>{MONDAY}</pubDate>"
            "<link>https://example.org/one</link></item>"
        )
        return play.document(a_feed(head=entry))

    feed = play.in_turn(*(visit(number) for number in range(3)))

    assert _seen(_read({"/feed": feed}, times=3)) == [["One"], [], []]


def test_one_guid_for_all_entries_still_brings_all_posts() -> None:
    def item(title: str) -> str:
        return (
            f"<item><guid isPermaLink='false'>same</guid><title>{title}</title>"
            f"<link>https://example.org/{title}</link><pubDate>{MONDAY}</pubDate></item>"
        )

    two = a_feed(head=item("One") + item("Two"))
    three = a_feed(head=item("Three"))
    feed = play.in_turn(play.document(two), play.document(three))

    first, second = _read({"/feed": feed}, times=2)

    ids = [item.id for delivery in (first, second) for item in delivery.items]
    assert _seen([first, second]) == [["One", "Two"], ["Three"]]
    assert len(set(ids)) == 3
    assert all(name.endswith("/same") for name in ids)


def test_the_same_headline_under_a_new_guid_and_date_is_new() -> None:
    again = [("1", "Miracle", MONDAY), ("2", "Miracle", TUESDAY)]
    feed = play.in_turn(play.document(a_feed(again[0])), play.document(a_feed(*again)))

    assert _seen(_read({"/feed": feed}, times=2)) == [["Miracle"], ["Miracle"]]


def test_a_permanent_move_is_remembered() -> None:
    async def run() -> list[str]:
        plays = {"/feed": play.redirect("/new", 301), "/new": play.document()}
        async with serving(plays) as server:
            await _readings(server, 2)
            return [path for path, _ in server.asked]

    assert asyncio.run(run()) == ["/feed", "/new", "/new"]


def test_a_temporary_move_is_not_remembered() -> None:
    async def run() -> list[str]:
        plays = {"/feed": play.redirect("/new", 302), "/new": play.document()}
        async with serving(plays) as server:
            await _readings(server, 2)
            return [path for path, _ in server.asked]

    assert asyncio.run(run()) == ["/feed", "/new", "/feed", "/new"]


def test_a_move_that_broke_is_undone() -> None:
    async def run() -> list[list[str]]:
        moved = play.in_turn(play.redirect("/new", 301), play.document(a_feed(("2", "B", MONDAY))))
        new = play.in_turn(play.document(a_feed(("1", "A", MONDAY))), play.status(410))
        async with serving({"/feed": moved, "/new": new}) as server:
            return _seen(await _readings(server, 2))

    assert asyncio.run(run()) == [["A"], ["B"]]


def test_a_secret_address_stays_out_of_cursor_and_errors() -> None:
    async def run() -> tuple[bytes, str]:
        plays = {"/s3cret": play.redirect("/s3cret2", 301), "/s3cret2": play.document()}
        async with serving(plays) as server:
            secret = Secret(server.url("/s3cret"))
            [delivery] = await _readings(server, 1, url="", secret_url=secret)
            server.plays["/s3cret"] = play.status(500)
            with pytest.raises(SourceError) as error:
                await _readings(server, 1, url="", secret_url=secret)
            shown = msgspec.json.encode(delivery.items) + delivery.cursor
            return shown, error.value.reason

    shown, reason = asyncio.run(run())

    assert b"s3cret" not in shown
    assert "s3cret" not in reason


def test_a_page_leads_to_the_feed_it_names() -> None:
    page = (
        b"<!doctype html><html><head><title>Blog</title>"
        b'<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments">'
        b'<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
    )

    async def run() -> tuple[list[Delivery], list[str]]:
        plays = {"/": play.document(page), "/feed.xml": play.document()}
        async with serving(plays) as server:
            found = await _readings(server, 2, path="/")
            return found, [path for path, _ in server.asked]

    found, asked = asyncio.run(run())

    assert _seen(found) == [["Two", "One"], []]
    assert asked == ["/", "/feed.xml", "/feed.xml"]


def test_a_page_without_a_feed_is_a_hard_failure() -> None:
    error = _failure({"/feed": play.document(b"<!doctype html><html><body>Hi</body></html>")})

    assert error.reason == "an HTML page, not a feed; it names no other address as one"
    assert error.weight == "hard"


def test_pages_that_name_each_other_are_not_followed_for_ever() -> None:
    def page(to: str) -> play.Play:
        link = f'<link rel="alternate" type="application/rss+xml" href="{to}">'
        return play.document(f"<!doctype html><html><head>{link}</head></html>".encode())

    error = _failure({"/feed": page("/other"), "/other": page("/feed")})

    assert error.reason == "the feed its page names: another page"


def test_entries_without_guid_at_one_address_all_come() -> None:
    def item(title: str) -> str:
        return f"<item><title>{title}</title><link>https://example.org/</link></item>"

    feed = play.document(a_feed(head="".join(map(item, ["One", "Two", "Three"]))))

    [delivery] = _read({"/feed": feed})

    assert _titles(delivery) == ["One", "Two", "Three"]
    assert len({post.id for post in delivery.items}) == 3


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the document is empty"),
        (b"  \n", "the document is empty"),
        (b"hello", "plain text, not a feed"),
        (b"{}", "JSON, but no JSON Feed: its version does not name jsonfeed.org/version/1"),
        (b"<note/>", "neither RSS, RDF nor Atom: it begins with <note>"),
        (b"<opml version='2.0'/>", "an OPML list of feeds, not a feed: bunco import reads it"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    assert _failure({"/feed": play.document(body)}).reason == reason


@pytest.mark.parametrize("encoding", ["utf-8", "koi8-r"])
def test_the_charset_of_the_header_counts_only_where_the_document_leaves_it_open(
    encoding: str,
) -> None:
    body = a_feed(("1", "Привет", MONDAY)).replace(b"<?xml version='1.0'?>", b"")
    feed = play.document(
        body.decode().encode(encoding), Content_Type="application/rss+xml; charset=koi8-r"
    )

    assert _titles(_read({"/feed": feed})[0]) == ["Привет"]


def test_the_encoding_that_a_document_declares_beats_the_header() -> None:
    body = a_feed(("1", "Привет", MONDAY)).decode()
    body = body.replace("<?xml version='1.0'?>", "<?xml version='1.0' encoding='koi8-r'?>")
    feed = play.document(
        body.encode("koi8-r"), Content_Type="application/rss+xml; charset=windows-1251"
    )

    assert _titles(_read({"/feed": feed})[0]) == ["Привет"]


def test_the_first_wait_is_the_start_and_the_publisher_can_lengthen_it() -> None:
    plain = play.document(a_feed(("1", "A", MONDAY)))
    with_ttl = play.document(a_feed(("1", "A", MONDAY), head="<ttl>180</ttl>"))
    cached = play.document(a_feed(("1", "A", MONDAY)), Cache_Control="max-age=7200")

    assert _read({"/feed": plain})[0].wait == HOUR
    assert _read({"/feed": with_ttl})[0].wait == 3 * HOUR
    assert _read({"/feed": cached})[0].wait == 2 * HOUR
    assert _read({"/feed": with_ttl}, slowest=Duration(hours=2))[0].wait == 2 * HOUR


def test_what_the_document_asked_holds_while_it_is_unchanged() -> None:
    feed = play.document(a_feed(("1", "A", MONDAY), head="<ttl>180</ttl>"), etag='"a"')

    assert [delivery.wait for delivery in _read({"/feed": feed}, times=2)] == [3 * HOUR] * 2


def test_a_private_address_is_refused_unless_allowed() -> None:
    error = _failure({"/feed": play.document()}, allow_private=False)

    assert "127.0.0.1 is not a public address" in error.reason


def test_an_unusable_cursor_starts_anew() -> None:
    [delivery] = _read({"/feed": play.document()}, cursor=b"\xffgarbage")

    assert _titles(delivery) == ["Two", "One"]


def test_another_address_in_the_configuration_starts_anew() -> None:
    async def run() -> list[list[str]]:
        plays = {"/feed": play.document(etag='"a"'), "/other": play.document(etag='"a"')}
        async with serving(plays) as server:
            [first] = await _readings(server, 1)
            other = await _readings(server, 1, path="/other", cursor=first.cursor)
            return _seen(other)

    assert asyncio.run(run()) == [["Two", "One"]]


def test_author_and_place_can_be_given() -> None:
    [delivery] = _read({"/feed": play.document()}, author="web:us", place="here")

    post = delivery.items[0]
    assert isinstance(post, Post)
    assert (post.author, post.place) == ("web:us", "here")


def test_the_cursor_of_the_largest_feed_is_bounded() -> None:
    entries = [(f"guid-{number}", f"Title {number}", MONDAY) for number in range(2100)]

    [delivery] = _read({"/feed": play.document(a_feed(*entries), etag='"' + "e" * 500 + '"')})

    assert len(delivery.items) == 2000
    assert len(delivery.cursor) < 48 << 10
    assert delivery.note == "100 entries beyond the first 2000 left out"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "exactly one of url and secret_url"),
        ({"url": "https://a.example/", "fastest": "2h", "slowest": "1h"}, "at most slowest"),
        ({"url": "https://a.example/", "author": "nobody"}, "regex"),
        ({"url": "https://a.example/", "ur": 1}, "unknown key"),
    ],
)
def test_wrong_options_are_named(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        config.decode(PART.options, table, "bunco.toml", "source.a")


def test_a_saved_document_is_parsed_without_a_server() -> None:
    assert PART.parse is not None

    parsed = PART.parse(FEED, url="https://example.org/feed", seen_at=NOON)

    assert [item.author for item in parsed.items] == ["web:example.org"] * 2


def test_a_saved_page_is_refused() -> None:
    assert PART.parse is not None

    with pytest.raises(BadInput, match="an HTML page"):
        PART.parse(b"<html><body></body></html>", url="", seen_at=NOON)


def test_half_a_character_does_not_cost_the_document() -> None:
    body = a_feed(head="<item><title>bad &#xD800; and &#56320; one</title></item>")

    parsed = parse(body, url="https://example.org/feed", seen_at=NOON)

    titles = [post.title for post in parsed.items if isinstance(post, Post)]
    assert "bad \ufffd and \ufffd one" in titles
