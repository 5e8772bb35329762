import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zstandard

from bunco.errors import BadInput, SourceError
from bunco.model import Post, Removal
from bunco.ports.sources import SourceTools
from bunco.values import Duration, Size
from ingest.sources.bluesky import PART, BlueskySource, Options, parse
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.ingest import server as play
from tests.ingest.bluesky.jetstream import (
    V2,
    Jetstream,
    Refusal,
    account,
    changed,
    commit,
    cut,
    did,
    ended,
    identity,
    silent,
)
from tests.ingest.server import a_web, serving
from tests.ingest.stream_server import doubled, hang_up, rest, shuffled, ws
from tests.ingest.told import Told, until
from tests.shared_data import shared

AT = "bluesky:at://did:plc:account1/app.bsky.feed.post"
STREAM = [commit(number, at=number) for number in range(1, 41)]
IDS = [f"{AT}/k{number}" for number in range(1, 41)]


@asynccontextmanager
async def _source(
    *servers: Jetstream, clock: FakeClock | None = None, **options: Any
) -> AsyncIterator[BlueskySource]:
    """Give a source over servers, that begins at noon and is quick of habit."""
    clock = clock or FakeClock(NOON + timedelta(minutes=1))
    quick = {"back": Duration(minutes=1), "silence": Duration(milliseconds=200)}
    async with _served(servers) as hosts, a_web(clock=clock) as web:
        source = BlueskySource(
            Options(hosts=tuple(hosts), allow_private=True, **quick | options),
            SourceTools(name="jet", clock=clock, web=web),
        )
        yield source
        await source.close()


@asynccontextmanager
async def _served(servers: Sequence[Jetstream]) -> AsyncIterator[list[str]]:
    """Run all servers for the block; give their addresses."""
    if not servers:
        yield []
        return
    async with serving(servers[0].plays) as one, _served(servers[1:]) as others:
        yield [ws(one, ""), *others]


async def _told(
    source: BlueskySource, items: int, told: Told | None = None, *, dead: int = 0
) -> Told:
    """Read until so much came."""
    return await until(
        source, lambda told: len(told.items) >= items and len(told.reasons) >= dead, told
    )


def _all(server: Jetstream, *others: Jetstream, items: int = 40, **options: Any) -> Told:
    async def ask() -> Told:
        async with _source(server, *others, **options) as source:
            return await _told(source, items)

    return asyncio.run(ask())


def test_events_become_posts_and_removals_in_their_order() -> None:
    events = [
        identity("ann.example.org", at=1),
        commit(1, at=2),
        commit(2, collection="app.bsky.feed.like", at=2),
        commit(1, "delete", at=3),
        account(at=4, status="deleted"),
        account(at=5, who=2, status="deactivated"),
        account(at=6, who=3, active=True),
    ]

    told = _all(Jetstream(events), items=3)

    post, removal, gone = told.items
    assert isinstance(post, Post)
    assert (post.id, post.author) == (f"{AT}/k1", "bluesky:did:plc:account1")
    assert (post.author_name, post.source, post.place) == ("ann.example.org", "jet", "bluesky")
    assert post.posted_at == post.seen_at == NOON + timedelta(seconds=2)
    assert removal == Removal(removed="post", id=post.id, author=post.author, source="jet")
    later = NOON + timedelta(seconds=4)
    assert gone == Removal(removed="author", author=post.author, at=later, source="jet")
    assert (told.deliveries[0].note, told.deliveries[0].notice) == ("", "")


def test_the_first_reading_begins_at_the_present_or_as_far_back_as_asked() -> None:
    async def ask(back: Duration) -> dict[str, list[str]]:
        server = Jetstream(STREAM)
        async with _source(server, back=back) as source:
            await _until_asked(source, server)
            return server.asked[0]

    at_once = asyncio.run(ask(Duration(0)))
    back = asyncio.run(ask(Duration(seconds=60)))

    assert "cursor" not in at_once
    assert at_once["wantedCollections"] == ["app.bsky.feed.post", "app.bsky.feed.repost"]
    assert at_once["maxMessageSizeBytes"] == ["1048576"]
    assert back["cursor"] == [str(int(NOON.timestamp()) * 1_000_000)]


async def _until_asked(source: BlueskySource, server: Jetstream) -> None:
    reading = asyncio.create_task(source.read(b""))
    async with asyncio.timeout(5):
        while not server.asked:  # noqa: ASYNC110  # the server tells nobody
            await asyncio.sleep(0.005)
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)


