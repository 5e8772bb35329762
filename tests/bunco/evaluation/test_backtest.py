"""Other settings on stored posts: what is new, what is gone, what is counted."""

from collections.abc import Generator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco.evaluation.backtest import Span, Trial, taken_away
from bunco.model import Batch, Enriched, Finding, Pattern, Post, Removal, from_ms
from bunco.ports.stores import Store
from bunco.stores.memory import MemoryStore
from bunco.windows import HOUR_MS
from processors.detectors import repeats
from processors.headline_groups import Group
from tests.builders import NOON, a_finding, a_post
from tests.bunco.evaluation.played import (
    differences,
    outcomes,
    posts_of,
    repeated,
    run_into,
    simulated,
    trials_of,
)

DAY = timedelta(days=1)
LOUD = "Harbour museum opens its new wing for ships and sailors"
QUIET = "Council approves new cycle lanes along the river"


class InPieces(MemoryStore):
    """A store that walks in pieces of a size of its own."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def walk(self, **asked: Any) -> Generator[Sequence[Post], None, None]:
        return super().walk(**(asked | {"most": self.most}))


@cache
def simulated_store() -> Store:
    """Give a store with a simulated stream; it is only read."""
    store = MemoryStore()
    run_into(store, simulated())
    return store


def store_of(posts: Sequence[Post], store: Store | None = None) -> Store:
    """Give a store with posts in this order of arrival."""
    made = store or MemoryStore()
    run_into(made, posts)
    return made


def test_an_empty_store_gives_nothing() -> None:
    assert outcomes(MemoryStore(), trials_of()) == []


def test_a_higher_threshold_only_takes_findings_away_each_below_it() -> None:
    found = differences(simulated_store(), trials_of(repeats={"min_count": 4}))

    gone = [one.before.finding for one in found if one.change == "gone" and one.before]
    assert {one.change for one in found} == {"same", "gone"}
    assert gone
    assert {finding.detector for finding in gone} == {"repeats"}
    assert {finding.numbers["count_24h"] for finding in gone} == {3}


def test_a_lower_threshold_only_brings_findings() -> None:
    found = differences(simulated_store(), trials_of(repeats={"min_count": 2}))

    new = [one.after.finding for one in found if one.change == "new" and one.after]
    assert {one.change for one in found} == {"same", "new"}
    # a series is known by its pace, from three times on: at two it is told of like the rest
    series = [finding for finding in new if "Weather for" in finding.reason]
    assert {finding.numbers["count_24h"] for finding in new if finding not in series} == {2}
    assert len(series) == 1


def test_a_finding_that_opens_later_is_the_same_episode() -> None:
    store = store_of(repeated("web:a.example", 6, LOUD))

    (found,) = differences(store, trials_of(repeats={"min_count": 5, "min_count_long": 5}))

    assert found.change == "same"
    assert found.before
    assert found.after
    assert found.after.opened_ms - found.before.opened_ms == 2 * HOUR_MS


def test_other_windows_change_scores() -> None:
    posts = repeated("web:a.example", 8, LOUD)

    (found,) = differences(store_of(posts), trials_of(repeats={"window": "3h"}))

    assert found.change == "changed"
    assert found.step < 0


def test_a_detector_switched_off_takes_all_its_findings_away() -> None:
    played = trials_of(repeats={"enabled": False})

    found = differences(simulated_store(), played)

    assert {(one.shown.detector, one.change) for one in found} == {
        ("repeats", "gone"),
        ("bursts", "same"),
        ("crossposts", "same"),
    }


class Counting(repeats.Repeats):
    """A detector that counts what it is shown."""

    def __init__(self) -> None:
        super().__init__(repeats.Options())
        self.seen = 0

    def see(self, post: Enriched, state: repeats.State) -> Group | None:
        self.seen += 1
        return super().see(post, state)


def test_a_detector_that_is_the_same_on_both_sides_is_played_once() -> None:
    detector = Counting()
    store = store_of(repeated("web:a.example", 4, LOUD))

    (found,) = differences(store, [Trial(kind="repeats", before=detector, after=detector)])

    assert detector.seen == 4
    assert found.before is found.after


def test_detectors_with_equal_settings_are_the_same() -> None:
    same, other = (
        {one.kind: one.before is one.after for one in trials_of(**tables)}
        for tables in ({"repeats": {"min_count": 3}}, {"repeats": {"min_count": 4}})
    )

    assert same == {"bursts": True, "crossposts": True, "repeats": True}
    assert other == {"bursts": True, "crossposts": True, "repeats": False}


def test_one_author_gives_what_all_together_give_of_them() -> None:
    store, played = simulated_store(), trials_of(repeats={"min_count": 4})
    whole = {one.author: one for one in outcomes(store, played)}
    author = max(whole, key=lambda name: len(whole[name].differences))

    (alone,) = outcomes(store, played, Span(author=author))

    assert alone == whole[author]
    assert alone.differences


def test_findings_that_open_in_the_warm_up_are_not_counted() -> None:
    early = repeated("web:a.example", 4, LOUD)
    late = repeated("web:a.example", 4, QUIET, start=3 * DAY)
    store = store_of([*early, *late])

    (outcome,) = outcomes(store, trials_of(), Span(since=NOON + 2 * DAY, warm_up=14 * DAY))

    assert (outcome.posts, outcome.warming) == (8, 4)
    assert [QUIET in one.shown.reason for one in outcome.differences] == [True]


def test_the_warm_up_lets_a_detector_know_what_came_before() -> None:
    store = store_of(repeated("web:a.example", 4, LOUD))
    since = NOON + timedelta(hours=2)

    cold = differences(store, trials_of(), Span(since=since))
    warm = differences(store, trials_of(), Span(since=since, warm_up=DAY))

    assert cold == []
    assert [one.shown.numbers["count"] for one in warm] == [4]


def test_what_opened_in_the_warm_up_on_one_side_alone_is_a_difference() -> None:
    store = store_of(repeated("web:a.example", 6, LOUD))
    since = NOON + timedelta(hours=4)

    found = differences(
        store,
        trials_of(repeats={"min_count": 5, "min_count_long": 5}),
        Span(since=since, warm_up=DAY),
    )

    assert [one.change for one in found] == ["same"]


def test_posts_after_the_end_are_not_played() -> None:
    store = store_of(repeated("web:a.example", 6, LOUD))

    (outcome,) = outcomes(store, trials_of(), Span(until=NOON + timedelta(hours=2)))

    assert outcome.posts == 2
    assert outcome.differences == ()


def test_a_span_from_the_beginning_of_time_starts_no_earlier() -> None:
    store = store_of(repeated("web:a.example", 3, LOUD))

    (outcome,) = outcomes(store, trials_of(), Span(since=from_ms(-62_135_596_800_000), warm_up=DAY))

    assert outcome.posts == 3


def test_the_size_of_the_pieces_makes_no_difference() -> None:
    store = InPieces(1000)
    store_of(posts_of(simulated())[:300], store)
    played = trials_of(repeats={"min_count": 2})
    whole = outcomes(store, played)

    @settings(max_examples=25, deadline=None)
    @given(most=st.integers(1, 400))
    def agree(most: int) -> None:
        store.most = most

        assert outcomes(store, played) == whole

    agree()
    assert any(one.differences for one in whole)


class Telling:
    """A detector that tells of each post it is to tell of, and names only that one."""

    kind = "repeats"
    state_type = repeats.State
    state_version = 1

    def __init__(self, name: str, *numbers: int) -> None:
        self.name, self.numbers, self.seen = name, numbers, 0

    def see(self, post: Enriched, state: repeats.State) -> str | None:
        del state
        self.seen += 1
        return post.post.id if self.seen in self.numbers else None

    def finding(self, author: str, episode: str) -> Finding:
        return a_finding(id=self.name, subject=author, evidence=(episode,))

    def erase(self, post_id: str, state: repeats.State) -> None:
        raise NotImplementedError

    def pattern(self, finding: Finding) -> Pattern:
        raise NotImplementedError

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        raise NotImplementedError


def test_episodes_are_matched_by_all_the_posts_that_any_form_of_theirs_named() -> None:
    store = store_of(repeated("web:a.example", 5, LOUD))
    whole, middle = Telling("whole", 1, 2, 3, 4, 5), Telling("middle", 3)

    (found,) = differences(store, [Trial(kind="repeats", before=whole, after=middle)])

    assert found.change == "same"


class Failing(repeats.Repeats):
    """A detector that cannot take one post."""

    def see(self, post: Enriched, state: repeats.State) -> Group | None:
        if post.post.title == "odd":
            raise ZeroDivisionError
        return super().see(post, state)


def test_a_detector_that_fails_on_a_post_goes_on_with_the_next() -> None:
    author = "web:a.example"
    posts = repeated(author, 3, LOUD)
    store = store_of([*posts[:2], a_post(id="odd", author=author, title="odd"), posts[2]])
    failing = Failing(repeats.Options())

    (outcome,) = outcomes(store, [Trial(kind="repeats", before=failing, after=failing)])

    assert outcome.failed == 1
    assert [one.shown.numbers["count"] for one in outcome.differences] == [3]


def test_posts_that_were_removed_are_counted_as_missing() -> None:
    store = store_of(repeated("web:a.example", 5, LOUD))
    store.commit(
        Batch(removals=(Removal(removed="post", id="web:a.example/Harbour muse/0:00:00/1"),))
    )

    played = sum(one.posts for one in outcomes(store, trials_of()))

    assert played == 4
    assert taken_away(store, Span(), played) == 1


@pytest.mark.parametrize(
    ("span", "known"),
    [
        (Span(since=NOON + timedelta(minutes=7)), True),
        (Span(until=NOON + timedelta(hours=3)), True),
        (Span(until=NOON + timedelta(minutes=7)), False),
        (Span(author="web:a.example"), False),
    ],
)
def test_what_is_missing_is_known_of_whole_hours_and_all_authors(span: Span, known: bool) -> None:
    store = store_of(repeated("web:a.example", 5, LOUD))

    played = sum(one.posts for one in outcomes(store, trials_of(), span))

    assert taken_away(store, span, played) == (0 if known else None)
