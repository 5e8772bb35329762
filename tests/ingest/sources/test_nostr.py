"""Nostr read from relays that speak its protocol, with faults, forgeries and deletions."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bunco.errors import BadInput, SourceError
from bunco.model import Item, Post, Removal
from bunco.ports.sources import SourceTools
from bunco.values import Duration
from ingest.nostr.relays import PATIENCE
from ingest.sources.nostr import PART, NostrSource, Options, parse
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.ingest import server as play
from tests.ingest.nostr.relay import (
    ANN,
    BOB,
    EVE,
    START_S,
    Event,
    Fault,
    Person,
    Relay,
    closing,
    cut,
    first,
    silent,
    twice,
)
from tests.ingest.server import a_web, serving
from tests.ingest.stream_server import ws
from tests.ingest.told import Told, items, until

STREAM = [ANN.says(f"Note number {number}", at=number) for number in range(40)]
IDS = [ANN.post_id(event) for event in STREAM]


@asynccontextmanager
async def _served(relays: Sequence[Relay]) -> AsyncIterator[list[str]]:
    """Run all relays for the block; give their addresses."""
    if not relays:
        yield []
        return
    async with serving(relays[0].plays) as one, _served(relays[1:]) as others:
        yield [ws(one), *others]


@asynccontextmanager
async def _source(
    *relays: Relay, clock: FakeClock | None = None, **options: Any
) -> AsyncIterator[NostrSource]:
    """Give a source over relays, an hour after noon, that goes back two hours."""
    clock = clock or FakeClock(NOON + timedelta(hours=1))
    quick = {"back": Duration(hours=2), "silence": Duration(milliseconds=300)}
    async with _served(relays) as urls, a_web(clock=clock) as web:
        source = NostrSource(
            Options(relays=tuple(urls), allow_private=True, **quick | options),
            SourceTools(name="nostr", clock=clock, web=web),
        )
        yield source
        await source.close()


def _all(*relays: Relay, count: int = len(STREAM), **options: Any) -> Told:
    async def ask() -> Told:
        async with _source(*relays, **options) as source:
            return await until(source, items(count))

    return asyncio.run(ask())


def _one(event: Event, **options: Any) -> Item:
    (item,) = _all(Relay([event]), count=1, **options).items
    return item


# -------------------------------------------------------------------------- what becomes what


def test_a_note_becomes_a_post() -> None:
    event = ANN.says(
        "Look at https://example.org/a, it is new",
        at=7,
        tags=[("p", BOB.pubkey), ("subject", "Good  news"), ("l", "en", "ISO-639-1")],
    )

    assert _one(event) == Post(
        id=f"nostr:{ANN.pubkey}/{event['id']}",
        author=f"nostr:{ANN.pubkey}",
        posted_at=NOON + timedelta(seconds=7),
        seen_at=NOON + timedelta(hours=1),
        source="nostr",
        place="nostr",
        title="Good news",
        text="Look at https://example.org/a, it is new",
        url=f"https://njump.me/{event['id']}",
        lang="en",
        mentions=(f"nostr:{BOB.pubkey}",),
    )


ROOT, PARENT, QUOTED = ("a" * 64, "b" * 64, "c" * 64)


@pytest.mark.parametrize(
    ("tags", "parent"),
    [
        ([("e", ROOT, "", "root"), ("e", PARENT, "", "reply")], PARENT),
        ([("e", ROOT, "", "root")], ROOT),
        ([("e", ROOT), ("e", PARENT)], PARENT),
        ([("e", ROOT, "", "mention")], ""),
        ([("e", "no key")], ""),
        ([], ""),
    ],
)
def test_what_a_note_answers_is_found_by_the_marks_of_its_tags(tags: Any, parent: str) -> None:
    post = _one(ANN.says("I agree", tags=tags))

    assert isinstance(post, Post)
    assert post.reply_to == (f"https://njump.me/{parent}" if parent else "")
    assert post.kind == ("reply" if parent else "post")


@pytest.mark.parametrize("kind", [6, 16])
def test_a_repost_points_at_what_it_repeats(kind: int) -> None:
    post = _one(ANN.says("{}", kind=kind, tags=[("e", QUOTED), ("p", BOB.pubkey)]))

    assert isinstance(post, Post)
    assert (post.kind, post.links) == ("repost", (f"https://njump.me/{QUOTED}",))


def test_a_quote_points_at_what_it_quotes() -> None:
    post = _one(ANN.says("See nostr:nevent1abc", tags=[("q", QUOTED)]))

    assert isinstance(post, Post)
    assert post.links == (f"https://njump.me/{QUOTED}",)


def test_a_date_far_ahead_is_not_believed() -> None:
    post = _one(ANN.says("From tomorrow", at=3 * 86_400))

    assert isinstance(post, Post)
    assert (post.undated, post.posted_at) == (True, NOON + timedelta(hours=1))


def test_authors_are_called_what_their_profile_says() -> None:
    async def ask() -> Told:
        relay = Relay([ANN.says('{"name": "ann", "display_name": " Ann  A. "}', kind=0)])
        async with _source(relay) as source:
            told = await until(source, lambda told: len(told.deliveries) > 1)
            relay.events.append(ANN.says("Hello", at=3600))
            return await until(source, items(1), told)

    assert asyncio.run(ask()).posts[0].author_name == "Ann A."


def test_a_deletion_reaches_posts_of_its_own_author_alone() -> None:
    mine, hers = ANN.says("I take this back"), BOB.says("This stays")
    relay = Relay([mine, hers, ANN.deletes(mine, hers)])

    told = _all(relay, count=4)

    removals = [item for item in told.items if isinstance(item, Removal)]
    assert ANN.post_id(mine) in {one.id for one in removals}
    assert BOB.post_id(hers) not in {one.id for one in removals}
    assert {one.author for one in removals} == {ANN.author}


@pytest.mark.parametrize("relay", ["ALL_RELAYS", "HERE"])
def test_a_request_to_vanish_removes_the_author_up_to_then(relay: str) -> None:
    async def ask() -> Told:
        server = Relay([])
        async with _source(server) as source:
            here = source._options.relays[0] if relay == "HERE" else relay
            server.events.append(ANN.says("", at=9, kind=62, tags=[("relay", here)]))
            return await until(source, items(1))

    (removal,) = asyncio.run(ask()).items

    assert removal == Removal(
        removed="author", author=ANN.author, at=NOON + timedelta(seconds=9), source="nostr"
    )


def test_a_request_to_vanish_from_another_relay_is_none_to_us() -> None:
    elsewhere = ANN.says("", kind=62, tags=[("relay", "wss://other.example")])

    told = _all(Relay([elsewhere, STREAM[0]]), count=1)

    assert told.ids == IDS[:1]


# --------------------------------------------------------------------------------- forgeries


def _forged(event: Event, **changes: Any) -> Event:
    return event | changes


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (_forged(STREAM[1], content="other words"), "its id is not that of what it says"),
        (_forged(STREAM[1], sig="0" * 128), "its signature is not its author's"),
        (_forged(STREAM[1], sig=STREAM[2]["sig"]), "its signature is not its author's"),
        (_forged(STREAM[1], pubkey="g" * 64), "no event of Nostr"),
        (_forged(STREAM[1], created_at=-1), "no event of Nostr"),
        (_forged(STREAM[1], tags="none"), "no event of Nostr"),
        (ANN.says(" \n "), "it says nothing"),
        (ANN.says("{}", kind=6), "it repeats no event"),
    ],
)
def test_what_is_not_genuine_or_says_nothing_is_set_aside(event: Event, reason: str) -> None:
    async def ask() -> Told:
        said = first(json.dumps(["EVENT", "live", event]))
        async with _source(Relay(STREAM[:1], said)) as source:
            return await until(source, lambda told: bool(told.items and told.reasons))

    told = asyncio.run(ask())

    assert told.ids == IDS[:1]
    assert told.reasons[0].startswith(reason)


def test_a_forged_copy_that_comes_first_does_not_hide_the_genuine_event() -> None:
    async def ask() -> Told:
        said = first(json.dumps(["EVENT", "live", STREAM[0] | {"content": "other words"}]))
        async with _source(Relay(STREAM[:1], said)) as source:
            return await until(source, items(1))

    assert asyncio.run(ask()).ids == IDS[:1]


def test_a_request_to_vanish_from_one_of_our_relays_counts_whoever_tells_it() -> None:
    async def ask() -> Told:
        first_one, other = Relay([]), Relay([])
        async with _source(first_one, other) as source:
            tags = [("relay", source._options.relays[1].upper() + "/")]
            first_one.events.append(ANN.says("", at=9, kind=62, tags=tags))
            return await until(source, items(1))

    (removal,) = asyncio.run(ask()).items

    assert isinstance(removal, Removal)
    assert removal.author == ANN.author


def test_somebody_who_signs_for_another_is_not_believed() -> None:
    forged = EVE.says("I am Ann", at=3)
    stolen = _forged(forged, pubkey=ANN.pubkey)

    told = _all(Relay([stolen, STREAM[0]]), count=1)

    assert told.ids == IDS[:1]


# ------------------------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    "fault",
    [
        cut(0),
        cut(7),
        cut(45),
        silent,
        twice,
        first("garbage", "[]", '["EVENT"]', '["EVENT","live",{}]', '{"a":1}', '["NOTICE","busy"]'),
        closing("rate-limited: slow down"),
        closing("auth-required: members only"),
    ],
    ids=lambda _: "fault",
)
def test_no_fault_of_a_relay_loses_or_doubles_a_post(fault: Fault) -> None:
    told = _all(Relay(STREAM, fault), Relay(STREAM))

    assert sorted(told.ids) == sorted(IDS)


@pytest.mark.parametrize("code", [403, 429, 503])
def test_a_relay_that_refuses_does_not_stop_the_others(code: int) -> None:
    away = Relay(STREAM)
    away.refusing = play.status(code)

    told = _all(away, Relay(STREAM))

    assert sorted(told.ids) == sorted(IDS)
    assert f"127.0.0.1 answered {code}" in told.deliveries[-1].notice


def test_a_relay_that_breaks_off_again_and_again_is_read_to_the_end() -> None:
    told = _all(Relay(STREAM, *(cut(after) for after in range(3, 9))))

    assert sorted(told.ids) == sorted(IDS)
    assert {error.weight for error in told.errors} <= {"dropped"}


def test_when_all_relays_are_away_their_words_areuntil() -> None:
    async def ask() -> SourceError:
        async with _source(Relay([], closing("auth-required: members only"))) as source:
            told = await until(source, lambda told: bool(told.errors))
            return told.errors[0]

    error = asyncio.run(ask())

    assert error.reason == "127.0.0.1 refuses: auth-required: members only"
    assert error.retry_after is not None


def test_the_same_event_of_many_relays_counts_once() -> None:
    told = _all(Relay(STREAM), Relay(STREAM[::-1]), Relay(STREAM[10:]))

    assert sorted(told.ids) == sorted(IDS)


def test_the_past_is_read_page_by_page() -> None:
    many = [ANN.says(f"Note {number}", at=number // 7) for number in range(300)]
    relay = Relay(many, page=50)

    told = _all(relay, count=300)

    assert len(set(told.ids)) == len(told.ids) == 300
    assert len([one for one in relay.asked if one[:2] == ["REQ", "past0"]]) >= 6


def test_few_profiles_of_long_ago_hide_no_page_of_notes() -> None:
    notes = [ANN.says(f"Note {number}", at=3000 + number) for number in range(120)]
    profiles = [BOB.says('{"name": "bob"}', at=number, kind=0) for number in range(3)]

    told = _all(Relay([*notes, *profiles], page=50), count=120)

    assert len(set(told.ids)) == 120


def test_a_page_that_is_full_of_one_second_does_not_end_the_past() -> None:
    crowd = [ANN.says(f"Crowd {number}", at=2000) for number in range(50)]

    told = _all(Relay([*STREAM, *crowd], page=50), count=90)

    assert set(IDS) < set(told.ids)


def test_live_events_come_as_they_happen() -> None:
    async def ask() -> Told:
        relay = Relay([])
        async with _source(relay, back=Duration(0), silence=Duration(seconds=9)) as source:
            reading = asyncio.create_task(until(source, items(2)))
            await asyncio.sleep(0.3)
            relay.events += [ANN.says("Now", at=3600), BOB.says("And now", at=3601)]
            return await reading

    assert [post.text for post in asyncio.run(ask()).posts] == ["Now", "And now"]


def _restarted(second: Callable[[Relay], None]) -> tuple[Told, Told, Relay]:
    """Read a relay to the end, change it, and read on in a new run."""

    async def ask() -> tuple[Told, Told, Relay]:
        relay = Relay(STREAM[:20])
        clock = FakeClock(NOON + timedelta(minutes=1))
        async with _served([relay]) as urls, a_web(clock=clock) as web:
            tools = SourceTools(name="nostr", clock=clock, web=web)
            options = Options(relays=tuple(urls), allow_private=True, back=Duration(hours=2))
            one = NostrSource(options, tools)
            before = await until(one, items(20))
            before = await until(
                one,
                lambda _: ["CLOSE", "past0"] in relay.asked and ["CLOSE", "past1"] in relay.asked,
                before,
            )
            await one.close()
            second(relay)
            clock.advance(timedelta(hours=1))
            after = Told()
            after.deliveries.append(before.deliveries[-1])
            two = NostrSource(options, tools)
            after = await until(two, lambda told: STREAM_END in told.ids, after)
            await two.close()
            return before, after, relay

    return asyncio.run(ask())


STREAM_END = IDS[-1]


def test_a_new_run_goes_on_a_little_before_the_cursor_of_the_old_one() -> None:
    relay_gets = STREAM[20:]

    before, after, relay = _restarted(lambda relay: relay.events.extend(relay_gets))

    assert set(before.ids) | set(after.ids) == set(IDS)
    since = [one[2]["since"] for one in relay.asked if one[:2] == ["REQ", "past0"]]
    assert since[0] == START_S + 60 - 7200 - 600
    assert since[-1] == START_S + 60 - 600


def test_what_was_given_but_never_taken_is_given_again() -> None:
    async def ask() -> Told:
        async with _source(Relay(STREAM)) as source:
            await until(source, items(40))
            return await until(source, items(40))

    assert sorted(asyncio.run(ask()).ids) == sorted(IDS)


def test_ten_thousand_events_in_a_burst_come_whole_in_bounded_pieces() -> None:
    people = [Person(number + 10) for number in range(10)]
    burst = [people[n % 10].says(f"Note {n}", at=n // 100) for n in range(10_000)]

    async def ask() -> Told:
        relay = Relay([])
        async with _source(relay, silence=Duration(seconds=9)) as source:
            told = await until(source, lambda _: bool(relay.asked))
            relay.events += burst
            return await until(source, items(10_000), told)

    told = asyncio.run(ask())

    assert len(set(told.ids)) == len(told.ids) == 10_000
    assert max(len(one.items) for one in told.deliveries) <= 1001


def test_what_is_dated_long_ago_but_published_now_comes() -> None:
    async def ask() -> Told:
        relay = Relay([])
        async with _source(relay, back=Duration(0), silence=Duration(seconds=9)) as source:
            told = await until(source, lambda _: bool(relay.asked))
            relay.events.append(ANN.says("Written on a train", at=-5 * 86_400))
            return await until(source, items(1), told)

    assert asyncio.run(ask()).posts[0].posted_at == NOON - timedelta(days=5)


def test_tags_and_authors_narrow_what_is_asked_for() -> None:
    cats = BOB.says("Cats", tags=[("t", "cats")])
    relay = Relay([*STREAM, cats, BOB.says("Dogs", tags=[("t", "dogs")])])

    told = _all(relay, count=1, tags=("Cats",), authors=(BOB.pubkey,), with_reposts=False)

    assert told.ids == [BOB.post_id(cats)]
    words, people = relay.asked[0][2:]
    assert (words["kinds"], words["#t"], words["authors"]) == ([1], ["cats"], [BOB.pubkey])
    assert (people["kinds"], people["authors"]) == ([0, 5, 62], [BOB.pubkey])


def test_a_reading_that_is_broken_off_loses_nothing() -> None:
    async def ask() -> Told:
        relay = Relay([])
        async with _source(relay, silence=Duration(seconds=9)) as source:
            told = await until(source, lambda _: bool(relay.asked))
            for number in range(40):
                relay.events.append(ANN.says(f"Note {number}", at=3600 + number))
                reading = asyncio.create_task(source.read(told.cursor))
                await asyncio.sleep(0.01)
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)
            return await until(source, items(40), told)

    texts = [post.text for post in asyncio.run(ask()).posts]

    assert sorted(texts) == sorted(f"Note {number}" for number in range(40))


# ------------------------------------------------------------------------------------- parse


def test_saved_events_and_messages_are_read() -> None:
    lines = [json.dumps(STREAM[0]), json.dumps(["EVENT", "live", STREAM[1]]), "no event"]

    parsed = parse("\n".join(lines).encode(), url="", seen_at=NOON)

    assert [item.id for item in parsed.items if isinstance(item, Post)] == IDS[:2]
    assert len(parsed.dead) == 1


@pytest.mark.parametrize("document", [b"", b"<html>", b'{"a": 1}', b'["EOSE","x"]', b"\xff"])
def test_what_is_no_event_is_refused(document: bytes) -> None:
    with pytest.raises(BadInput, match="no events of Nostr"):
        parse(document, url="", seen_at=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"relays": ("https://relay.example",)},
        {"authors": ("npub1abc",)},
        {"silence": Duration(0)},
        {"overlap": Duration(seconds=-1)},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"relays|authors|silence"):
        Options(**wrong)


def test_the_part_stands_on_its_shelf() -> None:
    assert PART.parse is parse
    assert timedelta(0) < PATIENCE < timedelta(minutes=1)
