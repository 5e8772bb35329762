"""The injection harness: what is planted is in the stream, and found is told from missed."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from bunco.evaluation.edits import EDITS
from bunco.evaluation.planting.headlines import KINDS, Headlines
from bunco.evaluation.planting.model import Planting, Timeline, Tried
from bunco.evaluation.planting.paces import PACES, paced
from bunco.evaluation.planting.rates import alerts_per, found_of, having, thousands
from bunco.evaluation.planting.sowing import (
    BURST_GRID,
    DURATIONS,
    HOUR,
    MINUTE,
    SIZES,
    BurstPlan,
    RepeatPlan,
    Sower,
    repeat_plan,
)
from bunco.evaluation.planting.timelines import halves, simulated
from bunco.evaluation.planting.trial import is_found, merged, tried
from bunco.model import Finding, Pattern, Post
from bunco.ports.detectors import Detector
from bunco.simulation.plan import Plan
from processors.detectors import bursts, repeats
from tests.builders import NOON, a_finding, a_post

ANN = "twitter:ann"
STOCK = {
    kind: [
        f"{kind} story {n}: {n * 7919} whales seen in the {n * 31}th harbour" for n in range(300)
    ]
    for kind in KINDS
}


def timeline(days: int = 28) -> Timeline:
    """Give the timeline of a person who says two things a day."""
    posts = tuple(
        a_post(n * timedelta(hours=12), id=f"twitter:{n}", author=ANN, title="", text=f"day {n}")
        for n in range(2 * days)
    )
    return Timeline("people", ANN, posts)


def sower(seed: int = 1) -> Sower:
    """Give a sower with a fresh stock."""
    return Sower(Headlines(STOCK), seed)


def burst_of(size: int = 20, duration: timedelta = HOUR, seed: int = 1) -> Planting:
    """Give a burst with links in that timeline."""
    return sower(seed).burst(timeline(), BurstPlan(size, duration, linked=True))


def repeat_of(count: int, edit: str = "emoji", span: timedelta = HOUR) -> Planting:
    """Give a repeat in that timeline."""
    return sower().repeats(timeline(), RepeatPlan(count, edit, span, "news", linked=True))


class Recorder:
    """A detector that finds nothing and remembers what it was shown."""

    kind = "bursts"
    state_version = 1
    state_type = bursts.State

    def __init__(self) -> None:
        self.shown: list[str] = []

    def see(self, post: Any, state: Any) -> None:  # noqa: ARG002  # as detectors do
        """Remember the post."""
        self.shown.append(post.post.id)

    def finding(self, author: str, episode: Any) -> Finding:
        """Have nothing to tell."""
        raise NotImplementedError

    def erase(self, post_id: str, state: Any) -> None:
        """Forget nothing."""

    def pattern(self, finding: Any) -> Pattern:  # noqa: ARG002  # as detectors do
        """Say that a finding is about nothing."""
        return Pattern()

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        """Cover nothing."""
        return bool(judged.text and found.text)


def test_the_grid_has_every_size_and_duration_with_and_without_links() -> None:
    assert len(set(BURST_GRID)) == len(SIZES) * len(DURATIONS) * 2
    assert min(SIZES) == 10
    assert (min(DURATIONS), max(DURATIONS)) == (10 * MINUTE, 6 * HOUR)


def test_a_burst_is_as_large_and_as_long_as_planned_and_no_two_posts_say_the_same() -> None:
    planting = burst_of(30, HOUR)

    assert len({post.text for post in planting.posts}) == 30
    assert planting.posts[-1].posted_at - planting.posts[0].posted_at == HOUR
    assert all(post.links and post.author == ANN for post in planting.posts)
    assert dict(planting.traits) == {"posts": "30", "duration": "1 h", "links": "with links"}


@pytest.mark.parametrize("edit", EDITS)
def test_a_repeat_is_the_headline_and_then_its_edits(edit: str) -> None:
    planting = repeat_of(4, edit)
    texts = [post.text.partition(" https://")[0] for post in planting.posts]

    assert texts[0] in STOCK["news"]
    assert all(text != texts[0] for text in texts[1:])
    assert len(planting.posts) == 4


def test_plans_of_repeats_are_of_all_counts_and_edits() -> None:
    plans = [repeat_plan(Random(n)) for n in range(2000)]

    assert {plan.count for plan in plans} == set(range(2, 11))
    assert {plan.edit for plan in plans} == {*EDITS, "mixed"}


def test_one_seed_plants_the_same_and_another_something_else() -> None:
    assert burst_of(seed=1) == burst_of(seed=1)
    assert burst_of(seed=1) != burst_of(seed=2)


def test_a_planting_has_a_quarter_of_the_timeline_before_it() -> None:
    whole = timeline()

    for seed in range(40):
        planting = burst_of(seed=seed)
        before = [post for post in whole.posts if post.posted_at <= planting.posts[0].posted_at]
        assert len(before) > len(whole.posts) // 4


def test_planted_posts_stand_in_the_stream_in_order_with_the_authors_own() -> None:
    planting = burst_of(20, 6 * HOUR)

    stream = merged(timeline().posts, planting)

    assert [post for post in stream if post.id.startswith("planted:")] == list(planting.posts)
    assert stream == sorted(stream, key=lambda post: post.posted_at)


def test_the_detector_sees_each_own_post_once_without_and_the_planted_ones_only_with() -> None:
    recorder, planting, whole = Recorder(), burst_of(10), timeline()

    tried(whole, [planting], recorder)

    own = [shown for shown in recorder.shown if not shown.startswith("planted:")]
    assert {post.id for post in planting.posts} <= set(recorder.shown)
    assert set(own) == {post.id for post in whole.posts}
    assert recorder.shown.count(whole.posts[0].id) == 1


FOUR_TIMES = repeats.Options(
    min_count=4, min_count_long=4, min_count_disguised=4, min_count_edited=4
)
DETECTORS: list[tuple[Detector[Any, Any], Planting, bool]] = [
    (bursts.make(bursts.Options()), burst_of(20), True),
    (bursts.make(bursts.Options(budget=1e-9)), burst_of(10, 6 * HOUR), False),
    (repeats.make(repeats.Options()), repeat_of(3), True),
    (repeats.make(FOUR_TIMES), repeat_of(3), False),
]


@pytest.mark.parametrize(("detector", "planting", "expected"), DETECTORS)
def test_what_the_detector_tells_is_found_and_what_it_does_not_is_missed(
    detector: Detector[Any, Any], planting: Planting, expected: bool
) -> None:
    run = tried(timeline(), [planting], detector)

    assert run.alerts == 0
    assert list(run.found) == [expected]


def test_plantings_of_one_timeline_know_nothing_of_each_other() -> None:
    whole, sow = timeline(), sower()
    plantings = [sow.burst(whole, BurstPlan(20, HOUR, linked=True)) for _ in range(5)]
    detector = bursts.make(bursts.Options())

    together = tried(whole, plantings, detector)
    alone = [tried(whole, [planting], detector).found[0] for planting in together.plantings]

    assert list(together.found) == alone


def covering(planting: Planting, **changes: Any) -> Any:
    """Give a finding of the planting's detector that shows two of its posts."""
    fields = {
        "id": "f",
        "detector": planting.detector,
        "subject": ANN,
        "evidence": tuple(post.id for post in planting.posts[:2]),
        "first_at": NOON,
        "last_at": NOON,
    }
    return a_finding(**(fields | changes))


