"""The wire form in and out."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco import codec
from bunco.errors import BadInput
from bunco.model import Post, Removal, Verdict
from tests.builders import NOON, a_post, a_verdict

VERDICT = b'{"judged":"fine","finding":"f1","author":"a:x","at":"2026-03-02T12:00:00Z"}'
LEAST = b'{"id":"a:1","author":"a:x","posted_at":"2026-03-02T12:00:00Z","title":"t"}'


def test_the_least_post_has_id_author_time_and_title() -> None:
    post = codec.decode_item(LEAST)

    assert post == Post(
        id="a:1", author="a:x", posted_at=datetime(2026, 3, 2, 12, tzinfo=UTC), title="t"
    )


def test_a_post_comes_back_as_it_went() -> None:
    post = a_post(links=("https://example.org/x",), mentions=("a:y",), kind="reply", lang="en")

    assert codec.decode_item(codec.encode(post)) == post


def test_times_of_any_zone_become_utc() -> None:
    post = codec.decode_item(LEAST.replace(b"12:00:00Z", b"14:30:00+02:30"))

    assert isinstance(post, Post)
    assert post.posted_at.isoformat() == "2026-03-02T12:00:00+00:00"


def test_unknown_fields_of_later_versions_are_passed_over() -> None:
    assert isinstance(codec.decode_item(LEAST[:-1] + b',"new_field":[1,2]}'), Post)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"", "truncated"),
        (b"nonsense", "malformed"),
        (b"[]", "Expected `object`"),
        (LEAST.replace(b'"id":"a:1",', b""), "missing required field `id`"),
        (LEAST.replace(b"a:1", b""), "$.id"),
        (LEAST.replace(b"a:x", b"nobody"), "$.author"),
        (LEAST.replace(b"12:00:00Z", b"12:00:00"), "timezone"),
        (LEAST.replace(b"2026-03-02T12:00:00Z", b"yesterday"), "RFC3339"),
        (LEAST.replace(b'"title":"t"', b'"lang":"en"'), "needs a title or a text"),
        (LEAST[:-1] + b',"kind":"shout"}', "$.kind"),
        (LEAST.replace(b"2026-03-02T12:00:00Z", b"0001-01-01T00:00:00+14:00"), "no such time"),
        (LEAST.replace(b"2026-03-02T12:00:00Z", b"9999-12-31T23:59:59-10:00"), "no such time"),
        (LEAST[:-1] + b',"links":"x"}', "$.links"),
        (b'{"removed":"post"}', "needs its id"),
        (b'{"removed":"author"}', "needs the author"),
        (b'{"removed":"all"}', "$.removed"),
        (b"\xff\xfe", "malformed"),
        (VERDICT.replace(b"fine", b"good"), "$.judged"),
        (VERDICT.replace(b"f1", b""), "$.finding"),
        (VERDICT.replace(b"a:x", b"nobody"), "$.author"),
        (VERDICT.replace(b"12:00:00Z", b"12:00:00"), "timezone"),
        (VERDICT.replace(b"2026-03-02T12:00:00Z", b"0001-01-01T00:00:00+14:00"), "no such time"),
        (VERDICT[:-1] + b',"pattern":{"numbers":{"count":"many"}}}', "$.pattern.numbers"),
    ],
)
def test_what_is_wrong_is_said(line: bytes, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        codec.decode_item(line)

    assert said.lower() in str(caught.value).lower()


def test_an_item_over_the_limit_is_refused() -> None:
    with pytest.raises(BadInput, match="over the limit"):
        codec.decode_item(LEAST[:-1] + b',"text":"' + b"x" * codec.ITEM_LIMIT_BYTES + b'"}')


def test_a_post_that_speaks_of_the_removed_is_a_post() -> None:
    assert isinstance(codec.decode_item(LEAST.replace(b'"t"', b'"\\"removed\\" ones"')), Post)


def test_removals_are_read() -> None:
    one = codec.decode_item(b'{"removed":"post","id":"a:1","author":"a:x"}')
    other = codec.decode_item(b'{"removed":"author","author":"a:x","at":"2026-03-02T12:00:00Z"}')

    assert one == Removal(removed="post", id="a:1", author="a:x")
    assert isinstance(other, Removal)
    assert other.at == datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_verdicts_are_read() -> None:
    least = codec.decode_item(VERDICT.replace(b"12:00:00Z", b"14:30:00+02:30"))

    assert least == Verdict(judged="fine", finding="f1", author="a:x", at=NOON)
    assert least.at.tzinfo is UTC
    assert codec.decode_item(codec.encode(a_verdict(until=NOON))) == a_verdict(until=NOON)


def test_a_post_that_speaks_of_the_judged_is_a_post() -> None:
    assert isinstance(codec.decode_item(LEAST.replace(b'"t"', b'"\\"judged\\" by all"')), Post)
    assert isinstance(codec.decode_item(LEAST[:-1] + b',"judged":"by another program"}'), Post)


@given(line=st.binary(max_size=300))
def test_any_bytes_are_an_item_or_bad_input(line: bytes) -> None:
    try:
        codec.decode_item(line)
    except BadInput:
        return
