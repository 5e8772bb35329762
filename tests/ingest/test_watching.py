from datetime import timedelta

from bunco.model import Removal
from ingest import watching
from ingest.watching import MOST_WATCHED, Row, joined, looked, removals, turn, watched
from tests.builders import NOON, a_post

WEEK = timedelta(days=7)


def row(many: int) -> Row:
    return tuple(
        watched(a_post(timedelta(seconds=number), id=f"x:{number}"), str(number))
        for number in range(many)
    )


def test_those_that_were_looked_at_wait_at_the_end() -> None:
    before = row(4)
    seen = {one.id: one for one in turn(before, 2)}

    after = looked(before, seen, NOON, WEEK)

    assert [one.name for one in after] == ["2", "3", "0", "1"]


def test_what_is_gone_or_old_is_watched_no_more() -> None:
    before = row(3)

    after = looked(before, {"x:1": None}, NOON + timedelta(seconds=1), timedelta(seconds=0))

    assert [one.name for one in after] == ["2"]


def test_a_full_row_leaves_its_oldest_behind() -> None:
    after = joined(row(MOST_WATCHED), [watched(a_post(WEEK, id="x:new"), "new")])

    assert len(after) == MOST_WATCHED
    assert (after[0].name, after[-1].name) == ("1", "new")


def test_a_post_is_watched_once() -> None:
    assert joined(row(2), row(2)) == row(2)


def test_a_new_wording_is_a_post_and_goes_with_the_first() -> None:
    post = a_post(id="x:1", author="web:a", title="Old")
    at = NOON + timedelta(hours=1)

    one, later = watching.edited(watched(post, "1"), a_post(id="x:1", title="New"), at)
    same, nothing = watching.edited(one, a_post(id="x:1", title="New"), at)
    back, none = watching.edited(same, a_post(id="x:1", title="Old"), at)

    assert later is not None
    assert (later.title, later.posted_at) == ("New", at)
    assert (nothing, none is not None) == (None, True)
    assert [one.id for one in removals(back, "s")] == ["x:1", *back.edits]
    assert removals(one, "s")[0] == Removal(removed="post", id="x:1", author="web:a", source="s")


def test_edits_of_one_post_are_bounded() -> None:
    one = watched(a_post(id="x:1"), "1")
    for number in range(9):
        one, _ = watching.edited(one, a_post(id="x:1", title=f"Wording {number}"), NOON)

    assert len(one.edits) == 5
