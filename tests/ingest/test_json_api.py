from datetime import timedelta
from typing import Any

import pytest
from msgspec import Raw, Struct

from bunco.errors import BadInput, SourceError
from bunco.model import Post, Removal
from bunco.ports.web import Fetched
from ingest.json_api import Gathered, decoded, within_limits
from tests.builders import NOON, a_post
from tests.fakes import FakeClock


class Named(Struct):
    name: str


def gathered() -> Gathered:
    return Gathered("here", FakeClock())


def an_answer(body: bytes) -> Fetched:
    url = "https://user:hush@api.example/v1?token=hush"
    return Fetched(status=200, url=url, permanent_url=url, headers={}, body=body)


def test_what_can_be_read_is_given_and_the_rest_set_aside_with_its_reason() -> None:
    def read(document: bytes) -> int:
        if document == b"2":
            raise BadInput("two is no number of ours")
        return int(document)

    found = gathered()

    assert found.sift([Raw(b"1"), Raw(b"2"), Raw(b"x"), Raw(b"3")], read, "a number") == [1, 3]
    assert [letter.reason for letter in found.dead][:1] == ["two is no number of ours"]
    assert [letter.body for letter in found.dead] == [b"2", b"x"]
    assert {(letter.source, letter.at, letter.origin) for letter in found.dead} == {
        ("here", NOON, "here: a number")
    }


def test_a_flood_of_rubbish_is_bounded_and_counted() -> None:
    found = gathered()
    for number in range(250):
        found.set_aside("an entry", "rubbish", str(number).encode())
    found.set_aside("an entry", "rubbish", b"0")

    assert len(found.dead) == 100
    assert found.note == "151 more could not be read"


def test_the_same_letter_twice_is_one() -> None:
    found = gathered()
    found.set_aside("an entry", "rubbish", b"x")
    found.set_aside("an entry", "rubbish", b"x")

    assert len(found.dead) == 1


def test_posts_come_first_and_in_the_order_they_were_published() -> None:
    found = gathered()
    late, early = a_post(timedelta(hours=1), id="x:2"), a_post(id="x:1")
    gone = Removal(removed="post", id="x:0")
    found.items += [late, gone, early]

    assert found.ordered == (early, late, gone)


def test_a_part_that_failed_is_noted_with_the_longest_wait() -> None:
    found = gathered()
    minute = timedelta(minutes=1)
    found.broke_off("one", SourceError("was cut", retry_after=timedelta(minutes=5)), minute)
    found.broke_off("two", SourceError("was cut"), minute)

    assert found.note == "one: was cut; two: was cut"
    assert found.rest == timedelta(minutes=5)
    assert found.is_empty


def test_an_answer_is_decoded_or_told_in_words_without_its_address() -> None:
    with pytest.raises(SourceError) as page:
        decoded(an_answer(b" <!doctype html>"), Named)
    with pytest.raises(SourceError) as shape:
        decoded(an_answer(b'{"name": 1}'), Named)
    with pytest.raises(SourceError) as binary:
        decoded(an_answer(b'{"name": "\xff"}'), Named)

    assert decoded(an_answer(b'{"name": "ann"}'), Named).name == "ann"
    assert page.value.reason == "api.example answered something else: a web page"
    assert "at `$.name`" in shape.value.reason
    assert all("hush" not in error.value.reason for error in (page, shape, binary))


def test_a_post_is_cut_to_what_is_kept() -> None:
    long = a_post(
        title="t" * 3000,
        text="x" * 30_000,
        links=("", *(f"https://example.org/{n}" for n in range(30)), "https://e.org/" + "x" * 3000),
    )

    kept = within_limits(long)

    assert (len(kept.title), len(kept.text), len(kept.links)) == (2000, 20_000, 20)
    assert "" not in kept.links


def test_a_date_far_ahead_is_not_believed_and_a_little_ahead_is() -> None:
    ahead = a_post(timedelta(hours=30), seen_at=NOON)
    slightly = a_post(timedelta(hours=20), seen_at=NOON)

    assert (within_limits(ahead).posted_at, within_limits(ahead).undated) == (NOON, True)
    assert within_limits(slightly) == slightly


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"author": "lemmy:"}, "names no author"), ({"title": "", "text": ""}, "says nothing")],
)
def test_a_post_without_author_or_words_is_refused(changes: dict[str, Any], reason: str) -> None:
    post: Post = a_post(**changes)

    with pytest.raises(BadInput, match=reason):
        within_limits(post)
