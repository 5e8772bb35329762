from collections.abc import Sequence
from random import Random

from ingest.walking import MOST_KNOWN, Entry, Walk, again, turned


def walked(
    listing: Sequence[Entry], walk: Walk, *, size: int = 10, overlap: float = 0
) -> tuple[list[str], Walk, int]:
    """Walk a listing, newest first, to its end: names given, the walk after, pages read."""
    given: list[str] = []
    for pages in range(1, 1000):
        at = int(walk.page or 0)
        entries = listing[at : at + size]
        after = str(at + size) if at + size < len(listing) else ""
        page = turned(walk, entries, after, overlap)
        given += [one.name for one in entries if one.name in page.new]
        walk = page.walk
        if page.is_last:
            return given, walk, pages
    raise AssertionError("the walk does not end")


def entries(low: int, high: int) -> list[Entry]:
    """Give entries, the newest first."""
    return [Entry(str(number), number) for number in range(high - 1, low - 1, -1)]


def test_a_walk_gives_what_is_above_the_floor_and_remembers_how_high_it_was() -> None:
    given, walk, pages = walked(entries(0, 100), Walk(floor=75))

    assert given == [str(number) for number in range(99, 74, -1)]
    assert (walk.floor, walk.page, pages) == (99, "", 4)


def test_the_next_walk_gives_what_came_since_and_stops_at_a_page_that_was_given() -> None:
    _, walk, _ = walked(entries(0, 100), Walk(floor=75))

    given, after, pages = walked(entries(0, 105), walk, overlap=1000)

    assert given == ["104", "103", "102", "101", "100"]
    assert (after.floor, pages) == (104, 2)


def test_what_arrives_late_below_the_top_is_given() -> None:
    _, walk, _ = walked(entries(0, 100), Walk(floor=75))
    late = [*entries(96, 100), Entry("late", 95.5), *entries(0, 96)]

    given, _, _ = walked(late, walk, overlap=30)

    assert given == ["late"]


def test_pinned_entries_do_not_end_a_walk() -> None:
    pinned = [Entry("pin", 1), *entries(90, 100), *entries(0, 90)]

    given, _, _ = walked(pinned, Walk(floor=80))

    assert len(given) == 20


def test_a_page_of_what_this_walk_gave_does_not_end_it() -> None:
    listing = entries(0, 100)
    walk = turned(Walk(floor=0), listing[:10], "10", 0).walk

    # Ten new ones on top: the second page is the first again.
    page = turned(walk, listing[:10], "20", 0)

    assert not page.is_last


def test_a_walk_begun_again_from_the_top_reaches_what_it_had_not() -> None:
    listing = entries(0, 100)
    walk = Walk(floor=0)
    for at in (0, 10, 20):
        walk = turned(walk, listing[at : at + 10], str(at + 10), 0).walk

    given, _, _ = walked(listing, again(walk))

    assert given == [str(number) for number in range(69, -1, -1)]


def test_the_memory_is_bounded() -> None:
    _, walk, _ = walked(entries(0, 5000), Walk(floor=0), size=50)

    assert len(walk.known) == MOST_KNOWN


def test_nothing_is_lost_or_doubled_while_more_comes_between_pages() -> None:
    random = Random(7)
    for _ in range(50):
        high, walk = 200, Walk(floor=100)
        given: list[str] = []
        for _ in range(60):
            at = int(walk.page or 0)
            listing = entries(0, high)
            page = turned(walk, listing[at : at + 10], str(at + 10), 5)
            given += [one.name for one in listing[at : at + 10] if one.name in page.new]
            walk = page.walk
            high += random.choice([0, 0, 0, 1, 3])
        while True:
            listing = entries(0, high)
            at = int(walk.page or 0)
            page = turned(walk, listing[at : at + 10], str(at + 10), 5)
            given += [one.name for one in listing[at : at + 10] if one.name in page.new]
            walk = page.walk
            if page.is_last and walk.floor == high - 1:
                break

        assert len(given) == len(set(given))
        assert set(given) >= {str(number) for number in range(100, high)}
