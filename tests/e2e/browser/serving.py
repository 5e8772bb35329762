"""A real ``bunco run`` with its dashboard, over made-up posts that end just now."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from bunco import codec
from bunco.clock import SystemClock
from bunco.model import Item, Post, Removal
from bunco.simulation.plan import DEMO, Plan
from bunco.simulation.stream import simulate

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
BROKEN = "broken feed"
"""The name of a source that cannot be read."""

_PATIENCE_S = 60

_CONFIG = """
[store]
path = "{folder}/bunco.db"

[dashboard]
port = 0

[pipeline]
batch_wait = "50ms"

{sources}
[[source]]
name = "{broken}"
kind = "rss"
url = "http://127.0.0.1:9/feed.xml"
allow_private = true

[detectors.repeats]
min_count = 3
[detectors.bursts]
[detectors.crossposts]
"""

_SOURCE = """
[[source]]
name = "{name}"
kind = "jsonl"
path = "{folder}/{name}.jsonl"
follow = true
follow_every = "50ms"
"""


class Running(Struct, frozen=True):
    """A dashboard that runs."""

    address: str
    folder: Path
    known: dict[str, str]
    """What tests found out: where a loud author is, and the like."""

    def plant(self, *items: Item) -> None:
        """Let something be published: a running source reads it."""
        for item in items:
            with (self.folder / f"{item_source(item)}.jsonl").open("ab") as file:
                file.write(codec.encode(item) + b"\n")


@contextmanager
def served(
    folder: Path,
    posts: Iterable[Item],
    *,
    fed: Iterable[Item] = (),
    a_second: int = 20,
    more: str = "",
) -> Iterator[Running]:
    """Serve a dashboard until the block ends.

    Args:
        folder: for its files.
        posts: what has been published by then.
        fed: what is published meanwhile.
        a_second: how many of those.
        more: stands at the end of the configuration.
    """
    published = list(posts)
    names = sorted({item_source(item) for item in published} | {"feeds"})
    for name in names:
        lines = [codec.encode(item) + b"\n" for item in published if item_source(item) == name]
        (folder / f"{name}.jsonl").write_bytes(b"".join(lines))
    sources = "".join(_SOURCE.format(name=name, folder=folder) for name in names)
    (folder / "bunco.toml").write_text(
        _CONFIG.format(folder=folder, broken=BROKEN, sources=sources) + more, encoding="utf-8"
    )
    command = [sys.executable, "-m", "bunco", "run", "--config", str(folder / "bunco.toml")]
    log = folder / "run.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, stdout=out, stderr=out, env={**os.environ, "COLUMNS": "200"}
        )
    stop = threading.Event()
    try:
        running = Running(_address(process, log), folder, {})
        feeding = threading.Thread(target=_feed, args=(running, list(fed), a_second, stop))
        feeding.start()
        yield running
    finally:
        stop.set()
        process.send_signal(signal.SIGINT)
        process.wait(_PATIENCE_S)


def item_source(item: Item) -> str:
    """Give the name of the source that an item comes from."""
    return (item.source if isinstance(item, Post | Removal) else "") or "feeds"


def demo(plan: Plan = DEMO, *, until: datetime | None = None) -> list[Post]:
    """Give the demo's posts, moved so that the last was published just now."""
    posts = [told.item for told in simulate(plan) if isinstance(told.item, Post)]
    end = until or SystemClock().now() - timedelta(seconds=20)
    by = end - max(post.posted_at for post in posts)
    return [
        replace(
            post,
            posted_at=post.posted_at + by,
            seen_at=None if post.seen_at is None else post.seen_at + by,
        )
        for post in posts
    ]


def _feed(running: Running, items: list[Item], a_second: int, stop: threading.Event) -> None:
    clock = SystemClock()
    for number, item in enumerate(items):
        if stop.wait(1 / a_second):
            return
        now = clock.now()
        posted = (
            replace(item, posted_at=now, id=f"{item.id}-{number}")
            if isinstance(item, Post)
            else item
        )
        running.plant(posted)


def _address(process: "subprocess.Popen[bytes]", log: Path) -> str:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end and process.poll() is None:
        if found := ADDRESS.search(log.read_text(errors="replace")):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no dashboard: {log.read_text(errors='replace')}")
