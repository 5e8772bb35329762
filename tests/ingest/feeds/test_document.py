import re
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bunco.errors import BadInput
from ingest.feeds import document
from ingest.feeds.discovery import Page
from ingest.feeds.feed import MOST_ENTRIES, Entry
from tests.ingest.server import FEED

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>t3_a</id>
<title type="html">&lt;b&gt;One&lt;/b&gt;</title><link href="/1"/>
<author><name>Ann</name><uri>https://a.example/</uri></author><category term="t" label="r/t"/>
<updated>2026-03-02T10:00:00+01:00</updated><summary>short</summary>
<content type="html">a longer body</content></entry></feed>"""

RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
xmlns="http://purl.org/rss/1.0/"><channel/><item><title>a</title></item></rdf:RDF>"""


def _only(body: bytes) -> Entry:
    [entry] = document.read(body).entries
    return entry


def test_an_atom_entry_keeps_its_fields_as_written() -> None:
    assert _only(ATOM) == Entry(
        guid="t3_a",
        title="<b>One</b>",
        title_is_html=True,
        link="/1",
        author="Ann",
        author_name="Ann",
        author_url="https://a.example/",
        content="a longer body",
        published=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        label="r/t",
    )


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (FEED, "rss20"),
        (ATOM, "atom10"),
        (b'<rss version="0.91"><channel><item><title>a</title></item></channel></rss>', "rss091u"),
        (RDF, "rss10"),
        (b'{"version":"https://jsonfeed.org/version/1.1","items":[]}', "json11"),
        (b'\xef\xbb\xbf{"version":"https://jsonfeed.org/version/1","items":[]}', "json1"),
        (FEED.decode().replace("utf-8", "utf-16").encode("utf-16"), "rss20"),
    ],
)
def test_every_format_is_known(body: bytes, form: str) -> None:
    assert document.read(body).format == form


def test_an_empty_feed_is_a_feed() -> None:
    assert document.read(b'<rss version="2.0"><channel/></rss>').entries == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the document is empty"),
        (b"\xef\xbb\xbf", "the document is empty"),
        (b"<!-- nothing -->", "neither RSS, RDF nor Atom: it holds no element"),
        (b"<?xml version='1.0'?><!DOCTYPE a []><a:note/>", "it begins with <note>"),
        (b"\x1f\x8b\x08\x00", "binary data, not a feed"),
        (b"{nothing", "broken JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"version":"1"}', "no JSON Feed"),
        ("<opml/>".encode("utf-16"), "an OPML list of feeds"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(BadInput, match=re.escape(reason)):
        document.read(body)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><title>x",
        b"\n<html><head></head></html>",
        b"<!-- a --><HTML>",
        b"<head><link rel=alternate type=application/rss+xml href=/f></head>",
    ],
)
def test_a_page_is_told_from_other_refusals(body: bytes) -> None:
    with pytest.raises(Page):
        document.read(body, url="https://example.org/")


def test_entries_beyond_the_limit_are_left_out_before_parsing() -> None:
    items = "".join(f"<item><title>{n}</title></item>" for n in range(MOST_ENTRIES + 50))
    body = f'<rss version="2.0"><channel><title>T</title>{items}<ttl>5</ttl></channel></rss>'

    feed = document.read(body.encode())

    assert len(feed.entries) == MOST_ENTRIES
    assert feed.left_out == 50
    assert (feed.title, feed.ttl, feed.entries[-1].title) == ("T", "5", str(MOST_ENTRIES - 1))


def test_entities_that_grow_do_not() -> None:
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY e0 "lol">{grown}]><rss version="2.0">'
        "<channel><item><title>&e11;</title></item></channel></rss>"
    )

    assert len(_only(body.encode()).title) < 1000


def test_a_file_of_ours_is_not_read_through_an_entity() -> None:
    body = (
        b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<rss version="2.0"><channel><item><title>&x;</title></item></channel></rss>'
    )

    assert "root" not in _only(body).title


def test_year_one_is_no_date() -> None:
    body = FEED.replace(b"Mon, 02 Mar 2026 11:00:00 GMT", b"0001-01-01T00:00:00Z")

    assert document.read(body).entries[0].published is None


def test_json_items_are_read_leniently() -> None:
    body = b"""{"version":"https://jsonfeed.org/version/1.1","title":"T","authors":[{"name":"Us"}],
    "items":[{"id":7,"url":"https://a.example/7","title":"Seven","date_published":"2026-03-02T10:00:00Z",
    "author":{"name":"Ann"}},{"id":"8","content_text":["odd"],"date_published":"yesterday"},"odd",
    {"id":true,"external_url":"https://b.example/"}]}"""

    first, second, third = document.read(body).entries

    assert (first.guid, first.author, first.published) == (
        "7",
        "Ann",
        datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
    )
    assert (second.guid, second.content, second.published, second.author) == ("8", "", None, "Us")
    assert (third.guid, third.link) == ("", "https://b.example/")


@settings(max_examples=60)
@given(
    base=st.sampled_from([FEED, ATOM]),
    cuts=st.lists(st.tuples(st.integers(0, 600), st.binary(max_size=6)), max_size=5),
)
def test_a_damaged_document_is_read_or_refused(base: bytes, cuts: list[tuple[int, bytes]]) -> None:
    for at, put in cuts:
        base = base[:at] + put + base[at + len(put) // 2 :]

    with suppress(BadInput):
        document.read(base)
