import asyncio
import gzip
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco.codec import encode
from bunco.errors import ConfigError, SourceError
from bunco.model import DeadLetter, Item, Post, Removal
from bunco.ports.sources import SourceTools
from bunco.values import Duration
from ingest.sources import jsonl
from ingest.unreachable import NoWeb
from tests.builders import a_post
from tests.fakes import FakeClock

PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "posts.jsonl": lambda body: body,
    "posts.jsonl.gz": gzip.compress,
    "posts.jsonl.zst": zstandard.compress,
}


def a_source(path: Path | str, **options: Any) -> jsonl.JsonlSource:
    tools = SourceTools(name="file", clock=FakeClock(), web=NoWeb())
    return jsonl.make(jsonl.Options(path=str(path), **options), tools)


def line(number: int, **changes: Any) -> bytes:
    return encode(a_post(id=f"web:example.org/{number}", **changes)) + b"\n"


def drained(
    source: jsonl.JsonlSource, cursor: bytes = b"", *, most: int = 10_000
) -> tuple[list[Item], list[DeadLetter], bytes]:
    """Read until the end, or so many times."""

    async def all_of_it() -> tuple[list[Item], list[DeadLetter], bytes]:
        items: list[Item] = []
        dead: list[DeadLetter] = []
        at, ended = cursor, False
        for _ in range(most):
            if ended:
                break
            delivery = await source.read(at)
            items += delivery.items
            dead += delivery.dead
            at, ended = delivery.cursor, delivery.ended
        await source.close()
        return items, dead, at

    return asyncio.run(all_of_it())


def ids(items: list[Item]) -> list[str]:
    return [item.id.rpartition("/")[2] for item in items]


