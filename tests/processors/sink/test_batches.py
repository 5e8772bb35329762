from datetime import timedelta
from typing import Any

import pytest

from bunco import codec
from bunco.model import Item, Poll, Post, Removal, SourceState
from bunco.ports.queries import VerdictQuery
from bunco.ports.stores import Store
from bunco.stores import memory
from bunco.streams.consuming import Place, Record
from bunco.streams.partitions import partition_of
from bunco.streams.records import HEADERS, SourceRecord, join_items
from processors.sink.batches import batches, generations, misaddressed
from processors.sink.gathering import Gathered
from tests.builders import NOON, a_finding, a_post, a_verdict

COUNT = 4
AUTHOR = "web:example.org"
HOME = partition_of(AUTHOR, COUNT)
AWAY = (HOME + 1) % COUNT
HOUR = timedelta(hours=1)


def posts(*items: Item, partition: int = HOME) -> Gathered:
    return adding(Gathered(), *items, partition=partition)


def adding(made: Gathered, *items: Item, partition: int = HOME) -> Gathered:
    value = join_items([codec.encode(item) for item in items])
    made.add(Place("posts", partition), [Record(0, value, HEADERS)], NOON)
    return made


def numbered(number: int, **changes: Any) -> Post:
    return a_post(id=f"web:example.org/{number}", **changes)


def stored(gathered: Gathered) -> Store:
    store: Store = memory.PART.make(memory.Options())
    for batch in batches(gathered, {}):
        store.commit(batch)
    return store


def removed(number: int, author: str = AUTHOR) -> Removal:
    return Removal(removed="post", id=f"web:example.org/{number}", author=author)


def test_a_post_and_its_removal_leave_nothing_in_either_order() -> None:
    behind = stored(posts(numbered(1), removed(1), numbered(2)))
    before = stored(posts(removed(1), numbered(1), numbered(2)))

    for store in (behind, before):
        assert store.post("web:example.org/1") is None
        assert store.post("web:example.org/2") is not None


def test_a_removal_of_an_author_ends_a_commit() -> None:
    gone = Removal(removed="author", author=AUTHOR, at=NOON + HOUR)

    made = batches(posts(numbered(1), gone, numbered(2)), {})

    assert [[one.post.id[-1] for one in batch.posts] for batch in made] == [["1"], ["2"]]
    assert made[0].removals == (gone,)


def test_of_an_author_removed_in_between_only_later_posts_stay() -> None:
    gone = Removal(removed="author", author=AUTHOR, at=NOON + HOUR)
    late = numbered(3, posted_at=NOON + 2 * HOUR)

    store = stored(posts(numbered(1), gone, numbered(2), late))

    assert [store.post(f"web:example.org/{n}") is None for n in (1, 2, 3)] == [True, True, False]


def test_verdicts_are_written_beside_posts_and_stand_beside_findings() -> None:
    made = posts(numbered(1), a_verdict())
    made.add(Place("findings", 0), [Record(0, codec.encode(a_finding()), HEADERS)], NOON)

    store = stored(made)

    finding = store.finding("f1")
    assert finding is not None
    assert (finding.verdict, finding.quiet) == (a_verdict(), True)


def test_of_an_author_removed_in_between_only_later_verdicts_stay() -> None:
    gone = Removal(removed="author", author=AUTHOR, at=NOON + HOUR)
    late = a_verdict(finding="f2", first_at=NOON + 2 * HOUR)

    store = stored(posts(a_verdict(), gone, a_verdict(finding="f3"), late))

    assert [one.finding for one in store.verdicts(VerdictQuery()).rows] == ["f2"]


def test_a_verdict_is_no_removal_to_be_sent_on() -> None:
    made = posts(numbered(1), a_verdict())

    assert misaddressed(made, stored(made), {}) == []


def test_of_a_post_that_came_twice_the_first_is_written() -> None:
    (batch,) = batches(posts(numbered(1, title="First"), numbered(1, title="Second")), {})

    assert [one.post.title for one in batch.posts] == ["First"]


def test_a_huge_record_is_written_in_pieces_and_its_findings_last() -> None:
    made = posts(*(numbered(number) for number in range(12_000)))
    made.add(Place("findings", 0), [Record(0, codec.encode(a_finding()), HEADERS)], NOON)

    pieces = batches(made, {})

    assert [len(batch.posts) for batch in pieces] == [5000, 5000, 2000]
    assert [len(batch.findings) for batch in pieces] == [0, 0, 1]


def about(generation: int, cursor: bytes) -> Record:
    record = SourceRecord(
        state=SourceState(source="hn", cursor=cursor),
        poll=Poll(source="hn", at=NOON, outcome=f"read by {generation}"),
        generation=generation,
    )
    return Record(generation, codec.encode(record), HEADERS)


def test_of_a_source_the_latest_state_and_every_line_of_its_log_are_written() -> None:
    made = Gathered()
    made.add(Place("sources", 0), [about(1, b"a"), about(2, b"b")], NOON)

    (batch,) = batches(made, {})

    assert [state.cursor for state in batch.sources] == [b"b"]
    assert [poll.outcome for poll in batch.polls] == ["read by 1", "read by 2"]


def test_what_a_straggler_wrote_about_a_source_is_passed_over() -> None:
    made = Gathered()
    made.add(Place("sources", 0), [about(2, b"b"), about(1, b"a")], NOON)
    latest = generations(made, {"hn": 1})

    (batch,) = batches(made, latest)

    assert latest == {"hn": 2}
    assert [state.cursor for state in batch.sources] == [b"b"]


@pytest.mark.parametrize("partition", range(4))
def test_any_copy_of_a_removal_without_author_gets_the_one_of_the_stored_post(
    partition: int,
) -> None:
    store = stored(posts(numbered(1)))

    found = misaddressed(posts(removed(1, author=""), partition=partition), store, {})

    assert found == [removed(1)]


def test_a_removal_without_author_gets_the_one_of_a_post_gathered_before_it() -> None:
    store = stored(Gathered())

    assert misaddressed(posts(numbered(1), removed(1, author="")), store, {}) == [removed(1)]


def test_a_post_whose_removal_was_written_before_it_is_removed_where_it_went() -> None:
    store = stored(posts(removed(1, author=""), partition=AWAY))
    alone, with_the_copy = posts(numbered(1)), posts(numbered(1), removed(1, author=""))

    assert misaddressed(alone, store, {}) == [removed(1)]
    assert misaddressed(with_the_copy, store, {}) == [removed(1)]


def test_a_removal_with_a_wrong_author_is_sent_on_to_the_right_one() -> None:
    store = stored(posts(numbered(1)))
    wrong = removed(1, author="web:other.org")

    assert misaddressed(posts(wrong, partition=0), store, {}) == [removed(1)]


def test_removals_that_are_right_or_of_unknown_or_removed_posts_are_not_sent_on() -> None:
    store = stored(posts(numbered(1), numbered(3), removed(3)))

    made = posts(removed(1), removed(2, author=""), removed(3, author=""))

    assert misaddressed(made, store, {}) == []


def test_a_post_that_comes_again_with_its_removal_is_not_removed_again() -> None:
    store = stored(posts(numbered(1), removed(1)))

    assert misaddressed(posts(numbered(1), removed(1)), store, {}) == []


def test_a_removal_without_author_gets_the_one_of_a_post_written_of_late() -> None:
    store = stored(posts(removed(1, author=""), partition=AWAY))
    recent = {"web:example.org/1": AUTHOR}

    assert misaddressed(posts(removed(1, author="")), store, recent) == [removed(1)]
