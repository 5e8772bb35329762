"""Cases of ``bursts``: fires, just below, twice, out of order, imports, conversation."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bunco.model import Enriched, Finding, finding_id, to_ms
from bunco.values import Duration
from processors.detectors.bursts import Bursts, Options, State, Window
from tests.builders import NOON, an_enriched, told_by

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def told(number: int, after: timedelta, **changes: Any) -> Enriched:
    """Give the numbered post of a person who writes something new each time."""
    fields: dict[str, Any] = {
        "id": f"mastodon:{number}",
        "author": "mastodon:ann@example.org",
        "title": f"Look at this wonderful thing number {number}",
    }
    return an_enriched(after, **(fields | changes))


def seen(posts: Sequence[Enriched], options: Options | None = None) -> dict[str, Finding]:
    """Give the latest form of each finding that the posts of one author lead to."""
    detector, state = Bursts(options or Options()), State()
    return {finding.id: finding for post in posts for finding in told_by(detector, post, state)}


def usual_days(days: int, a_day: int = 3) -> list[Enriched]:
    """Give days of an ordinary life before noon of the first test day."""
    return [
        told(1000 + day * 50 + n, (day - days) * DAY + n * timedelta(hours=3))
        for day in range(days)
        for n in range(a_day)
    ]


def burst(count: int, gap: timedelta = MINUTE, start: timedelta = timedelta(0)) -> list[Enriched]:
    """Give so many posts in a row."""
    return [told(n, start + n * gap) for n in range(count)]


def test_twenty_posts_in_twenty_minutes_after_quiet_weeks_are_a_burst() -> None:
    (finding,) = seen([*usual_days(12), *burst(20)]).values()

    assert finding.detector == "bursts"
    assert finding.first_at == NOON
    assert finding.last_at == NOON + 19 * MINUTE
    assert finding.numbers["count"] == 20
    assert finding.numbers["baseline"] == "own"
    assert "its own rate over 12 days" in finding.reason


def test_a_few_posts_in_a_row_are_just_below() -> None:
    assert seen([*usual_days(12), *burst(4)]) == {}


def test_nine_posts_in_an_hour_are_just_below_and_ten_are_enough() -> None:
    spread = timedelta(minutes=6)

    assert seen([*usual_days(12), *burst(9, spread)]) == {}
    assert len(seen([*usual_days(12), *burst(10, spread)])) == 1


def test_ten_posts_over_six_hours_are_a_burst_of_a_quiet_author() -> None:
    (finding,) = seen([*usual_days(12, 1), *burst(10, timedelta(minutes=38))]).values()

    assert finding.numbers["window_s"] == 6 * 3600
    assert "within 6 h" in finding.reason


def test_links_are_held_against_the_links_that_the_author_usually_posts() -> None:
    chatter = [
        told(2000 + n, n * 10 * MINUTE - 12 * DAY, title="", text=f"word {n}", url="")
        for n in range(12 * 144)
    ]
    remarks = [told(n, n * 5 * MINUTE, title="", text=f"thought {n}", url="") for n in range(10)]

    assert seen([*chatter, *remarks]) == {}
    (finding,) = seen([*chatter, *burst(10, 5 * MINUTE)]).values()
    assert finding.numbers["counted"] == "posts with a link"
    assert finding.reason.startswith("Posted links 10 times within 60 min")


def test_reposts_need_twice_as_many() -> None:
    def spree(count: int) -> list[Enriched]:
        return [told(n, n * 3 * MINUTE, kind="repost") for n in range(count)]

    assert seen([*usual_days(12), *spree(15)]) == {}
    (finding,) = seen([*usual_days(12), *spree(40)]).values()
    assert finding.numbers["counted"] == "posts and reposts"


def test_an_author_who_posts_in_batches_every_day_is_told_at_first_only() -> None:
    batches = [told(100 * day + n, day * DAY + n * MINUTE) for day in range(28) for n in range(12)]

    found = seen(batches)

    assert 1 <= len(found) <= 2
    assert all(finding.last_at < NOON + 4 * DAY for finding in found.values())


def test_a_smaller_budget_tells_less() -> None:
    posts = [*usual_days(12), *burst(10, 5 * MINUTE)]

    assert len(seen(posts)) == 1
    assert seen(posts, Options(budget=1e-6)) == {}


def test_the_time_of_day_is_part_of_what_is_usual() -> None:
    evenings = [
        told(3000 + 20 * day + n, (day - 13) * DAY + timedelta(hours=8, minutes=7 * n))
        for day in range(13)
        for n in range(8)
    ]
    evening = [told(n, timedelta(hours=8, minutes=4 * n)) for n in range(11)]
    morning = [told(n, timedelta(hours=-5, minutes=4 * n)) for n in range(11)]

    assert seen([*evenings, *evening]) == {}
    (finding,) = seen([*evenings, *morning]).values()
    assert "at this time of day" in finding.reason


def test_windows_are_a_day_at_most() -> None:
    with pytest.raises(ValueError, match="a day at most"):
        Options(windows=(Window(length=Duration(days=2), least=10),))


def test_the_usual_pace_of_a_busy_author_is_no_burst() -> None:
    busy = [told(n, n * timedelta(minutes=12) - 10 * DAY) for n in range(1200)]

    assert seen(busy) == {}


def test_a_new_author_is_held_against_the_platform_and_the_finding_says_so() -> None:
    (finding,) = seen(burst(25)).values()

    assert finding.numbers["baseline"] == "platform"
    assert "usual for its platform" in finding.reason


def test_one_episode_is_one_finding_and_the_next_day_another() -> None:
    posts = [*usual_days(12), *burst(20)]
    later = [told(500 + n, DAY + n * MINUTE) for n in range(20)]

    assert len(seen(posts)) == 1
    assert len(seen([*posts, *later])) == 2


def test_a_burst_is_told_once_whatever_window_it_is_seen_in() -> None:
    posts = [*usual_days(12), *burst(40)]
    after = [told(600 + n, timedelta(hours=4 + 2 * n)) for n in range(3)]

    assert len(seen([*posts, *after])) == 1


def test_a_long_burst_ends_although_its_author_posts_every_day_after() -> None:
    long = [told(n, n * timedelta(minutes=30)) for n in range(60)]
    after = [told(700 + n, timedelta(days=2, hours=12 * n)) for n in range(60)]

    found = seen([*usual_days(14, 2), *long, *after])

    assert found
    assert all(finding.last_at < NOON + 4 * DAY for finding in found.values())


def test_posts_of_before_1970_are_posts() -> None:
    old = timedelta(days=-30_000)

    assert len(seen([*(told(n, old + n * MINUTE) for n in range(40))])) == 1


def test_an_import_is_no_burst() -> None:
    imported = [
        told(n, -300 * DAY + n * MINUTE, seen_at=NOON + n * timedelta(seconds=1))
        for n in range(200)
    ]

    assert seen([*usual_days(12), *imported]) == {}


def test_posts_without_a_date_are_no_burst() -> None:
    posts = [told(n, timedelta(0), undated=True) for n in range(40)]

    assert seen(posts) == {}


def test_a_conversation_is_no_burst() -> None:
    answers = [
        told(n, n * MINUTE, kind="reply", reply_to="mastodon:other", title="", text="Yes, I see!")
        for n in range(40)
    ]

    assert seen([*usual_days(12), *answers]) == {}


def test_edits_are_no_posts() -> None:
    edits = [told(n, n * MINUTE, id=f"mastodon:1#edited-{n}") for n in range(30)]

    assert seen([*usual_days(12), *edits]) == {}


def test_a_thread_counts_once() -> None:
    thread = [
        told(
            n,
            n * MINUTE,
            kind="reply" if n else "post",
            reply_to=f"mastodon:{n - 1}" if n else "",
            links=("https://example.org/source",),
        )
        for n in range(40)
    ]

    assert seen([*usual_days(12), *thread]) == {}


def test_replies_with_links_to_strangers_are_a_burst() -> None:
    pitches = [
        told(
            n,
            n * MINUTE,
            kind="reply",
            reply_to=f"mastodon:stranger{n}",
            title="",
            text="You should see this",
            links=("https://example.org/offer",),
        )
        for n in range(20)
    ]

    assert len(seen([*usual_days(12), *pitches])) == 1


def test_out_of_order_posts_end_in_the_same_count() -> None:
    posts = burst(20)
    shuffled = [posts[n] for n in (0, 2, 1, 4, 3, 6, 5, *range(7, 20))]

    (ordered,) = seen([*usual_days(12), *posts]).values()
    (other,) = seen([*usual_days(12), *shuffled]).values()

    assert other.numbers["count"] == ordered.numbers["count"]
    assert other.last_at == ordered.last_at


def test_a_burst_of_links_scores_higher_than_one_of_plain_words() -> None:
    linked = burst(20)
    plain = [told(n, n * MINUTE, title="", text=f"thought {n}", url="") for n in range(20)]

    (with_links,) = seen([*usual_days(12), *linked]).values()
    (without,) = seen([*usual_days(12), *plain]).values()

    assert with_links.score > without.score


def test_an_erased_post_leaves_no_text_in_the_state() -> None:
    detector, state = Bursts(Options()), State()
    for post in burst(20):
        detector.see(post, state)

    for n in range(20):
        detector.erase(f"mastodon:{n}", state)

    assert b"wonderful" not in msgspec.msgpack.encode(state)


def test_the_words_of_days_that_no_window_reaches_are_forgotten() -> None:
    detector, state = Bursts(Options()), State()
    for n in range(5):
        detector.see(told(n, n * timedelta(hours=1)), state)

    detector.see(told(5, timedelta(hours=26)), state)

    left = msgspec.msgpack.encode(state)
    assert b"thing number 1" not in left
    assert b"thing number 2" in left
    assert b"thing number 5" in left


def test_a_post_that_arrives_a_day_late_is_remembered_until_the_next() -> None:
    detector, state = Bursts(Options()), State()
    detector.see(told(1, 2 * DAY), state)

    detector.see(told(2, timedelta(hours=23)), state)
    assert len(state.recent) == 2
    detector.see(told(3, 3 * DAY + MINUTE), state)

    assert len(state.recent) == 1


def test_a_burst_is_named_by_its_first_post() -> None:
    (finding,) = seen([*usual_days(12), told(99, -2 * MINUTE), *burst(20)]).values()

    assert finding.evidence[0] == "mastodon:99"
    assert finding.id == finding_id(
        "bursts", finding.subject, to_ms(NOON - 2 * MINUTE), "mastodon:99"
    )


def test_a_state_written_and_read_between_any_posts_changes_nothing() -> None:
    detector, kept, reread = Bursts(Options()), State(), State()

    for post in [*usual_days(12), *burst(30), *burst(10, start=2 * DAY)]:
        first = told_by(detector, post, kept)
        reread = msgspec.msgpack.decode(msgspec.msgpack.encode(reread), type=State)
        assert told_by(detector, post, reread) == first


def test_the_state_of_a_flooding_author_is_bounded() -> None:
    detector, state = Bursts(Options()), State()
    for n in range(5000):
        detector.see(told(n, n * timedelta(minutes=7)), state)

    assert len(msgspec.msgpack.encode(state)) < 20_000
