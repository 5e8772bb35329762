from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bunco.model import Post
from ingest.feeds.feed import Entry, Feed
from ingest.feeds.posts import Origin, posts
from ingest.mail.posts import Contents, Letter, Rules, contents
from tests.builders import NOON
from tests.ingest.mail.mails import (
    A_LIST,
    BRIDGE,
    RIVER,
    a_google_alert,
    a_mail,
    with_results,
    wrapped,
)

RULES = Rules(source="mails", senders=("googlealerts-noreply@google.com", "talkwalker.com"))


def given(raw: bytes, *, arrived: datetime = NOON, **rules: Any) -> Contents:
    known = {name: getattr(RULES, name) for name in RULES.__struct_fields__}
    letter = Letter(raw=raw, origin="UID 7", arrived=arrived)
    return contents(letter, Rules(**(known | rules)))


def test_a_result_is_a_post_of_the_site_it_stands_on() -> None:
    found = given(a_google_alert(RIVER))

    assert found.posts == (
        Post(
            id="alert:https://swp.example/ulm/river",
            author="web:swp.example",
            author_name="SWP",
            source="mails",
            place="Google Alert - Ulm (unverified)",
            title="River rises in Ulm",
            text=RIVER.text,
            url=RIVER.url,
            posted_at=NOON - timedelta(hours=1),
            seen_at=NOON,
        ),
    )


def test_the_same_article_by_feed_and_by_mail_has_one_author_and_place() -> None:
    entry = Entry(
        guid="tag:google.com,2013:googlealerts/feed:1", title="t", link=wrapped(RIVER.url)
    )
    feed = Feed(format="atom10", title="Google Alert - Ulm", entries=(entry,))
    url = "https://www.google.com/alerts/feeds/1/2"
    by_feed = posts(feed, Origin(url=url, feed_url=url, seen_at=NOON), apart=False).found[0].post

    (by_mail,) = given(with_results(a_google_alert(RIVER)), authserv="mx.example.net").posts

    assert (by_mail.author, by_mail.place, by_mail.url) == (
        by_feed.author,
        by_feed.place,
        by_feed.url,
    )


def test_an_alert_of_google_with_plain_links_is_read_as_a_list() -> None:
    html = '<a href="https://www.google.com/alerts">Your Google Alerts</a><h3>'
    html += '<a href="https://swp.example/ulm/river">River rises in Ulm</a></h3>'

    (post,) = given(
        a_mail(sender="googlealerts-noreply@google.com", subject="Google Alert - Ulm", html=html)
    ).posts

    assert (post.title, post.place) == ("River rises in Ulm", "Google Alert - Ulm (unverified)")


def test_two_alerts_of_one_page_are_one_post() -> None:
    other = RIVER._replace(url=f"{RIVER.url}/?utm_medium=email#top")

    first, second = given(a_google_alert(RIVER)), given(a_google_alert(other, query="flood"))

    assert [post.id for post in first.posts] == [post.id for post in second.posts]


def test_a_forged_alert_is_marked_and_cannot_take_the_place_of_a_real_one() -> None:
    real = given(with_results(a_google_alert(RIVER)), authserv="mx.example.net")
    forged = given(a_google_alert(RIVER), authserv="mx.example.net")

    assert real.is_verified
    assert not forged.is_verified
    assert forged.posts[0].place == "Google Alert - Ulm (unverified)"
    assert forged.posts[0].id != real.posts[0].id


def test_another_sender_who_is_vouched_for_is_no_google() -> None:
    raw = a_google_alert(RIVER, sender="x@evil.example", List_Id="<7.alerts.google.com>")
    raw = with_results(raw, "mx.example.net; dkim=pass header.d=evil.example")

    found = given(raw, authserv="mx.example.net", senders=("google.com", "alerts.google.com"))

    assert found.posts
    assert not found.is_verified


