import gzip
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.errors import SourceError
from ingest.compression import decompress
from tests.ingest.server import pack

MOST = 1 << 20
WAYS = ["gzip", "deflate", "br", "zstd"]


@pytest.mark.parametrize("way", WAYS)
@given(body=st.binary(max_size=3000))
def test_what_was_packed_comes_out_whole(way: str, body: bytes) -> None:
    if body.startswith(b"\x1f\x8b"):
        return

    assert decompress(pack(body, way), way, MOST) == body


@pytest.mark.parametrize("way", WAYS)
def test_exactly_the_limit_passes_and_one_more_does_not(way: str) -> None:
    fits, too_large = pack(b"a" * MOST, way), pack(b"a" * (MOST + 1), way)

    assert len(decompress(fits, way, MOST)) == MOST
    with pytest.raises(SourceError, match="larger than 1048576"):
        decompress(too_large, way, MOST)


@pytest.mark.parametrize("way", WAYS)
def test_a_bomb_takes_no_more_memory_than_the_limit_and_a_step(way: str) -> None:
    bomb = pack(b"\0" * (64 * MOST), way)
    tracemalloc.start()

    with pytest.raises(SourceError):
        decompress(bomb, way, MOST)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * MOST


@pytest.mark.parametrize("way", WAYS)
def test_a_cut_body_is_broken(way: str) -> None:
    packed = pack(bytes(range(256)) * 100, way)

    with pytest.raises(SourceError, match="broken or cut off"):
        decompress(packed[: len(packed) // 2], way, MOST)


def test_deflate_without_its_wrapper_is_read() -> None:
    assert decompress(pack(b"hello " * 50, "raw"), "deflate", MOST) == b"hello " * 50


def test_members_of_gzip_follow_each_other() -> None:
    assert decompress(gzip.compress(b"a") + gzip.compress(b"b"), "gzip", MOST) == b"ab"


def test_frames_of_zstd_follow_each_other() -> None:
    assert decompress(pack(b"a", "zstd") + pack(b"b", "zstd"), "zstd", MOST) == b"ab"


def test_two_ways_are_undone_last_first() -> None:
    packed = pack(pack(b"hello", "br"), "gzip")

    assert decompress(packed, "br, gzip", MOST) == b"hello"


@pytest.mark.parametrize("way", ["gzip", "zstd"])
def test_a_body_that_is_not_compressed_after_all_stays(way: str) -> None:
    assert decompress(b"<rss/>", way, MOST) == b"<rss/>"


def test_a_gzip_file_is_opened_without_being_labelled() -> None:
    assert decompress(gzip.compress(b"<rss/>"), "", MOST) == b"<rss/>"


@pytest.mark.parametrize("labels", ["compress", "gzip, gzip, gzip, gzip"])
def test_odd_labels_are_refused(labels: str) -> None:
    with pytest.raises(SourceError) as error:
        decompress(b"x", labels, MOST)

    assert error.value.weight == "hard"
