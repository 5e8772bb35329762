import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic
from typing import TypeVar

import pytest

from bunco.errors import BrokerError
from bunco.model import SourceState
from bunco.options import KafkaOptions
from bunco.streams.partitions import partition_of
from bunco.streams.records import SourceRecord, decode_dead
from ingest.sharing import ingester
from ingest.sharing.outbox import SOURCE_ITEMS
from tests.builders import a_post
from tests.ingest.sharing.ingesters import (
    Command,
    Endless,
    Listed,
    ingesting,
    write_config,
    write_files,
)
from tests.ingest.sharing.stream import SOURCES, Stream
from tests.services.required import started
from tests.services.servers import KafkaServer, free_port

pytestmark = pytest.mark.services

Given = TypeVar("Given")


async def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110  # what it waits for is not ours
            await asyncio.sleep(0.05)


def run(test: Awaitable[Given]) -> Given:
    """Run a test's coroutine, a minute at most."""

    async def bounded() -> Given:
        return await asyncio.wait_for(test, 60)

    return asyncio.run(bounded())


def test_posts_arrive_once_in_their_authors_partition_and_the_cursor_after_them(
    stream: Stream,
) -> None:
    posts = [a_post(id=f"test:{n}", author=f"test:{n % 9}") for n in range(90)]
    source = Listed("a", *(posts[start : start + 10] for start in range(0, 90, 10)))

    done = run(ingesting(stream.options, {"a": source}))

    found = stream.items()
    assert sorted(item.id for _, item in found) == sorted(post.id for post in posts)
    assert all(part == partition_of(item.author, 4) for part, item in found)
    by_author = [item.id for _, item in found if item.author == "test:3"]
    assert by_author == [post.id for post in posts if post.author == "test:3"]
    assert stream.sources()["a"][-1].state.ended
    assert stream.sources()["a"][-1].state.cursor == b"9"
    assert (done.posts, done.acknowledged, done.dead) == (90, 90, 0)


def test_a_later_ingester_goes_on_where_the_one_before_ended(stream: Stream) -> None:
    first, second = [a_post(id="test:1")], [a_post(id="test:2")]

    run(ingesting(stream.options, {"a": Listed("a", first)}))
    run(ingesting(stream.options, {"a": Listed("a", first, second)}))

    assert sorted(stream.ids()) == ["test:1", "test:2"]
    generations = [record.generation for record in stream.sources()["a"]]
    assert generations == sorted(generations)
    assert generations[0] < generations[-1]


def test_the_record_of_a_straggler_is_not_gone_on_from(stream: Stream) -> None:
    source = Listed("a", *([a_post(id=f"test:{n}")] for n in range(3)))
    partition = partition_of("a", SOURCES)

    for cursor, generation in ((b"2", 7), (b"0", 6)):
        state = SourceState(source="a", cursor=cursor)
        stream.write_source(SourceRecord(state=state, generation=generation), partition)
    run(ingesting(stream.options, {"a": source}))

    assert stream.ids() == ["test:2"]


def test_two_ingesters_share_the_sources_and_keep_hosts_together(stream: Stream) -> None:
    names = [f"s{number}" for number in range(24)]
    hosts = {name: f"host{number % 6}.example" for number, name in enumerate(names)}
    ones = {name: Endless(name) for name in names}
    others = {name: Endless(name) for name in names}

    async def test() -> None:
        stop = asyncio.Event()
        one = asyncio.create_task(ingesting(stream.options, ones, stop=stop, hosts=hosts))
        await until(lambda: all(source.readings for source in ones.values()))
        other = asyncio.create_task(ingesting(stream.options, others, stop=stop, hosts=hosts))
        await until(lambda: any(source.readings for source in others.values()))
        then = {name: source.readings for name, source in ones.items()}
        await until(
            lambda: all(others[name].readings or ones[name].readings > then[name] for name in names)
        )
        stop.set()
        await asyncio.gather(one, other)

    run(test())

    moved = {hosts[name] for name in names if others[name].readings}
    assert 0 < len(moved) < 6
    assert all(bool(others[name].readings) == (hosts[name] in moved) for name in names)
    stayed = [ones[name] for name in names if hosts[name] not in moved]
    # The one time is the stop of the test: the rebalance left them alone.
    assert all(source.broken_off <= 1 for source in stayed)
    assert all(len(source.cursors) - source.readings <= 1 for source in stayed)
    assert all(source.cursors.count(b"") == 1 for source in stayed)
    assert all(not others[name].cursors.count(b"") for name in names if others[name].readings)
    counted = Counter(stream.ids())
    assert set(counted.values()) == {1}


def test_the_share_of_a_stopped_ingester_moves_at_once(stream: Stream) -> None:
    ones = {name: Endless(name) for name in ("a", "b", "c", "d", "e", "f")}
    others = {name: Endless(name) for name in ones}

    async def test() -> None:
        stop_one, stop_other = asyncio.Event(), asyncio.Event()
        one = asyncio.create_task(ingesting(stream.options, ones, stop=stop_one))
        await until(lambda: all(source.readings for source in ones.values()))
        other = asyncio.create_task(ingesting(stream.options, others, stop=stop_other))
        stop_one.set()
        await one
        # Far less than the session timeout: the one that stops says so.
        await until(lambda: all(source.readings for source in others.values()), seconds=5)
        stop_other.set()
        await other

    run(test())

    counted = Counter(stream.ids())
    assert set(counted.values()) == {1}
    for name in ones:
        numbers = sorted(int(post.split("/")[1]) for post in counted if f":{name}/" in post)
        assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.slow
