"""What a polled network shows as deleted is nowhere in the bytes of the store."""

import asyncio
import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bunco.clock import SystemClock
from tests.builders import NOON
from tests.e2e.removals import HEADLINE, WORDS, traces, watched
from tests.ingest.network import Network, online
from tests.ingest.sources.test_discourse import Forum
from tests.ingest.sources.test_hackernews import HackerNews
from tests.ingest.sources.test_lemmy import HOST, Lemmy
from tests.ingest.sources.test_reddit import Reddit
from tests.ingest.sources.test_youtube import CHANNEL, TOMBSTONE, Youtube

BODY = f"More about the {WORDS[0]} and each {WORDS[1]}."
OFTEN = {"every": "100ms", "allow_private": True}
PACE = {"start": "100ms", "fastest": "100ms", "slowest": "100ms", "allow_private": True}
TIMES = 6


def minutes(number: int) -> float:
    """Give when a post was published, in minutes from the tests' noon: just now, one by one."""
    return (SystemClock().now() - NOON).total_seconds() / 60 - 2 * TIMES + number


@contextmanager
def served(network: Network) -> Iterator[str]:
    """Serve a network from a thread of its own while the block runs."""
    ready, loops = threading.Event(), []

    async def serve() -> None:
        async with online(network):
            stop = asyncio.Event()
            loops.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield network.url
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


def hacker_news(_: Path) -> tuple[Network, dict[str, Any], Callable[[], list[str]]]:
    network = HackerNews()
    for number in range(TIMES):
        at = int(NOON.timestamp() + minutes(number) * 60)
        network.write(title=HEADLINE, text=f"<p>{BODY}", time=at)

    def delete() -> list[str]:
        numbers = list(network.items)
        for told, number in enumerate(numbers):
            network.delete(number, told=bool(told % 2))
        return [f"hackernews:{number}" for number in numbers]

    return network, {"kind": "hackernews", "back": TIMES, **OFTEN}, delete


def lemmy(version: str) -> tuple[Network, dict[str, Any], Callable[[], list[str]]]:
    network = Lemmy(version)
    for number in range(TIMES):
        network.write(minutes=minutes(number), name=HEADLINE, body=BODY)

    def delete() -> list[str]:
        for number, view in enumerate(network.views):
            view["post"][("deleted", "removed")[number % 2]] = True
        return [f"lemmy:https://{HOST}/post/{number + 1}" for number in range(TIMES)]

    return network, {"kind": "lemmy", **OFTEN}, delete


def discourse(_: Path) -> tuple[Network, dict[str, Any], Callable[[], list[str]]]:
    network = Forum()
    for number in range(TIMES):
        cooked = f"<p>{BODY}</p>"
        network.write(minutes=minutes(number), topic_title=HEADLINE, cooked=cooked)

    def delete() -> list[str]:
        network.posts[0]["user_deleted"] = True
        network.posts[1]["hidden"] = True
        network.unseen |= set(range(3, TIMES + 1))
        return [f"discourse:127.0.0.1/{number + 1}" for number in range(TIMES)]

    return network, {"kind": "discourse", **OFTEN}, delete


def reddit(folder: Path) -> tuple[Network, dict[str, Any], Callable[[], list[str]]]:
    network = Reddit()
    for number in range(TIMES):
        network.write(minutes=minutes(number), title=HEADLINE, selftext=BODY)
    for name, value in (("client_id", "id"), ("client_secret", "hush")):
        (folder / name).write_text(value, encoding="utf-8")

    def delete() -> list[str]:
        first, second, *others = list(network.things)
        network.things[first] |= {"author": "[deleted]", "selftext": "[deleted]"}
        network.things[second]["removed_by_category"] = "moderator"
        for name in others:
            del network.things[name]
        return [f"reddit:t3_{number + 1}" for number in range(TIMES)]

    secrets = {name: {"file": str(folder / name)} for name in ("client_id", "client_secret")}
    return network, {"kind": "reddit", "subreddits": ["news"], **secrets, **OFTEN}, delete


def youtube(_: Path) -> tuple[Network, dict[str, Any], Callable[[], list[str]]]:
    network = Youtube()
    network.published = SystemClock().now()
    videos = [network.upload(HEADLINE) for _ in range(TIMES)]

    def delete() -> list[str]:
        network.statuses = dict.fromkeys(videos, 404)
        return [f"yt:video:{video}" for video in videos]

    return network, {"kind": "youtube", "channel": CHANNEL, **PACE}, delete


@pytest.mark.parametrize(
    "play",
    [
        hacker_news,
        pytest.param(lambda _: lemmy("v3"), id="lemmy v3"),
        pytest.param(lambda _: lemmy("v4"), id="lemmy v4"),
        discourse,
        reddit,
        youtube,
    ],
)
def test_what_a_network_shows_as_deleted_leaves_no_trace(
    tmp_path: Path,
    play: Callable[[Path], tuple[Network, dict[str, Any], Callable[[], list[str]]]],
) -> None:
    network, source, delete = play(tmp_path)

    with served(network) as url:
        at = {"url": url} | ({"api_url": url} if source["kind"] == "reddit" else {})
        with watched(tmp_path, source | at) as run:
            run.until_told()
            run.until_removed(*delete())

    assert traces(tmp_path) == []


def test_a_deleted_account_takes_everything_along(tmp_path: Path) -> None:
    network, source, _ = reddit(tmp_path)
    assert isinstance(network, Reddit)

    with served(network) as url, watched(tmp_path, source | {"url": url, "api_url": url}) as run:
        run.until_told()
        for thing in network.things.values():
            thing["author"] = "[deleted]"
        run.until(lambda: run.store.author("reddit:ann") is None, "the author is there")

    assert traces(tmp_path, [*WORDS, "reddit:ann"]) == []


def test_what_the_hub_of_youtube_pushes_and_takes_back_leaves_no_trace(tmp_path: Path) -> None:
    network = Youtube()
    network.published = SystemClock().now()
    (tmp_path / "hush").write_text("hush", encoding="utf-8")
    pushes = {"callback": "https://bunco.example", "secret": {"file": str(tmp_path / "hush")}}
    source = {"kind": "youtube", "channel": CHANNEL, "allow_private": True, **pushes}

    def push(run_url: str, body: bytes) -> int:
        signature = hmac.new(b"hush", body, hashlib.sha1).hexdigest()
        named = {"X-Hub-Signature": f"sha1={signature}"}
        return httpx.post(f"{run_url}/hooks/watched", content=body, headers=named).status_code

    with served(network) as url:
        at = {"url": url, "hub": f"{url}/subscribe"}
        with watched(tmp_path, source | at) as run:
            run.until(lambda: network.forms, "the hub was not asked")
            for _ in range(TIMES):
                network.upload(HEADLINE)
                assert push(run.url, network.feed(network.videos[-1:])) == 204
            run.until_told()
            for video in network.videos:
                gone = TOMBSTONE.replace(b"video000001", video["id"].encode())
                assert push(run.url, gone) == 204
            run.until_removed(*(f"yt:video:{video['id']}" for video in network.videos))

    assert traces(tmp_path) == []
