"""The parts put together: runs, replays, mending, forgetting."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from bunco import codec, wiring
from bunco.config import Config, from_tables
from bunco.errors import BadInput, ConfigError
from bunco.model import Batch, Delivery, Post, dead_letter
from bunco.options import PipelineOptions
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from bunco.stores import memory
from processors.embedded import Embedded
from processors.flow import Progress
from tests.builders import NOON, a_finding, a_post, a_verdict

MINUTE = timedelta(minutes=1)


def settings(**tables: object) -> Config:
    """Give a configuration of these tables."""
    return from_tables(dict(tables), where="test", environment={})


def repeated(count: int) -> list[Post]:
    """Give posts of one author with one headline."""
    return [
        a_post(
            n * MINUTE, id=f"web:{n}", source="", title="The secret method doctors never tell you"
        )
        for n in range(count)
    ]


def written(path: Path, posts: list[Post]) -> Path:
    """Give a file of these posts."""
    path.write_bytes(b"".join(codec.encode(post) + b"\n" for post in posts))
    return path


def played(files: list[Path], store: Store, *, speed: float | None = None) -> Progress:
    """Replay files into a store, to the end."""

    async def play() -> Progress:
        return await wiring.replay(
            files,
            store,
            settings(pipeline={"batch_items": 7}),
            stop=asyncio.Event(),
            on_step=lambda _: None,
            speed=speed,
        )

    return asyncio.run(play())


def test_a_replay_plays_its_files_in_order(tmp_path: Path) -> None:
    store = memory.make(memory.Options())
    posts = repeated(20)
    files = [written(tmp_path / "a.jsonl", posts[:9]), written(tmp_path / "b.jsonl", posts[9:])]

    progress = played(files, store)

    assert progress.posts == 20
    assert progress.newest_at == NOON + 19 * MINUTE
    assert progress.done_bytes == progress.total_bytes > 0
    assert store.stats().findings == 2  # a repeat and a burst


def test_a_second_replay_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    store = memory.make(memory.Options())
    posts = repeated(20)
    file = written(tmp_path / "a.jsonl", posts[:12])

    first = played([file], store)
    written(file, posts)
    second = played([file], store)

    assert (first.posts, second.posts, second.repeated) == (12, 8, 0)


def test_a_replay_at_a_speed_takes_its_time(tmp_path: Path) -> None:
    store = memory.make(memory.Options())
    file = written(tmp_path / "a.jsonl", repeated(60))

    async def timed() -> float:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        await wiring.replay(
            [file],
            store,
            settings(),
            speed=60 * 60,
            stop=asyncio.Event(),
            on_step=lambda _: None,
        )
        return loop.time() - begun

    assert 0.5 < asyncio.run(timed()) < 5
    assert store.stats().posts == 60


def test_a_run_reads_its_sources_until_they_end(tmp_path: Path) -> None:
    written(tmp_path / "posts.jsonl", repeated(10))
    config = settings(
        store={"path": str(tmp_path / "run.db")},
        source=[{"name": "file", "kind": "jsonl", "path": str(tmp_path / "posts.jsonl")}],
    )

    progress = asyncio.run(
        wiring.run(config, stop=asyncio.Event(), on_step=lambda _: None),
    )

    store = wiring.open_store(config)
    assert progress.posts == 10
    assert store.source_states()["file"].ended
    assert store.polls("file")
    store.close()


def test_what_is_older_than_its_retention_is_dropped_by_the_next_run(tmp_path: Path) -> None:
    written(tmp_path / "posts.jsonl", repeated(10))
    source = {"name": "file", "kind": "jsonl", "path": str(tmp_path / "posts.jsonl")}
    kept = source | {"retention": "1d", "follow": True}
    place = {"path": str(tmp_path / "run.db")}
    store = wiring.open_store(settings(store=place))

    async def until_dropped() -> None:
        stop = asyncio.Event()
        config = settings(store=place, source=[kept])
        running = asyncio.create_task(wiring.run(config, stop=stop, on_step=lambda _: None))
        while store.stats().posts:  # noqa: ASYNC110  # it changes in the store
            await asyncio.sleep(0.02)
        stop.set()
        await running

    asyncio.run(
        wiring.run(
            settings(store=place, source=[source]), stop=asyncio.Event(), on_step=lambda _: None
        )
    )
    before = store.stats()
    asyncio.run(asyncio.wait_for(until_dropped(), 20))

    assert (before.posts, before.findings) == (10, 2)
    assert store.stats().findings == 2
    store.close()


def test_a_source_whose_settings_were_changed_is_read_at_once(tmp_path: Path) -> None:
    written(tmp_path / "posts.jsonl", repeated(3))
    place = {"path": str(tmp_path / "run.db")}
    source = {"name": "file", "kind": "jsonl"}

    async def run_with(path: Path, seconds: float) -> Store:
        stop = asyncio.Event()
        config = settings(store=place, source=[source | {"path": str(path)}])
        running = asyncio.create_task(wiring.run(config, stop=stop, on_step=lambda _: None))
        await asyncio.wait([running], timeout=seconds)
        stop.set()
        await running
        return wiring.open_store(config)

    store = asyncio.run(run_with(tmp_path / "missing.jsonl", 1.5))
    failing = store.source_states()["file"]
    asyncio.run(run_with(tmp_path / "posts.jsonl", 10))

    assert failing.error
    assert failing.next_at is not None
    assert store.stats().posts == 3
    store.close()


@pytest.mark.parametrize("form", ["{}", "sqlite:{}"])
def test_a_store_is_named_by_its_path(form: str, tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    store = wiring.open_store_at(form.format(path))
    store.commit(Batch())

    assert path.exists()
    store.close()


def test_an_unknown_kind_of_store_lists_the_kinds() -> None:
    with pytest.raises(ConfigError, match="memory, sqlite"):
        wiring.open_store_at("paper:notebook")


def test_a_dead_letter_that_was_cut_says_so() -> None:
    store = memory.make(memory.Options())
    letter = dead_letter("f:1", "why", codec.encode(a_post(text="x" * 100_000)))
    store.commit(Batch(dead=(letter,)))

    came = wiring.replay_dead(store, settings(), [letter.id])

    assert came.reasons == ("f:1: it was cut at 64 KiB and cannot be replayed",)


def test_a_dead_letter_that_was_mended_goes_through() -> None:
    store = memory.make(memory.Options())
    good, bad = codec.encode(a_post()), b'{"id": 5}'
    letters = (dead_letter("f:1", "why", good), dead_letter("f:2", "why", bad))
    store.commit(Batch(dead=letters))

    came = wiring.replay_dead(store, settings(), [letter.id for letter in letters])

    assert (came.mended, came.failed) == (1, 1)
    assert "f:2" in came.reasons[0]
    assert store.post(a_post().id) is not None
    assert [letter.id for letter in store.dead().rows] == [letters[1].id]


def test_a_forgotten_author_is_gone(tmp_path: Path) -> None:
    store = memory.make(memory.Options())
    written(tmp_path / "posts.jsonl", repeated(5))
    played([tmp_path / "posts.jsonl"], store)

    wiring.forget(store, "web:example.org", NOON + timedelta(days=1))

    assert store.stats().posts == 0
    assert store.author("web:example.org") is None
    assert store.author_states(["web:example.org"]) == {}


@pytest.mark.parametrize("is_same", [False, True], ids=["another process", "this process"])
def test_a_verdict_given_beside_a_run_is_not_lost_to_what_the_run_remembers(
    tmp_path: Path, is_same: bool
) -> None:
    place = str(tmp_path / "run.db")
    store = wiring.open_store_at(place)
    beside = store if is_same else wiring.open_store_at(place)
    running = Embedded(wiring.detectors(settings()), store, PipelineOptions())
    posts = repeated(5)

    def run(*some: Post) -> None:
        running.step([Delivery(source="s", items=some, cursor=b"")])

    run(*posts[:3])
    (finding,) = beside.findings(FindingQuery()).rows
    pattern = wiring.pattern_of(settings(), finding)
    said = a_verdict(finding=finding.id, first_at=finding.first_at, pattern=pattern)
    wiring.judge(beside, settings(), [said])
    run(posts[3])
    again = [
        replace(post, id=f"{post.id}/again", posted_at=post.posted_at + timedelta(days=5))
        for post in posts
    ]
    run(*again)

    assert [one.quiet for one in store.findings(FindingQuery()).rows] == [True, True]
    assert store.findings(FindingQuery()).rows[1].verdict == said
    beside.close()
    store.close()


def test_a_finding_of_a_detector_that_is_not_configured_has_no_pattern() -> None:
    assert wiring.pattern_of(settings(), a_finding(detector="echoes")) is None


def test_documents_are_parsed_by_their_kind() -> None:
    parsed = wiring.parse_document("jsonl", codec.encode(a_post()), "", NOON)

    assert parsed.items == (a_post(),)
    with pytest.raises(ConfigError, match=r"jsonl, .*rss"):
        wiring.parse_document("carrier pigeon", b"", "", NOON)
    with pytest.raises(BadInput):
        wiring.parse_document("rss", b"no feed", "", NOON)
