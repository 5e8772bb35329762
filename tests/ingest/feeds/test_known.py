from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds import known
from ingest.feeds.feed import MOST_ENTRIES
from ingest.feeds.posts import Found
from tests.builders import a_post


def found(*numbers: int) -> list[Found]:
    """Make entries with marks of their own."""
    return [
        Found(post=a_post(), marks=(number.to_bytes(8), (number + (1 << 40)).to_bytes(8)))
        for number in numbers
    ]


@given(st.lists(st.lists(st.integers(0, 200), max_size=30), max_size=8))
def test_what_was_seen_is_never_new_again_while_it_fits(documents: list[list[int]]) -> None:
    memory, seen = b"", set()
    for numbers in documents:
        new = known.unseen(found(*numbers), memory)
        expected = list(dict.fromkeys(number for number in numbers if number not in seen))
        assert [entry.marks[0] for entry in new] == [number.to_bytes(8) for number in expected]
        seen.update(numbers)
        memory = known.remembered(found(*numbers), memory)


def test_one_known_mark_is_enough() -> None:
    memory = known.remembered(found(1), b"")
    other = Found(post=a_post(), marks=(b"another.", found(1)[0].marks[1]))

    assert known.unseen([other], memory) == []


def test_the_memory_is_bounded_and_holds_the_largest_document() -> None:
    memory = b""
    for start in range(0, 10 * MOST_ENTRIES, MOST_ENTRIES):
        document = found(*range(start, start + MOST_ENTRIES))
        memory = known.remembered(document, memory)

        assert len(memory) <= known.MOST_BYTES
        assert known.unseen(document, memory) == []


def test_small_documents_keep_some_past() -> None:
    memory = b""
    for number in range(2000):
        memory = known.remembered(found(number), memory)

    assert len(memory) == 1024 * 8
    assert known.unseen(found(1500), memory) == []


def test_the_order_of_unseen_entries_is_the_documents() -> None:
    new = known.unseen(found(3, 1, 2), b"")

    assert [entry.marks[0][-1] for entry in new] == [3, 1, 2]
