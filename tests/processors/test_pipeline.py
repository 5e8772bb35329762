"""The pipeline and the embedded runtime: the same findings however it is fed."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bunco import codec
from bunco.errors import StoreError
from bunco.model import (
    Batch,
    Delivery,
    Enriched,
    Finding,
    Item,
    Pattern,
    Post,
    Removal,
    Verdict,
    dead_letter,
)
from bunco.options import PipelineOptions
from bunco.ports.detectors import Detector
from bunco.ports.queries import FindingQuery, VerdictQuery
from bunco.ports.stores import Store
from bunco.stores import memory, sqlite
from processors.detectors import bursts, crossposts, repeats
from processors.embedded import Embedded, Step
from tests.builders import NOON, a_post, a_verdict

MINUTE = timedelta(minutes=1)


def fresh_store() -> Store:
    """Give an empty store in memory."""
    return memory.make(memory.Options())


def embedded(store: Store, live_authors: int = 100, **more: Any) -> Embedded:
    """Give the runtime with its usual detectors."""
    detectors: list[Detector[Any, Any]] = more.get("detectors") or [
        bursts.make(bursts.Options()),
        repeats.make(repeats.Options()),
        crossposts.make(crossposts.Options()),
    ]
    return Embedded(detectors, store, PipelineOptions(live_authors=live_authors))


def delivered(items: Sequence[Item]) -> Delivery:
    """Give a delivery of these items."""
    return Delivery(source="example", items=tuple(items), cursor=b"")


def promoter_posts(count: int) -> list[Post]:
    """Give posts of three authors who repeat and burst, in arrival order."""
    return [
        a_post(
            n * MINUTE,
            id=f"web:{n}",
            author=f"web:author{n % 3}",
            title=f"The {['secret', 'hidden', 'simple'][n % 3]} method that doctors never tell you",
            url=f"https://example.org/{n % 5}",
            place=f"place{n % 4}",
        )
        for n in range(count)
    ]


def told(store: Store) -> bytes:
    """Give everything the store says of findings and histories."""
    authors = [f"web:author{n}" for n in range(3)]
    return codec.encode(
        [
            store.findings(FindingQuery(), limit=1000),
            store.authors(limit=100),
            [store.history(author, limit=1000) for author in authors],
            store.counts("posts", step=timedelta(hours=1)),
            store.stats(),
            store.verdicts(VerdictQuery(), limit=1000),
            store.author_states(authors),
        ]
    )


def verdict_on(author: int, word: str, minute: int) -> Verdict:
    """Give a verdict on the headline that an author repeats."""
    adjective = ["secret", "hidden", "simple"][author]
    return a_verdict(
        minute * MINUTE,
        judged=word,
        finding=f"of {author}",
        author=f"web:author{author}",
        until=NOON + 30 * MINUTE if word == "mute" else None,
        pattern=Pattern(
            text=f"The {adjective} method that doctors never tell you", post=f"web:{author}"
        ),
    )


ITEMS = st.lists(
    st.one_of(
        st.builds(
            verdict_on,
            st.integers(0, 2),
            st.sampled_from(["spam", "fine", "mute", "none"]),
            st.integers(0, 60),
        ),
        st.integers(0, 59).map(lambda n: promoter_posts(60)[n]),
        st.integers(0, 59).map(lambda n: Removal(removed="post", id=f"web:{n}")),
        st.integers(0, 2).map(
            lambda n: Removal(removed="author", author=f"web:author{n}", at=NOON + 20 * MINUTE)
        ),
        st.tuples(st.integers(0, 2), st.integers(0, 60_000_000)).map(
            lambda pair: Removal(
                removed="author",
                author=f"web:author{pair[0]}",
                at=NOON + timedelta(microseconds=pair[1] * 50),
            )
        ),
    ),
    max_size=80,
)


@settings(max_examples=60, deadline=None)
@given(items=ITEMS, cuts=st.lists(st.integers(0, 80), max_size=12), live=st.integers(1, 3))
def test_any_cut_into_batches_and_any_bound_on_live_states_give_the_same(
    items: list[Item], cuts: list[int], live: int
) -> None:
    whole, cut = fresh_store(), fresh_store()
    edges = [0, *sorted(min(at, len(items)) for at in cuts), len(items)]

    embedded(whole).step([delivered(items)])
    runtime = embedded(cut, live_authors=live)
    for start, end in pairwise(edges):
        runtime.step([delivered(items[start:end])])

    assert told(cut) == told(whole)


def test_what_is_written_stands_in_the_order_it_came_whosever_it_is() -> None:
    posts = promoter_posts(9)
    verdicts = [verdict_on(n % 3, "spam", n) for n in range(6)]
    gone = [Removal(removed="post", id=f"web:{n}") for n in range(9, 15)]
    items: list[Item] = [*posts[:5], *verdicts[:3], *gone, *posts[5:], *verdicts[3:]]
    store, written = fresh_store(), list[Batch]()
    commit = store.commit

    def noted(batch: Batch) -> None:
        written.append(batch)
        commit(batch)

    store.commit = noted  # type: ignore[method-assign]  # to see what was handed over
    embedded(store).step([delivered(items)])

    (batch,) = written
    assert [enriched.post for enriched in batch.posts] == posts
    assert list(batch.verdicts) == verdicts
    assert list(batch.removals) == gone


def test_a_runtime_that_starts_anew_after_every_batch_gives_the_same() -> None:
    posts = promoter_posts(90)
    whole, broken = fresh_store(), fresh_store()

    embedded(whole).step([delivered(posts)])
    for start in range(0, 90, 7):
        embedded(broken).step([delivered(posts[start : start + 7])])

    assert told(broken) == told(whole)


def test_the_same_posts_again_change_nothing() -> None:
    posts = promoter_posts(60)
    store = fresh_store()
    runtime = embedded(store)
    runtime.step([delivered(posts)])
    before = told(store)

    step = runtime.step([delivered(posts)])

    assert told(store) == before
    assert (step.posts, step.repeated) == (0, 60)


def test_a_removed_post_that_comes_again_stays_away() -> None:
    store = fresh_store()
    runtime = embedded(store)
    (post,) = promoter_posts(1)

    runtime.step([delivered([post, Removal(removed="post", id=post.id), post])])
    runtime.step([delivered([post])])

    assert store.post(post.id) is None


def test_a_removed_post_leaves_no_text_in_findings_and_states() -> None:
    posts = promoter_posts(30)
    store = fresh_store()
    runtime = embedded(store)
    runtime.step([delivered(posts)])

    runtime.step([delivered([Removal(removed="post", id=post.id) for post in posts])])

    left = told(store) + b"".join(store.author_states([post.author for post in posts]).values())
    assert b"method" not in left
    assert store.stats().findings > 0


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_removal_reaches_states_also_after_the_post_was_dropped_by_retention(
    kind: str, tmp_path: Path
) -> None:
    options = sqlite.Options(path=str(tmp_path / "run.db"))
    store = fresh_store() if kind == "memory" else sqlite.make(options)
    runtime = embedded(store)
    (post,) = promoter_posts(1)
    runtime.step([delivered([post])])
    store.retain(post.source, NOON + timedelta(days=1))

    runtime.step([delivered([Removal(removed="post", id=post.id)])])

    assert b"method" not in b"".join(store.author_states([post.author]).values())
    store.close()


def test_a_removal_that_names_another_author_reaches_the_true_one() -> None:
    store = fresh_store()
    runtime = embedded(store)
    (post,) = promoter_posts(1)

    runtime.step([delivered([post])])
    runtime.step([delivered([Removal(removed="post", id=post.id, author="web:somebody")])])

    assert b"method" not in store.author_states([post.author])[post.author]
    assert store.author_states(["web:somebody"]) == {}


@pytest.mark.parametrize("size", [1, 3])
def test_a_post_removed_behind_its_author_leaves_no_state_however_it_is_cut(size: int) -> None:
    (post,) = promoter_posts(1)
    gone = Removal(removed="author", author=post.author, at=NOON + 20 * MINUTE)
    items: list[Item] = [post, gone, Removal(removed="post", id=post.id)]
    store = fresh_store()
    runtime = embedded(store)

    for start in range(0, len(items), size):
        runtime.step([delivered(items[start : start + size])])

    assert store.author_states([post.author]) == {}


def test_an_author_removal_seen_again_does_not_wipe_what_came_after_it() -> None:
    gone = Removal(removed="author", author="web:author0", at=NOON - MINUTE)
    posts = [post for post in promoter_posts(12) if post.author == "web:author0"]
    once, twice = fresh_store(), fresh_store()

    embedded(once).step([delivered([gone, *posts])])
    runtime = embedded(twice)
    runtime.step([delivered([gone, *posts[:2]])])
    runtime.step([delivered([gone, *posts])])

    assert once.stats().findings == 2, "a repeat and a cross-post"
    assert told(twice) == told(once)


class Failing:
    """A detector that fails on every second post."""

    kind = "failing"
    state_type = bursts.State
    state_version = 1
    healed = False

    def see(self, post: Enriched, state: bursts.State) -> None:
        """Fail, or see nothing."""
        del state
        if not self.healed and int(post.post.id.rpartition(":")[2]) % 2:
            raise ValueError("a defect")

    def finding(self, author: str, episode: None) -> Finding:
        """Have nothing to tell."""
        raise NotImplementedError

    def erase(self, post_id: str, state: bursts.State) -> None:
        """Forget nothing."""
        del post_id, state


def test_a_failing_detector_leaves_dead_letters_and_the_others_go_on() -> None:
    store = fresh_store()
    runtime = embedded(store, detectors=[Failing(), repeats.make(repeats.Options())])

    step = runtime.step([delivered(promoter_posts(30))])

    assert step.posts == 30
    assert step.dead == 15
    assert store.stats().findings > 0
    letter = store.dead().rows[0]
    assert letter.origin == "detector:failing"
    assert letter.reason == "ValueError: a defect"


def test_a_mended_detector_sees_the_post_again() -> None:
    store, detector = fresh_store(), Failing()
    runtime = embedded(store, detectors=[detector])
    runtime.step([delivered(promoter_posts(2))])

    failed = runtime.see_again(promoter_posts(2)[1], "failing")
    detector.healed = True
    mended = runtime.see_again(promoter_posts(2)[1], "failing")

    assert (failed, mended) == (False, True)


def test_a_failed_commit_is_told_and_leaves_no_states_ahead_of_the_store() -> None:
    store = fresh_store()
    posts = promoter_posts(60)
    runtime = embedded(store)
    commit = store.commit

    def refuse(_: Batch) -> None:
        raise StoreError("disk full")

    store.commit = refuse  # type: ignore[method-assign,assignment]  # the disk is full
    with pytest.raises(StoreError):
        runtime.step([delivered(posts[:30])])
    store.commit = commit  # type: ignore[method-assign]
    runtime.step([delivered(posts)])

    expected = fresh_store()
    embedded(expected).step([delivered(posts)])
    assert told(store) == told(expected)


def test_an_author_forgotten_beside_a_run_does_not_come_back_from_its_memory(
    tmp_path: Path,
) -> None:
    options = sqlite.Options(path=str(tmp_path / "run.db"))
    store, beside = sqlite.make(options), sqlite.make(options)
    runtime = embedded(store)
    posts = promoter_posts(60)
    runtime.step([delivered(posts[:59])])

    beside.commit(
        Batch(removals=(Removal(removed="author", author="web:author2", at=NOON + 59 * MINUTE),))
    )
    later = a_post(90 * MINUTE, id="web:later", author="web:author2", title="Quite another thing")
    runtime.step([delivered([later])])

    assert b"method" not in store.author_states(["web:author2"])["web:author2"]
    assert store.post("web:later") is not None
    beside.close()
    store.close()


def test_a_step_counts_what_it_held() -> None:
    runtime = embedded(fresh_store())
    posts = promoter_posts(30)

    step: Step = runtime.step([delivered([*posts, posts[0], Removal(removed="post", id="x:1")])])

    assert (step.posts, step.repeated, step.removals, step.dead) == (30, 1, 1, 0)
    assert step.findings > 0


@pytest.mark.parametrize("removal_is", ["behind", "before"])
def test_what_came_broken_of_an_author_goes_with_the_author(removal_is: str) -> None:
    store = fresh_store()
    runtime = embedded(store)
    gone = Removal(removed="author", author="test:ann", at=NOON + MINUTE)
    letters = tuple(
        dead_letter(f"jet: {name}", "odd", name.encode(), author=f"test:{name}", at=NOON)
        for name in ("ann", "bob")
    )
    later = dead_letter("jet: later", "odd", b"2", author="test:ann", at=NOON + 2 * MINUTE)

    if removal_is == "before":
        runtime.step([delivered([gone])])
    runtime.step([replace(delivered([gone, a_post()]), dead=(*letters, later))])

    left = {letter.origin for letter in store.dead().rows}
    kept = {"jet: bob"} if removal_is == "behind" else {"jet: bob", "jet: later"}
    assert left == kept
    assert store.post(a_post().id) is not None