def test_live_events_come_as_they_happen() -> None:
    async def ask() -> Told:
        server = Jetstream([])
        async with _source(server, back=Duration(0), silence=Duration(seconds=5)) as source:
            reading = asyncio.create_task(_told(source, 2))
            await asyncio.sleep(0.2)
            server.events += STREAM[:2]
            return await reading

    assert asyncio.run(ask()).ids == IDS[:2]


@pytest.mark.parametrize(
    "fault",
    [
        cut(17),
        ended(17),
        silent(17),
        changed(lambda told: [*told[:17], b"{garbage", b"[]", b"\xff\x00", *told[17:]], rest(9)),
        changed(doubled, rest(9)),
        changed(lambda told: doubled(told)[:30], hang_up()),
        changed(shuffled, rest(9)),
        Refusal(play.status(503)),
        Refusal(play.status(403)),
        Refusal(play.document()),
    ],
    ids=lambda _: "fault",
)
@pytest.mark.parametrize("wire", ["v1", "v2"])
def test_no_fault_of_a_host_loses_or_doubles_a_post(fault: Any, wire: str) -> None:
    told = _all(Jetstream(STREAM, fault), Jetstream(STREAM), wire=wire)

    assert sorted(told.ids) == sorted(IDS)


def test_a_host_that_breaks_off_again_and_again_is_read_to_the_end() -> None:
    faults = [cut(after) for after in range(1, 6)]

    told = _all(Jetstream(STREAM, *faults), rewind=Duration(seconds=2))

    assert told.ids == IDS
    assert [error.weight for error in told.errors] == ["dropped"] * 5


def test_after_a_break_it_goes_on_a_little_before_the_newest_event() -> None:
    server = Jetstream(STREAM, cut(17))

    _all(server)

    first, second = (int(query["cursor"][0]) for query in server.asked)
    assert second - first == 12_000_000  # 17 s after noon, less 5 s


def test_what_was_given_but_never_taken_is_given_again() -> None:
    async def ask() -> Told:
        async with _source(Jetstream(STREAM)) as source:
            await _told(source, 40)
            return await _told(source, 40)

    assert asyncio.run(ask()).ids == IDS


def test_a_new_run_goes_on_at_the_cursor_of_the_old_one() -> None:
    async def ask() -> tuple[Told, Told]:
        server = Jetstream(STREAM[:20])
        async with _source(server) as source:
            first = await _told(source, 20)
        server.events += STREAM[20:]
        async with _source(server) as source:
            second = Told()
            second.deliveries.append(first.deliveries[-1])
            return first, await _told(source, 40, second)

    first, second = asyncio.run(ask())

    assert set(first.ids) | set(second.ids) == set(IDS)
    assert second.deliveries[1].cursor > first.cursor


@pytest.mark.parametrize("wire", ["v1", "v2"])
def test_a_gap_after_a_cursor_that_is_too_old_is_told_once(wire: Any) -> None:
    async def ask() -> Told:
        server = Jetstream(STREAM[:2])
        clock = FakeClock(NOON + timedelta(minutes=1))
        async with _source(server, clock=clock, wire=wire) as source:
            told = await _told(source, 2)
        clock.advance(timedelta(hours=50))
        later = [commit(number, at=50 * 3600 + number) for number in range(50, 53)]
        server = Jetstream([*STREAM, *later], ended(2), keeps_from=14 * 3600)
        async with _source(server, clock=clock, wire=wire) as source:
            return await _told(source, 5, told)

    told = asyncio.run(ask())

    notices = [one.notice for one in told.deliveries if one.notice]
    words = {
        "v1": "nothing was told of the time from "
        "2026-03-02 12:00:02 UTC to 2026-03-04 14:00:50 UTC",
        "v2": "events since 2026-03-02 12:00:02 UTC were asked for, but are not kept",
    }
    assert notices == [words[wire]]
    assert notices[0] in next(one.note for one in told.deliveries if one.notice)


def test_a_few_accounts_may_be_quiet_for_hours_without_a_gap() -> None:
    async def ask(hours: int) -> list[str]:
        clock = FakeClock(NOON + timedelta(minutes=1))
        server = Jetstream(STREAM[:1])
        async with _source(server, clock=clock, dids=(did(1),)) as source:
            told = await _told(source, 1)
        clock.advance(timedelta(hours=hours))
        server.events.append(commit(2, at=hours * 3600))
        async with _source(server, clock=clock, dids=(did(1),)) as source:
            await _told(source, 2, told)
        return [one.notice for one in told.deliveries if one.notice]

    assert asyncio.run(ask(30)) == []
    assert asyncio.run(ask(50)) == [
        "events since 2026-03-02 12:00:01 UTC were asked for, but only 36 h are kept"
    ]


