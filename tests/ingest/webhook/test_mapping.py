"""Foreign JSON becomes posts as a table of paths says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.errors import BadInput
from bunco.model import Post, Removal
from ingest.webhook.mapping import Fields, Mapped, item_of
from tests.builders import NOON

FORUM = Mapped(
    fields=Fields(
        id="post.id",
        author="post.user.login",
        author_name="post.user.name",
        posted_at="post.created_at",
        title="topic.title",
        text="post.cooked",
        url="post.url",
        links="post.links",
        reply_to="post.parent",
        place="topic.category",
        lang="post.lang",
    ),
    platform="forum",
    name="hook",
    markup="html",
    removed_at="event",
    removed_values=("post_destroyed",),
)
BODY: dict[str, Any] = {
    "event": "post_created",
    "topic": {"title": "Tea &amp; milk", "category": "kitchen"},
    "post": {
        "id": 7,
        "user": {"login": "ann", "name": "Ann"},
        "created_at": "2026-03-02T13:00:00+01:00",
        "cooked": "<p>Milk <b>first</b>.</p>",
        "url": "https://forum.example/p/7",
        "links": ["https://tea.example/", "https://tea.example/", 5],
        "parent": 6,
        "lang": "en",
    },
}


def changed(**post: Any) -> dict[str, Any]:
    return {**BODY, "post": {**BODY["post"], **post}}


def as_post(value: object, mapped: Mapped = FORUM) -> Post:
    item = item_of(value, mapped, NOON)
    assert isinstance(item, Post)
    return item


def test_every_field_is_found() -> None:
    assert as_post(BODY) == Post(
        id="forum:7",
        author="forum:ann",
        author_name="Ann",
        posted_at=NOON,
        seen_at=NOON,
        title="Tea & milk",
        text="Milk first.",
        url="https://forum.example/p/7",
        links=("https://tea.example/",),
        place="kitchen",
        lang="en",
        reply_to="forum:6",
        kind="reply",
    )


def test_an_event_of_removal_removes_the_post() -> None:
    item = item_of({**BODY, "event": "post_destroyed"}, FORUM, NOON)

    assert item == Removal(removed="post", id="forum:7", author="forum:ann")


@pytest.mark.parametrize("told", [1772452800, 1772452800000, "1772452800", 1772452800.0])
def test_a_time_may_be_seconds_or_milliseconds(told: object) -> None:
    assert as_post(changed(created_at=told)).posted_at == datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("told", [None, "soon", [], True, 1e300, "2026-03-09T12:00:00Z"])
def test_a_time_that_is_none_or_far_ahead_makes_an_undated_post(told: object) -> None:
    post = as_post(changed(created_at=told))

    assert (post.posted_at, post.undated) == (NOON, True)


def test_a_time_without_a_zone_is_utc() -> None:
    post = as_post(changed(created_at="2026-03-02T11:00:00"))

    assert post.posted_at == NOON - timedelta(hours=1)


def test_an_author_is_the_source_where_none_is_told() -> None:
    fields = replace(FORUM.fields, author="")

    assert as_post(BODY, replace(FORUM, fields=fields)).author == "forum:hook"


@pytest.mark.parametrize(
    "value",
    [
        5,
        None,
        [],
        {},
        changed(id=None),
        changed(id=" "),
        changed(id={}),
        changed(cooked="<p></p>") | {"topic": {}},
        changed(id="x" * 2000),
        changed(id="\ud800"),
        changed(user={"login": "\x01"}),
    ],
)
def test_what_is_no_post_is_refused_with_a_reason(value: object) -> None:
    with pytest.raises(BadInput, match=r".{8,}"):
        item_of(value, FORUM, NOON)
