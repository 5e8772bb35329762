"""What is removed is nowhere in the bytes of the store, whichever source it came from."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import httpx
import pytest
from aiohttp import web

from bunco import codec
from bunco.model import Item, Post, Removal
from bunco.ports.queries import FindingQuery
from bunco.streams import names, topics
from bunco.streams.producing import publish_items
from tests.bunco.streams.clusters import own_prefix
from tests.e2e.removals import WORDS, published, traces, watched

BEARER = {"Authorization": "Bearer t"}


def test_a_file_that_tells_removals_leaves_no_trace(tmp_path: Path) -> None:
    source = tmp_path / "posts.jsonl"
    posts = published()
    written(source, posts)

    with watched(tmp_path, following(source)) as run:
        run.until_told()
        written(source, [Removal(removed="post", id=post.id) for post in posts])
        run.until_removed(*(post.id for post in posts))

    assert traces(tmp_path, posts=posts) == []


def test_an_account_takes_all_of_its_posts_along_and_its_name(tmp_path: Path) -> None:
    source = tmp_path / "posts.jsonl"
    posts = published()
    written(source, posts)

    with watched(tmp_path, following(source)) as run:
        run.until_told()
        written(source, [Removal(removed="author", author=posts[0].author)])
        run.until(lambda: run.store.author(posts[0].author) is None, "the author is there")

    assert traces(tmp_path, [*WORDS, "Daily Removed", "removed.example"], posts) == []


def test_one_removed_post_of_many_takes_its_own_words_only(tmp_path: Path) -> None:
    source = tmp_path / "posts.jsonl"
    gone, kept = published(), published(author="web:kept.example", title="Bread is cheap", text="")
    written(source, [*gone[:1], *kept])

    with watched(tmp_path, following(source)) as run:
        run.until_stored(kept[-1].id)
        written(source, [Removal(removed="post", id=gone[0].id)])
        run.until_removed(gone[0].id)
        assert run.store.post(kept[0].id) is not None

    assert traces(tmp_path, posts=gone) == []
    assert traces(tmp_path, ["Bread is cheap"]) != []


def test_a_verdict_and_a_dead_letter_lose_the_words_too(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t", encoding="utf-8")
    posts = published()

    with watched(tmp_path, hook(tmp_path)) as run, httpx.Client(base_url=run.url) as client:
        push(client, posts)
        run.until_told()
        (finding, *_) = run.store.findings(FindingQuery(detector="repeats")).rows
        said = {"judged": "spam", "because": "seen"}
        client.post(f"/api/v1/findings/{finding.id}/verdict", json=said).raise_for_status()
        broken = codec.encode(posts[0]).replace(b'"posted_at":"', b'"posted_at":"?')
        assert client.post("/hooks/watched", content=broken, headers=BEARER).status_code == 422
        assert WORDS[0].encode() in run.store.dead().rows[0].body
        push(client, [Removal(removed="post", id=post.id) for post in posts])

    assert traces(tmp_path, posts=posts) == []


def test_what_was_pushed_and_removed_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t", encoding="utf-8")
    posts = published()

    with watched(tmp_path, hook(tmp_path)) as run, httpx.Client(base_url=run.url) as client:
        push(client, posts)
        run.until_told()
        push(client, [Removal(removed="author", author=posts[0].author), *posts])
        assert run.store.post(posts[0].id) is None

    assert traces(tmp_path, posts=posts) == []


def test_posts_of_a_feed_that_are_forgotten_do_not_come_back_with_it(tmp_path: Path) -> None:
    posts = published()

    with served(feed(posts)) as url:
        source = {"kind": "rss", "url": url, "allow_private": True}
        with watched(tmp_path, source) as run, httpx.Client(base_url=run.url) as client:
            run.until_told()
            (author,) = {one.subject for one in run.store.findings(FindingQuery()).rows}
            client.post("/api/v1/author/forget", json={"id": author}).raise_for_status()
            run.until(lambda: run.store.author(author) is None, "the author is there")
            client.post("/api/v1/sources/try", params={"name": "watched"}).raise_for_status()
            run.until(lambda: len(run.store.polls("watched")) > 1, "it was not read again")

    assert traces(tmp_path, posts=posts) == []


@pytest.mark.services
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # kafka-python's
def test_a_topic_that_tells_removals_leaves_no_trace(kafka: str, tmp_path: Path) -> None:
    posts = published()

    with own_prefix(kafka) as options:
        topics.create(options)
        topic = names.topic(options.prefix, "posts")
        source = {"kind": "kafka", "brokers": [kafka], "topic": topic, "start": "earliest"}
        publish_items(options, posts)
        with watched(tmp_path, source) as run:
            run.until_told()
            publish_items(options, [Removal(removed="author", author=posts[0].author)])
            run.until_removed(*(post.id for post in posts))

    assert traces(tmp_path, posts=posts) == []


def following(source: Path) -> dict[str, Any]:
    return {"kind": "jsonl", "path": str(source), "follow": True, "follow_every": "50ms"}


def hook(folder: Path) -> dict[str, Any]:
    return {"kind": "webhook", "token": {"file": str(folder / "token")}}


def written(path: Path, items: Sequence[Item]) -> None:
    with path.open("ab") as file:
        file.writelines(codec.encode(item) + b"\n" for item in items)


def push(client: httpx.Client, items: Sequence[Item]) -> None:
    body = b"\n".join(codec.encode(item) for item in items)
    client.post("/hooks/watched", content=body, headers=BEARER).raise_for_status()


def feed(posts: Sequence[Post]) -> str:
    entries = "".join(
        f"<item><guid>{post.id}</guid><title>{escape(post.title)}</title><link>{post.url}</link>"
        f"<description>{escape(post.text)}</description>"
        f"<pubDate>{format_datetime(post.posted_at)}</pubDate></item>"
        for post in posts
    )
    return f'<rss version="2.0"><channel><title>Removed</title>{entries}</channel></rss>'


@contextmanager
def served(document: str) -> Iterator[str]:
    """Serve a feed on loopback, in a thread."""
    ready, found = threading.Event(), []

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=document, content_type="application/rss+xml")

    async def serve() -> None:
        app = web.Application()
        app.router.add_get("/feed", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        stop = asyncio.Event()
        found.append((runner.addresses[0][1], asyncio.get_running_loop(), stop))
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    port, loop, stop = found[0]
    try:
        yield f"http://127.0.0.1:{port}/feed"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