def test_many_accounts_are_told_over_the_socket() -> None:
    server = Jetstream(STREAM[:1])
    many = tuple(did(number) for number in range(5000))

    told = _all(server, items=1, dids=many)

    assert told.ids == IDS[:1]
    assert server.asked[0]["requireHello"] == ["true"]
    assert "wantedDids" not in server.asked[0]
    assert server.heard[0][0].startswith(b'{"type":"options_update","payload":{"wantedCollections"')
    assert server.heard[0][0].count(b"did:plc:account") == 5000


def test_v2_is_asked_in_its_own_words() -> None:
    server = Jetstream(STREAM[:1])

    _all(server, items=1, wire="v2", dids=(did(1),), with_reposts=False)

    assert set(server.asked[0]) == {"collections", "dids", "maxMessageSizeBytes", "cursor"}
    assert server.asked[0]["collections"] == ["app.bsky.feed.post"]
    assert V2.endswith("subscribeEvents")


def _dictionary() -> bytes:
    samples: list[Any] = [
        b'{"did":"did:plc:account%d","kind":"commit"}' % n * 9 for n in range(999)
    ]
    return zstandard.train_dictionary(4096, samples).as_bytes()


@pytest.mark.parametrize("wire", ["v1", "v2"])
def test_compressed_messages_are_opened(wire: str, tmp_path: Path) -> None:
    trained = _dictionary()
    (tmp_path / "trained").write_bytes(trained)
    broken = changed(lambda told: [b"\x28\xb5\x2f\xfdbroken", *told], rest(9))
    server = Jetstream(STREAM, broken, dictionary=trained)

    told = _all(
        server,
        wire=wire,
        compress=True,
        dictionary=str(tmp_path / "trained") if wire == "v1" else "",
    )

    assert told.ids == IDS
    assert [letter.reason[:18] for one in told.deliveries for letter in one.dead] == [
        "broken compression"
    ]


def test_a_bomb_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "trained").write_bytes(_dictionary())
    bomb = commit(1, text="x" * 1_000_000)
    server = Jetstream([bomb, *STREAM], dictionary=_dictionary())

    told = _all(
        server,
        compress=True,
        dictionary=str(tmp_path / "trained"),
        most_message_bytes=Size(50_000),
    )

    assert told.ids == IDS
    letters = [letter for one in told.deliveries for letter in one.dead]
    assert [letter.reason for letter in letters] == ["a message larger than 50000 bytes"]


def test_a_missing_dictionary_is_told_in_words() -> None:
    async def ask() -> SourceError:
        async with _source(Jetstream([]), compress=True, dictionary="/nowhere") as source:
            with pytest.raises(SourceError) as error:
                await source.read(b"")
            return error.value

    assert "the dictionary: " in asyncio.run(ask()).reason


def test_ten_thousand_events_in_a_burst_come_whole_in_bounded_pieces() -> None:
    burst = [commit(number, at=number / 10_000, who=number % 100) for number in range(10_000)]

    told = _all(Jetstream(burst), items=10_000)

    assert len(set(told.ids)) == len(told.ids) == 10_000
    assert max(len(one.items) for one in told.deliveries) <= 1000


def test_an_event_from_the_future_moves_no_cursor_beyond_the_present() -> None:
    server = Jetstream([*STREAM[:2], commit(99, at=86_400), STREAM[2]], ended(3))

    _all(server, items=4)

    first, second = (int(query["cursor"][0]) for query in server.asked)
    assert second - first == 2_000_000 - 5_000_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"hosts": ("https://example.org",)},
        {"dids": ("ann.example.org",)},
        {"compress": True},
        {"silence": Duration(0)},
    ],
)
def test_options_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"hosts|dids|dictionary|silence"):
        Options(**wrong)


def test_every_line_of_the_shared_sample_is_read() -> None:
    (file,) = sorted(shared("json_api/bluesky_jetstream").iterdir())

    parsed = parse(file.read_bytes(), url="", seen_at=NOON + timedelta(days=365))

    kinds = [item.kind if isinstance(item, Post) else "removal" for item in parsed.items]
    assert parsed.dead == ()
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "post": 9,
        "reply": 8,
        "repost": 15,
        "removal": 1,
    }


@pytest.mark.parametrize("document", [b"<html>", b'{"a": 1}', b"\xff"])
def test_what_is_no_stream_is_refused(document: bytes) -> None:
    with pytest.raises(BadInput, match="no messages of Jetstream"):
        parse(document, url="", seen_at=NOON)


def test_the_part_stands_on_its_shelf() -> None:
    assert PART.parse is parse
