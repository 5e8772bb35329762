"""How many posts of which kind an author published lately."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bunco.windows import DAY_MS, HOUR_MS
from processors.post_counts import (
    ALL,
    LINKED,
    OWN,
    TIMES,
    PostCounts,
    add,
    by_hour,
    first_within,
    within,
)

TWO_WEEKS = 14 * DAY_MS


def counted(*posts: tuple[int, int]) -> PostCounts:
    """Give the counts after posts of these times and kinds."""
    counts = PostCounts()
    for at_ms, kind in posts:
        add(counts, at_ms, kind, TWO_WEEKS)
    return counts


def test_each_count_contains_the_narrower_one() -> None:
    counts = counted((1, LINKED), (2, OWN), (3, OWN), (4, ALL))

    assert within(counts, 0) == (1, 3, 4)
    assert by_hour(counts, LINKED) == {0: 1}
    assert by_hour(counts, OWN) == {0: 3}
    assert by_hour(counts, ALL) == {0: 4}


def test_the_first_of_a_count_is_the_first_of_what_it_contains() -> None:
    counts = counted((5, LINKED), (2, OWN), (1, ALL))

    assert [first_within(counts, kind, 0) for kind in (LINKED, OWN, ALL)] == [5, 2, 1]
    assert first_within(counts, ALL, 2) == 2


def test_times_of_more_than_a_day_before_the_newest_are_forgotten_but_not_their_hours() -> None:
    counts = counted((0, OWN), (DAY_MS + 1, OWN))

    assert within(counts, -1) == (0, 1, 1)
    assert by_hour(counts, OWN) == {0: 1, 24: 1}


@given(
    st.lists(
        st.tuples(st.integers(0, 3 * HOUR_MS), st.sampled_from((LINKED, OWN, ALL))), min_size=1
    )
)
def test_any_order_of_arrival_ends_in_the_same_counts(posts: list[tuple[int, int]]) -> None:
    assert counted(*posts) == counted(*sorted(posts))


def test_a_flood_is_counted_up_to_a_bound_and_its_size_is_bounded() -> None:
    flood = counted(*((n * 60_000, n % 3) for n in range(3 * 7 * 24 * 60)))

    assert within(flood, 0)[LINKED] <= TIMES
    assert len(msgspec.msgpack.encode(flood)) < 16_384
