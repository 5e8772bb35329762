"""Run one source of each kind against servers of our own, all at once, and compare what came.

    python -m bench.all_sources [--minutes 10] [--per-minute 120] [--seed 1]

Every network publishes posts at its own moments, removes some, and is in trouble again and
again: it answers 429, 500 and 503, garbage, half an answer, or breaks a stream off. Meanwhile
``bunco run`` is killed once (SIGKILL) and started anew. At the end what is stored is compared
with what was published, and the health of the sources is shown.
"""

import argparse
import asyncio
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.all_sources.asked import (
    DiscourseWorld,
    FeedWorld,
    HackerNewsWorld,
    LemmyWorld,
    RedditWorld,
    YoutubeWorld,
)
from bench.all_sources.pushed import FileWorld, KafkaWorld, MailWorld, WebhookWorld
from bench.all_sources.streams import JetstreamWorld, MastodonWorld, NostrWorld
from bench.all_sources.world import World
from bunco import wiring
from bunco.config import read

WORLDS: tuple[type[World], ...] = (
    FeedWorld,
    HackerNewsWorld,
    LemmyWorld,
    DiscourseWorld,
    RedditWorld,
    YoutubeWorld,
    JetstreamWorld,
    MastodonWorld,
    NostrWorld,
    MailWorld,
    WebhookWorld,
    KafkaWorld,
    FileWorld,
)
_TROUBLE_EVERY_S = 90.0
_SETTLE_S = 240.0
"""How long all may take to come after the last post: who failed last waits for a while."""
_SHOWN = 5


async def main() -> None:
    """Run, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--per-minute", type=float, default=120.0, help="posts of each source")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bunco-all-sources-") as folder:
        worlds = [make(Random(f"{asked.seed} {make.kind}")) for make in WORLDS]  # noqa: S311  # no secret
        async with AsyncExitStack() as stack:
            for world in worlds:
                world.folder = Path(folder)
            tables = {world.kind: await world.open(stack) for world in worlds}
            port = next(world.port for world in worlds if isinstance(world, WebhookWorld))
            config = _written(Path(folder), tables, port)
            await _lived(config, worlds, asked.minutes * 60, asked.per_minute / 60)
        _compare(config, worlds)


def _written(folder: Path, tables: dict[str, dict[str, Any]], port: int) -> Path:
    said = f"[store]\npath = {json.dumps(str(folder / 'all.db'))}\n[dashboard]\nport = {port}\n"
    for kind, options in tables.items():
        said += f'\n[[source]]\nname = "{kind}"\nkind = "{kind}"\n'
        said += "".join(f"{key} = {_value(value)}\n" for key, value in options.items())
    config = folder / "bunco.toml"
    config.write_text(said, encoding="utf-8")
    return config


def _value(value: object) -> str:
    """Give a value in TOML."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(one)}" for key, one in value.items()) + " }"
    return json.dumps(value)


async def _lived(config: Path, worlds: Sequence[World], seconds: float, rate: float) -> None:
    """Let all worlds publish while ``bunco run`` reads them; kill it once in the midst."""
    running = _run(config)
    try:
        publishing = [asyncio.create_task(_published(one, seconds, rate)) for one in worlds]
        await asyncio.sleep(seconds / 2)
        print(f"memory after half the time: {_mib(running.pid):.0f} MiB; killed", flush=True)
        running.kill()
        running.wait()
        running = _run(config)
        await asyncio.gather(*publishing)
        await _settled(config, worlds)
        print(f"memory at the end: {_mib(running.pid):.0f} MiB", flush=True)
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=30)


def _run(config: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(  # noqa: S603  # our own program
        [sys.executable, "-m", "bunco", "run", "--config", str(config)],
        stderr=config.with_suffix(".log").open("ab"),
        stdout=subprocess.DEVNULL,
    )


async def _published(world: World, seconds: float, rate: float) -> None:
    """Publish at moments of its own, as many as the rate says; be in trouble again and again."""
    began = time.monotonic()
    trouble = began + world.chance.uniform(0, _TROUBLE_EVERY_S)
    while time.monotonic() < began + seconds:
        await asyncio.sleep(world.chance.expovariate(rate))
        await world.write()
        if time.monotonic() > trouble:
            await world.trouble()
            trouble = time.monotonic() + world.chance.uniform(0, 2 * _TROUBLE_EVERY_S)


async def _settled(config: Path, worlds: Sequence[World]) -> None:
    """Wait until all is there that is to be, or the time is over."""
    deadline = time.monotonic() + _SETTLE_S
    while time.monotonic() < deadline:
        stored = await asyncio.to_thread(_stored, config)
        if not any(map(any, (_wrong(world, stored) for world in worlds))):
            return
        await asyncio.sleep(1)


def _stored(config: Path) -> dict[str, list[str]]:
    """Give the ids of the posts of each source that are in the store."""
    found = defaultdict(list)
    store = wiring.open_store(read(config))
    try:
        for posts in store.walk():
            for post in posts:
                found[post.source].append(post.id)
    finally:
        store.close()
    return found


def _wrong(world: World, stored: dict[str, list[str]]) -> tuple[set[str], list[str]]:
    """Give what is missing of a network, and what is there that should not be, or twice."""
    missing, more = set(world.there), []
    for post in stored.get(world.kind, []):
        end = next((end for end in world.ends(post) if end in missing), "")
        if end:
            missing.remove(end)
        else:
            more.append(post)
    return missing, more


def _compare(config: Path, worlds: Sequence[World]) -> None:
    """Print what was published and what is there, then the health of the sources."""
    stored = _stored(config)
    told = Table("source", "published", "removed", "in the store", "faults", "missing", "too many")
    wrong = 0
    for world in worlds:
        missing, more = _wrong(world, stored)
        wrong += bool(missing or more)
        numbers = [world.written, world.written - len(world.there), len(stored[world.kind])]
        numbers += [world.troubles, len(missing), len(more)]
        told.add_row(world.kind, *(f"{one:,}" for one in numbers))
        if missing or more:
            print(world.kind, "missing", sorted(missing)[:_SHOWN], "too many", more[:_SHOWN])
    Console(width=100).print(told)
    subprocess.run(  # noqa: S603  # our own program
        [sys.executable, "-m", "bunco", "sources", "--config", str(config)], check=True
    )
    raise SystemExit(1 if wrong else 0)


def _mib(pid: int) -> float:
    """Give the resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / (1 << 20)


if __name__ == "__main__":
    asyncio.run(main())
