"""Cases of ``crossposts``: fires, just below, twice, out of order, late, other things, feeds."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco.model import Enriched, Finding, without_post
from bunco.values import Duration
from processors.detectors.crossposts import Crossposts, Options, State
from tests.builders import NOON, an_enriched, told_by

OFFER = "https://shop.example/offer/77"
HEADLINES = (
    "This one weird trick melts belly fat while you sleep tonight",
    "Nobody told me that losing weight could be this easy",
    "My neighbour asked what I did to look ten years younger",
    "Doctors are furious about what she found in her kitchen",
)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def put(number: int, after: timedelta, place: str = "", **changes: Any) -> Enriched:
    """Give the numbered post: one link under one headline, in a place of its own."""
    told = {
        "id": f"reddit:t3_{number}",
        "author": "reddit:ann",
        "place": place or f"r/place{number}",
        "title": HEADLINES[0],
        "url": f"https://www.reddit.com/r/x/comments/{number}/x/",
        "links": (OFFER,),
    }
    return an_enriched(after, **(told | changes))


def seen(posts: Sequence[Enriched], options: Options | None = None) -> dict[str, Finding]:
    """Give the latest form of each finding that the posts of one author lead to."""
    detector, state = Crossposts(options or Options()), State()
    return {finding.id: finding for post in posts for finding in told_by(detector, post, state)}


def spread(count: int, **changes: Any) -> list[Enriched]:
    """Give so many posts, ten minutes apart, each in another place."""
    return [put(number, number * 10 * MINUTE, **changes) for number in range(count)]


def test_the_third_place_is_a_finding() -> None:
    (finding,) = seen(spread(3)).values()

    assert finding.detector == "crossposts"
    assert finding.subject == "reddit:ann"
    assert finding.places == ("r/place0", "r/place1", "r/place2")
    assert finding.evidence == ("reddit:t3_0", "reddit:t3_1", "reddit:t3_2")
    assert finding.numbers["places"] == 3
    assert finding.numbers["posts"] == 3
    assert finding.numbers["links"] == 1
    assert finding.numbers["wordings"] == 1
    assert finding.numbers["median_gap_s"] == 600
    assert finding.numbers["span_s"] == 1200
    assert finding.first_at == NOON
    assert finding.last_at == NOON + 20 * MINUTE


def test_two_places_are_just_below() -> None:
    assert seen(spread(2)) == {}


def test_three_times_in_two_places_is_just_below() -> None:
    assert seen([put(0, 0 * HOUR), put(1, HOUR), put(2, 2 * HOUR, "r/place0")]) == {}


def test_three_places_in_more_than_a_week_are_just_below() -> None:
    posts = [put(n, n * timedelta(days=3, hours=13)) for n in range(3)]

    assert seen(posts) == {}
    assert len(seen(posts, Options(window=Duration(days=8)))) == 1


def test_a_place_counts_by_its_latest_post_until_there_is_a_finding() -> None:
    day = timedelta(days=1)
    posts = [
        put(0, 0 * day, "r/a"),
        put(1, 0 * day + HOUR, "r/b"),
        put(2, 4 * day, "r/a"),
        put(3, 8 * day, "r/c"),
        put(4, 9 * day, "r/d"),
    ]

    assert seen(posts[:4]) == {}
    assert len(seen(posts)) == 1


def test_once_in_a_place_is_counted_once_however_often_it_comes_again() -> None:
    posts = [*spread(3), put(8, HOUR, "r/place1"), put(9, 2 * HOUR, "r/place0")]

    (finding,) = seen(posts).values()

    assert finding.numbers["places"] == 3
    assert finding.numbers["posts"] == 5
    assert finding.last_at == NOON + 2 * HOUR


def test_the_same_episode_keeps_its_id_and_grows() -> None:
    third, sixth = seen(spread(3)), seen(spread(6))

    assert third.keys() == sixth.keys()
    (before,), (after,) = third.values(), sixth.values()
    assert after.numbers["places"] == 6
    assert after.score > before.score


def test_after_a_quiet_week_a_new_episode_starts() -> None:
    again = [put(10 + n, timedelta(days=9) + n * HOUR) for n in range(3)]

    found = seen([*spread(3), *again])

    assert [finding.numbers["places"] for finding in found.values()] == [3, 3]


def test_one_link_under_different_headlines_is_one_thing() -> None:
    posts = [put(n, n * HOUR, title=title) for n, title in enumerate(HEADLINES)]

    (finding,) = seen(posts).values()

    assert finding.numbers["places"] == 4
    assert finding.numbers["wordings"] == 4
    assert [quote.text for quote in finding.quotes] == list(HEADLINES)


@pytest.mark.parametrize(
    "link",
    [
        f"{OFFER}?utm_source=twitter&fbclid=x",
        "http://www.shop.example/offer/77/",
        "https://m.shop.example/offer/77#top",
        "https://www.google.com/url?q=https://shop.example/offer/77&sa=D",
        "https://out.reddit.com/t3_x?url=https%3A%2F%2Fshop.example%2Foffer%2F77",
    ],
)
def test_a_link_in_disguise_is_the_same_link(link: str) -> None:
    posts = [put(n, n * HOUR, title=HEADLINES[n]) for n in range(2)]

    assert len(seen([*posts, put(2, 2 * HOUR, title=HEADLINES[2], links=(link,))])) == 1


@pytest.mark.parametrize(
    "edited",
    [
        "THIS ONE WEIRD TRICK MELTS BELLY FAT WHILE YOU SLEEP TONIGHT",
        "🔥 This one weird trick melts belly fat while you sleep tonight!!! #wow",
        "BREAKING: This one weird trick melts belly fat while you sleep tonight",
        "Тhis one weird trick mеlts belly fat while yоu sleep tonight",
    ],
)
def test_one_text_without_links_is_one_thing_edits_aside(edited: str) -> None:
    posts = [put(n, n * HOUR, links=()) for n in range(2)]

    (finding,) = seen([*posts, put(2, 2 * HOUR, links=(), title=edited)]).values()

    assert finding.numbers["places"] == 3


def test_a_shortener_hides_where_it_leads_so_the_text_decides() -> None:
    short = [put(n, n * HOUR, links=(f"https://bit.ly/x{n}",)) for n in range(3)]
    other = [put(n, n * HOUR, links=(f"https://bit.ly/x{n}",), title=HEADLINES[n]) for n in (0, 1)]

    assert len(seen(short)) == 1
    assert seen([*other, put(2, 2 * HOUR, title=HEADLINES[2], links=("https://bit.ly/y",))]) == {}


def test_a_short_title_over_different_pictures_is_no_cross_post() -> None:
    posts = [
        put(n, n * HOUR, title="Am I doing this right?", links=(f"https://pic.example/{n}.jpg",))
        for n in range(5)
    ]

    assert seen(posts) == {}


def test_different_things_in_different_places_are_no_cross_post() -> None:
    posts = [
        put(n, n * HOUR, title=title, links=(f"https://news.example/{n}",))
        for n, title in enumerate(HEADLINES)
    ]

    assert seen(posts) == {}


def test_a_repost_is_not_the_authors_own() -> None:
    assert seen(spread(5, kind="repost")) == {}


def test_answers_count_with_a_link_only() -> None:
    assert len(seen(spread(3, kind="reply"))) == 1
    assert seen(spread(5, kind="reply", links=())) == {}


def test_the_page_of_the_person_beneath_every_post_is_not_what_it_is_about() -> None:
    profile = "https://www.reddit.com/user/ann"
    posts = [put(n, n * HOUR, title=title, links=(profile,)) for n, title in enumerate(HEADLINES)]

    assert seen(posts) == {}


def test_a_post_with_many_links_is_about_none_of_them() -> None:
    many = tuple(f"https://site.example/{n}" for n in range(6))
    posts = [put(n, n * HOUR, title=title, links=many) for n, title in enumerate(HEADLINES)]

    assert seen(posts) == {}


def test_an_article_in_several_feeds_of_its_paper_was_published_once() -> None:
    page = "https://paper.example/2026/03/storm"
    posts = [
        put(
            n,
            n * HOUR,
            feed,
            author="web:paper.example",
            url=f"{page}?ref=rss{n}",
            links=(),
        )
        for n, feed in enumerate(["Front page", "Weather", "Google Alert - storm", "Local"])
    ]

    assert seen(posts) == {}


def test_a_text_on_several_sites_of_one_author_is_a_cross_post() -> None:
    posts = [
        put(n, n * HOUR, site, author="web:ann", url=f"https://{site}/the-trick", links=())
        for n, site in enumerate(["ann.example", "blogs.example", "letters.example"])
    ]

    assert len(seen(posts)) == 1


@given(order=st.permutations(range(6)))
def test_any_order_of_arrival_ends_in_the_same_finding(order: list[int]) -> None:
    posts = [*spread(4), put(8, HOUR, "r/place2"), put(9, -HOUR, "r/place1")]

    (ordered,) = seen(posts).values()
    (other,) = seen([posts[n] for n in order]).values()

    assert other.numbers == ordered.numbers
    assert other.evidence == ordered.evidence
    assert other.places == ordered.places
    assert other.score == ordered.score
    assert (other.first_at, other.last_at) == (ordered.first_at, ordered.last_at)


@settings(max_examples=60, deadline=None)
@given(
    marks=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(0, 9000)),
        min_size=1,
        max_size=15,
    ),
    chance=st.randoms(use_true_random=False),
)
def test_which_things_are_found_does_not_depend_on_the_order_of_arrival(
    marks: list[tuple[int, int, int]], chance: Any
) -> None:
    posts = [
        put(n, at * MINUTE, f"r/{place}", title=HEADLINES[thing], links=(f"{OFFER}{thing}",))
        for n, (thing, place, at) in enumerate(marks)
    ]
    shuffled = chance.sample(posts, len(posts))

    def told(findings: dict[str, Finding]) -> list[Any]:
        return sorted(
            (finding.places, finding.evidence, finding.first_at, finding.last_at)
            for finding in findings.values()
        )

    assert told(seen(posts)) == told(seen(shuffled))


def test_two_things_that_a_later_post_joins_become_one() -> None:
    by_link = [put(n, n * HOUR, title=HEADLINES[n]) for n in range(2)]
    by_text = [put(n, n * HOUR, title=HEADLINES[2], links=()) for n in (2, 3)]

    (finding,) = seen([*by_link, *by_text, put(4, 4 * HOUR, title=HEADLINES[2])]).values()

    assert finding.numbers["places"] == 5


def test_a_late_post_older_than_the_window_is_history() -> None:
    late = put(9, timedelta(days=-8))

    (finding,) = seen([*spread(3), late]).values()

    assert finding.numbers["places"] == 3


def test_a_flood_is_told_as_at_least_what_is_remembered() -> None:
    (finding,) = seen(spread(60)).values()

    assert finding.numbers["places"] == 40
    assert finding.numbers["posts"] == 60
    assert "into at least 40 places" in finding.reason


def test_what_repeats_tells_as_well_is_told_quietly() -> None:
    one_headline = spread(6)
    several = [
        put(n, n * 10 * MINUTE, title=f"{HEADLINES[n % 4]} {'again' * (n > 3)}") for n in range(6)
    ]

    (quiet,), (loud,) = seen(one_headline).values(), seen(several).values()

    assert quiet.score < 0.5 <= loud.score


def test_within_minutes_is_louder_than_within_days() -> None:
    titled = [{"title": HEADLINES[n % 4]} for n in range(4)]
    quick = [put(n, n * MINUTE, **titled[n]) for n in range(4)]
    slow = [put(n, n * timedelta(days=1), **titled[n]) for n in range(4)]

    (first,), (second,) = seen(quick).values(), seen(slow).values()

    assert first.score > second.score


def test_the_sentence_says_what_was_put_where() -> None:
    posts = spread(5)
    posts[2] = put(2, 20 * MINUTE, title=HEADLINES[1])

    (finding,) = seen(posts).values()

    assert finding.reason == (
        f"Put “{HEADLINES[0]}” into 5 places within 40 min"
        " (first r/place0, r/place1, r/place2, r/place3 and 1 more), typically 10 min apart;"
        " 2 different wordings."
    )


def test_options_move_the_threshold() -> None:
    assert len(seen(spread(2), Options(places=2))) == 1
    assert seen(spread(3), Options(places=4)) == {}


def test_an_erased_post_leaves_no_text_in_the_state_and_the_finding() -> None:
    detector, state = Crossposts(Options()), State()
    posts = [*spread(3), put(7, HOUR, title="A secret sentence that nobody else has ever said")]
    posts.append(
        put(8, HOUR, title="Another secret of mine entirely", links=("https://a.example/",))
    )
    found = [finding for post in posts for finding in told_by(detector, post, state)][-1]

    for number in (0, 1, 2, 7, 8):
        detector.erase(f"reddit:t3_{number}", state)

    left = msgspec.msgpack.encode(state)
    assert b"trick" not in left
    assert b"secret" not in left
    assert HEADLINES[0] not in without_post(found, "reddit:t3_0").reason


def test_an_erased_post_of_an_author_in_one_place_leaves_no_text() -> None:
    detector, state = Crossposts(Options()), State()
    for n in range(3):
        detector.see(put(n, n * HOUR, "r/a", title=f"A secret number {n} that I tell"), state)

    detector.erase("reddit:t3_1", state)

    left = msgspec.msgpack.encode(state)
    assert b"number 1" not in left
    assert b"number 0" in left
    assert b"number 2" in left


def test_what_stood_in_one_place_alone_is_known_again_in_the_next() -> None:
    places = ["r/a", "r/a", "r/b", "r/c"]

    (finding,) = seen([put(n, n * HOUR, place) for n, place in enumerate(places)]).values()

    assert finding.numbers["places"] == 3
    assert finding.evidence[0] == "reddit:t3_0"


def test_after_a_removal_the_places_are_still_counted() -> None:
    detector, state = Crossposts(Options()), State()
    for post in [put(0, 0 * HOUR, title=HEADLINES[2]), *spread(4)[1:]]:
        detector.see(post, state)

    detector.erase("reddit:t3_0", state)
    assert b"neighbour" not in msgspec.msgpack.encode(state)
    (finding,) = told_by(detector, put(9, HOUR, title=HEADLINES[1]), state)

    assert finding.numbers["places"] == 5
    assert "reddit:t3_0" not in finding.evidence
    assert len(finding.evidence) == 4
    assert finding.reason.startswith(f"Put “{HEADLINES[0]}” into 5 places")


def test_a_bare_link_is_told_as_one() -> None:
    (finding,) = seen(spread(3, title="", text="")).values()

    assert finding.reason.startswith("Put one link into 3 places")
    assert finding.quotes == ()


@settings(max_examples=30, deadline=None)
@given(
    marks=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 4), st.integers(0, 20_000)),
        min_size=1,
        max_size=40,
    )
)
def test_a_state_written_and_read_between_any_posts_changes_nothing(
    marks: list[tuple[int, int, int]],
) -> None:
    posts = [
        put(n, at * MINUTE, f"r/{place}", title=HEADLINES[thing], links=(f"{OFFER}{thing}",))
        for n, (thing, place, at) in enumerate(marks)
    ]
    detector, kept, reread = Crossposts(Options()), State(), State()

    for post in posts:
        first = told_by(detector, post, kept)
        reread = msgspec.msgpack.decode(msgspec.msgpack.encode(reread), type=State)
        assert told_by(detector, post, reread) == first


def test_the_state_of_a_flooding_author_is_bounded() -> None:
    detector, alone, several = Crossposts(Options()), State(), State()
    for n in range(2000):
        link = (f"https://shop.example/{n}",)
        detector.see(put(n, n * MINUTE, "r/a", links=link), alone)
        detector.see(put(n, n * MINUTE, links=(f"https://shop.example/{n // 3}",)), several)

    assert len(alone.alone) == 8
    assert len(msgspec.msgpack.encode(alone)) < 5_000
    assert len(several.singles) <= 100
    assert len(several.spreads) <= 24
    assert len(msgspec.msgpack.encode(several)) < 100_000
