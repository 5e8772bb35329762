from hypothesis import given
from hypothesis import strategies as st

from ingest.lines import Line, Lines, TooLong


def some_lines(*blocks: bytes, keep_open: bool = False) -> Lines:
    left = iter(blocks)
    return Lines(lambda: next(left, b""), offset=0, most_bytes=10, keep_open=keep_open)


def all_taken(lines: Lines, most: int) -> list[Line]:
    taken: list[Line] = []
    while more := lines.take(most):
        assert len(more) <= most
        taken += more
    return taken


@given(
    parts=st.lists(st.sampled_from([b"", b"a", b"bcd", b"0123456789"]), max_size=20),
    cuts=st.lists(st.integers(1, 30), max_size=20),
    most=st.integers(1, 9),
)
def test_lines_are_the_same_however_the_stream_is_cut(
    parts: list[bytes], cuts: list[int], most: int
) -> None:
    body = b"".join(part + b"\n" for part in parts)
    blocks, start = [], 0
    for cut in cuts:
        blocks.append(body[start : start + cut])
        start += cut
    lines = some_lines(*filter(None, [*blocks, body[start:]]))

    assert all_taken(lines, most) == parts
    assert lines.offset == len(body)
    assert lines.at_end
    assert lines.is_empty


def test_the_offset_stands_where_the_next_line_starts() -> None:
    lines = some_lines(b"one\ntwo\nthree")

    lines.take(2)

    assert lines.offset == len(b"one\ntwo\n")
    assert lines.take(2) == [b"three"]
    assert lines.offset == len(b"one\ntwo\nthree")


def test_an_unfinished_line_is_kept_back_where_the_stream_stays_open() -> None:
    lines = some_lines(b"one\ntw", b"", b"o\n", keep_open=True)

    assert lines.take(9) == [b"one"]
    assert lines.at_end
    assert lines.offset == 4
    assert lines.take(9) == [b"two"]


def test_an_endless_line_is_counted_and_not_kept() -> None:
    lines = some_lines(b"ok\n0123456789x", b"y" * 5, b"z\nnext\n")

    first, endless, last = all_taken(lines, 5)

    assert (first, last) == (b"ok", b"next")
    assert isinstance(endless, TooLong)
    assert len(endless) == len(b"0123456789xyyyyyz")
    assert endless.head == b"0123456789x"
    assert lines.offset == len(b"ok\n0123456789xyyyyyz\nnext\n")


def test_an_eager_reader_is_given_what_is_at_hand() -> None:
    lines = some_lines(b"one\n", b"two\n")

    assert lines.take(9, eager=True) == [b"one"]
    assert lines.take(9, eager=True) == [b"two"]
