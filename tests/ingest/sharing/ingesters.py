"""Ingesters for tests: in this process with sources in the test's hand, or as a command."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bunco import codec
from bunco.clock import SystemClock
from bunco.model import Delivery, Post, SourceState
from bunco.options import IngestOptions, KafkaOptions
from bunco.ports.sources import Source
from bunco.values import Duration
from ingest.sharing.holding import SharedSource
from ingest.sharing.ingester import Progress, Setting, run_ingest
from tests.builders import a_post
from tests.ingest.sharing.stream import Stream

SESSION = Duration(seconds=6)
"""The shortest that a broker allows by default."""


class Endless:
    """A source that gives a post now and then and counts how often it was broken off."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.readings = 0
        self.cursors: list[bytes] = []
        self.broken_off = 0

    async def read(self, cursor: bytes) -> Delivery:
        """Give a post after a moment."""
        self.cursors.append(cursor)
        try:
            await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            self.broken_off += 1
            raise
        self.readings += 1
        number = int(cursor or b"0") + 1
        post = a_post(id=f"test:{self.name}/{number}", author=f"test:{self.name}")
        return Delivery(source=self.name, items=(post,), cursor=b"%d" % number)

    async def close(self) -> None:
        """Do nothing."""


class Listed:
    """A source that gives its deliveries in turn, then ends; its cursor counts them."""

    def __init__(self, name: str, *deliveries: Sequence[Post]) -> None:
        self.name = name
        self.deliveries = deliveries

    async def read(self, cursor: bytes) -> Delivery:
        """Give the next delivery."""
        at = int(cursor or b"0")
        if at == len(self.deliveries):
            return Delivery(source=self.name, items=(), cursor=cursor, ended=True)
        posts = tuple(self.deliveries[at])
        return Delivery(source=self.name, items=posts, cursor=b"%d" % (at + 1))

    async def close(self) -> None:
        """Do nothing."""


def as_they_were(states: Mapping[str, SourceState]) -> Mapping[str, SourceState]:
    """Go on with states as they were."""
    return states


def setting(kafka: KafkaOptions, *, until_ended: bool = False) -> Setting:
    """Give the usual setting of a test."""
    return Setting(
        kafka=kafka,
        ingest=IngestOptions(session_timeout=SESSION, record_wait=Duration(milliseconds=20)),
        most_items=8000,
        most_at_once=32,
        until_ended=until_ended,
    )


async def ingesting(
    kafka: KafkaOptions,
    sources: Mapping[str, Source],
    *,
    stop: asyncio.Event | None = None,
    hosts: Mapping[str, str] | None = None,
    on_step: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Run an ingester until the stop; without one, until its sources have ended."""
    hosts = hosts or {}
    return await run_ingest(
        {name: SharedSource(made, hosts.get(name, name)) for name, made in sources.items()},
        as_they_were,
        setting(kafka, until_ended=stop is None),
        SystemClock(),
        stop=stop or asyncio.Event(),
        on_step=on_step,
    )


def write_files(folder: Path, names: list[str], posts: int) -> set[str]:
    """Write a file of posts for each name; give the ids of all."""
    ids = set()
    for name in names:
        lines = []
        for number in range(posts):
            post = a_post(id=f"test:{name}/{number}", author=f"test:{name}-{number % 7}")
            lines.append(codec.encode(post))
            ids.add(post.id)
        (folder / f"{name}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    return ids


def write_config(folder: Path, stream: Stream, names: list[str]) -> Path:
    """Write the configuration that reads those files into the stream."""
    options = stream.options
    tables = [
        f'[[source]]\nname = "{name}"\nkind = "jsonl"\nchunk_items = 200\n'
        f'path = "{folder}/{name}.jsonl"\n'
        for name in names
    ]
    path = folder / "bunco.toml"
    path.write_text(
        "".join(tables)
        + f'[kafka]\nbootstrap = ["{options.bootstrap[0]}"]\nprefix = "{options.prefix}"\n'
        + f'[ingest]\nsession_timeout = "{SESSION.seconds}s"\nrecord_wait = "20ms"\n'
    )
    return path


class Command:
    """A ``bunco ingest`` in a process of its own."""

    def __init__(self, config: Path, *options: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bunco", "ingest", "--config", str(config), *options],
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill(self) -> None:
        """End it as a crash would."""
        self._process.kill()
        self._process.communicate(timeout=10)

    def stop(self) -> str:
        """Stop it in order; give what it said."""
        self._process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self, seconds: float = 60) -> str:
        """Wait until it ends well; give what it said."""
        _, said = self._process.communicate(timeout=seconds)
        assert self._process.returncode == 0, said
        return said

    def wait_for_posts(self, stream: Stream, least: int) -> None:
        """Wait until it has written so many records of posts."""
        deadline = time.monotonic() + 30
        while stream.written("posts") < least:
            assert self._process.poll() is None, self._process.communicate()[1]
            assert time.monotonic() < deadline
