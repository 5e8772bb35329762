"""A made-up stream is written the same each time, plain or compressed."""

import gzip
import json
from pathlib import Path

import zstandard

from bunco.codec import decode_item
from tests.bunco.cli.shell import typed

_SMALL = ("simulate", "--posts", "60", "--authors", "20", "--days", "3")


def test_a_stream_goes_to_standard_output() -> None:
    result = typed(*_SMALL)

    items = [decode_item(line) for line in result.stdout_bytes.splitlines()]
    assert result.exit_code == 0, result.stderr
    assert len(items) == 60


def test_compressed_files_hold_the_same_and_are_the_same_each_time(folder: Path) -> None:
    plain = typed(*_SMALL).stdout_bytes

    for name in ("a.jsonl", "a.jsonl.gz", "a.jsonl.zst", "b.jsonl.gz"):
        assert typed(*_SMALL, "--out", name).exit_code == 0

    assert (folder / "a.jsonl").read_bytes() == plain
    assert gzip.decompress((folder / "a.jsonl.gz").read_bytes()) == plain
    with zstandard.open(folder / "a.jsonl.zst", "rb") as packed:
        assert packed.read() == plain
    assert (folder / "a.jsonl.gz").read_bytes() == (folder / "b.jsonl.gz").read_bytes()


def test_the_truth_tells_every_author(folder: Path) -> None:
    result = typed(*_SMALL, "--truth", "truth.jsonl")

    authors = {json.loads(line)["author"] for line in result.stdout.splitlines()}
    truths = [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]
    assert {truth["author"] for truth in truths if truth["truth"] == "author"} == authors


def test_another_seed_is_another_stream() -> None:
    assert typed(*_SMALL, "--seed", "2").stdout != typed(*_SMALL).stdout


def test_an_impossible_plan_is_wrong_use() -> None:
    result = typed("simulate", "--posts", "1")

    assert result.exit_code == 2
    assert result.stderr.startswith("bunco: posts: 1")
