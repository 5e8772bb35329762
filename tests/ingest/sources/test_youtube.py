"""YouTube read from a server that plays its feeds, its embedding service and its hub."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web

from bunco.errors import BadInput
from bunco.model import Post, Removal
from bunco.ports.sources import Receiver, Source, SourceTools
from bunco.pushes import Push, Received
from bunco.values import Secret
from ingest.sources.youtube import Options, PushedYoutubeSource, make, parse
from ingest.unreachable import NoWeb
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.ingest import server as play
from tests.ingest.network import GARBAGE, Network, Reader, faults, reading
from tests.shared_data import shared

CHANNEL = "UC" + "a" * 22
TOPIC = f"https://www.youtube.com/xml/feeds/videos.xml?channel_id={CHANNEL}"
SECRET = "hush"  # noqa: S105  # a test's own
HOUR = timedelta(hours=1)


class Youtube(Network):
    """A channel: its feed shows the 15 latest videos."""

    def __init__(self, videos: int = 0) -> None:
        super().__init__()
        self.videos: list[dict[str, str]] = []
        self.statuses: dict[str, int] = {}
        """What the embedding service answers, by video; else 200."""
        self.forms: list[dict[str, str]] = []
        self.hub_status = 202
        self.views = 0
        self.published = NOON - HOUR
        for _ in range(videos):
            self.upload()

    def upload(self, title: str = "") -> str:
        """Give the id of a new video."""
        number = len(self.videos) + 1
        video = f"video{number:06}"
        self.videos.append({"id": video, "title": title or f"Video {number}"})
        return video

    async def answer(self, request: web.Request) -> Any:
        """Answer as YouTube and its hub do."""
        if request.path == "/subscribe":
            self.forms.append(dict(parse_qsl((await request.read()).decode())))
            return web.Response(status=self.hub_status)
        if request.path == "/oembed":
            video = request.query["url"].rpartition("=")[2]
            status = self.statuses.get(video, 200)
            title = next(one["title"] for one in self.videos if one["id"] == video)
            return web.json_response({"title": title, "author_name": "Ann's"}, status=status)
        if request.path == "/@ann":
            kind, at = "application/rss+xml", f"{self.url}/feeds/videos.xml?channel_id={CHANNEL}"
            page = f"<html><head><link rel=alternate type={kind} href='{at}'></head></html>"
            return web.Response(text=page, content_type="text/html")
        return web.Response(body=self.feed(self.videos[-15:]), content_type="text/xml")

    def feed(self, videos: list[dict[str, str]]) -> bytes:
        """Give a feed; the number of views is another one each time."""
        self.views += 1
        entries = "".join(
            f"<entry><id>yt:video:{one['id']}</id><yt:videoId>{one['id']}</yt:videoId>"
            f"<yt:channelId>{CHANNEL}</yt:channelId><title>{escape(one['title'])}</title>"
            f"<link rel='alternate' href='https://www.youtube.com/watch?v={one['id']}'/>"
            f"<author><name>Ann's</name><uri>https://www.youtube.com/channel/{CHANNEL}</uri></author>"
            f"<published>{self.published.isoformat()}</published>"
            f"<media:group><media:description>About {one['id']}</media:description>"
            f"<media:community><media:statistics views='{self.views}'/></media:community>"
            "</media:group></entry>"
            for one in reversed(videos)
        )
        return (
            "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
            "xmlns:yt='http://www.youtube.com/xml/schemas/2015' "
            "xmlns:media='http://search.yahoo.com/mrss/'>"
            f"<id>yt:channel:{CHANNEL}</id><title>Ann's</title>{entries}</feed>"
        ).encode()


TOMBSTONE = (
    "<?xml version='1.0' encoding='UTF-8'?>"
    "<feed xmlns:at='http://purl.org/atompub/tombstones/1.0' xmlns='http://www.w3.org/2005/Atom'>"
    "<at:deleted-entry ref='yt:video:video000001' when='2026-03-02T11:30:00+00:00'>"
    "<link href='https://www.youtube.com/watch?v=video000001'/><at:by><name>Ann's</name>"
    f"<uri>https://www.youtube.com/channel/{CHANNEL}</uri></at:by></at:deleted-entry></feed>"
).encode()


def made(**changes: Any) -> Callable[[str, SourceTools], Source]:
    def make_one(url: str, tools: SourceTools) -> Source:
        named: dict[str, Any] = {"url": url, "hub": f"{url}/subscribe", "channel": CHANNEL}
        return make(Options(allow_private=True, **named | changes), tools)

    return make_one


def read(network: Youtube, scenes: Callable[[Reader], Awaitable[None]], **changes: Any) -> Reader:
    return reading(network, made(**changes), scenes)


def a_receiver(**changes: Any) -> PushedYoutubeSource:
    named: dict[str, Any] = {"channel": CHANNEL, "callback": "https://b.example"} | changes
    tools = SourceTools(name="ann", clock=FakeClock(), web=NoWeb())
    return PushedYoutubeSource(Options(secret=Secret(SECRET), **named), tools, SECRET)


def signed(body: bytes, secret: str = SECRET, method: str = "sha1") -> Received:
    digest = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    return a_receiver().receive(Push(body=body, headers={"x-hub-signature": f"{method}={digest}"}))


def asked(**query: str) -> Received:
    named = {f"hub.{key}": value for key, value in query.items()}
    return a_receiver().receive(Push(method="GET", query=named))


def test_videos_are_posts_with_their_description_and_come_once() -> None:
    network = Youtube(2)

    async def scenes(reader: Reader) -> None:
        await reader.read(2, every=HOUR)
        network.upload()
        await reader.read(2, every=HOUR)

    reader = read(network, scenes)

    assert sorted(reader.ids) == [f"yt:video:video00000{n}" for n in (1, 2, 3)]
    post = reader.posts[-1]
    assert (post.author, post.author_name) == (f"youtube:{CHANNEL}", "Ann's")
    assert (post.title, post.text) == ("Video 3", "About video000003")
    assert (post.place, post.url) == (
        "youtube.com",
        "https://www.youtube.com/watch?v=video000003",
    )
    assert network.asked[0] == f"/feeds/videos.xml?channel_id={CHANNEL}"


def test_a_playlist_and_a_handle_lead_to_their_feeds() -> None:
    listed, handled = Youtube(1), Youtube(1)

    playlist = read(listed, lambda reader: reader.read(), channel="", playlist="PLx")
    handle = read(handled, lambda reader: reader.read(2, every=HOUR), channel="", handle="@ann")

    assert listed.asked[0] == "/feeds/videos.xml?playlist_id=PLx"
    assert handled.asked[0] == "/@ann"
    assert playlist.ids == handle.ids
    assert sum(path == "/@ann" for path in handled.asked) == 1


def test_deleted_and_private_videos_are_removed_and_unembeddable_ones_stay() -> None:
    network = Youtube(5)

    async def scenes(reader: Reader) -> None:
        await reader.read(every=HOUR)
        network.statuses = dict(
            zip((one["id"] for one in network.videos), (404, 403, 401, 400), strict=False)
        )
        await reader.read(3, every=HOUR)

    reader = read(network, scenes, recheck=5)

    assert {one.id for one in reader.removals} == {"yt:video:video000001", "yt:video:video000002"}
    assert len(reader.removals) == 2
    assert reader.removals[0].author == f"youtube:{CHANNEL}"


def test_a_service_that_refuses_us_altogether_removes_nothing() -> None:
    network = Youtube(3)

    async def scenes(reader: Reader) -> None:
        await reader.read(every=HOUR)
        network.statuses = {one["id"]: 403 for one in network.videos}
        await reader.read(4, every=HOUR)

    assert read(network, scenes).removals == []


def test_a_video_that_seemed_gone_once_is_there() -> None:
    network = Youtube(1)

    async def scenes(reader: Reader) -> None:
        await reader.read(every=HOUR)
        for status in (404, 200, 404, 200):
            network.statuses["video000001"] = status
            await reader.read(every=HOUR)

    reader = read(network, scenes)

    assert (reader.removals, len(reader.ids)) == ([], 1)


def test_a_new_title_is_a_post_of_its_own_and_goes_with_the_first() -> None:
    network = Youtube(1)

    async def scenes(reader: Reader) -> None:
        await reader.read(2, every=HOUR)
        network.videos[0]["title"] = "You will NOT believe this video"
        await reader.read(2, every=HOUR)
        network.statuses["video000001"] = 404
        await reader.read(2, every=HOUR)

    reader = read(network, scenes)

    assert [post.title for post in reader.posts] == ["Video 1", "You will NOT believe this video"]
    assert [one.id for one in reader.removals] == reader.ids


@pytest.mark.parametrize("fault", faults())
def test_nothing_is_lost_or_doubled_when_every_third_request_fails(fault: str) -> None:
    network = Youtube()
    broken = faults()[fault]

    async def scenes(reader: Reader) -> None:
        for _ in range(6):
            network.upload()
            network.upload()
            network.faults = [None, None, broken] * 4
            await reader.read(every=HOUR)
        network.faults = [broken]
        await reader.read(every=HOUR)
        network.faults = []
        await reader.read(2, every=HOUR)

    reader = read(network, scenes)

    assert len(reader.ids) == len(set(reader.ids)) == 12
    assert len(reader.errors) == 1
    assert reader.removals == []


def test_a_page_in_place_of_the_feed_is_told_in_words() -> None:
    network = Youtube(1)
    network.faults = [GARBAGE, play.status(500)]

    reader = read(network, lambda reader: reader.read(2))

    assert "an HTML page, not a feed" in reader.errors[0].reason
    assert "answered 500" in reader.errors[1].reason


def test_the_hub_is_asked_to_push_and_again_after_half_of_the_lease() -> None:
    network = Youtube(1)
    options = {"callback": "https://bunco.example/", "secret": Secret(SECRET), "recheck": 0}

    async def scenes(reader: Reader) -> None:
        await reader.read(4, every=timedelta(days=1))

    reader = read(network, scenes, **options)

    assert network.forms[0] == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": "https://bunco.example/hooks/here",
        "hub.verify": "async",
        "hub.lease_seconds": "432000",
        "hub.secret": SECRET,
    }
    assert len(network.forms) == 2
    assert SECRET.encode() not in reader.cursor


def test_a_hub_that_refuses_is_noted_and_asked_again_soon() -> None:
    network = Youtube(1)
    network.hub_status = 503
    options = {"callback": "https://bunco.example", "secret": Secret(SECRET), "recheck": 0}

    reader = read(network, lambda reader: reader.read(3, every=HOUR / 3), **options)

    assert len(network.forms) == 2
    assert "the hub: 127.0.0.1 answered 503" in reader.deliveries[0].note
    assert len(reader.ids) == 1


def test_a_handle_is_subscribed_to_once_its_channel_is_known() -> None:
    network = Youtube(1)
    options = {"callback": "https://bunco.example", "secret": Secret(SECRET), "channel": ""}

    read(network, lambda reader: reader.read(), handle="ann", **options)

    assert network.forms[0]["hub.topic"] == TOPIC


def test_the_hubs_challenge_is_answered_for_our_topic_alone() -> None:
    ours = asked(mode="subscribe", topic=TOPIC, challenge="abc123")
    other = asked(mode="subscribe", topic=TOPIC.replace("UCa", "UCb"), challenge="abc123")
    elsewhere = asked(
        mode="subscribe", topic=f"https://evil.example/?channel_id={CHANNEL}", challenge="x"
    )
    ended = asked(mode="unsubscribe", topic=TOPIC, challenge="abc123")
    denied = asked(mode="denied", topic=TOPIC)

    assert (ours.reply.status, ours.reply.body) == (200, b"abc123")
    assert ours.reply.media.startswith("text/plain")
    assert {other.reply.status, elsewhere.reply.status, ended.reply.status} == {404}
    assert denied.note == "the hub denied the subscription"


@pytest.mark.parametrize("method", ["sha1", "sha256"])
def test_a_signed_push_brings_the_video_under_the_feeds_id(method: str) -> None:
    network = Youtube(1)

    received = signed(network.feed(network.videos), method=method)

    [post] = received.items
    assert isinstance(post, Post)
    assert (post.id, post.source, post.seen_at) == ("yt:video:video000001", "ann", NOON)
    assert received.reply.status == 204


def test_a_push_of_a_deletion_is_a_removal() -> None:
    assert signed(TOMBSTONE).items == (
        Removal(
            removed="post",
            id="yt:video:video000001",
            author=f"youtube:{CHANNEL}",
            source="ann",
        ),
    )


@pytest.mark.parametrize(
    "signature", ["", "sha1=", "sha1=00", "md5=00", "sha1=é", "sha1=" + "0" * 40]
)
def test_a_push_without_a_good_signature_leaves_nothing_behind(signature: str) -> None:
    push = Push(body=TOMBSTONE, headers={"x-hub-signature": signature})

    received = a_receiver().receive(push)

    assert received.reply.status == 403
    assert (received.items, received.dead) == ((), ())


def test_a_push_that_is_no_feed_is_set_aside_and_not_sent_again() -> None:
    received = signed(b"<html>hello</html>")

    assert received.reply.status == 204
    assert [letter.source for letter in received.dead] == ["ann"]


def test_only_a_source_with_a_public_address_is_pushed_to() -> None:
    tools = SourceTools(name="ann", clock=FakeClock(), web=NoWeb())

    assert isinstance(a_receiver(), Receiver)
    assert not isinstance(make(Options(channel=CHANNEL), tools), Receiver)


def test_a_saved_feed_and_a_saved_push_are_parsed() -> None:
    feed = (shared("feeds") / "feedjira/youtube_atom.xml").read_bytes()

    videos = parse(feed, url="", seen_at=NOON).items
    [gone] = parse(TOMBSTONE, url="", seen_at=NOON).items

    assert len(videos) == 15
    assert all(isinstance(one, Post) and one.id.startswith("yt:video:") for one in videos)
    assert isinstance(gone, Removal)


def test_other_documents_are_refused() -> None:
    with pytest.raises(BadInput):
        parse(b"no feed", url="", seen_at=NOON)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"channel": CHANNEL, "handle": "@ann"},
        {"channel": CHANNEL, "callback": "https://bunco.example"},
        {"playlist": "PLx", "callback": "https://bunco.example", "secret": Secret(SECRET)},
        {"channel": CHANNEL, "fastest": HOUR * 99},
    ],
)
def test_options_that_do_not_go_together_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"exactly one|together|only with|at most"):
        Options(**options)
