"""A real run with its dashboard, on loopback, in a thread of the test."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from bunco import alert_wiring, codec, serving, wiring
from bunco.config import Config, from_tables
from bunco.model import Post
from bunco.ports.stores import Store
from dashboards.access.tokens import hashed
from processors.flow import OnCommit
from tests.builders import a_post

TOKENS = {role: f"bunco_{role}_{'x' * 40}" for role in ("pusher", "viewer", "reviewer", "admin")}
PASSWORD = "correct horse battery"  # noqa: S105  # of a test
ACCOUNTS: dict[str, Any] = {
    "tokens": [
        {"name": role, "role": role, "token_hash": hashed(token)} for role, token in TOKENS.items()
    ],
}


class House:
    """Where it is, and what is in it."""

    def __init__(self, url: str, store: Store, source: Path) -> None:
        self.url = url
        self.store = store
        self.source = source

    def asking(self, role: str = "", **more: Any) -> httpx.Client:
        """Give a client, with the token of a role."""
        headers = {"Authorization": f"Bearer {TOKENS[role]}"} if role else {}
        return httpx.Client(
            base_url=self.url,
            headers=headers | more.pop("headers", {}),
            timeout=20,
            verify=False,  # noqa: S501  # plain http; reading certificates takes long
            **more,
        )


def configured(
    folder: Path, dashboard: dict[str, Any], more: dict[str, Any] | None = None
) -> Config:
    """Give the configuration of a house: a memory store, one source that never ends."""
    source = folder / "posts.jsonl"
    source.touch()
    tables = {
        "store": {"kind": "memory"},
        "source": [
            {
                "name": "file",
                "kind": "jsonl",
                "path": str(source),
                "follow": True,
                "follow_every": "50ms",
            }
        ],
        "pipeline": {"batch_wait": "20ms"},
        "dashboard": {"port": 0, **dashboard},
        **(more or {}),
    }
    return from_tables(tables, where="test", environment={})


@contextmanager
def house(
    folder: Path, *, with_pages: bool = False, more: dict[str, Any] | None = None, **dashboard: Any
) -> Iterator[House]:
    """Run a bunco with its dashboard, and alerts if it has any, while the block runs."""
    config = configured(folder, dashboard, more)
    ready, found, loops = threading.Event(), [], []

    @asynccontextmanager
    async def beside(running: wiring.Running) -> AsyncIterator[OnCommit]:
        said: list[str] = []
        serve = alert_wiring.beside(
            config, serving.beside(config, said.append, with_pages=with_pages)
        )
        async with serve(running) as on_commit:
            url = said[0].split()[-1].rstrip(".")
            found.append(House(url, running.store, folder / "posts.jsonl"))
            ready.set()
            yield on_commit

    async def run() -> None:
        stop = asyncio.Event()
        loops.append((asyncio.get_running_loop(), stop))
        try:
            await wiring.run(config, stop=stop, on_step=lambda _: None, beside=beside)
        finally:
            ready.set()

    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    try:
        assert ready.wait(30)
        assert found, "it did not start"
        yield found[0]
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        assert not thread.is_alive(), "it did not stop"


def repeats(count: int = 6, **changes: Any) -> list[Post]:
    """Give the same sensational headline again and again, by one author."""
    author = changes.pop("author", "web:deals.example")
    return [
        a_post(
            timedelta(minutes=number),
            id=f"{author}/{number}",
            author=author,
            author_name="Daily Deals",
            title="You won't BELIEVE this one weird trick that doctors hate",
            source="",
            place=f"r/place{number % 3}",
            url=f"https://deals.example/{number}",
            **changes,
        )
        for number in range(count)
    ]


def as_json(posts: list[Post]) -> bytes:
    """Give posts as the body of a request."""
    return b"[" + b",".join(codec.encode(one) for one in posts) + b"]"


def push(client: httpx.Client, posts: list[Post]) -> httpx.Response:
    """Bring posts in."""
    return client.post(
        "/api/v1/posts", content=as_json(posts), headers={"Content-Type": "application/json"}
    )
