import pytest

from ingest.feeds.byline import Byline, byline, home, slug
from ingest.feeds.feed import Entry, Feed


def a_feed(*entries: Entry, link: str = "", generator: str = "", title: str = "") -> Feed:
    """Make a feed."""
    return Feed(format="rss20", entries=entries, link=link, generator=generator, title=title)


def _by(entry: Entry, feed: Feed | None = None, at: str = "example.org") -> Byline:
    return byline(feed or a_feed(entry), entry, at)


def test_a_plain_feed_is_its_host() -> None:
    assert _by(Entry(link="https://elsewhere.example/1")) == Byline(
        author="web:example.org", place="example.org"
    )


@pytest.mark.parametrize(
    ("author", "name", "expected"),
    [
        ("Ann B. Lee", "", "web:example.org/ann-b.-lee"),
        ("  ANN   b. LEE ", "", "web:example.org/ann-b.-lee"),
        ("ann@example.org (Ann Lee)", "Ann Lee", "web:example.org/ann-lee"),
        ("ann@example.org", "", "web:example.org/ann"),
        ("By Ann", "", "web:example.org/ann"),
        ("李小龙", "", "web:example.org/李小龙"),
        ("///", "", "web:example.org"),
        ("\x00\u200b", "", "web:example.org"),
    ],
)
def test_a_named_author_is_apart_from_others_of_the_host(
    author: str, name: str, expected: str
) -> None:
    assert _by(Entry(author=author, author_name=name)).author == expected


def test_a_very_long_name_is_cut() -> None:
    assert len(slug("x" * 5000)) == 100


def test_a_google_alert_is_by_the_site_it_found() -> None:
    entry = Entry(
        guid="tag:google.com,2013:googlealerts/feed:897",
        link="https://www.google.com/url?rct=j&sa=t&url=https://www.news.example/a?b=1&ct=ga&cd=X",
    )

    found = _by(entry, a_feed(entry, title="Google Alert - miracle"), "google.com")

    assert found == Byline(
        author="web:news.example",
        place="Google Alert - miracle",
        url="https://www.news.example/a?b=1",
    )


def test_a_reddit_post_is_by_its_user_in_its_subreddit() -> None:
    entry = Entry(
        guid="t3_42tizy",
        author="/u/Some_One-1",
        link="https://www.reddit.com/r/funny/comments/42tizy/how/",
    )

    assert _by(entry) == Byline(author="reddit:Some_One-1", place="r/funny", id="reddit:t3_42tizy")


def test_a_reddit_comment_is_a_reply() -> None:
    entry = Entry(guid="t1_abc", author="/u/x", link="https://old.reddit.com/r/a/comments/1/b/abc/")

    assert _by(entry).is_reply


def test_deleted_reddit_users_are_not_taken_for_one() -> None:
    entry = Entry(guid="t3_1", author="[deleted]", link="https://www.reddit.com/r/a/comments/1/")

    assert _by(entry, at="reddit.com").author.startswith("web:reddit.com")


def test_another_site_cannot_pose_as_reddit() -> None:
    entry = Entry(guid="t3_1", author="/u/x", link="https://reddit.com.evil.example/r/a/")

    assert _by(entry).author == "web:example.org/u/x"


def test_a_youtube_video_is_by_its_channel() -> None:
    entry = Entry(guid="yt:video:5shykyfmb28", channel="UCK8sQmJBp8", author="Google")
    older = Entry(guid="yt:video:1", author_url="http://www.youtube.com/channel/UCabc")

    assert _by(entry) == Byline(
        author="youtube:UCK8sQmJBp8", place="youtube.com", id="yt:video:5shykyfmb28"
    )
    assert _by(older).author == "youtube:UCabc"


def test_a_mastodon_post_is_by_its_account() -> None:
    entry = Entry(
        link="https://social.example/@Ann/109348", guid="https://social.example/@Ann/109348"
    )
    remote = Entry(link="https://social.example/@bob@other.example/1093")
    feed = a_feed(entry, generator="Mastodon v4.2.1")

    assert _by(entry, feed) == Byline(author="mastodon:Ann@social.example", place="social.example")
    assert _by(remote, feed).author == "mastodon:bob@other.example"


def test_a_lemmy_post_is_by_its_person_in_its_community() -> None:
    entry = Entry(
        author="https://lemmy.example/u/ann",
        link="https://lemmy.example/post/1",
        content='submitted by <a href="https://lemmy.example/u/ann">ann</a> to '
        '<a href="https://beehaw.example/c/tech">tech</a>',
    )

    assert _by(entry) == Byline(author="lemmy:ann@lemmy.example", place="tech@beehaw.example")


def test_a_hacker_news_item_has_its_number() -> None:
    entry = Entry(
        link="https://blog.example/post",
        comments="https://news.ycombinator.com/item?id=123",
        author="pg",
    )
    unnamed = Entry(link="https://blog.example/", comments="https://news.ycombinator.com/item?id=9")

    assert _by(entry) == Byline(
        author="hackernews:pg", place="news.ycombinator.com", id="hackernews:123"
    )
    assert _by(unnamed).author == "web:blog.example"


@pytest.mark.parametrize(
    ("url", "link", "expected"),
    [
        ("https://www.Example.org:8080/feed", "https://other.example/", "example.org"),
        ("https://feeds.feedburner.com/x", "https://blog.example/", "blog.example"),
        ("https://feeds.feedburner.com/x", "", "feeds.feedburner.com"),
        ("", "https://blog.example/", "blog.example"),
        ("", "", "unknown"),
    ],
)
def test_a_feed_is_at_home_where_it_is_served(url: str, link: str, expected: str) -> None:
    assert home(a_feed(link=link), url) == expected
