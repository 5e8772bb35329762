"""What records hold: every item of a good one, the good ones of a broken one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco import codec
from bunco.errors import BadInput
from bunco.model import DeadLetter, Poll, Post, Removal, SourceState
from bunco.streams import records
from bunco.streams.records import Broken, SourceRecord
from tests.builders import NOON, a_finding, a_post

POST = codec.encode(a_post())
REMOVAL = codec.encode(Removal(removed="author", author="web:example.org", at=NOON))
BARE = b'{"id":"web:a/1"}'


@pytest.mark.parametrize(
    ("value", "count", "broken"),
    [
        (POST, 1, []),
        (b"  \n" + POST, 1, []),
        (b"[" + POST + b"]", 1, []),
        (b" [" + POST + b" , " + REMOVAL + b"]\n", 2, []),
        (b"[]", 0, []),
        (b"[" + POST + b"," + BARE + b"," + REMOVAL + b"]", 2, [BARE]),
        (b"[1,null," + POST + b"]", 1, [b"1", b"null"]),
    ],
)
def test_good_items_are_read_and_broken_ones_named(
    value: bytes, count: int, broken: list[bytes]
) -> None:
    items, left = records.decode_items(value)

    assert len(items) == count
    assert [one.body for one in left] == broken
    assert all(one.reason for one in left)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"hello",
        b"{oops",
        BARE,
        b"[" + POST,
        b"[" + POST + b",]",
        b"\xff\xfe",
        b'["\xff"',
        b"7",
    ],
)
def test_a_record_that_is_no_json_is_refused_as_a_whole(value: bytes) -> None:
    with pytest.raises(BadInput, match=r"."):
        records.decode_items(value)


def test_an_item_above_the_limit_is_broken_and_the_others_are_read() -> None:
    large = codec.encode(a_post(text="x" * codec.ITEM_LIMIT_BYTES))

    items, (broken,) = records.decode_items(records.join_items([large, POST]))

    assert items == [a_post()]
    assert "limit" in broken.reason


def test_a_deep_nest_is_refused_without_harm() -> None:
    nest = b'{"title":' + b"[" * 100_000

    with pytest.raises(BadInput):
        records.decode_items(nest)
    with pytest.raises(BadInput):
        records.decode_items(b"[" + nest)


TITLES = st.text('aé한😀\u2028"\\[]{},\n ', min_size=1)
AUTHORS = st.from_regex(r"web:[a-z0-9./-]{1,20}", fullmatch=True)
ITEMS = st.one_of(
    st.builds(lambda title, author: a_post(title=title, author=author), TITLES, AUTHORS),
    st.builds(lambda author: Removal(removed="author", author=author, at=NOON), AUTHORS),
)


@given(st.lists(ITEMS, max_size=20))
def test_what_is_joined_is_read_again_in_its_order(items: list[Post | Removal]) -> None:
    value = records.join_items([codec.encode(item) for item in items])

    assert records.decode_items(value) == (items, [])


@pytest.mark.parametrize("headers", [None, [], records.HEADERS, [("trace", b"x"), ("v", b"1")]])
def test_records_of_version_1_or_none_are_read(headers: list[tuple[str, bytes]] | None) -> None:
    records.check_version(headers)


@pytest.mark.parametrize("value", [b"2", b"", None, b"01", b"\xff"])
def test_another_version_is_refused(value: bytes | None) -> None:
    with pytest.raises(BadInput, match="this bunco reads 1"):
        records.check_version([("v", value)])


def test_findings_dead_letters_and_sources_are_read_again() -> None:
    finding = a_finding()
    dead = DeadLetter(id="d", origin="posts:0:7", reason="no JSON", body=b"\xff\x00", at=NOON)
    poll = Poll(source="hn", at=NOON, outcome="new")
    source = SourceRecord(state=SourceState(source="hn"), poll=poll, generation=3)

    assert records.decode_finding(codec.encode(finding)) == finding
    assert records.decode_dead(codec.encode(dead)) == dead
    assert records.decode_source(codec.encode(source)) == source


@pytest.mark.parametrize(
    "read", [records.decode_finding, records.decode_dead, records.decode_source]
)
@pytest.mark.parametrize("value", [b"", b"{}", b"[]", b"\xff", b'{"id":1}', b"[" * 100_000])
def test_what_is_none_of_them_is_refused(read: object, value: bytes) -> None:
    with pytest.raises(BadInput):
        read(value)  # type: ignore[operator]  # one of three functions


def test_broken_items_keep_their_bytes() -> None:
    _, broken = records.decode_items(b'[{"a": "\\u00e9"}]')

    assert broken == [Broken(b'{"a": "\\u00e9"}', broken[0].reason)]
