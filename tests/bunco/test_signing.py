"""Links of mails: each does one thing until its time, and cannot be made up."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.errors import UsageError
from bunco.signing import Grant, granted, signed
from tests.builders import NOON

KEY = b"k" * 32
GRANT = Grant(act="silence", until_s=int(NOON.timestamp()), rule="me", author="web:a", days=7)


def test_a_link_grants_what_was_signed() -> None:
    assert granted(signed(GRANT, KEY), KEY, NOON) == GRANT


def test_after_its_time_it_grants_nothing() -> None:
    with pytest.raises(UsageError, match="too old"):
        granted(signed(GRANT, KEY), KEY, NOON + timedelta(seconds=1))


def test_with_another_key_it_grants_nothing() -> None:
    with pytest.raises(UsageError, match="damaged"):
        granted(signed(GRANT, KEY), b"other", NOON)


@given(st.integers(0, 10_000), st.integers(1, 127))
def test_with_any_character_changed_it_grants_nothing(at: int, by: int) -> None:
    token = signed(GRANT, KEY)
    at %= len(token)
    changed = token[:at] + chr((ord(token[at]) + by) % 128) + token[at + 1 :]

    try:
        found = granted(changed, KEY, NOON)
    except UsageError:
        return
    assert found == GRANT, "the last character of base64 holds bits that mean nothing"


@given(st.text(max_size=200))
def test_whatever_is_no_link_is_told_as_damaged(text: str) -> None:
    with pytest.raises(UsageError, match="damaged"):
        granted(text, KEY, NOON)
