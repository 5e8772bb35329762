import json
from datetime import timedelta
from typing import Any

from bunco.model import Post
from ingest.mastodon import posts, status
from ingest.mastodon.memory import Memory
from tests.builders import NOON

LATER = NOON + timedelta(days=2)


def said(local: int, text: str = "Words", edited: str | None = None) -> status.Status:
    told: dict[str, Any] = {
        "id": local,
        "uri": f"https://a.example/{local}",
        "account": {"acct": "ann"},
        "content": text,
        "created_at": "2026-03-02T11:00:00Z",
        "edited_at": edited,
    }
    return status.decode(json.dumps(told))


def wording(memory: Memory, one: status.Status) -> Post:
    made = posts.post(one, server="a.example", source="s", seen_at=LATER)
    return memory.wording(one, made)


def test_the_first_wording_met_has_the_id_of_the_status_edited_or_not() -> None:
    post = wording(Memory(10), said(1, edited="2026-03-02T11:30:00Z"))

    assert post.id == "mastodon:https://a.example/1"
    assert post.posted_at == NOON - timedelta(hours=1)


def test_the_same_edit_always_has_the_same_id_and_other_edits_others() -> None:
    memory = Memory(10)
    wording(memory, said(1))

    ids = [
        wording(memory, said(1, text, edited)).id
        for text, edited in [
            ("New", "2026-03-02T11:30:00Z"),
            ("New", "2026-03-02T12:30:00+01:00"),
            ("New", "2026-03-02T11:40:00Z"),
            ("Words", "2026-03-02T11:50:00Z"),
            ("Words", None),
        ]
    ]

    first = "mastodon:https://a.example/1"
    assert ids == [
        f"{first}#edited-2026-03-02T11:30:00.000Z",
        f"{first}#edited-2026-03-02T11:30:00.000Z",
        first,
        f"{first}#edited-2026-03-02T11:50:00.000Z",
        first,
    ]
    assert {one.id for one in memory.gone("1", "s")} == set(ids)


def test_more_edits_than_a_removal_could_name_are_not_kept() -> None:
    memory = Memory(10)
    wording(memory, said(1))

    ids = {wording(memory, said(1, f"New {n}", f"2026-03-02T11:3{n}:00Z")).id for n in range(9)}

    assert len(ids) == 6
    assert ids == {one.id for one in memory.gone("1", "s")}


def test_it_is_bounded_and_a_cursor_holds_the_latest() -> None:
    memory = Memory(500)
    for number in range(2000):
        wording(memory, said(number))

    row = memory.latest(3)
    again = Memory(500)
    again.take(row)

    assert len(memory) == 500
    assert [one.name for one in row] == ["1997", "1998", "1999"]
    assert again.gone("1999", "s") == memory.gone("1999", "s")
    assert again.gone("1", "s") == []


def test_those_that_waited_longest_are_asked_about_and_old_ones_no_more() -> None:
    memory = Memory(10)
    for number in range(4):
        wording(memory, said(number))

    first = memory.turn(2, LATER.timestamp(), timedelta(days=1))
    memory.asked(first)
    second = memory.turn(2, LATER.timestamp(), timedelta(days=1))
    none = memory.turn(2, LATER.timestamp() + 86_401, timedelta(days=1))

    assert [one.name for one in (*first, *second)] == ["0", "1", "2", "3"]
    assert none == []
