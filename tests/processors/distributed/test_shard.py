"""One partition's work: the findings of the embedded run, whatever is cut, killed or repeated."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco import codec
from bunco.model import Batch, Delivery, Enriched, Finding, Item, Pattern, Post, Removal, Verdict
from bunco.options import PipelineOptions
from bunco.ports.detectors import Detector
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from bunco.stores import memory
from bunco.streams.partitions import partition_of
from bunco.streams.records import join_items
from processors.detectors import bursts, crossposts, repeats
from processors.distributed.shard import Commit, Place, Record, Shard, state_key
from processors.embedded import Embedded
from processors.enrich import enrich
from tests.builders import NOON, a_finding, a_post, a_verdict

MINUTE = timedelta(minutes=1)
AUTHOR = "web:example.org"
PARTITIONS = 2


class Failing:
    """A detector that fails on every post."""

    kind = "failing"
    state_type = repeats.State
    state_version = 1

    def see(self, post: Enriched, _: repeats.State) -> None:
        raise ValueError(f"nothing to say of {post.at_ms}")

    def finding(self, author: str, episode: None) -> Finding:
        raise NotImplementedError

    def erase(self, post_id: str, state: repeats.State) -> None:
        raise NotImplementedError


class Disk:
    """The states of one partition, as they were last written."""

    def __init__(self) -> None:
        self.states: dict[bytes, bytes] = {}

    def read(self, keys: list[bytes]) -> list[bytes | None]:
        return [self.states.get(key) for key in keys]


def detectors() -> list[Detector[Any, Any]]:
    return [
        bursts.make(bursts.Options()),
        repeats.make(repeats.Options()),
        crossposts.make(crossposts.Options()),
    ]


def a_shard(disk: Disk, **changes: Any) -> Shard:
    given_place = Place(
        changes.pop("partition", partition_of(AUTHOR, PARTITIONS)),
        PARTITIONS,
        changes.pop("incarnation", "first"),
    )
    chosen = changes.pop("detectors", None) or detectors()
    options = {"live_authors": 4, "seen_posts": 100} | changes
    return Shard(given_place, chosen, disk.read, **options)


def record(offset: int, *items: Item, **more: Any) -> Record:
    return Record(offset, join_items([codec.encode(item) for item in items]), **more)


def repeated(count: int, first: int = 0) -> list[Post]:
    """Give posts of one author that say the same."""
    return [
        a_post(n * MINUTE, id=f"web:example.org/{n}", title="The one trick that doctors hate most")
        for n in range(first, first + count)
    ]


def written(shard: Shard, disk: Disk, *records: Record) -> Commit:
    commit = shard.apply(records)
    disk.states |= shard.encoded(commit)
    shard.settle()
    return commit


# -- what comes again


def test_a_repeated_headline_becomes_a_finding_across_records() -> None:
    disk = Disk()
    shard = a_shard(disk)

    first = written(shard, disk, record(0, *repeated(1)))
    second = written(shard, disk, record(1, *repeated(3, first=1)))

    assert not first.findings
    assert [finding.numbers["count"] for finding in second.findings.values()] == [4]


def test_a_record_that_comes_again_after_a_restart_is_not_counted_again() -> None:
    disk = Disk()
    written(a_shard(disk, seen_posts=0), disk, record(0, *repeated(4)))
    before = dict(disk.states)

    again = written(a_shard(disk, seen_posts=0), disk, record(0, *repeated(4)))

    assert (again.posts, again.repeated, again.findings) == (0, 4, {})
    assert disk.states == before


def test_a_post_published_twice_by_an_ingester_is_counted_once() -> None:
    disk = Disk()
    shard = a_shard(disk)

    commit = written(shard, disk, record(0, *repeated(2)), record(1, *repeated(4)))

    assert (commit.posts, commit.repeated) == (4, 2)


def test_of_an_authors_posts_only_the_latest_are_known_again() -> None:
    disk = Disk()
    shard = a_shard(disk, seen_posts=2)
    written(shard, disk, record(0, *repeated(3)))

    commit = written(shard, disk, record(1, *repeated(3)))

    assert commit.repeated == 0  # each pushes the next one out
    assert written(shard, disk, record(2, *repeated(1, first=2))).repeated == 1


def test_offsets_of_a_topic_made_anew_are_not_taken_for_the_old_ones() -> None:
    disk = Disk()
    written(a_shard(disk), disk, record(7, *repeated(2)))

    commit = written(a_shard(disk, incarnation="second"), disk, record(0, *repeated(2, first=2)))

    assert commit.posts == 2


def test_the_state_of_a_skipped_record_is_written_again() -> None:
    """The changelog may lack what the local table has."""
    disk = Disk()
    written(a_shard(disk), disk, record(0, *repeated(1)))

    shard = a_shard(disk)

    assert list(shard.encoded(shard.apply([record(0, *repeated(1))]))) == [state_key(AUTHOR)]


# -- what is broken or stands in the wrong place


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"not json", "malformed"),
        (b'[{"id": "x"}]', "author"),
        (b'[{"id":"x","author":"web:a","posted_at":"2026-03-02T12:00:00"}]', "timezone"),
        (b"[", "truncated"),
        (b"", "truncated"),
    ],
)
def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(value: bytes, reason: str) -> None:
    disk = Disk()

    commit = written(a_shard(disk), disk, Record(0, value), record(1, *repeated(1)))

    (letter,) = commit.dead
    assert letter.origin == f"posts:{partition_of(AUTHOR, PARTITIONS)}:0"
    assert reason in letter.reason
    assert commit.posts == 1


def test_one_broken_item_does_not_take_its_neighbours_along() -> None:
    good = [codec.encode(post) for post in repeated(2)]
    disk = Disk()

    commit = written(a_shard(disk), disk, Record(0, join_items([good[0], b'{"id":1}', good[1]])))

    assert (commit.posts, [letter.body for letter in commit.dead]) == (2, [b'{"id":1}'])


def test_a_record_of_another_schema_version_is_set_aside() -> None:
    disk = Disk()

    commit = written(a_shard(disk), disk, record(0, *repeated(1), headers=[("v", b"9")]))

    assert "schema version 9" in commit.dead[0].reason


def test_an_item_in_the_wrong_partition_goes_to_its_own() -> None:
    other = 1 - partition_of(AUTHOR, PARTITIONS)
    disk = Disk()

    commit = written(a_shard(disk, partition=other), disk, record(0, *repeated(1)))

    assert (commit.posts, [moved.item for moved in commit.moved]) == (0, repeated(1))


def test_a_failing_detector_leaves_a_letter_and_sees_the_post_again_when_asked() -> None:
    disk = Disk()
    broken = a_shard(disk, detectors=[Failing(), *detectors()])
    commit = written(broken, disk, record(0, *repeated(1)))
    (letter,) = commit.dead

    mended = a_shard(disk)
    again = written(mended, disk, record(1, codec.decode_item(letter.body), again="repeats"))

    assert letter.origin == "detector:failing"
    assert again.posts == 0
    assert written(mended, disk, record(1, *repeated(1), again="repeats")).findings == {}


def test_a_post_that_could_not_be_enriched_is_seen_when_it_is_replayed() -> None:
    disk = Disk()
    shard = a_shard(disk)
    written(shard, disk, record(0, *repeated(3)))

    again = written(shard, disk, record(1, *repeated(1, first=3), again="*"))
    twice = written(shard, disk, record(2, *repeated(1, first=3), again="*"))

    assert [finding.numbers["count"] for finding in again.findings.values()] == [4]
    assert twice.findings == {}


def test_a_replay_for_an_unknown_detector_is_set_aside_again() -> None:
    disk = Disk()

    commit = written(a_shard(disk), disk, record(0, *repeated(1), again="gone"))

    assert [letter.reason for letter in commit.dead] == ["there is no detector 'gone' here"]


def test_a_replay_does_not_bring_a_removed_author_back() -> None:
    disk = Disk()
    shard = a_shard(disk)
    written(shard, disk, record(0, Removal(removed="author", author=AUTHOR)))

    commit = written(shard, disk, record(1, *repeated(4), again="repeats"))

    assert commit.findings == {}
    assert written(shard, disk, record(2, Removal(removed="post", id="x"), again="*")).dead == []


# -- removals


def test_a_removed_post_does_not_come_back_and_its_text_leaves_the_state() -> None:
    disk = Disk()
    (post,) = repeated(1)
    shard = a_shard(disk)
    gone = Removal(removed="post", id=post.id, author=AUTHOR)
    written(shard, disk, record(0, post))
    assert b"doctors" in disk.states[state_key(AUTHOR)]

    commit = written(shard, disk, record(1, gone), record(2, post))

    assert commit.repeated == 1
    assert b"doctors" not in disk.states[state_key(AUTHOR)]


def test_a_removed_author_starts_anew_with_later_posts_only() -> None:
    disk = Disk()
    shard = a_shard(disk)
    gone = Removal(removed="author", author=AUTHOR, at=NOON + 2 * MINUTE)
    posts = repeated(6)

    commit = written(shard, disk, record(0, *posts[:3], gone, *posts[2:]))

    assert (commit.posts, commit.repeated) == (6, 1)
    assert [finding.numbers["count"] for finding in commit.findings.values()] == [3]
    assert AUTHOR.encode() not in b"".join(disk.states)


def test_a_finding_that_has_not_left_yet_forgets_a_removed_post() -> None:
    disk = Disk()
    posts = repeated(4)
    gone = Removal(removed="post", id=posts[0].id, author=AUTHOR)

    commit = written(a_shard(disk), disk, record(0, *posts, gone))

    (finding,) = commit.findings.values()
    assert posts[0].id not in finding.evidence
    assert posts[0].id not in [quote.post for quote in finding.quotes]


# -- verdicts


def fine(**changes: Any) -> Verdict:
    pattern = Pattern(text="The one trick that doctors hate most", post="web:example.org/0")
    fields: dict[str, Any] = {"finding": "of before", "author": AUTHOR, "pattern": pattern}
    return a_verdict(**(fields | changes))


def quiet(commit: Commit) -> list[bool]:
    return [finding.quiet for finding in commit.findings.values()]


def test_a_fine_verdict_quiets_the_headline_across_records_and_restarts() -> None:
    disk = Disk()
    before = written(a_shard(disk), disk, record(0, *repeated(3)))
    written(a_shard(disk), disk, record(1, fine()))

    after = written(a_shard(disk), disk, record(2, *repeated(1, first=3)))

    assert (quiet(before), quiet(after)) == ([False], [True])


def test_a_verdict_that_comes_again_does_not_undo_what_was_said_since() -> None:
    disk = Disk()
    taken_back = fine(judged="none", at=NOON + 300 * MINUTE)
    written(a_shard(disk), disk, record(0, fine(), taken_back))

    written(a_shard(disk), disk, record(0, fine(), taken_back), record(1, fine()))

    assert quiet(written(a_shard(disk), disk, record(2, *repeated(3)))) == [False]


def test_a_verdict_after_the_removal_of_its_post_brings_no_words_back() -> None:
    disk = Disk()
    shard = a_shard(disk)
    gone = Removal(removed="post", id="web:example.org/0", author=AUTHOR)

    written(shard, disk, record(0, *repeated(1), gone), record(1, fine()))

    assert b"trick" not in disk.states[state_key(AUTHOR)]


def test_a_verdict_on_what_was_removed_with_its_author_is_passed_over() -> None:
    disk = Disk()
    shard = a_shard(disk)
    written(shard, disk, record(0, Removal(removed="author", author=AUTHOR, at=NOON)))

    written(shard, disk, record(1, fine(first_at=NOON)))

    assert b"trick" not in disk.states[state_key(AUTHOR)]


def test_a_verdict_in_the_wrong_partition_goes_to_its_own() -> None:
    other = 1 - partition_of(AUTHOR, PARTITIONS)
    disk = Disk()

    commit = written(a_shard(disk, partition=other), disk, record(0, fine()))

    assert [moved.item for moved in commit.moved] == [fine()]


# -- the same findings as the embedded run

POSTS = [
    a_post(
        n * MINUTE,
        id=f"web:{n}",
        author=f"web:author{n % 5}",
        title=f"The {['secret', 'hidden', 'simple'][n % 3]} method that doctors never tell you",
        place=f"place{n % 4}",
    )
    for n in range(80)
]
ITEMS = st.lists(
    st.one_of(
        st.integers(0, 79).map(lambda n: POSTS[n]),
        st.integers(0, 79).map(
            lambda n: Removal(removed="post", id=f"web:{n}", author=f"web:author{n % 5}")
        ),
        st.builds(
            lambda n, minute: Removal(
                removed="author", author=f"web:author{n}", at=NOON + minute * MINUTE
            ),
            st.integers(0, 4),
            st.integers(0, 80),
        ),
        st.builds(
            lambda author, form, word, minute: a_verdict(
                minute * MINUTE,
                finding=f"of {author} {form}",
                author=f"web:author{author}",
                judged=word,
                until=NOON + 60 * MINUTE,
                pattern=Pattern(text=POSTS[form].title, post=f"web:{author}"),
            ),
            st.integers(0, 4),
            st.integers(0, 2),
            st.sampled_from(["spam", "fine", "mute", "none"]),
            st.integers(0, 80),
        ),
    ),
    max_size=90,
)
FATES = st.lists(st.sampled_from(["ok", "ok", "unwritten", "unacknowledged"]), max_size=60)


def stored(
    store: Store, finding_batches: Sequence[Sequence[Finding]], items: Sequence[Item]
) -> None:
    """Write what a sink would write: posts and removals in order, findings beside them."""
    for item in items:
        match item:
            case Post():
                store.commit(Batch(posts=(enrich(item),)))
            case Removal():
                store.commit(Batch(removals=(item,)))
            case Verdict():
                store.commit(Batch(verdicts=(item,)))
    for findings in finding_batches:
        store.commit(Batch(findings=tuple(findings)))


def found(store: Store) -> list[bytes]:
    return sorted(codec.encode(row) for row in store.findings(FindingQuery(), limit=1000).rows)


def embedded(items: Sequence[Item]) -> list[bytes]:
    store = memory.make(memory.Options())
    Embedded(detectors(), store, PipelineOptions()).step(
        [Delivery(source="s", items=tuple(items), cursor=b"")]
    )
    return found(store)


def distributed(items: Sequence[Item], sizes: Sequence[int], fates: Sequence[str]) -> list[bytes]:
    """Run items through two shards that are killed as the fates say, into one store."""
    store = memory.make(memory.Options())
    size, fate = chain(sizes, repeat(7)), chain(fates, repeat("ok"))
    published: list[list[Finding]] = []
    for partition in range(PARTITIONS):
        here = [item for item in items if partition_of(item.author, PARTITIONS) == partition]
        log: list[Record] = []
        while here:
            count = next(size)
            log.append(record(len(log), *here[:count]))
            here = here[count:]
        disk, committed = Disk(), 0
        shard = a_shard(disk, partition=partition)
        while committed < len(log):
            most = next(size)
            commit = shard.apply(log[committed : committed + most])
            published.append(list(commit.findings.values()))
            match next(fate):
                case "unwritten":
                    shard = a_shard(disk, partition=partition)
                case "unacknowledged":
                    disk.states |= shard.encoded(commit)
                    shard = a_shard(disk, partition=partition)
                case _:
                    disk.states |= shard.encoded(commit)
                    shard.settle()
                    committed += most
    stored(store, published, items)
    return found(store)


@settings(max_examples=150, deadline=None)
@given(items=ITEMS, sizes=st.lists(st.integers(1, 30), max_size=40), fates=FATES)
def test_findings_are_those_of_the_embedded_run_whatever_is_cut_or_killed(
    items: list[Item], sizes: list[int], fates: list[str]
) -> None:
    assert distributed(items, sizes, fates) == embedded(items)


def test_the_property_above_has_findings_to_compare() -> None:
    assert len(embedded(POSTS)) >= 5
    assert distributed(POSTS, [3], ["unwritten", "unacknowledged"]) == embedded(POSTS)
    assert a_finding().subject == AUTHOR
