import json
from typing import Any

import pytest

from bunco.errors import BadInput
from bunco.model import Post, Removal
from ingest.sources.mastodon import parse
from tests.builders import NOON
from tests.shared_data import shared

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
NOTE: dict[str, Any] = {
    "type": "Note",
    "id": "https://a.example/notes/1",
    "attributedTo": "https://a.example/users/ann",
    "published": "2026-03-02T11:00:00Z",
    "to": [PUBLIC],
    "content": "<p>Words</p>",
}
GIVEN = {
    "discourse__objects__page": "post",
    "friendica__activities__delete": "gone",
    "friendica__objects__note_1": "reply",
    "friendica__objects__page_1": "post",
    "friendica__objects__page_2": "post",
    "lemmy__activities__deletion__delete_user": "author gone",
    "lemmy__collections__group_featured_posts": "post, post",
    "lemmy__objects__page": "post",
    "lemmy__objects__page_image_and_link": "post",
    "lemmy__objects__tombstone": "gone",
    "lotide__activities__delete_note": "gone",
    "lotide__objects__tombstone": "gone",
    "mastodon__activities__create_note": "reply",
    "mastodon__objects__note_2": "reply",
    "mobilizon__objects__event": "post",
    "nodebb__objects__page": "post",
    "smithereen__activities__create_note": "reply",
}


def read(told: Any) -> Any:
    return parse(json.dumps(told).encode(), url="", seen_at=NOON).items


def kind_of(item: Any) -> str:
    if isinstance(item, Removal):
        return "author gone" if item.removed == "author" else "gone"
    assert isinstance(item, Post)
    return item.kind


def test_every_shared_object_is_read_or_refused_with_a_reason() -> None:
    given, refused = {}, {}
    for path in sorted(shared("json_api/activitypub").glob("*.json")):
        try:
            items = parse(path.read_bytes(), url="", seen_at=NOON).items
            given[path.stem] = ", ".join(map(kind_of, items))
        except BadInput as error:
            refused[path.stem] = str(error)

    assert given == GIVEN
    assert len(refused) == 20
    assert set(refused.values()) == {
        "a Person: nothing that was published",
        "an Organization: nothing that was published",
        "an Application: nothing that was published",
        "a Group: nothing that was published",
        "a Like: nothing that was published",
        "a Block: nothing that was published",
        "a Remove: nothing that was published",
        "a Warn: nothing that was published",
        "an Undo: nothing that was published",
        "a Follow: nothing that was published",
        "a collection that holds no objects, or their addresses only",
        "it is for those it is addressed to, not for everybody",
    }


def test_a_note_and_the_status_of_an_api_are_one_post() -> None:
    [note] = read(NOTE)
    [status] = read(
        {
            "id": "7",
            "uri": NOTE["id"],
            "account": {"acct": "ann", "url": "https://a.example/@ann"},
            "content": NOTE["content"],
            "created_at": NOTE["published"],
        }
    )

    assert (note.id, note.author, note.text) == (status.id, status.author, status.text)


def test_an_object_by_an_actor_without_a_readable_name_keeps_its_address() -> None:
    [post] = read(NOTE | {"attributedTo": "https://a.example/users/17"})

    assert post.author == "mastodon:https://a.example/users/17"


def test_a_boost_holds_the_address_of_what_it_repeats() -> None:
    [post] = read(
        {
            "type": "Announce",
            "id": "https://a.example/boosts/1",
            "actor": "https://a.example/@ann",
            "object": NOTE | {"content": "Words of another"},
        }
    )

    assert (post.kind, post.text, post.undated) == ("repost", NOTE["id"], True)


@pytest.mark.parametrize(
    "told",
    [
        NOTE | {"to": ["https://a.example/users/bob"]},
        NOTE | {"attributedTo": None},
        NOTE | {"id": None},
        {"type": "Delete", "actor": "https://a.example/users/ann"},
        {"type": ["Note"], "id": 7},
        {"type": "Create", "object": "https://a.example/notes/1"},
        {"type": "Collection", "items": ["https://a.example/notes/1"]},
        NOTE | {"attributedTo": "https://[a.example/users/ann"},
    ],
)
def test_what_is_incomplete_or_not_for_everybody_is_refused(told: Any) -> None:
    with pytest.raises(BadInput):
        read(told)
