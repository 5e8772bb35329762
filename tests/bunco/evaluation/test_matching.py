"""Which findings of two settings are the same episode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.evaluation.matching import Difference, Told, matched
from tests.builders import a_finding


def told(name: str, posts: str, score: float = 0.6) -> Told:
    """Give an episode that told of posts, each a letter."""
    return Told(finding=a_finding(id=name, score=score), opened_ms=0, posts=set(posts))


def became(found: list[Difference]) -> set[tuple[str, str, str]]:
    """Give each change with the ids of both sides."""
    return {
        (
            one.change,
            one.before.finding.id if one.before else "",
            one.after.finding.id if one.after else "",
        )
        for one in found
    }


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [], set()),
        ([told("a", "pq")], [], {("gone", "a", "")}),
        ([], [told("a", "pq")], {("new", "", "a")}),
        ([told("a", "pq")], [told("a", "pq")], {("same", "a", "a")}),
        ([told("a", "pq")], [told("a", "pq", 0.7)], {("changed", "a", "a")}),
        ([told("a", "pq")], [told("b", "qr")], {("same", "a", "b")}),
        ([told("a", "pq")], [told("b", "rs")], {("gone", "a", ""), ("new", "", "b")}),
        # the id goes before posts in common
        (
            [told("a", "pq")],
            [told("a", "x"), told("b", "pq")],
            {("same", "a", "a"), ("new", "", "b")},
        ),
        # one long episode becomes two: it stays as the one with most of its posts
        (
            [told("a", "pqrst")],
            [told("b", "pq"), told("c", "rst")],
            {("same", "a", "c"), ("new", "", "b")},
        ),
        # two become one
        (
            [told("a", "pq"), told("b", "rst")],
            [told("c", "pqrst")],
            {("same", "b", "c"), ("gone", "a", "")},
        ),
        # each takes the one it shares most with
        (
            [told("a", "pqr"), told("b", "stu")],
            [told("c", "rstu"), told("d", "pq")],
            {("same", "a", "d"), ("same", "b", "c")},
        ),
    ],
)
def test_findings_are_matched_by_id_then_by_posts(
    before: list[Told], after: list[Told], expected: set[tuple[str, str, str]]
) -> None:
    assert became(matched(before, after)) == expected


def test_what_is_left_of_a_split_names_the_finding_it_stands_beside() -> None:
    found = matched([told("a", "pqrst")], [told("b", "pq"), told("c", "rst")])

    assert [one.beside for one in found if one.change == "new"] == ["a"]
    assert [one.beside for one in found if one.change == "same"] == [""]


def test_what_is_gone_beside_a_finding_that_stays_names_it() -> None:
    found = matched([told("a", "pq"), told("b", "rst")], [told("c", "pqrst")])

    assert [one.beside for one in found if one.change == "gone"] == ["c"]


def test_of_several_it_names_the_one_it_shares_most_posts_with() -> None:
    before = [told("a", "pqr"), told("c", "x"), told("d", "y")]

    found = matched(before, [told("c", "p"), told("d", "qr")])

    assert [one.beside for one in found if one.change == "gone"] == ["d"]


def test_a_step_is_how_far_the_score_moved() -> None:
    new, gone, moved = (
        *matched([], [told("a", "p", 0.7)]),
        *matched([told("a", "p", 0.7)], []),
        *matched([told("a", "p", 0.25)], [told("b", "p", 0.75)]),
    )

    assert (new.step, gone.step, moved.step) == (0.7, -0.7, 0.5)
    assert (new.shown.id, gone.shown.id, moved.shown.id) == ("a", "a", "b")


EPISODES = st.lists(
    st.builds(told, st.sampled_from("abcdef"), st.text("pqrstu", min_size=1, max_size=4)),
    unique_by=lambda one: one.finding.id,
    max_size=5,
)


@given(before=EPISODES, after=EPISODES)
def test_each_finding_is_in_one_difference_in_whatever_order_they_come(
    before: list[Told], after: list[Told]
) -> None:
    found = matched(before, after)
    turned = matched(reversed(before), reversed(after))

    olds = sorted(one.before.finding.id for one in found if one.before)
    news = sorted(one.after.finding.id for one in found if one.after)
    assert olds == sorted(one.finding.id for one in before)
    assert news == sorted(one.finding.id for one in after)
    assert became(turned) == became(found)
