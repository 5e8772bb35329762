import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.errors import BadInput
from bunco.model import Post, Removal
from ingest.bluesky.event import decode_either, decode_v1, decode_v2
from ingest.bluesky.reading import Reader, Reading
from ingest.streams.names import Names
from ingest.streams.recent import Recent
from tests.builders import NOON
from tests.ingest.bluesky.jetstream import START_US, account, commit, identity, v1, v2

NOW = NOON + timedelta(minutes=1)


def _reader(*erases: str) -> Reader:
    return Reader("jet", decode_either, erases or ("deleted", "takendown"), Recent())


def _read(*messages: bytes, reader: Reader | None = None) -> Reading:
    return (reader or _reader()).read(messages, NOW)


EVENTS = [identity("a.b", at=1), commit(1, at=2), commit(1, "delete", at=3), account(at=4)]


def test_both_wires_give_the_same_items() -> None:
    events = [*EVENTS[:3], account(at=4, status="deleted")]

    one, other = _read(*map(v1, events)), _read(*map(v2, events))

    assert one.items == other.items
    assert len(one.items) == 3
    assert one.newest_us == other.newest_us == START_US + 4_000_000
    assert one.first_us == other.first_us == START_US + 1_000_000


@pytest.mark.parametrize("status", ["deleted", "takendown", "suspended", "deactivated", "odd", ""])
def test_an_account_takes_its_posts_along_in_the_states_that_were_chosen(status: str) -> None:
    gone = v1(account(status=status))

    usual = _read(gone).items
    chosen = _read(gone, reader=_reader("suspended", "deactivated")).items

    assert bool(usual) == (status in {"deleted", "takendown"})
    assert bool(chosen) == (status in {"suspended", "deactivated"})


def test_an_account_that_is_active_again_takes_nothing_along() -> None:
    assert _read(v1(account(active=True, status="deleted"))).items == ()


def test_a_handle_counts_from_when_it_is_told_until_it_is_taken_back() -> None:
    reader = _reader()
    told = [commit(1), identity("one"), commit(2), identity("two"), commit(3), commit(4, who=2)]

    first = _read(*map(v1, told), reader=reader).items
    lost = v1(identity("")).replace(b'"handle":"",', b"")
    last = _read(lost, v1(commit(5)), reader=reader).items

    names = [post.author_name for post in (*first, *last) if isinstance(post, Post)]
    assert names == ["", "one", "two", "", ""]


def test_a_removed_account_takes_its_handle_along() -> None:
    told = [identity("ann.b"), account(status="deleted"), commit(1), commit(2, who=2)]

    names = [item.author_name for item in _read(*map(v1, told)).items if isinstance(item, Post)]

    assert names == ["", ""]


def test_what_comes_twice_is_given_once_and_what_changes_is_given_again() -> None:
    again = commit(1, "update")

    items = _read(*map(v1, [commit(1), commit(1), again, again, commit(1, who=2)])).items

    assert len(items) == 3


def test_a_repository_set_anew_and_kinds_unknown_are_noted() -> None:
    sync = v2({"did": "did:plc:a", "time_us": START_US, "kind": "sync", "sync": {}})
    odd = b'{"did":"did:plc:a","time_us":1,"kind":"new"}'

    reading = _read(sync, sync, odd)

    assert (reading.items, reading.dead) == ((), ())
    assert reading.notes == (
        "2 repositories were set anew",
        "1 events of a kind that is not known",
    )


def test_the_word_of_the_server_is_passed_on() -> None:
    info = b'{"$type":"message","payload":{"$type":"a#info","name":"OutdatedCursor"}}'
    error = b'{"$type":"error","error":"ConsumerTooSlow","message":"too slow"}'

    reading = _read(info, error, v2(commit(1)))

    assert reading.told == ("OutdatedCursor", "ConsumerTooSlow")
    assert (len(reading.items), reading.dead) == (1, ())


def test_garbage_is_set_aside_with_its_reason_and_whose_it_is() -> None:
    wrong = commit(1, at=2, text=7)

    deep = b'{"kind":"x","y":' + b"[" * 99_999

    assert len(_read(deep).dead) == 1
    reading = _read(b"{", b"[]", v1(wrong), b'{"$type":"odd"}', v1(commit(2)))

    assert len(reading.items) == 1
    told = [(letter.origin, letter.author) for letter in reading.dead]
    post = "bluesky:at://did:plc:account1/app.bsky.feed.post/k1"
    assert told == [
        ("jet: message", ""),
        ("jet: message", ""),
        (f"jet: {post}", "bluesky:did:plc:account1"),
        ("jet: message", ""),
    ]
    assert reading.dead[2].at == NOON + timedelta(seconds=2)
    assert all(letter.reason for letter in reading.dead)


@pytest.mark.parametrize("operation", ["create", "update", "delete", "rename", ""])
def test_every_operation_is_understood_or_set_aside(operation: str) -> None:
    reading = _read(v1(commit(1, operation)))

    assert len(reading.items) + len(reading.dead) == 1
    if operation == "delete":
        assert isinstance(reading.items[0], Removal)


@given(st.lists(st.binary(max_size=200), max_size=5), st.integers(0, 600))
def test_no_message_breaks_the_reading(garbage: Sequence[bytes], cut: int) -> None:
    good = v1(commit(1, text="x", facets=[{"features": [{"did": "did:plc:b"}]}]))

    reading = _read(*garbage, good[:cut], v2(commit(2))[:cut], b"\x00" + good)

    assert len(reading.items) + len(reading.dead) <= len(garbage) + 3


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["did", "time_us", "kind", "commit", "record", "rkey", "operation"]
                ),
                inner,
                max_size=5,
            )
        ),
    )
)
def test_no_json_breaks_the_reading(value: object) -> None:
    for decode in (decode_v1, decode_v2):
        try:
            Reader("jet", decode, (), Recent()).read([json.dumps(value).encode()], NOW)
        except BadInput as error:
            raise AssertionError from error


def test_the_latest_handles_are_remembered_and_memory_is_bounded() -> None:
    handles = Names(most=100)

    for number in range(1000):
        handles.take(f"did:{number}", f"name{number}")

    assert all(handles.of(f"did:{number}") for number in range(900, 1000))
    assert sum(bool(handles.of(f"did:{number}")) for number in range(1000)) <= 200
    handles.forget("did:999")
    assert handles.of("did:999") == ""
