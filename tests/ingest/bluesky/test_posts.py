from datetime import timedelta
from typing import Any

import msgspec
import pytest

from bunco.errors import BadInput
from bunco.model import Post
from ingest.bluesky.event import Commit, Event, decode_v1
from ingest.bluesky.posts import made
from tests.builders import NOON
from tests.ingest.bluesky.jetstream import START_US, commit, v1

NOW = NOON + timedelta(seconds=1)
URI = "at://did:plc:other/app.bsky.feed.post/3k"
WEB = "https://bsky.app/profile/did:plc:other/post/3k"
CARD = {"uri": "https://example.org/a", "title": "  A\ncard's title ", "description": "d"}


def _made(**record: Any) -> Post:
    told = decode_v1(v1(commit(1, **record)))
    assert told.commit is not None
    return made(told, told.commit, name="", source="jet", seen_at=NOW)


def test_a_link_card_gives_the_title_and_the_first_link() -> None:
    facets = [
        {"index": {"byteStart": 0}, "features": [{"uri": "https://example.org/b"}]},
        {"features": [{"uri": "https://example.org/a"}, {"tag": "news"}, {"uri": "gopher://x"}]},
    ]

    post = _made(text=" Look ", embed={"external": CARD}, facets=facets)

    assert (post.title, post.text) == ("A card's title", "Look")
    assert post.links == ("https://example.org/a", "https://example.org/b")
    assert post.url == "https://bsky.app/profile/did:plc:account1/post/k1"


def test_a_quotation_is_a_link_with_and_without_media() -> None:
    plain = _made(text="See", embed={"record": {"uri": URI, "cid": "b"}})
    media = {"external": CARD}
    beside = _made(text="See", embed={"record": {"record": {"uri": URI}}, "media": media})

    assert plain.links == (WEB,)
    assert beside.links == ("https://example.org/a", WEB)
    assert beside.title == "A card's title"
    assert (plain.kind, beside.kind) == ("post", "post")


def test_a_quoted_list_is_no_link() -> None:
    quoted = {"record": {"uri": "at://did:plc:a/app.bsky.graph.list/1"}}

    assert _made(text="x", embed=quoted).links == ()


def test_a_reply_names_what_it_answers_and_whom_it_mentions() -> None:
    facets = [{"features": [{"did": "did:plc:b"}, {"did": "did:plc:b"}, {"did": "with blank"}]}]

    post = _made(text="@b yes", reply={"parent": {"uri": URI}, "root": {"uri": URI}}, facets=facets)

    assert (post.kind, post.reply_to) == ("reply", f"bluesky:{URI}")
    assert post.mentions == ("bluesky:did:plc:b",)


def test_a_repost_points_at_what_it_repeats() -> None:
    post = _made(collection="app.bsky.feed.repost", subject={"uri": URI, "cid": "b"})

    assert (post.kind, post.text, post.links) == ("repost", WEB, (WEB,))
    assert post.id == "bluesky:at://did:plc:account1/app.bsky.feed.repost/k1"


def test_pictures_speak_where_there_are_no_words() -> None:
    images = {"images": [{"alt": "A cat"}, {"alt": ""}, {"alt": "A dog"}]}

    assert _made(text="", embed=images).text == "A cat\nA dog"
    assert _made(text="", embed={"media": images, "record": {"uri": URI}}).text == "A cat\nA dog"
    assert _made(text="", embed={"video": {}, "alt": "A film"}).text == "A film"
    assert _made(text=" ").text == "https://bsky.app/profile/did:plc:account1/post/k1"


@pytest.mark.parametrize(
    ("langs", "lang"), [(["pt-BR", "en"], "pt"), ([], ""), (None, ""), (["EN"], "en")]
)
def test_the_first_language_counts(langs: list[str] | None, lang: str) -> None:
    assert _made(text="x", langs=langs).lang == lang


@pytest.mark.parametrize(
    ("created", "seconds", "is_undated"),
    [
        ("2026-03-02T12:00:00.5Z", 0.5, False),
        ("2026-03-02T14:00:00+02:00", 0, False),
        ("2026-03-02T12:00:00", 0, False),
        ("2019-03-02T12:00:00Z", -2557 * 86400, False),
        ("2026-03-03T11:00:00Z", 23 * 3600, False),
        ("2026-03-04T12:00:00Z", 0, True),
        ("1969-12-31T00:00:00Z", 0, True),
        ("0001-01-01T00:00:00+14:00", 0, True),
        ("9999-12-31T23:59:59-14:00", 0, True),
        ("yesterday", 0, True),
        ("", 0, True),
    ],
)
def test_a_date_that_cannot_be_is_when_jetstream_saw_it(
    created: str, seconds: float, is_undated: bool
) -> None:
    post = _made(text="x", createdAt=created)

    assert post.posted_at == NOON + timedelta(seconds=seconds)
    assert post.undated == is_undated
    assert post.seen_at == NOON
    assert post.posted_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize(("time_us", "seen_at"), [(START_US + 10**9, NOW), (0, NOW), (-5, NOON)])
def test_nothing_was_seen_after_now(time_us: int, seen_at: Any) -> None:
    told = Event(did="did:plc:a", time_us=time_us, kind="commit")
    post = Commit(operation="create", collection="x", rkey="k", record=msgspec.Raw(b'{"text":"x"}'))

    found = made(told, post, name="", source="", seen_at=NOW).seen_at

    assert found == (seen_at if time_us >= 0 else NOON.replace(year=1970, month=1, day=1, hour=0))


def test_lengths_are_bounded() -> None:
    links = [{"features": [{"uri": f"https://example.org/{n}"}]} for n in range(99)]
    long = {"uri": "https://example.org/" + "x" * 3000, "title": "t" * 9999}

    post = _made(text="x" * 99_999, facets=links, embed={"external": long})

    assert (len(post.text), len(post.title), len(post.links)) == (20_000, 2000, 20)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"did": "ann"}, "no account"),
        ({"did": "did:plc:a b"}, "no account"),
        ({"did": "did:" + "x" * 999}, "no account"),
        ({"rkey": ""}, "no key"),
        ({"rkey": "a/b"}, "no key"),
        ({"record": b'{"text":7}'}, "Expected `str`, got `int` - at `$.text`"),
        ({"record": b'{"text":"\\ud800"}'}, "truncated"),
        ({"record": b'{"text":"x","tags":' + b"[" * 9999}, "recursion|truncated"),
        ({"record": b""}, "truncated"),
        ({"collection": "app.bsky.feed.repost", "record": b"{}"}, "subject"),
        ({"collection": "app.bsky.feed.repost", "record": b'{"subject":{}}'}, "repeats no post"),
    ],
)
def test_what_is_no_post_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    fields: dict[str, Any] = {
        "did": "did:plc:a",
        "rkey": "k",
        "collection": "app.bsky.feed.post",
        "record": b'{"text":"x"}',
    } | change
    told = Event(did=fields.pop("did"), time_us=START_US, kind="commit")
    record = msgspec.Raw(fields.pop("record"))

    with pytest.raises(BadInput, match=words.replace("$", r"\$")):
        made(
            told,
            Commit(operation="create", record=record, **fields),
            name="",
            source="",
            seen_at=NOW,
        )
