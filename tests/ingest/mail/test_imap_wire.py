from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mail.imap_wire import Response, fetched, folder_name, quoted, told


def test_a_fetch_is_read_whatever_the_order_and_form() -> None:
    text = b'* 3 FETCH (FLAGS (\\Seen $X) BODY[HEADER]<0> {4} INTERNALDATE " 7-Feb-2026 01:02:03'
    text += b' +0100" RFC822.SIZE 17 ENVELOPE ("a (b)" NIL ((NIL NIL))) UID 9)'

    mail = told(Response(text, (b"a: b",)))

    assert (mail.uid, mail.size, mail.body) == (9, 17, b"a: b")
    assert mail.arrived == datetime(2026, 2, 7, 0, 2, 3, tzinfo=UTC)


def test_a_body_may_come_as_a_string_or_not_at_all() -> None:
    assert told(Response(b'* 3 FETCH (UID 9 BODY[]<0> "a \\"b\\" (")')).body == b'a "b" ('
    assert told(Response(b"* 3 FETCH (UID 9 BODY[]<0> NIL)")).body == b""


def test_the_names_of_header_fields_may_hold_spaces() -> None:
    found = fetched(Response(b'* 1 FETCH (BODY[HEADER.FIELDS (TO CC)] "x" UID 4)'))

    assert (found["UID"], found["BODY[HEADER.FIELDS (TO CC)]"]) == (b"4", b"x")


def test_a_flag_change_is_no_mail() -> None:
    assert told(Response(b"* 3 FETCH (FLAGS (\\Seen))")).uid == 0


@pytest.mark.parametrize(
    "text", [b"* 1 FETCH (UID 4", b"* 1 FETCH (BODY[] {4})", b"* 1 FETCH (" + b"(" * 5000]
)
def test_a_broken_answer_is_an_error_in_words(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"list|literal"):
        fetched(Response(text))


@given(st.binary(max_size=60))
def test_no_answer_breaks_the_reading_otherwise(text: bytes) -> None:
    try:
        told(Response(b"* 1 FETCH (" + text))
    except ValueError:
        return


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", "INBOX"),
        ("A & B", "A &- B"),
        ("Entwürfe", "Entw&APw-rfe"),
        ("台北", "&U,BTFw-"),
        ("a😀b", "a&2D3eAA-b"),
    ],
)
def test_folder_names_are_written_as_imap_does(name: str, written: str) -> None:
    assert folder_name(name) == written


def test_a_line_end_cannot_be_smuggled_into_a_command() -> None:
    with pytest.raises(ValueError, match="plain"):
        quoted("x\r\nb2 DELETE INBOX")
