"""Elasticsearch goes away under load, and refuses documents: nothing is lost."""

import json
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import pytest
from msgspec import Struct

from bunco import codec
from bunco.model import Post
from bunco.stores_elastic.mappings import VERSION
from tests.e2e.distributed.contents import differences
from tests.e2e.distributed.making import growing, simulated
from tests.e2e.distributed.memory import Memory
from tests.e2e.distributed.settling import settle
from tests.e2e.distributed.stack import Given, Stack, expected, until
from tests.services.required import started
from tests.services.servers import ElasticServer

pytestmark = pytest.mark.services

_MOST_GROWN_BYTES = {"process": 96 << 20, "sink": 32 << 20, "ingest": 32 << 20}
"""Ours: buffers that fill once and stay (those of four partitions' tables in a processor); two
minutes of held posts would be more."""

_FEW_STATES = {"PROCESS__LIVE_AUTHORS": "64"}
"""So that the cache of author states is full before, and does not hide what piles up."""


class _Load(Struct, frozen=True, kw_only=True):
    away_s: float
    rate: float
    posts: int


_SHORT = _Load(away_s=8, rate=200, posts=5000)
_LONG = _Load(away_s=120, rate=500, posts=80_000)


def test_a_short_outage_loses_nothing(
    kafka: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with started(ElasticServer(tmp_path / "elastic")) as elastic:
        _outlives(_SHORT, kafka, elastic, tmp_path, capsys)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_minutes_of_outage_lose_nothing(
    kafka: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with started(ElasticServer(tmp_path / "elastic")) as elastic:
        _outlives(_LONG, kafka, elastic, tmp_path, capsys)


def _outlives(
    load: _Load,
    kafka: str,
    elastic: ElasticServer,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = simulated(folder / "posts.jsonl", load.posts)
    growing_file = folder / "growing.jsonl"
    growing_file.touch()
    given = Given(kafka=kafka, elastic=elastic.url, posts=growing_file, follow=True)
    with Stack(folder / "stack", given) as stack, stack.view() as view:
        stack.start("process", **_FEW_STATES)
        stack.start("sink")
        stack.start("ingest")

        def lag() -> int:
            return sum(view.lag("sink").values())

        with growing(file, growing_file, load.rate) as writing:
            until(lambda: stack.count() > load.rate * 5, 60, "posts arrive", stack)
            with Memory(stack) as memory:
                elastic.kill()
                sleep(load.away_s / 2)
                halfway = lag()
                sleep(load.away_s / 2)
                most = lag()
            assert writing.is_alive(), "the posts ended before the outage did"
            elastic.start()
            writing.stop()
        drained = settle(stack, 240)
        found = stack.contents()
    grown = memory.grown_bytes()

    with capsys.disabled():
        sizes = ", ".join(f"{name} {size / 2**20:+.1f} MiB" for name, size in grown.items())
        print(
            f"\nElasticsearch away for {load.away_s:.0f} s at {load.rate:.0f} posts/s: lag"
            f" {halfway} → {most} records, drained in {drained:.1f} s; memory: {sizes}"
        )
    assert 0 < halfway < most
    assert differences(expected(growing_file, folder), found) == ""
    assert [name for name, size in grown.items() if size > _MOST_GROWN_BYTES[name]] == []


def test_what_elasticsearch_refuses_is_set_aside_and_goes_in_after_mending(
    kafka: str, tmp_path: Path
) -> None:
    file = simulated(tmp_path / "posts.jsonl", 2000)
    refused = [
        *(_post(number, lang="en") for number in range(3)),  # their month's index has dates there
        _post(3, year=2018, text="word " * 150_000),
    ]
    with file.open("ab") as out:
        out.writelines(codec.encode(post) + b"\n" for post in refused)
    server = ElasticServer(tmp_path / "elastic")
    limit = server.folder / "config" / "elasticsearch.yml"
    limit.parent.mkdir(parents=True)
    limit.write_text("http.max_content_length: 1mb\n", encoding="utf-8")
    with started(server) as elastic:
        given = Given(kafka=kafka, elastic=elastic.url, posts=file)
        with Stack(tmp_path / "stack", given) as stack:
            wrong = f"{elastic.url}/{stack.prefix}-posts-2019.01"
            _put(
                wrong,
                {
                    "mappings": {
                        "_meta": {"bunco": VERSION},
                        "properties": {"lang": {"type": "date"}},
                    }
                },
            )
            stack.start("process")
            stack.start("sink")
            stack.start("ingest")
            settle(stack, 90)
            without = stack.contents()

            _delete(wrong)
            limit.unlink()
            elastic.stop()
            elastic.start()
            stack.run("dead", "replay", "--all")
            settle(stack, 60)
            mended = stack.contents()

    whole = expected(file, tmp_path)
    assert whole.posts.keys() - without.posts.keys() == {post.id for post in refused}
    assert len(without.dead) == len(refused)
    assert mended.dead == {}
    assert differences(whole, mended) == ""


def _post(number: int, year: int = 2019, lang: str = "", text: str = "") -> Post:
    return Post(
        id=f"web:refused.example/{number}",
        author="web:refused.example",
        posted_at=datetime(year, 1, 5, 12, number, tzinfo=UTC),
        source="feeds",
        title=f"Number {number} of what Elasticsearch does not take",
        text=text,
        lang=lang,
    )


def _put(url: str, body: object) -> None:
    _ask(url, "PUT", json.dumps(body).encode())


def _delete(url: str) -> None:
    _ask(url, "DELETE")


def _ask(url: str, method: str, body: bytes | None = None) -> None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers, method=method)
    urllib.request.urlopen(request, timeout=30).close()
