from datetime import timedelta
from typing import Any

from bunco.model import Post
from ingest.feeds.feed import Entry, Feed
from ingest.feeds.posts import Contents, Origin, posts
from tests.builders import NOON


def _posts(*entries: Entry, **feed: Any) -> Contents:
    origin = Origin(
        url="https://example.org/blog/feed",
        feed_url="https://example.org/feed",
        seen_at=NOON,
        source="example",
    )
    return posts(Feed(format="rss20", entries=entries, **feed), origin, apart=False)


def _post(**fields: Any) -> Post:
    return _posts(Entry(**fields)).found[0].post


def test_html_becomes_plain_text() -> None:
    post = _post(title="<b>Bread</b> &amp; butter", title_is_html=True, content="<p>Good.</p>")

    assert (post.title, post.text) == ("Bread & butter", "Good.")


def test_a_plain_title_keeps_its_angle_brackets() -> None:
    assert _post(title="List<String>  in\nJava").title == "List<String> in Java"


def test_a_relative_link_is_joined_to_the_documents_address() -> None:
    assert _post(title="T", link="../1").url == "https://example.org/1"


def test_links_of_the_text_come_once_each_without_its_own() -> None:
    post = _post(
        link="https://example.org/1",
        content="<a href='https://example.org/1'>own</a><a class=x href=\"/b?x=1&amp;y=2\">b</a>"
        "<a href=https://c.example/>c</a><a href='https://c.example/'>again</a>"
        "<a href='mailto:a@b.example'>m</a><a name=x>n</a>",
    )

    assert post.links == ("https://example.org/b?x=1&y=2", "https://c.example/")


def test_an_address_that_is_none_is_left_out_and_the_post_stays() -> None:
    post = _post(
        title="T", content='<a href="http://[bad">x</a> <a href="https://a.example/">y</a>'
    )

    assert post.links == ("https://a.example/",)


def test_no_more_than_twenty_links_are_kept() -> None:
    content = "".join(f"<a href='https://a.example/{number}'>x</a>" for number in range(50))

    assert len(_post(title="T", content=content).links) == 20


def test_an_undated_entry_counts_from_when_it_was_seen() -> None:
    post = _post(title="T")

    assert (post.posted_at, post.undated) == (NOON, True)


def test_a_date_far_ahead_is_not_believed() -> None:
    ahead, soon = NOON + timedelta(days=2), NOON + timedelta(hours=20)

    contents = _posts(Entry(title="A", published=ahead), Entry(title="B", published=soon))

    first, second = (found.post for found in contents.found)
    assert (first.posted_at, first.undated) == (NOON, True)
    assert (second.posted_at, second.undated) == (soon, False)
    assert contents.notes == ("1 dated in the future",)


def test_texts_are_cut() -> None:
    post = _post(title="t" * 5000, content="x" * 50_000)

    assert (len(post.title), len(post.text)) == (2000, 20_000)


def test_an_entry_without_words_says_what_it_has() -> None:
    assert _post(link="https://example.org/1").text == "https://example.org/1"
    assert _post(other="https://example.org/a.mp3").text == "https://example.org/a.mp3"
    assert _post(content="<img src='a.png'>").text == "<img src='a.png'>"


def test_an_entry_that_says_nothing_is_set_aside() -> None:
    contents = _posts(Entry(), Entry(title="T"))

    assert len(contents.found) == 1
    assert contents.dead[0].origin == "example: entry 1"
    assert "says nothing" in contents.dead[0].reason


def test_the_language_is_its_first_part() -> None:
    assert _posts(Entry(title="T"), language="en-US").found[0].post.lang == "en"
    assert _posts(Entry(title="T", language="pt_BR"), language="en").found[0].post.lang == "pt"


def test_left_out_entries_are_told() -> None:
    assert _posts(Entry(title="T"), left_out=7).notes == ("7 entries beyond the first 1 left out",)
