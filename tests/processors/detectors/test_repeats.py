"""Cases of ``repeats``: fires, just below, twice, out of order, late, other author, series."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from bunco.model import Enriched, Finding, without_post
from bunco.values import Duration
from processors.detectors.repeats import Options, Repeats, State
from tests.builders import NOON, an_enriched, told_by

TRICK = "This one weird trick melts belly fat while you sleep tonight"
"""Sensational: twice is enough."""
PLAIN = "Council approves new cycle lanes along the river and the old harbour"
HOUR = timedelta(hours=1)


def told(number: int, after: timedelta, title: str = TRICK, **changes: Any) -> Enriched:
    """Give the numbered post with a headline."""
    return an_enriched(after, id=f"web:example.org/{number}", title=title, **changes)


def seen(posts: Sequence[Enriched], options: Options | None = None) -> dict[str, Finding]:
    """Give the latest form of each finding that the posts of one author lead to."""
    detector, state = Repeats(options or Options()), State()
    return {finding.id: finding for post in posts for finding in told_by(detector, post, state)}


def hourly(count: int, title: str = TRICK) -> list[Enriched]:
    """Give so many posts of a headline, one an hour."""
    return [told(number, number * HOUR, title) for number in range(count)]


def test_the_third_time_within_a_day_is_a_finding() -> None:
    (finding,) = seen(hourly(3)).values()

    assert finding.detector == "repeats"
    assert finding.subject == "web:example.org"
    assert finding.numbers["count_24h"] == 3
    assert finding.numbers["median_gap_s"] == 3600
    assert finding.evidence == ("web:example.org/0", "web:example.org/1", "web:example.org/2")
    assert finding.first_at == NOON
    assert finding.last_at == NOON + 2 * HOUR


def test_twice_is_just_below() -> None:
    assert seen(hourly(2, PLAIN)) == {}


def test_twice_is_enough_of_a_sensational_headline() -> None:
    (finding,) = seen([told(0, 0 * HOUR), told(1, 6 * 24 * HOUR / 4)]).values()

    assert finding.numbers["count"] == 2
    assert finding.sensational >= 0.5


def test_twice_is_just_below_where_only_one_of_the_two_is_sensational() -> None:
    loud, calm = told(0, 0 * HOUR), replace(told(1, HOUR), sensational=0.2)

    assert seen([loud, calm]) == {}


def test_what_a_share_button_says_is_no_headline() -> None:
    for said in (
        "Just posted a photo",
        "Ho appena pubblicato una foto",
        "I'm at Gym (Rome, Italy)",
    ):
        posts = [
            told(n, n * HOUR, "", text=f"{said} https://example.org/{n}", url="") for n in range(9)
        ]

        assert seen(posts) == {}


def test_one_long_hashtag_is_no_headline() -> None:
    assert seen(hourly(6, "#HappyBirthdayFromTheWholeWorld")) == {}


def said(number: int, after: timedelta, text: str = PLAIN, **changes: Any) -> Enriched:
    """Give a post of a social network that says a headline, with a link."""
    link = "https://offers.example/7"
    return told(
        number, after, "", **({"text": f"{text} {link}", "url": "", "links": (link,)} | changes)
    )


def test_twice_is_enough_where_the_second_is_dressed_up() -> None:
    (finding,) = seen([said(0, 0 * HOUR), said(1, 60 * HOUR, f"🔥 {PLAIN}")]).values()

    assert finding.numbers["count"] == 2
    assert finding.reason.endswith("; dressed up by pictures.")


def test_twice_dressed_up_alike_is_just_below() -> None:
    assert seen([said(n, n * HOUR, f"🔥 {PLAIN}") for n in range(2)]) == {}


def test_twice_with_the_quiet_time_between_is_just_below() -> None:
    assert seen([said(0, 0 * HOUR), said(1, 73 * HOUR, f"🔥 {PLAIN}")]) == {}


def test_the_first_form_dressed_up_counts_whatever_came_between() -> None:
    posts = [said(0, 0 * HOUR, PLAIN.upper()), said(1, HOUR, PLAIN.upper()), said(2, 30 * HOUR)]

    (finding,) = seen(posts).values()

    assert finding.reason.endswith("; dressed up by other capitals.")


def test_an_outlets_page_under_another_title_is_not_dressed_up() -> None:
    posts = [told(0, 0 * HOUR, PLAIN), told(1, HOUR, f"Breaking: {PLAIN}")]

    assert seen(posts) == {}


def test_a_remark_dressed_up_needs_its_number() -> None:
    posts = [remarks(1)[0], replace(remarks(2)[1], headline="🔥 not even one of them was there")]

    assert seen(posts) == {}


EDITED = (
    "Council approves new cycle lanes along the river and the old harbour",
    "Council approves new cycle lanes along river and old harbour",
    "Council approves new cycle lanes along the river and the very old harbour",
)


def test_three_times_in_other_words_within_a_week_is_a_finding() -> None:
    posts = [said(n, n * timedelta(hours=30), text) for n, text in enumerate(EDITED)]

    assert seen(posts[:2]) == {}
    assert len(seen(posts)) == 1


def test_three_times_in_other_words_with_other_links_is_just_below() -> None:
    posts = [
        said(n, n * timedelta(hours=30), text, links=(f"https://offers.example/{n}",))
        for n, text in enumerate(EDITED)
    ]

    assert seen(posts) == {}


def test_three_times_in_the_same_words_within_a_week_is_just_below() -> None:
    assert seen([said(n, n * timedelta(hours=30)) for n in range(3)]) == {}


def unlinked(number: int, after: timedelta, text: str, **changes: Any) -> Enriched:
    """Give a post of a social network without a link."""
    return told(number, after, "", **({"text": text, "url": "", "links": ()} | changes))


REPLACED = "Council approves amazing cycle lanes along the river and the big harbour"


def test_twice_is_enough_with_a_word_or_two_replaced() -> None:
    (finding,) = seen([unlinked(0, 0 * HOUR, PLAIN), unlinked(1, HOUR, REPLACED)]).values()

    assert finding.numbers["count"] == 2
    assert finding.reason.endswith("; dressed up by other words.")


@pytest.mark.parametrize(
    "other",
    [
        "Council rejects amazing cycle lanes along the river and the big harbour",
        "Council approves newer cycle lanes along the river and the old harbours",
        "Council approves nine cycle lanes along the river and the old harbour",
        "Council approves #safe cycle lanes along the river and the old harbour",
        "Council approves new cycle lanes along the Thames and the old harbour",
        "Council approves old cycle lanes along the river and the new harbour",
    ],
    ids=["three words", "spelling", "number", "hashtag", "name", "order"],
)
def test_twice_in_other_words_of_another_kind_is_just_below(other: str) -> None:
    first = PLAIN.replace("river", "Danube") if "Thames" in other else PLAIN

    assert seen([unlinked(0, 0 * HOUR, first), unlinked(1, HOUR, other)]) == {}


def test_twice_with_a_word_replaced_and_two_links_is_just_below() -> None:
    links = [(f"https://offers.example/{n}",) for n in range(2)]

    assert seen([said(n, n * HOUR, (PLAIN, REPLACED)[n], links=links[n]) for n in range(2)]) == {}


def test_a_page_under_a_title_with_a_word_replaced_is_just_below() -> None:
    url = "https://example.org/x"

    assert seen([told(n, n * HOUR, (PLAIN, REPLACED)[n], url=url) for n in range(2)]) == {}


FILLED = [
    f"We watch {one} play against {other} all evening"
    for one, other in (("Chicago", "Baltimore"), ("Toronto", "Pittsburgh"), ("Montreal", "Tampa"))
]
SHORT = "Council approves new cycle lanes along the river"
VARIANTS = [
    SHORT,
    "Council approves amazing cycle lanes along the canal",
    "Council demands new cycle tracks along the river",
    "Council approves new motor lanes behind the river",
]


def test_a_mould_that_is_filled_with_names_is_no_headline() -> None:
    assert seen([unlinked(n, n * HOUR, text) for n, text in enumerate(FILLED)]) == {}


@given(rest=st.permutations(range(1, 4)))
def test_headlines_with_words_replaced_gather_around_the_first(rest: list[int]) -> None:
    options = Options(min_count_disguised=4, min_count_edited=4, min_count=4)
    posts = [unlinked(n, n * HOUR, text) for n, text in enumerate(VARIANTS)]

    (finding,) = seen([posts[0], *(posts[n] for n in rest)], options).values()

    assert finding.numbers["count"] == 4
    assert finding.first_at == NOON


def test_the_same_headline_is_nearer_than_one_with_words_replaced() -> None:
    links = (("https://offers.example/1",), ("https://offers.example/2",))
    posts = [
        said(0, 0 * HOUR, SHORT, links=links[0]),
        said(1, 1 * HOUR, VARIANTS[1], links=links[1]),
        said(2, 2 * HOUR, VARIANTS[1], links=links[1]),
        unlinked(3, 3 * HOUR, SHORT),
    ]

    assert seen(posts) == {}


def test_a_page_in_three_feeds_was_published_once() -> None:
    feeds = ("front page", "health", "alerts")
    posts = [told(n, n * HOUR / 60, source=source) for n, source in enumerate(feeds)]

    assert seen(posts) == {}


def test_a_page_that_one_feed_lists_again_was_published_again() -> None:
    assert len(seen([told(n, n * HOUR, source="front page") for n in range(3)])) == 1


def test_a_post_and_its_edits_were_published_once() -> None:
    post = "mastodon:https://a.example/1"
    edits = [f"{post}#edited-2026-03-02T12:0{n}:00.000Z" for n in range(5)]
    posts = [
        replace(one, post=replace(one.post, id=name))
        for one, name in zip(hourly(6), (post, *edits), strict=True)
    ]

    assert seen(posts) == {}


def test_edits_of_posts_that_are_not_the_same_count_for_them() -> None:
    posts = [told(n, n * HOUR) for n in range(2)]
    edited = told(7, 2 * HOUR)
    edited = replace(edited, post=replace(edited.post, id=f"{edited.post.id}#edited-x"))

    assert len(seen([*posts, edited])) == 1


def remarks(count: int, **changes: Any) -> list[Enriched]:
    """Give answers to strangers that say the same, one a minute."""
    return [
        told(
            n,
            n * HOUR / 60,
            "",
            text=f"@somebody{n} not even one of them was there when it all began",
            kind="reply",
            url="",
            **changes,
        )
        for n in range(count)
    ]


def test_the_same_remark_to_several_people_needs_more_times() -> None:
    assert seen(remarks(4)) == {}
    assert len(seen(remarks(5))) == 1


def test_a_remark_with_a_link_is_an_advertisement() -> None:
    assert len(seen(remarks(3, links=("https://example.org/offer",)))) == 1


REWORDED = (
    "Council approves new cycle lanes along the river",
    "Council approves huge cycle lanes along the motorway",
    "Council demands new cycle lanes behind the river",
)


def test_with_one_link_a_headline_is_the_same_with_some_words_changed() -> None:
    posts = [
        told(n, n * HOUR, title, url="https://example.org/x") for n, title in enumerate(REWORDED)
    ]

    assert len(seen(posts)) == 1


def test_without_it_some_words_changed_make_another_headline() -> None:
    posts = [
        told(n, n * HOUR, title, url=f"https://example.org/{n}") for n, title in enumerate(REWORDED)
    ]

    assert seen(posts) == {}


def test_with_one_link_other_headlines_are_others() -> None:
    titles = [
        "Council approves new cycle lanes along the river",
        "Rain expected across the north for the whole weekend",
        "Library reopens after two years of renovation work",
    ]

    posts = [told(n, n * HOUR, title, url="https://example.org/") for n, title in enumerate(titles)]

    assert seen(posts) == {}


def test_three_times_in_more_than_a_day_is_just_below() -> None:
    posts = [told(n, n * timedelta(hours=12, minutes=1), PLAIN) for n in range(3)]

    assert seen(posts) == {}


def test_four_times_in_a_week_is_a_finding() -> None:
    posts = [told(n, n * timedelta(hours=40), PLAIN) for n in range(4)]

    assert seen(posts[:3]) == {}
    assert len(seen(posts)) == 1


def test_the_same_episode_keeps_its_id_and_grows() -> None:
    third, sixth = seen(hourly(3)), seen(hourly(6))

    assert third.keys() == sixth.keys()
    (before,), (after,) = third.values(), sixth.values()
    assert after.numbers["count_24h"] == 6
    assert after.score > before.score


def test_after_quiet_days_a_new_episode_starts() -> None:
    again = [told(10 + n, timedelta(days=4) + n * HOUR) for n in range(3)]

    found = seen([*hourly(3), *again])

    assert len(found) == 2
    assert [finding.numbers["count"] for finding in found.values()] == [3, 3]


def test_an_episode_that_was_quiet_needs_its_number_again() -> None:
    found = seen([*hourly(3), told(10, timedelta(days=4))])

    assert len(found) == 1


@pytest.mark.parametrize(
    "edited",
    [
        "THIS ONE WEIRD TRICK MELTS BELLY FAT WHILE YOU SLEEP TONIGHT",
        "🔥🔥 This one weird trick melts belly fat while you sleep tonight!!! 🔥",
        "This one simple trick melts belly fat while you sleep tonight",
        "BREAKING: This one weird trick melts belly fat while you sleep tonight",
        "This one weird trick melts belly fat while you sleep",
        "Тhis one weird trick mеlts belly fat while yоu sleep tonight",
        "This one weird trick melts belly fat while you sleep tonight | Daily Health",
    ],
)
def test_an_edited_headline_is_the_same_headline(edited: str) -> None:
    posts = [told(0, 0 * HOUR), told(1, HOUR, edited), told(2, 2 * HOUR)]

    assert len(seen(posts)) == 1


def test_other_headlines_are_no_repeat() -> None:
    titles = [
        "Council approves new cycle lanes along the river",
        "Rain expected across the north for the whole weekend",
        "Library reopens after two years of renovation work",
        "Local team wins the regional chess championship again",
    ]

    assert seen([told(n, n * HOUR, title) for n, title in enumerate(titles)]) == {}


def test_numbered_episodes_at_a_steady_pace_are_a_series() -> None:
    posts = [
        told(n, n * timedelta(hours=7), f"The morning show with all the news, episode {n + 20}")
        for n in range(8)
    ]

    assert seen(posts) == {}


def test_numbers_do_not_excuse_an_uneven_pace() -> None:
    minutes = (0, 1, 2, 40, 41, 300)
    posts = [
        told(n, timedelta(minutes=at), f"Make easy money from home right now, tip {n}")
        for n, at in enumerate(minutes)
    ]

    assert len(seen(posts)) == 1


def test_a_repost_is_not_the_authors_own_headline() -> None:
    posts = [told(n, n * HOUR, kind="repost") for n in range(4)]

    assert seen(posts) == {}


def test_out_of_order_posts_give_the_same_finding_as_ordered_ones() -> None:
    posts = hourly(4)
    shuffled = [posts[0], posts[2], posts[3], posts[1]]

    (ordered,), (other,) = seen(posts).values(), seen(shuffled).values()

    assert other.numbers == ordered.numbers
    assert other.evidence == ordered.evidence


@given(order=st.permutations(range(6)))
def test_any_order_of_arrival_ends_in_the_same_numbers(order: list[int]) -> None:
    posts = hourly(6)

    (ordered,) = seen(posts).values()
    (other,) = seen([posts[n] for n in order]).values()

    assert other.numbers == ordered.numbers
    assert other.evidence == ordered.evidence
    assert (other.first_at, other.last_at) == (ordered.first_at, ordered.last_at)


def test_a_late_post_of_an_earlier_episode_is_not_counted_into_the_running_one() -> None:
    again = [told(10 + n, timedelta(days=4) + n * HOUR) for n in range(3)]

    found = seen([*hourly(3), *again, told(20, 3 * HOUR)])

    assert [finding.numbers["count"] for finding in found.values()] == [3, 3]


def test_a_flood_is_told_as_at_least_what_is_remembered() -> None:
    posts = [told(n, n * timedelta(minutes=1)) for n in range(300)]

    (finding,) = seen(posts).values()

    assert finding.numbers["count"] == 300
    assert finding.first_at == NOON
    assert "at least 200 times within 24 h (300 in all)" in finding.reason


def test_a_very_long_headline_is_compared_by_its_opening() -> None:
    assert len(seen(hourly(3, "word " * 100 + TRICK))) == 1


def test_a_post_older_than_the_long_window_is_history() -> None:
    late = told(9, timedelta(days=-8))

    found = seen([*hourly(3), late])

    assert all(finding.numbers["count"] == 3 for finding in found.values())


def test_places_and_links_are_counted_and_make_it_louder() -> None:
    spread = [
        told(n, n * HOUR, place=f"r/place{n}", url=f"https://example.org/{n}") for n in range(3)
    ]

    (finding,), (plain,) = seen(spread).values(), seen(hourly(3)).values()

    assert finding.numbers["places"] == 3
    assert finding.numbers["links"] == 3
    assert finding.score > plain.score
    assert "in 3 places" in finding.reason


def test_the_sentence_says_what_was_published_how_often() -> None:
    (finding,) = seen(hourly(4)).values()

    assert TRICK in finding.reason
    assert "4 times within 24 h" in finding.reason
    assert "60 min apart" in finding.reason


def test_short_texts_that_differ_are_not_compared() -> None:
    posts = [told(n, n * HOUR, title) for n, title in enumerate(["Good one", "Good on", "Good"])]

    assert seen(posts) == {}


def test_a_greeting_may_be_said_every_day() -> None:
    assert seen(hourly(6, "Good morning!")) == {}
    assert len(seen(hourly(3, "Good morning, dear investors"))) == 1


def test_what_is_older_than_the_long_window_is_not_counted_in() -> None:
    week = timedelta(days=7)

    (within,) = seen([told(9, -week + 2 * HOUR), *hourly(3)]).values()
    (before,) = seen([told(9, -week - HOUR), *hourly(3)]).values()

    assert within.numbers["total"] == 4
    assert before.numbers["total"] == 3


def test_options_move_the_threshold() -> None:
    assert len(seen(hourly(2), Options(min_count=2))) == 1
    assert seen(hourly(3, PLAIN), Options(min_count=4, window=Duration(hours=24))) == {}


def test_an_erased_post_leaves_no_text_in_the_state() -> None:
    detector, state = Repeats(Options()), State()
    for post in [*hourly(3), told(7, 7 * HOUR, "A secret sentence that nobody else has ever said")]:
        detector.see(post, state)

    for number in (0, 1, 2, 7):
        detector.erase(f"web:example.org/{number}", state)

    left = msgspec.msgpack.encode(state)
    assert b"trick" not in left
    assert b"secret" not in left


def test_a_finding_without_the_removed_post_does_not_show_its_text() -> None:
    (finding,) = seen(hourly(3)).values()

    left = without_post(finding, "web:example.org/2")

    assert TRICK not in left.reason
    assert left.numbers == finding.numbers
    assert "web:example.org/2" not in left.evidence


@settings(max_examples=30, deadline=None)
@given(
    minutes=st.lists(st.integers(0, 20_000), min_size=1, max_size=60),
    words=st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=60, max_size=60),
)
def test_a_state_written_and_read_between_any_posts_changes_nothing(
    minutes: list[int], words: list[str]
) -> None:
    posts = [
        told(n, timedelta(minutes=at), f"The {words[n]} method that doctors hate, part {n % 3}")
        for n, at in enumerate(minutes)
    ]
    detector, kept, reread = Repeats(Options()), State(), State()

    for post in posts:
        first = told_by(detector, post, kept)
        reread = msgspec.msgpack.decode(msgspec.msgpack.encode(reread), type=State)
        assert told_by(detector, post, reread) == first


def test_the_state_of_a_flooding_author_is_bounded() -> None:
    detector, state = Repeats(Options()), State()
    words = ["river", "council", "morning", "garden", "library", "harbour", "market"]
    for n in range(3000):
        title = " ".join(f"{words[(n * k) % 7]}{(n * k * 7919) % 997}" for k in range(1, 8))
        detector.see(told(n, timedelta(minutes=n), title), state)

    assert len(state.singles) <= 200
    assert len(state.groups) <= 32
    assert len(msgspec.msgpack.encode(state)) < 200_000
