import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.errors import BadInput
from ingest import opml
from ingest.opml import Outline
from tests.builders import NOON
from tests.shared_data import shared

LIST = b"""<?xml version="1.0"?><opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News"><outline text="World">
<outline type="rss" text="A" title="The A" xmlUrl="https://a.example/feed"/></outline>
<outline text="B" xmlurl="https://b.example/feed"/></outline>
<outline text="Alone" xmlUrl="feed://c.example/feed"/>
<outline text="A again" xmlUrl="https://a.example/feed"/>
<outline text="Another list" type="link" xmlUrl="https://d.example/list.opml"/>
<outline text="A note"/></body></opml>"""


def test_feeds_are_found_in_their_folders() -> None:
    assert opml.read(LIST) == [
        Outline("The A", "https://a.example/feed", "News/World"),
        Outline("B", "https://b.example/feed", "News"),
        Outline("Alone", "http://c.example/feed", ""),
    ]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (b"", "no readable OPML"),
        (b"<rss/>", "no OPML: it begins with <rss>"),
        (b"<opml><body>", "no readable OPML"),
        (b"\xff\xfe", "no readable OPML"),
        (b"<?xml version='1.0' encoding='klingon'?><opml/>", "no readable OPML"),
        (b"<opml>" + b"<outline>" * 200, "nested more than 100 deep"),
        (
            b'<!DOCTYPE o [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><opml><body>&b;</body></opml>',
            "declares entities",
        ),
        (
            b'<!DOCTYPE o [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml/>',
            "declares entities",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(document: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        opml.read(document)


_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff/"), min_size=1
).map(str.strip)
_FEEDS = st.builds(
    Outline,
    _TEXTS.filter(bool),
    st.integers(0, 999).map("https://example.org/feed?a=1&b={}".format),
    st.lists(_TEXTS.filter(bool), max_size=3).map("/".join),
)


@given(st.lists(_FEEDS, max_size=8, unique_by=lambda feed: feed.url))
def test_what_is_written_is_read_again(feeds: list[Outline]) -> None:
    found = opml.read(opml.write(feeds, title="Mine & yours", at=NOON))

    assert sorted(found, key=lambda feed: feed.url) == sorted(feeds, key=lambda feed: feed.url)


def test_control_characters_do_not_break_the_document() -> None:
    written = opml.write([Outline("a\x00b\x1f", "https://a.example/")], title="\x01", at=NOON)

    assert opml.read(written) == [Outline("ab", "https://a.example/")]


def test_all_shared_lists_are_read_or_refused_with_a_reason() -> None:
    found, refused = 0, []
    for path in sorted(shared("feeds/listparser-opml").rglob("*.*")):
        try:
            found += len(opml.read(path.read_bytes()))
        except BadInput as error:
            refused.append(str(error))

    assert found == 17
    assert len(refused) == 12
    assert all(len(reason) > 10 for reason in refused)