def test_unverified_mails_are_set_aside_where_that_is_asked_for() -> None:
    found = given(a_google_alert(RIVER), authserv="mx.example.net", require_verified=True)

    assert not found.posts
    assert [(letter.origin, letter.reason) for letter in found.dead] == [
        (
            "mails: UID 7",
            "nobody vouches for its sender googlealerts-noreply@google.com",
        )
    ]


def test_an_alert_without_results_is_a_dead_letter() -> None:
    found = given(a_google_alert())

    assert [letter.reason for letter in found.dead] == ["an alert without a single result"]


@pytest.mark.parametrize(
    "raw",
    [
        a_mail(),
        a_mail(html=A_LIST),
        a_mail(List_Id="<news.example.org>", List_Unsubscribe="<https://x.example>"),
        a_google_alert(RIVER, sender="Ann <ann@example.org>"),
        a_google_alert(RIVER, sender="x@notgoogle.com"),
        a_google_alert(RIVER, sender="googlealerts-noreply@google.com.evil.example"),
    ],
    ids=["plain", "links", "newsletter", "forwarded", "look-alike", "longer"],
)
def test_ordinary_mails_give_nothing(raw: bytes) -> None:
    found = given(raw)

    assert (found.kind, found.posts, found.dead) == ("ordinary", (), ())


def test_a_list_of_links_is_read_of_known_senders_only() -> None:
    found = given(a_mail(sender="Talkwalker Alerts <a@mail.talkwalker.com>", html=A_LIST))

    assert [post.author for post in found.posts] == ["web:leaf.example", "web:cup.example.com"]
    assert {post.place for post in found.posts} == {"Talkwalker Alerts (unverified)"}


NEWSLETTER = a_mail(
    subject="Tea weekly: the harvest",
    sender="Tea Weekly <post@mail.tea.example>",
    text="",
    html='<p>Hello</p><a href="https://tea.example/1?utm_source=n">Read on</a> <a href="x">y</a>',
    List_Id="Tea weekly <weekly.tea.example>",
    List_Unsubscribe="<https://tea.example/u>",
    Archived_At="<https://tea.example/issues/7>",
    number=7,
)


def test_a_newsletter_is_one_post_of_its_list() -> None:
    (post,) = given(NEWSLETTER, newsletters=True).posts

    assert post.id.startswith("mail:7.")
    assert (post.author, post.author_name) == ("mail:weekly.tea.example", "Tea Weekly")
    assert (post.title, post.text) == ("Tea weekly: the harvest", "Hello Read on y")
    assert post.place == "weekly.tea.example (unverified)"
    assert post.links == ("https://tea.example/1?utm_source=n",)
    assert post.url == "https://tea.example/issues/7"


def test_a_mail_to_a_list_that_people_write_to_is_no_newsletter() -> None:
    raw = a_mail(List_Id="<talk.example.org>", List_Post="<mailto:talk@example.org>")

    assert given(raw, newsletters=True).kind == "ordinary"


@pytest.mark.parametrize(
    ("date", "posted_at", "undated"),
    [
        ("Mon, 2 Mar 2026 11:30:00 +0000", NOON - timedelta(minutes=30), False),
        ("Tue, 3 Mar 2026 11:30:00 +0000", NOON + timedelta(hours=23, minutes=30), False),
        ("Wed, 4 Mar 2026 11:30:00 +0000", NOON, True),
        ("yesterday", NOON, True),
    ],
)
def test_a_post_was_published_when_the_mail_was_sent(
    date: str, posted_at: datetime, undated: bool
) -> None:
    (post,) = given(a_google_alert(RIVER, date=date), arrived=NOON).posts

    assert (post.posted_at, post.seen_at, post.undated) == (posted_at, NOON, undated)


def test_posts_of_one_mail_are_bounded() -> None:
    assert len(given(a_google_alert(RIVER, BRIDGE), most_links=1).posts) == 1


def test_a_mail_that_cannot_be_read_is_a_dead_letter() -> None:
    found = given(b"", arrived=datetime(2026, 3, 2, tzinfo=UTC))

    assert [letter.reason for letter in found.dead] == ["the mail is empty"]