@pytest.mark.parametrize("name", PACKERS)
def test_every_line_becomes_an_item_whatever_the_packing(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(PACKERS[name](b"".join(line(number) for number in range(50))))

    items, dead, _ = drained(a_source(path, chunk_items=7))

    assert ids(items) == [str(number) for number in range(50)]
    assert not dead


def test_a_post_keeps_its_source_and_else_takes_the_name(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(line(1, source="") + line(2, source="mine"))

    items, _, _ = drained(a_source(path))

    assert [item.source for item in items if isinstance(item, Post)] == ["file", "mine"]


def test_what_was_seen_at_no_time_stays_so(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(line(1))

    items, _, _ = drained(a_source(path))

    assert isinstance(items[0], Post)
    assert items[0].seen_at is None


def test_removals_blank_lines_and_other_line_ends_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    gone = encode(Removal(removed="post", id="web:example.org/1"))
    path.write_bytes(b"\xef\xbb\xbf" + line(1) + b"\n  \n" + gone + b"\r\n" + line(2).rstrip())

    items, dead, _ = drained(a_source(path))

    assert [type(item) for item in items] == [Post, Removal, Post]
    assert not dead


def test_a_malformed_line_is_set_aside_with_its_number_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(line(1) + b"\n{broken\n" + line(4) + b'{"id":"x"}\n' + b"\xff\xfe\n")

    items, dead, _ = drained(a_source(path, chunk_items=2))

    assert ids(items) == ["1", "4"]
    assert [letter.origin for letter in dead] == [
        "posts.jsonl:3",
        "posts.jsonl:5",
        "posts.jsonl:6",
    ]
    assert dead[0].body == b"{broken"
    assert dead[0].source == "file"
    assert "author" in dead[1].reason


def test_json_nested_without_end_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(b'{"x":' + b"[" * 200_000 + b"\n" + line(2))

    items, dead, _ = drained(a_source(path))

    assert ids(items) == ["2"]
    assert [letter.origin for letter in dead] == ["posts.jsonl:1"]


@pytest.mark.parametrize("name", PACKERS)
def test_an_endless_line_is_set_aside_and_its_neighbours_are_read(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    endless = b"x" * (3 << 20)
    path.write_bytes(PACKERS[name](line(1) + endless + b"\n" + line(3) + endless))

    items, dead, cursor = drained(a_source(path, chunk_items=1))

    assert ids(items) == ["1", "3"]
    assert [letter.origin for letter in dead] == [f"{name}:2", f"{name}:4"]
    assert dead[0].reason == "line of 3145728 bytes is over the limit of 1048576"
    assert len(dead[0].body) == 65536
    assert drained(a_source(path), cursor)[:2] == ([], [])


@pytest.mark.parametrize("name", [name for name in PACKERS if name != "posts.jsonl"])
def test_a_cut_off_file_gives_what_can_be_read_and_then_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    noise = [os.urandom(3000).hex() for _ in range(200)]
    packed = PACKERS[name](b"".join(line(n, text=text) for n, text in enumerate(noise)))
    path.write_bytes(packed[: len(packed) * 2 // 3])
    source = a_source(path, chunk_items=10)
    items: list[Item] = []

    async def until_it_breaks() -> None:
        cursor = b""
        while True:
            delivery = await source.read(cursor)
            items.extend(delivery.items)
            cursor = delivery.cursor

    with pytest.raises(SourceError, match=f"{name}: the compressed data is cut off"):
        asyncio.run(until_it_breaks())
    assert len(items) > 80
    assert ids(items) == [str(number) for number in range(len(items))]
    assert source._file is None


def test_broken_compression_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl.gz"
    packed = bytearray(gzip.compress(os.urandom(5000)))
    packed[200:300] = bytes(100)
    path.write_bytes(packed)

    with pytest.raises(SourceError, match=r"posts\.jsonl\.gz: the compressed data is broken"):
        drained(a_source(path))


def test_a_missing_file_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        drained(a_source(tmp_path / "none.jsonl"))


def test_a_file_that_grew_goes_on_and_repeats_nothing(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(line(1) + line(2))
    source = a_source(path)
    _, _, cursor = drained(source)
    with path.open("ab") as file:
        file.write(b"broken\n" + line(4))

    items, dead, _ = drained(source, cursor)

    assert ids(items) == ["4"]
    assert [letter.origin for letter in dead] == ["posts.jsonl:3"]


@pytest.mark.parametrize("again", [line(7), line(7) + line(8) * 40])
def test_another_file_of_the_same_name_starts_anew(tmp_path: Path, again: bytes) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(line(1) + line(2))
    _, _, cursor = drained(a_source(path))
    path.write_bytes(again)

    items, _, _ = drained(a_source(path), cursor)

    assert ids(items)[0] == "7"


def test_a_file_cut_back_to_its_own_beginning_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    whole = b"".join(line(number) for number in range(100))
    path.write_bytes(whole)
    _, _, cursor = drained(a_source(path))
    path.write_bytes(whole[: len(whole) // 2])

    items, _, _ = drained(a_source(path), cursor)

    assert ids(items)[:2] == ["0", "1"]


def test_a_cursor_that_is_none_of_ours_starts_anew(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(line(1))

    items, _, _ = drained(a_source(path), b"\xc1nonsense")

    assert ids(items) == ["1"]


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(line(number) for number in range(500))))
    source = a_source(path)

    drained(source)

    assert source.progress() == (path.stat().st_size, path.stat().st_size)


def test_a_followed_file_gives_a_line_once_its_newline_is_there(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl"
    half, rest = line(2)[:40], line(2)[40:]
    path.write_bytes(line(1) + half)
    source = a_source(path, follow=True, follow_every=Duration(milliseconds=10))

    async def followed() -> tuple[list[Item], list[Item]]:
        first = await source.read(b"")
        waiting = asyncio.create_task(source.read(first.cursor))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        with path.open("ab") as file:
            file.write(rest)
        second = await asyncio.wait_for(waiting, 5)
        assert not second.ended
        await source.close()
        return list(first.items), list(second.items)

    first, second = asyncio.run(followed())

    assert (ids(first), ids(second)) == (["1"], ["2"])


@pytest.mark.parametrize("how", ["moved", "cut"])
def test_a_followed_file_that_is_rotated_is_read_from_its_start(tmp_path: Path, how: str) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(line(1) + line(2))
    source = a_source(path, follow=True, follow_every=Duration(milliseconds=10))

    async def followed() -> list[Item]:
        first = await source.read(b"")
        if how == "moved":
            path.rename(tmp_path / "posts.jsonl.1")
        path.write_bytes(line(3))
        second = await asyncio.wait_for(source.read(first.cursor), 5)
        await source.close()
        return [*first.items, *second.items]

    assert ids(asyncio.run(followed())) == ["1", "2", "3"]


def test_a_packed_file_cannot_be_followed(tmp_path: Path) -> None:
    path = tmp_path / "posts.jsonl.gz"
    path.write_bytes(gzip.compress(line(1)))

    with pytest.raises(SourceError, match="only a plain file can be followed"):
        drained(a_source(path, follow=True))


def test_options_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match="chunk_items: found 0; allowed: 1 or more"):
        a_source("x", chunk_items=0)
    with pytest.raises(ConfigError, match="follow_every"):
        a_source("x", follow=True, follow_every=timedelta(0))


class _Stdin:
    def __init__(self, descriptor: int) -> None:
        self.buffer = os.fdopen(descriptor, "rb")


def test_standard_input_is_read_as_it_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    stdin = _Stdin(reading)
    monkeypatch.setattr(sys, "stdin", stdin)
    source = a_source("-")

    async def read() -> tuple[list[str], list[str], bool]:
        os.write(writing, line(1))
        first = await asyncio.wait_for(source.read(b""), 5)
        os.write(writing, line(2))
        second = await asyncio.wait_for(source.read(first.cursor), 5)
        os.close(writing)
        last = await asyncio.wait_for(source.read(second.cursor), 5)
        await source.close()
        return ids(list(first.items)), ids(list(second.items)), last.ended

    assert asyncio.run(read()) == (["1"], ["2"], True)
    stdin.buffer.close()


def test_a_wait_for_standard_input_can_be_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    stdin = _Stdin(reading)
    monkeypatch.setattr(sys, "stdin", stdin)
    source = a_source("-")

    async def break_off() -> None:
        waiting = asyncio.create_task(source.read(b""))
        await asyncio.sleep(0.05)
        waiting.cancel()
        await source.close()

    asyncio.run(asyncio.wait_for(break_off(), 5))
    os.close(writing)
    stdin.buffer.close()


LINES = st.lists(
    st.one_of(
        st.integers(0, 99).map(line),
        st.sampled_from([b"\n", b"  \n", b"{bad\n", b'{"id":""}\n', b"\r\n"]),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(
    lines=LINES,
    name=st.sampled_from(sorted(PACKERS)),
    chunk=st.integers(1, 40),
    restarts=st.lists(st.integers(1, 5), max_size=6),
    newline=st.booleans(),
)
def test_any_chunk_and_any_restart_give_every_item_exactly_once(
    lines: list[bytes], name: str, chunk: int, restarts: list[int], newline: bool
) -> None:
    body = b"".join(lines) if newline else b"".join(lines).rstrip(b"\n")
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(PACKERS[name](body))
        expected_items, expected_dead, _ = drained(a_source(path, chunk_items=10_000))

        items: list[Item] = []
        dead: list[DeadLetter] = []
        cursor = b""
        for reads in [*restarts, 10_000]:
            more, more_dead, cursor = drained(a_source(path, chunk_items=chunk), cursor, most=reads)
            items += more
            dead += more_dead

    assert (items, dead) == (expected_items, expected_dead)
    assert len(items) == sum(part.startswith(b'{"id":"web') for part in lines)
