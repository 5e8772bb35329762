"""What kind of source an address is."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bunco import registry
from bunco.config import PartConfig
from bunco.errors import SourceError, UsageError
from bunco.ports.web import Fetched
from ingest.recognition.families import recognise
from ingest.recognition.recognised import Asked, Recognised
from ingest.unreachable import NoWeb

DID = "did:plc:z72i7hdynmk6r22z27h6tvur"
CHANNEL = "UC" + "x" * 22
RSS = (
    b"<rss version='2.0'><channel><title>Bread &amp; tea</title>"
    b"<item><title>a</title></item></channel></rss>"
)


class Pages(NoWeb):
    """Pages of a web that is all in memory; what is not there answers 404."""

    def __init__(self, pages: Mapping[str, bytes]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    async def fetch(self, url: str, **_: Any) -> Fetched:
        """Give a page."""
        self.asked.append(url)
        if url not in self.pages:
            raise SourceError("404 Not Found")
        return Fetched(status=200, url=url, permanent_url=url, headers={}, body=self.pages[url])


def recognised(text: str, pages: Mapping[str, bytes] | None = None) -> Recognised:
    return asyncio.run(recognise(Asked(text=text, web=Pages(pages or {}))))


def nodeinfo(base: str, software: str) -> dict[str, bytes]:
    """Give what a server of that software tells of itself."""
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    link = {"rel": rel, "href": f"{base}/nodeinfo/2.0"}
    return {
        f"{base}/.well-known/nodeinfo": msgspec.json.encode({"links": [link]}),
        f"{base}/nodeinfo/2.0": msgspec.json.encode({"software": {"name": software}}),
    }


FEDI, LEMMY = "https://fedi.example", "https://lemmy.example"
FORUM = "https://forum.example"
ABOUT = {f"{FORUM}/about.json": b'{"about":{"stats":{},"version":"3.5"}}'}
RESOLVED = {
    "https://public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle?handle=ann.bsky.social": (
        b'{"did":"%s"}' % DID.encode()
    )
}


CASES: list[tuple[str, str, dict[str, Any], dict[str, bytes]]] = [
    ("https://news.ycombinator.com/", "hackernews", {}, {}),
    ("r/python", "reddit", {"subreddits": ["python"]}, {}),
    ("/r/python+rust/", "reddit", {"subreddits": ["python", "rust"]}, {}),
    ("https://old.reddit.com/r/tea/new/", "reddit", {"subreddits": ["tea"]}, {}),
    (f"https://www.youtube.com/channel/{CHANNEL}", "youtube", {"channel": CHANNEL}, {}),
    (
        f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}",
        "youtube",
        {"channel": CHANNEL},
        {},
    ),
    ("https://youtube.com/@tea/videos", "youtube", {"handle": "@tea"}, {}),
    ("https://www.youtube.com/playlist?list=PL123", "youtube", {"playlist": "PL123"}, {}),
    (
        "https://www.youtube.com/c/Tea",
        "youtube",
        {"channel": CHANNEL},
        {"https://www.youtube.com/c/Tea": b'{"externalId":"%s"}' % CHANNEL.encode()},
    ),
    ("wss://relay.example", "nostr", {"relays": ["wss://relay.example"]}, {}),
    (DID, "bluesky", {"dids": [DID]}, {}),
    (f"https://bsky.app/profile/{DID}", "bluesky", {"dids": [DID]}, {}),
    ("@Ann.bsky.social", "bluesky", {"dids": [DID]}, RESOLVED),
    ("https://bsky.app/profile/ann.bsky.social", "bluesky", {"dids": [DID]}, RESOLVED),
    (FEDI, "mastodon", {"url": FEDI}, nodeinfo(FEDI, "Mastodon")),
    (f"{FEDI}/tags/tea", "mastodon", {"url": FEDI, "tags": ["tea"]}, nodeinfo(FEDI, "akkoma")),
    (f"{FEDI}/@ann", "rss", {"url": f"{FEDI}/@ann.rss"}, nodeinfo(FEDI, "mastodon")),
    (LEMMY, "lemmy", {"url": LEMMY}, nodeinfo(LEMMY, "lemmy")),
    (
        f"{LEMMY}/c/tea",
        "lemmy",
        {"url": LEMMY, "communities": ["tea"]},
        nodeinfo(LEMMY, "lemmy"),
    ),
    (f"{FORUM}/t/hello/7", "discourse", {"url": FORUM}, ABOUT),
    (f"{FORUM}/c/site/meta/9", "discourse", {"url": FORUM, "categories": ["site/meta"]}, ABOUT),
    (
        "https://a.example/feed",
        "rss",
        {"url": "https://a.example/feed"},
        {"https://a.example/feed": RSS},
    ),
    (
        "https://a.example/",
        "rss",
        {"url": "https://a.example/rss"},
        {
            "https://a.example/": b"<html><head><link rel=alternate href=/rss "
            b"type=application/rss+xml></head></html>",
            "https://a.example/rss": RSS,
        },
    ),
    (
        "imaps://ann%40mail.example@imap.example/Alerts",
        "alert_mail",
        {
            "host": "imap.example",
            "security": "tls",
            "username": "ann@mail.example",
            "folder": "Alerts",
        },
        {},
    ),
]


@pytest.mark.parametrize(("text", "kind", "options", "pages"), CASES)
def test_an_address_is_known(
    text: str, kind: str, options: dict[str, Any], pages: dict[str, bytes]
) -> None:
    found = recognised(text, pages)

    assert (found.kind, dict(found.options)) == (kind, options)
    assert found.found
    assert found.name


@pytest.mark.parametrize(("text", "kind", "options", "pages"), CASES)
def test_a_source_takes_the_options_that_are_found(
    text: str, kind: str, options: dict[str, Any], pages: dict[str, bytes]
) -> None:
    if kind not in registry.kinds("ingest.sources"):
        pytest.skip(f"there are no sources of kind {kind} yet")
    if not recognised(text, pages).is_ready:
        options = options | {"password": {"env": "HOME"}}
    part = registry.part("ingest.sources", kind, where="test", key="kind")
    table = PartConfig(name="new", kind=kind, options=options, where="test", key="source.new")

    made = registry.options(part, table)

    assert made is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://www.google.com/alerts/feeds/012345678/9876543210",
        "https://a.example/feed?token=0123456789abcdef",
        "https://ann:pass@a.example/feed",
    ],
)
def test_an_address_that_is_a_secret_is_kept_out_of_the_configuration(url: str) -> None:
    found = recognised(url, {url: RSS})

    assert (found.kind, dict(found.options)) == ("rss", {})
    assert found.secrets == {"secret_url": url}
    assert url not in found.found


def test_a_password_in_an_address_goes_into_a_file_too() -> None:
    found = recognised("imaps://ann:p%40ss@imap.example")

    assert found.secrets == {"password": "p@ss"}
    assert not any("p@ss" in str(value) for value in found.options.values())


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("posts.jsonl", b"", "jsonl"),
        ("posts.jsonl.gz", b"\x1f\x8b", "jsonl"),
        ("posts.txt", b'{"id": "web:1"}', "jsonl"),
        ("mails.mbox", b"", "alert_mail"),
        ("one.eml", b"Subject: tea", "alert_mail"),
        ("inbox", b"From ann@example.org Mon Mar  2", "alert_mail"),
    ],
)
def test_a_file_is_known_by_its_name_or_its_beginning(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert (recognised(str(path)).kind, recognised(str(path)).options["path"]) == (kind, str(path))


def test_a_maildir_is_known(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()

    assert recognised(str(tmp_path)).kind == "alert_mail"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tea", "none of these"),
        ("", "none of these"),
        ("example.org/blog", "https://"),
        ("https://a.example/", "404"),
        ("@nobody.example", "no account"),
        ("https://www.youtube.com/watch?v=abc", "neither a channel nor a playlist"),
        ("http://[", "none of these"),
    ],
)
def test_what_is_not_known_is_refused_in_words(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        recognised(text)


def test_a_page_without_a_feed_says_so() -> None:
    with pytest.raises(UsageError, match="names no feed"):
        recognised("https://a.example/", {"https://a.example/": b"<html><body>Hi</body></html>"})


def test_a_server_is_not_sent_elsewhere_by_its_word_on_itself() -> None:
    pages = nodeinfo("https://evil.example", "mastodon")
    known = pages.pop("https://evil.example/.well-known/nodeinfo")
    pages["https://a.example/.well-known/nodeinfo"] = known
    web = Pages(pages)

    with pytest.raises(UsageError):
        asyncio.run(recognise(Asked(text="https://a.example/", web=web)))

    assert not any("evil" in url for url in web.asked)
