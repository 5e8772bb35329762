"""The same posts give the same findings embedded and through Kafka, Faust, Elasticsearch."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from bench.kills import told
from bunco import wiring
from tests.e2e.distributed.contents import contents, differences
from tests.e2e.distributed.making import simulated
from tests.e2e.distributed.settling import settle
from tests.e2e.distributed.stack import Given, Stack, embedded

pytestmark = pytest.mark.services


@pytest.mark.parametrize(
    ("posts", "within"),
    [
        pytest.param(10_000, 100.0, id="10k"),
        pytest.param(
            200_000, 900.0, id="200k", marks=[pytest.mark.long, pytest.mark.timeout(1500)]
        ),
    ],
)
def test_both_runtimes_come_to_the_same(
    kafka: str,
    elastic: str,
    tmp_path: Path,
    posts: int,
    within: float,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = simulated(tmp_path / "posts.jsonl", posts)
    whole = wiring.open_store_at(str(embedded(file, tmp_path)))

    with Stack(tmp_path / "stack", Given(kafka=kafka, elastic=elastic, posts=file)) as stack:
        stack.start("process")
        stack.start("sink")
        stack.start("ingest")
        took = settle(stack, within)
        expected, found = contents(whole), stack.contents()
        with closing(stack.store()) as store:
            one, other = told(whole), told(store)
        codes = stack.stop()
    whole.close()

    with capsys.disabled():
        print(
            f"\n{len(found.posts):,} posts, {len(found.findings):,} findings,"
            f" {took:.1f} s from file to Elasticsearch"
        )
    assert len(expected.posts) == posts
    assert len(expected.findings) > posts / 500
    assert differences(expected, found) == ""
    assert [name for name in one if name != "stats" and one[name] != other[name]] == []
    counted, estimated = json.loads(one["stats"]), json.loads(other["stats"])
    authors = counted.pop("authors")
    # Elasticsearch counts that many different authors to within a per cent or so.
    assert estimated.pop("authors") == pytest.approx(authors, rel=0 if posts < 40_000 else 0.03)
    assert estimated == counted
    assert found.dead == {}
    assert set(codes.values()) == {0}
