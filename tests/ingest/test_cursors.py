import pytest
from msgspec import Struct

from ingest.cursors import Cursors


class Before(Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: int = 1
    number: int = 0


class Now(Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: int = 2
    number: int = 0


def test_what_was_written_is_read() -> None:
    cursors = Cursors(Now)

    assert cursors.decode(cursors.encode(Now(number=7))) == Now(number=7)


@pytest.mark.parametrize("cursor", [b"", b"\xff", b"\x81", b"text", b"\x81\xa6number\xa1x"])
def test_what_is_no_cursor_is_a_fresh_start(cursor: bytes) -> None:
    assert Cursors(Now).decode(cursor) == Now()


def test_a_cursor_of_an_earlier_form_is_a_fresh_start() -> None:
    told = Cursors(Before).encode(Before(version=3, number=7))

    assert Cursors(Now).decode(told) == Now()
