from collections import Counter, defaultdict
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bunco.codec import decode_item, encode
from bunco.model import Post, Removal
from bunco.simulation.plan import DEMO, Plan
from bunco.simulation.stream import simulate
from bunco.simulation.truth import ActTruth, AuthorTruth, Told

SMALL = Plan(authors=60, posts=3_000, days=10)


@cache
def demo() -> tuple[Told, ...]:
    return tuple(simulate(DEMO))


@cache
def posts_by_id() -> dict[str, Post]:
    return {told.item.id: told.item for told in demo() if isinstance(told.item, Post)}


def acts(kind: str) -> list[ActTruth]:
    truths = (truth for told in demo() for truth in told.truths)
    return [truth for truth in truths if isinstance(truth, ActTruth) and truth.kind == kind]


def arrival(told: Told) -> datetime:
    if isinstance(told.item, Removal):
        assert told.item.at
        return told.item.at
    return told.item.seen_at or told.item.posted_at


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    authors=st.integers(10, 60),
    more=st.integers(0, 900),
    days=st.integers(1, 40),
)
def test_any_plan_gives_exactly_its_posts_in_order_of_arrival(
    seed: int, authors: int, more: int, days: int
) -> None:
    plan = Plan(seed=seed, authors=authors, posts=authors + more, days=days)

    told = list(simulate(plan))

    assert len({item.item.id for item in told}) == len(told) == plan.posts
    assert all(arrival(a) <= arrival(b) for a, b in pairwise(told))
    truths = [truth for item in told for truth in item.truths]
    people = [truth for truth in truths if isinstance(truth, AuthorTruth)]
    assert len(people) == authors
    assert Counter(item.item.author for item in told) == {
        person.author: person.posts for person in people
    }
    planted = [truth for truth in truths if isinstance(truth, ActTruth)]
    assert {act for item in told for act in item.acts} == {act.act for act in planted}
    assert all(act.count == len(act.posts) == len(act.edits) for act in planted)


def test_the_same_plan_gives_the_same_and_another_seed_another() -> None:
    first = [encode(told) for told in simulate(SMALL)]

    assert [encode(told) for told in simulate(SMALL)] == first
    assert [encode(told) for told in simulate(replace(SMALL, seed=2))] != first


def test_every_item_is_of_the_wire_form() -> None:
    plan = replace(SMALL, removals=5, duplicates=5)

    for told in simulate(plan):
        assert decode_item(encode(told.item)) == told.item


def test_every_post_stands_at_an_address_of_its_own() -> None:
    posts = [told.item for told in simulate(SMALL) if isinstance(told.item, Post)]

    assert len({post.url for post in posts}) == len(posts)


def test_duplicates_and_removals_come_on_top_after_their_posts() -> None:
    told = list(simulate(replace(SMALL, removals=7, duplicates=11)))

    seen: set[str] = set()
    kinds: Counter[str] = Counter()
    for item in told:
        if isinstance(item.item, Removal):
            kinds["removals"] += 1
            assert item.item.id in seen
        else:
            kinds["duplicates" if item.again else "posts"] += 1
            assert (item.item.id in seen) == item.again
        seen.add(item.item.id)
    assert kinds == {"posts": SMALL.posts, "duplicates": 11, "removals": 7}
    assert all(arrival(a) <= arrival(b) for a, b in pairwise(told))


def test_some_are_late_unless_none_is_wanted() -> None:
    lateness = [
        told.item.seen_at - told.item.posted_at
        for told in demo()
        if isinstance(told.item, Post) and told.item.seen_at and told.role != "importer"
    ]

    assert 0.02 < len(lateness) / DEMO.posts < 0.04
    assert max(lateness) <= timedelta(hours=5)
    assert not any(
        isinstance(told.item, Post) and told.item.seen_at and told.role != "importer"
        for told in simulate(replace(SMALL, late_percent=0))
    )


