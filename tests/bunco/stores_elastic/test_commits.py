from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bunco.errors import OvertakenError
from bunco.model import Batch, Poll, Removal, dead_letter, to_ms
from bunco.stores import memory
from bunco.stores.elastic import ElasticStore, Options
from bunco.stores_elastic.bulk import Outcome, Write
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import month_of
from bunco.stores_elastic.mappings import GROUPS
from tests.builders import NOON
from tests.contract.stores import HOUR, answers, quoting, stored

pytestmark = pytest.mark.services

AUTHOR = "web:example.org"


class CutError(Exception):
    """The process ends here."""


def cut(store: ElasticStore, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a store die after so many groups of writes."""
    left = [after]
    write = Cluster.write

    def dying(cluster: Cluster, writes: Sequence[Write]) -> Outcome:
        if left[0] == 0:
            raise CutError
        left[0] -= 1
        return write(cluster, writes)

    monkeypatch.setattr(store._cluster, "write", dying.__get__(store._cluster))


def full_batch(*, states: bool) -> Batch:
    return Batch(
        posts=tuple(
            stored(
                number, number * 7, author=f"web:a{number % 3}.example", author_name=f"N{number}"
            )
            for number in range(9)
        ),
        findings=(quoting(1, subject="web:a1.example"), quoting(4, id="f2")),
        removals=(
            Removal(removed="post", id="web:example.org/8"),
            Removal(removed="author", author="web:a0.example"),
        ),
        author_states={"web:a1.example": b"s"} if states else {},
        polls=(Poll(source="example", at=NOON, outcome="read"),),
    )


@pytest.mark.parametrize("states", [False, True])
def test_a_batch_that_was_cut_off_anywhere_ends_the_same_when_written_again(
    options: Options, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, states: bool
) -> None:
    batch = full_batch(states=states)
    calm = memory.PART.make(memory.Options())
    calm.commit(batch)
    expected = answers(calm)
    for after in (1, 4, 8, 13):
        cluster.connection.request(
            "POST",
            f"/{options.prefix}-*/_delete_by_query",
            {"query": {"match_all": {}}},
            params={"refresh": "true", "conflicts": "proceed"},
        )
        dying = ElasticStore(options)
        cut(dying, after, monkeypatch)
        with pytest.raises(CutError):
            dying.commit(batch)
        monkeypatch.setattr("bunco.stores_elastic.journal._PATIENCE_S", 0.1)

        again = ElasticStore(options)
        again.commit(batch)

        assert answers(again) == expected
        again.close()
    calm.close()


def test_a_batch_with_states_that_was_cut_off_is_finished_by_the_next_to_come(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = Batch(posts=(stored(1), stored(2)), author_states={AUTHOR: b"s"})
    dying = ElasticStore(options)
    dying.commit(Batch())
    version = dying.version()
    cut(dying, 1, monkeypatch)
    with pytest.raises(CutError):
        dying.commit(replace(batch, on_version=version))
    monkeypatch.setattr("bunco.stores_elastic.journal._PATIENCE_S", 0.1)

    next_to_come = ElasticStore(options)

    assert next_to_come.version() == version
    assert next_to_come.stats().posts == 2
    assert next_to_come.author_states([AUTHOR]) == {AUTHOR: b"s"}
    with pytest.raises(OvertakenError):
        next_to_come.commit(replace(batch, on_version=version - 1))
    next_to_come.close()


def test_a_post_that_comes_again_with_another_date_is_kept_once(
    store: ElasticStore, options: Options
) -> None:
    store.commit(Batch(posts=(stored(1),)))
    store.commit(Batch(posts=(stored(1, posted_at=NOON + timedelta(days=40)),)))
    store.commit(Batch(posts=(stored(1, posted_at=NOON - timedelta(days=40)),)))

    other = ElasticStore(options)
    assert store.stats().posts == 1
    other.commit(Batch(posts=(stored(1, posted_at=NOON - timedelta(days=80)),)))
    assert other.stats().posts == 1
    assert other.counts("posts", step=HOUR)[0].at == NOON
    other.close()


def test_the_name_is_the_latest_whoever_wrote_it(store: ElasticStore, options: Options) -> None:
    store.commit(Batch(posts=(stored(1, 5, author_name="Ann"), stored(2, 20, author_name="Ann"))))

    other = ElasticStore(options)
    store.commit(Batch(posts=(stored(3, 30, author_name="Ann"),)))
    store.stats()
    other.commit(Batch(posts=(stored(4, 25, author_name="Bob"),)))

    found = other.author(AUTHOR)
    assert found is not None
    assert found.name == "Ann"
    other.close()


def test_an_author_who_was_forgotten_elsewhere_is_named_anew(
    store: ElasticStore, options: Options
) -> None:
    store.commit(Batch(posts=(stored(1, 5, author_name="Ann"),)))
    other = ElasticStore(options)

    other.commit(Batch(removals=(Removal(removed="author", author=AUTHOR, at=NOON + HOUR),)))
    other.close()
    store.commit(Batch(posts=(stored(2, 90, author_name="Ann"),)))

    assert [one.name for one in store.find_authors("ann")] == ["Ann"]


def month(year: int, seen: int | None = None, now: int = 2026) -> str:
    at = datetime(year, 3, 2, tzinfo=UTC)
    seen_at = None if seen is None else datetime(seen, 3, 2, tzinfo=UTC)
    enriched = stored(1, posted_at=at, seen_at=seen_at)
    seen_ms = to_ms(seen_at or at)
    now_ms = to_ms(datetime(now, 3, 2, tzinfo=UTC))
    return month_of(replace(enriched, seen_ms=seen_ms), now_ms)


def test_posts_dated_around_the_time_they_came_are_kept_by_month() -> None:
    assert month(2026) == month(2026, seen=2026) == "2026.03"
    assert (month(2017), month(2005, seen=2006)) == ("2017.03", "2005.03")
    assert (month(2027), month(2027, seen=2027)) == ("2027.03", "2027.03")


@pytest.mark.parametrize("year", [1, 1700, 1969, 1994])
@pytest.mark.parametrize("seen", [None, 1, 1700, 1990, 2026, 9999])
def test_posts_dated_long_before_they_came_share_an_index(year: int, seen: int | None) -> None:
    assert month(year, seen) == "early"
    assert month(2014, 2026) == month(2014) == "early"


@pytest.mark.parametrize("year", [2028, 2500, 9999])
@pytest.mark.parametrize("seen", [None, 1, 2026, 9999])
def test_posts_dated_long_after_now_share_an_index(year: int, seen: int | None) -> None:
    assert month(year, seen) == "late"


def test_a_reader_of_another_process_sees_what_was_written_after_a_refresh(
    store: ElasticStore, options: Options, cluster: Cluster
) -> None:
    store.commit(Batch(posts=(stored(1),)))
    cluster.connection.request("POST", f"/{options.prefix}-*/_refresh")

    reader = ElasticStore(options)

    assert reader.known(["web:example.org/1"]) == {"web:example.org/1": AUTHOR}
    assert [row.post.id for row in reader.search("council").rows] == ["web:example.org/1"]
    reader.close()


def test_the_log_of_a_source_is_pruned(store: ElasticStore, cluster: Cluster) -> None:
    lines = tuple(
        Poll(source="a", at=NOON + n * timedelta(minutes=1), outcome="read") for n in range(130)
    )

    store.commit(Batch(polls=lines))

    assert list(store.polls("a", limit=50)) == [*lines[:-51:-1]]
    cluster.connection.request("POST", f"/{cluster.alias('polls')}/_refresh")
    answer = cluster.search(["polls"], {"size": 0, "track_total_hits": True})
    assert answer["hits"]["total"]["value"] == 50


def test_marks_of_what_was_removed_do_not_tell_what_it_was(
    store: ElasticStore, cluster: Cluster
) -> None:
    store.commit(Batch(posts=(stored(1, text="secretword"),), findings=(quoting(),)))
    store.commit(Batch(removals=(Removal(removed="author", author=AUTHOR),)))

    left = str([cluster.search([group], {"size": 100})["hits"] for group in GROUPS])

    assert "example.org" not in left
    assert "secretword" not in left


def test_a_removal_reaches_what_another_process_wrote_a_moment_ago(
    store: ElasticStore, options: Options
) -> None:
    other = ElasticStore(options)
    other.commit(Batch(posts=(stored(9, author="web:other.example"),)))
    other.stats()  # nothing of its own is left to be made visible
    theirs = "web:a1.example"
    store.commit(
        Batch(
            posts=(stored(1), stored(2, author=theirs)),
            findings=(quoting(1), quoting(2, id="f2", subject=theirs)),
            dead=(dead_letter("f:1", "odd", b'{"id":"web:example.org/1"}'),),
        )
    )

    other.commit(
        Batch(
            removals=(
                Removal(removed="post", id="web:example.org/1"),
                Removal(removed="author", author=theirs),
            )
        )
    )
    other.close()

    assert [store.post(f"web:example.org/{number}") for number in (1, 2)] == [None, None]
    finding = store.finding("f1")
    assert finding is not None
    assert finding.quotes == ()
    assert store.finding("f2") is None
    assert store.dead().rows == ()