def test_a_killed_ingesters_share_moves_and_no_post_is_missing(
    stream: Stream, tmp_path: Path
) -> None:
    names = [f"f{number}" for number in range(6)]
    ids = write_files(tmp_path, names, posts=5000)
    config = write_config(tmp_path, stream, names)

    victim = Command(config)
    victim.wait_for_posts(stream, 20)
    victim.kill()
    before = Counter(stream.ids())
    heir = Command(config, "--once")
    heir.wait()

    counted = Counter(stream.ids())
    assert 0 < len(before) < len(ids), "killed in the middle"
    assert set(counted) == ids
    assert max(counted.values()) <= 2
    repeated = Counter(post.split("/")[0] for post, count in counted.items() if count > 1)
    assert all(count <= SOURCE_ITEMS + 200 for count in repeated.values())


@pytest.mark.slow
def test_a_stop_in_the_middle_loses_and_repeats_nothing(stream: Stream, tmp_path: Path) -> None:
    names = ["f0", "f1", "f2"]
    ids = write_files(tmp_path, names, posts=8000)
    config = write_config(tmp_path, stream, names)

    first = Command(config)
    first.wait_for_posts(stream, 20)
    first.stop()
    between = len(stream.ids())
    Command(config, "--once").wait()

    counted = Counter(stream.ids())
    assert 0 < between < len(ids), "stopped in the middle"
    assert set(counted) == ids
    assert set(counted.values()) == {1}


@pytest.mark.slow
def test_a_broker_that_goes_away_costs_no_post_and_lets_a_stop_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingester, "_STOP_SECONDS", 0.5)
    with started(KafkaServer(tmp_path / "kafka")) as server:
        stream = Stream(KafkaOptions(bootstrap=(server.address,), prefix="t", partitions=4))
        stream.make()
        sources = {name: Endless(name) for name in ("a", "b", "c")}

        async def test() -> tuple[dict[str, int], float]:
            stop = asyncio.Event()
            safe = [0]
            running = asyncio.create_task(
                ingesting(
                    stream.options,
                    sources,
                    stop=stop,
                    on_step=lambda progress: safe.append(progress.acknowledged),
                )
            )
            await until(lambda: all(source.readings > 5 for source in sources.values()))
            server.kill()
            await asyncio.sleep(1)
            server.start()  # here: a server ends with the thread that started it
            read = {name: source.readings for name, source in sources.items()}
            await until(lambda: safe[-1] > sum(read.values()) + 20 * len(sources), seconds=40)
            server.kill()
            stop.set()
            killed_at = monotonic()
            await running
            return read, monotonic() - killed_at

        read, took = run(test())
        server.start()
        counted = Counter(stream.ids())
        saved = {name: int(log[-1].state.cursor) for name, log in stream.sources().items()}

    assert took < 8
    assert set(counted.values()) == {1}
    for name in sources:
        numbers = {int(post.split("/")[1]) for post in counted if f":{name}/" in post}
        assert numbers == set(range(1, len(numbers) + 1)), "none is missing in between"
        assert read[name] < saved[name] <= len(numbers), "a cursor is never ahead of its posts"


def test_a_post_that_the_broker_refuses_is_set_aside_and_the_rest_arrives(stream: Stream) -> None:
    stream.drop()
    stream.make(**{"max.message.bytes": "20000"})
    huge = a_post(id="test:huge", text="".join(f"{n * n * 7919:x} " for n in range(20_000)))
    source = Listed("a", [a_post(id="test:1"), huge, a_post(id="test:2")], [a_post(id="test:3")])

    run(ingesting(stream.options, {"a": source}))

    assert sorted(stream.ids()) == ["test:1", "test:2", "test:3"]
    (letter,) = [decode_dead(record.value) for record in stream.records("dead")]
    assert (letter.source, letter.author) == ("a", huge.author)
    assert letter.reason
    assert stream.sources()["a"][-1].state.ended


def test_a_missing_topic_ends_it_with_a_word_on_what_to_do(
    kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bunco.streams.producer.SHOWN_SECONDS", 1.0)
    options = KafkaOptions(bootstrap=(kafka,), prefix="t-ingest-nowhere")

    with pytest.raises(BrokerError, match="bunco topics create"):
        run(ingesting(options, {"a": Endless("a")}))


def test_topics_that_a_broker_shows_late_are_waited_for(stream: Stream) -> None:
    stream.drop()
    source = Listed("a", [a_post(id="test:1")])

    async def test() -> None:
        running = asyncio.create_task(ingesting(stream.options, {"a": source}))
        await asyncio.sleep(3)  # longer than the client itself waits for a topic
        await asyncio.to_thread(stream.make)
        await running

    run(test())

    assert stream.ids() == ["test:1"]


def test_a_stop_ends_the_wait_for_topics(kafka: str) -> None:
    options = KafkaOptions(bootstrap=(kafka,), prefix="t-ingest-nowhere")

    async def test() -> float:
        stop, began = asyncio.Event(), monotonic()
        asyncio.get_running_loop().call_later(0.5, stop.set)
        await ingesting(options, {"a": Endless("a")}, stop=stop)
        return monotonic() - began

    assert run(test()) < 6


def test_a_stop_ends_the_wait_for_a_broker_that_is_not_there() -> None:
    options = KafkaOptions(bootstrap=(f"127.0.0.1:{free_port()}",))

    async def test() -> None:
        stop = asyncio.Event()
        asyncio.get_running_loop().call_later(0.5, stop.set)
        await ingesting(options, {"a": Endless("a")}, stop=stop)

    run(test())