def test_found_is_only_what_covers_the_planting_and_was_not_there_before() -> None:
    planting = repeat_of(5)
    finding = covering(planting)

    assert is_found(planting, {"f": finding}, {})
    assert not is_found(planting, {"f": finding}, {"f": finding})
    assert is_found(planting, {"f": finding}, {"f": replace(finding, score=0.1)})
    assert not is_found(planting, {"f": covering(planting, evidence=("a", "b"))}, {})
    assert not is_found(planting, {"f": covering(planting, subject="twitter:bob")}, {})
    assert not is_found(planting, {"f": covering(planting, detector="bursts")}, {})


def test_a_burst_is_also_covered_by_the_span_of_a_finding_and_a_repeat_is_not() -> None:
    for planting, expected in ((burst_of(20), True), (repeat_of(5), False)):
        span = {"first_at": planting.posts[0].posted_at, "last_at": planting.posts[-1].posted_at}

        assert is_found(planting, {"f": covering(planting, evidence=(), **span)}, {}) is expected


def test_account_days_are_calendar_days_from_the_first_to_the_last_post() -> None:
    posts = (a_post(), a_post(timedelta(hours=13)), a_post(timedelta(days=9)))

    line = Timeline("people", ANN, posts)

    assert line.days == 10
    assert line.active_days == 3


def test_figures_count_plantings_and_alerts() -> None:
    line, plantings = timeline(), [burst_of(10), burst_of(20), burst_of(20, seed=3)]
    run = Tried(timeline=line, alerts=3, plantings=plantings, found=(True, False, True))

    assert found_of("found", [run]).value == pytest.approx(2 / 3)
    assert found_of("found", [run], having("posts", "10")).value == 1.0
    assert alerts_per("bursts", "alerts", [run], thousands([run])).value == pytest.approx(
        3 / line.days * 1000
    )


def test_halves_are_disjoint_whole_and_always_the_same() -> None:
    lines = [Timeline("people", f"twitter:{n}", ()) for n in range(200)]

    one, other = halves(lines)

    assert sorted(line.author for line in one + other) == sorted(line.author for line in lines)
    assert 70 < len(one) < 130
    assert halves(list(reversed(lines)))[0] == list(reversed(one))


def test_simulated_timelines_are_told_by_role() -> None:
    lines = simulated(Plan(seed=3, days=7, authors=30, posts=400))

    assert sum(len(line.posts) for line in lines) == 400
    assert "simulated: promoter" in {line.group for line in lines}


@pytest.mark.parametrize("pace", PACES)
def test_made_up_authors_post_in_order_and_are_always_the_same(pace: str) -> None:
    one, other = paced(pace, 2), paced(pace, 2)
    times = [post.posted_at for post in one[0].posts]

    assert one == other
    assert one[0] != one[1]
    assert times == sorted(times)


def test_a_post_planted_is_a_plain_post() -> None:
    post = repeat_of(3).posts[0]

    assert isinstance(post, Post)
    assert post.kind == "post"
    assert post.place == timeline().posts[0].place