def test_everything_but_imports_is_published_within_the_days() -> None:
    end = DEMO.start + timedelta(days=DEMO.days)

    times = [
        told.item.posted_at
        for told in demo()
        if isinstance(told.item, Post) and "import" not in "".join(told.acts)
    ]

    assert DEMO.start <= min(times)
    assert max(times) < end


def test_people_sleep() -> None:
    hours: Counter[int] = Counter(
        told.item.posted_at.hour
        for told in demo()
        if isinstance(told.item, Post) and told.role in {"ordinary", "heavy"} and not told.acts
    )

    night, evening = range(3, 7), range(17, 21)
    assert sum(hours[hour] for hour in night) * 4 < sum(hours[hour] for hour in evening)


def test_the_demo_shows_every_role_and_every_act() -> None:
    roles = {told.role for told in demo()}
    kinds = {truth.kind for told in demo() for truth in told.truths if isinstance(truth, ActTruth)}

    assert roles == {
        "ordinary", "heavy", "news", "series", "bot", "importer", "promoter", "follower"
    }  # fmt: skip
    assert kinds == {
        "repeat", "burst", "echo", "chain", "pitch",
        "import", "series", "template", "flurry", "rerun", "correction",
    }  # fmt: skip
    assert {told.item.source for told in demo()} == {"feeds", "mastodon", "reddit", "bluesky"}


def test_a_repeat_keeps_its_link_and_goes_to_several_places() -> None:
    for act in acts("repeat"):
        posts = [posts_by_id()[post] for post in act.posts]

        assert len({post.links[0].partition("?")[0] for post in posts}) == 1
        assert {post.author for post in posts} == {act.author}
        assert act.label == "spam"
    assert sum(len(act.places) > 1 for act in acts("repeat")) > len(acts("repeat")) * 0.8
    edits = Counter(edit for act in acts("repeat") for edit in act.edits)
    assert min(edits.values()) > 20
    assert len(edits) == 11


def test_a_burst_is_many_posts_within_an_hour_or_so() -> None:
    for act in acts("burst"):
        assert act.count >= 12
        assert act.last_at - act.first_at < timedelta(minutes=90)


def test_followers_echo_their_promoter_within_the_hour() -> None:
    follows = {
        truth.author: truth.follows
        for told in demo()
        for truth in told.truths
        if isinstance(truth, AuthorTruth)
    }
    led = defaultdict(list)
    for act in acts("repeat"):
        led[act.headline].append(act)

    for echo in acts("echo"):
        assert {follows[author] for author in echo.authors} == {echo.author}
        times = [posts_by_id()[post].posted_at for act in led[echo.headline] for post in act.posts]
        for post in echo.posts:
            at = posts_by_id()[post].posted_at
            assert any(timedelta(0) < at - time <= timedelta(minutes=40) for time in times)


def test_a_chain_letter_is_passed_on_by_others() -> None:
    assert max(len(act.authors) for act in acts("chain")) >= 4
    assert all(act.author in act.authors for act in acts("chain"))


def test_an_import_is_dated_far_before_it_arrives() -> None:
    (act,) = acts("import")
    posts = [posts_by_id()[post] for post in act.posts]

    assert act.label == "benign"
    assert len(posts) >= 300
    assert all(post.seen_at and post.posted_at < DEMO.start for post in posts)
    arrivals = [post.seen_at for post in posts if post.seen_at]
    assert max(arrivals) - min(arrivals) < timedelta(minutes=40)


def test_a_series_and_a_bot_keep_a_steady_pace() -> None:
    for act in [*acts("series"), *acts("template")]:
        times = sorted(posts_by_id()[post].posted_at for post in act.posts)
        gaps = [(b - a).total_seconds() for a, b in pairwise(times)]

        assert max(gaps) < 1.5 * min(gaps)


@pytest.mark.parametrize("kind", ["rerun", "correction"])
def test_news_take_up_a_headline_once(kind: str) -> None:
    for act in acts(kind):
        first, second = (posts_by_id()[post] for post in act.posts)

        assert act.label == "benign"
        assert second.title.endswith(first.title)
        assert (second.title == first.title) == (kind == "rerun")
