"""An author's page, worked out from their history."""

from datetime import date, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bunco.model import AuthorSummary, HistoryEntry, Quote, StoredPost
from dashboards.views.author import author_view
from dashboards.views.author_groups import groups
from dashboards.views.author_mix import domains, periods, places
from dashboards.views.author_rate import MOST_DAYS, rate
from dashboards.views.author_rhythm import rhythm
from tests.builders import NOON, a_finding, a_post

UTC = timezone.utc  # noqa: UP017  # a tzinfo by that name reads best here
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _stored(after: timedelta = timedelta(0), **changes: Any) -> StoredPost:
    loud = changes.pop("sensational", 0.0)
    post = a_post(after, **({"id": f"web:example.org/{after}"} | changes))
    return StoredPost(post=post, sensational=loud, headline=post.title)


def test_the_rhythm_counts_hours_of_the_week_in_the_viewers_zone() -> None:
    times = [NOON, NOON, NOON + 13 * HOUR]

    here, there = rhythm(times, UTC), rhythm(times, ZoneInfo("Asia/Tokyo"))

    assert (here.counts[0][12], here.counts[1][1], here.most) == (2, 1, 2)
    assert here.busiest == ("Monday", 12)
    assert there.busiest == ("Monday", 21)
    assert there.counts[1][10] == 1
    assert here.awake == 2


def test_a_rhythm_without_posts_has_no_busiest_hour() -> None:
    assert rhythm([], UTC).busiest is None


def test_the_usual_rate_is_that_of_the_fourteen_days_before() -> None:
    times = [NOON + n * DAY for n in range(20)] + [NOON + 19 * DAY] * 9

    days = rate(times, [], UTC)

    assert [one.posts for one in days] == [1] * 19 + [10]
    assert [one.usual for one in days[:4]] == [None, None, None, 1.0]
    assert days[19].usual == 1.0


def test_days_without_a_post_count_as_usual_days_too() -> None:
    days = rate([NOON, NOON + 4 * DAY], [], UTC)

    assert days[4].usual == pytest.approx(0.25)
    assert days[2].posts == 0


def test_days_that_a_burst_reaches_into_are_marked() -> None:
    burst = a_finding(
        id="b", detector="bursts", first_at=NOON + DAY, last_at=NOON + DAY + 13 * HOUR
    )
    other = a_finding(first_at=NOON, last_at=NOON)

    days = rate([NOON + n * DAY for n in range(4)], [burst, other], UTC)

    assert [one.bursts for one in days] == [(), ("b",), ("b",), ()]


def test_a_day_begins_at_the_viewers_midnight() -> None:
    days = rate([NOON + 11 * HOUR], [], ZoneInfo("Europe/Berlin"))

    assert [one.day for one in days] == [date(2026, 3, 3)]


def test_only_the_latest_days_are_told() -> None:
    days = rate([NOON, NOON + 500 * DAY], [], UTC)

    assert len(days) == MOST_DAYS
    assert days[-1].posts == 1


def test_a_repeated_headline_is_one_group_with_its_edits_against_the_first() -> None:
    posts = [
        _stored(n * HOUR, title=title, place=f"p{n}")
        for n, title in enumerate(["One odd trick", "One new trick", "One odd trick"])
    ]
    finding = a_finding(evidence=tuple(found.post.id for found in reversed(posts)))

    (group,) = groups([finding], {found.post.id: found for found in posts})

    assert group.first == "One odd trick"
    assert [wording.times for wording in group.wordings] == [2, 1]
    assert group.wordings[0].places == ("p0", "p2")
    assert group.edited == 1
    assert [span.change for span in group.wordings[1].spans] == ["same", "gone", "new", "same"]


def test_posts_that_are_not_at_hand_are_told_by_their_quotes_or_counted() -> None:
    finding = a_finding(
        evidence=("a", "b", "c"), quotes=(Quote("a", "One odd trick", NOON, "here"),)
    )

    (group,) = groups([finding], {})

    assert (group.first, group.unseen) == ("One odd trick", 2)


def test_findings_of_other_detectors_make_no_group() -> None:
    assert groups([a_finding(detector="bursts")], {}) == ()
    assert groups([a_finding(evidence=())], {}) == ()


def test_places_and_linked_sites_are_ranked_with_their_shares() -> None:
    posts = [
        _stored(place="one", links=("https://www.shop.example/a", "https://other.example/")),
        _stored(HOUR, place="two", links=("https://shop.example/b", "https://[broken")),
        _stored(2 * HOUR, place="two", links=()),
    ]

    assert [(one.name, one.count) for one in places(posts)] == [("two", 2), ("one", 1)]
    assert places(posts)[0].share == pytest.approx(2 / 3)
    assert [(one.name, one.count) for one in domains(posts)] == [
        ("shop.example", 2), ("other.example", 1),
    ]  # fmt: skip


def test_periods_tell_conversation_from_broadcast_and_how_loud_it_is() -> None:
    posts = [
        _stored(sensational=0.9),
        _stored(HOUR, kind="reply", title="", text="thanks"),
        _stored(2 * DAY, kind="repost"),
    ]

    first, middle, last = periods(posts, UTC)

    assert (first.posts, first.replies, first.headlines, first.loud) == (1, 1, 1, 1)
    assert (middle.posts, middle.replies, middle.reposts) == (0, 0, 0)
    assert (last.reposts, last.loud) == (1, 0)


def test_a_long_time_is_cut_into_weeks_from_monday() -> None:
    parts = periods([_stored(DAY), _stored(60 * DAY)], UTC)

    assert [part.start.weekday() for part in parts] == [0] * len(parts)
    assert sum(part.posts for part in parts) == 2


def test_the_view_holds_everything_of_a_history() -> None:
    posts = [_stored(kind="reply"), _stored(HOUR, sensational=0.8)]
    finding = a_finding(evidence=(posts[1].post.id,))
    entries = [HistoryEntry(at=one.post.posted_at, post=one) for one in posts]
    entries.insert(0, HistoryEntry(at=finding.last_at, finding=finding))

    view = author_view(_summary(), entries, [], UTC)

    assert (len(view.posts), len(view.findings), len(view.groups)) == (2, 1, 1)
    assert view.conversation == pytest.approx(0.5)
    assert view.loud == pytest.approx(0.5)
    assert view.entries[0].finding == finding


def test_an_author_without_posts_has_an_empty_view() -> None:
    view = author_view(_summary(), [], [], UTC)

    assert (view.days, view.periods, view.groups) == ((), (), ())
    assert (view.conversation, view.loud) == (0.0, 0.0)


def _summary() -> AuthorSummary:
    return AuthorSummary(
        author="web:example.org", name="", posts=2, findings=1, points=0.6,
        detectors={"repeats": 1}, first_at=NOON, last_at=NOON + HOUR,
    )  # fmt: skip
