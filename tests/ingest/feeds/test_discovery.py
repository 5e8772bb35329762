import pytest

from ingest.feeds.discovery import feeds


def _page(head: str) -> bytes:
    return f"<!doctype html><html><head>{head}</head><body></body></html>".encode()


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml", "application/feed+json"]
)
def test_feeds_of_each_type_are_found(kind: str) -> None:
    page = _page(f'<link rel="alternate" type="{kind}" href="/feed">')

    assert feeds(page, "https://example.org/blog/") == ["https://example.org/feed"]


def test_attributes_come_in_any_order_case_and_quoting() -> None:
    page = _page("<LINK HREF=feed.xml TYPE='Application/RSS+XML; charset=utf-8' REL='x Alternate'>")

    assert feeds(page, "https://example.org/blog/") == ["https://example.org/blog/feed.xml"]


def test_the_base_of_the_page_counts() -> None:
    page = _page('<base href="/a/"><link rel=alternate type=application/rss+xml href=f>')

    assert feeds(page, "https://example.org/") == ["https://example.org/a/f"]


def test_feeds_of_comments_come_last() -> None:
    page = _page(
        '<link rel=alternate type=application/rss+xml title="All Comments" href=/c>'
        '<link rel=alternate type=application/rss+xml title="Posts" href=/p>'
    )

    assert feeds(page, "https://e.example/") == ["https://e.example/p", "https://e.example/c"]


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="stylesheet" type="text/css" href="/s">',
        '<link rel="alternate" hreflang="de" href="/de">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="stylesheet alternate" type="text/xml" href="/s">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/f"> -->',
    ],
)
def test_other_links_are_no_feeds(head: str) -> None:
    assert feeds(_page(head), "https://example.org/") == []


def test_broken_markup_does_no_harm() -> None:
    assert feeds(b"<![if x<link <!DOCTYPE [<a \xff\xfe", "https://example.org/") == []
