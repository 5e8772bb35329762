"""Measure how far ``bunco run`` lags behind a Jetstream at a steady rate, on one core.

    python -m bench.jetstream [--rate 2000] [--seconds 60] [--core 1]

A server in a process of its own sends posts (a third with a link card, one in six a reply),
reposts, deletions and words on handles, in about the shares of the network. ``bunco run``
reads them pinned to one core, with pipeline and store, without the dashboard. Ten times a
second the store is asked for the cursor: the lag is the present less the time of the newest
event that is committed, so it holds every stage; just before a commit it is the whole delay
of the oldest event in it.
"""

import argparse
import asyncio
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random
from string import ascii_lowercase
from typing import Any, TypeAlias

import msgspec
from aiohttp import web
from msgspec import Struct

from bunco import wiring
from bunco.clock import SystemClock
from bunco.ports.stores import Store
from ingest.bluesky import position
from ingest.bluesky.event import microseconds

_TICK_S = 0.01
_LOOK_EVERY_S = 0.1
_WARM_UP_S = 5.0
_ACCOUNTS, _BUSY_ACCOUNTS = 60_000, 500
_WORDS = 6_000
_POST, _REPOST = "app.bsky.feed.post", "app.bsky.feed.repost"
Record: TypeAlias = dict[str, Any] | None
_US, _CREATED = b"9999999999999999", b"CREATED"
"""What stands for the times of an event until it is sent."""


class Script:
    """Make events; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)  # noqa: S311  # a script, no secret
        self._words = ["".join(self._dice.choices(ascii_lowercase, k=5)) for _ in range(_WORDS)]
        self._posts: list[tuple[str, str]] = []
        """Account and key of each so far."""

    def event(self, number: int) -> bytes:
        """Give one event but for its times."""
        who, key = f"did:plc:{self._account():024}", f"k{number}"
        share = self._dice.random()
        if share < 0.60 or not self._posts:
            self._posts.append((who, key))
            return _commit(who, key, "create", _POST, self._record())
        if share < 0.92:
            return _commit(who, key, "create", _REPOST, {"subject": self._ref()})
        if share < 0.96:
            return _commit(*self._dice.choice(self._posts), "delete", _POST, None)
        handle = {"did": who, "handle": f"{self._line(1)}.bsky.social", "seq": number}
        return _event(who, "identity", handle)

    def _account(self) -> int:
        """Give an account: some hundred make a tenth of all events."""
        most = _BUSY_ACCOUNTS if self._dice.random() < 0.1 else _ACCOUNTS
        return self._dice.randrange(most)

    def _record(self) -> dict[str, Any]:
        record: dict[str, Any] = {"text": self._line(self._dice.randint(4, 40)), "langs": ["en"]}
        if self._dice.random() < 0.33:
            uri = f"https://{self._line(1)}.example.org/{self._line(1)}"
            card = {"uri": uri, "title": self._line(9).capitalize(), "description": self._line(20)}
            record["embed"] = {"$type": "app.bsky.embed.external", "external": card}
            feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
            record["facets"] = [{"index": {"byteStart": 0, "byteEnd": 9}, "features": [feature]}]
        elif self._dice.random() < 0.25 and self._posts:
            record["reply"] = {"parent": self._ref(), "root": self._ref()}
        return record

    def _ref(self) -> dict[str, str]:
        who, key = self._dice.choice(self._posts)
        return {"cid": "bafyreigx" + "0" * 50, "uri": f"at://{who}/{_POST}/{key}"}

    def _line(self, words: int) -> str:
        return " ".join(self._dice.choices(self._words, k=words))


def _commit(who: str, key: str, operation: str, collection: str, record: Record) -> bytes:
    told: dict[str, Any] = {
        "rev": f"r{key}",
        "operation": operation,
        "collection": collection,
        "rkey": key,
    }
    if record is not None:
        told["record"] = {"$type": collection, "createdAt": _CREATED.decode()} | record
        told["cid"] = "bafyreigx" + "0" * 50
    return _event(who, "commit", told)


def _event(who: str, kind: str, told: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"did": who, "time_us": int(_US), "kind": kind, kind: told})


def serve(port: int, rate: float, count: int, ready: Event) -> None:
    """Serve events to whoever connects, at a steady rate; the body of a process."""
    script = Script(1)
    made = [script.event(number) for number in range(count)]

    async def subscribe(request: web.BaseRequest) -> web.StreamResponse:
        with suppress(ConnectionError):
            await told(request)
        return web.Response()

    async def told(request: web.BaseRequest) -> None:
        response = web.WebSocketResponse()
        await response.prepare(request)
        began, sent = time.monotonic(), 0
        while sent < count:
            await asyncio.sleep(_TICK_S)
            due = min(int((time.monotonic() - began) * rate), count)
            now = SystemClock().now()
            created = now.isoformat().encode()
            now_us = b"%016d" % microseconds(now)
            for event in made[sent:due]:
                told = event.replace(_US, now_us, 1).replace(_CREATED, created, 1)
                await response.send_str(told.decode())
            sent = due
        await asyncio.Event().wait()

    async def run() -> None:
        runner = web.ServerRunner(web.Server(subscribe))
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        ready.set()
        await asyncio.Event().wait()

    asyncio.run(run())


@contextmanager
def server(port: int, rate: float, count: int, core: int) -> Iterator[None]:
    """Run the server for the block, on one core."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    process = context.Process(target=serve, args=(port, rate, count, ready), daemon=True)
    process.start()
    os.sched_setaffinity(process.pid or 0, {core})
    try:
        if not ready.wait(120):
            raise TimeoutError("the server did not start")
        yield
    finally:
        process.terminate()
        process.join()


@contextmanager
def bunco(folder: Path, port: int, core: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``bunco run`` for the block, pinned to one core."""
    (folder / "bunco.toml").write_text(
        f'[store]\npath = "{folder}/jet.db"\n[dashboard]\nenabled = false\n'
        f'[[source]]\nname = "jet"\nkind = "bluesky"\nhosts = ["ws://127.0.0.1:{port}"]\n'
        "allow_private = true\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "bunco", "run", "--config", str(folder / "bunco.toml")]
    with (folder / "said").open("wb") as said:
        running = subprocess.Popen(command, stderr=said, stdout=said, cwd=folder)  # noqa: S603  # ours
        os.sched_setaffinity(running.pid, {core})
        try:
            yield running
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(30)


class Watched(Struct):
    """What was seen of a run."""

    lags: list[float]
    """Seconds, ten a second."""
    cpu_s: float
    wall_s: float
    events: int
    """Those whose effect is in the store, by the cursor."""
    memory_mib: int
    """The most it held."""


def watch(store: Store, pid: int, seconds: float, rate: float) -> Watched:
    """Look at a run for so long, after a warm-up."""
    while not _cursor_us(store):
        time.sleep(_LOOK_EVERY_S)
    time.sleep(_WARM_UP_S)
    lags: list[float] = []
    began, cpu = time.monotonic(), _cpu_seconds(pid)
    reached_us = _cursor_us(store)
    while time.monotonic() - began < seconds:
        time.sleep(_LOOK_EVERY_S)
        cursor_us = _cursor_us(store)
        lags.append((microseconds(SystemClock().now()) - cursor_us) / 1_000_000)
    return Watched(
        lags=lags,
        cpu_s=_cpu_seconds(pid) - cpu,
        wall_s=time.monotonic() - began,
        events=int((_cursor_us(store) - reached_us) / 1_000_000 * rate),
        memory_mib=_memory_mib(pid),
    )


def _cursor_us(store: Store) -> int:
    state = store.source_states().get("jet")
    return position.decode(state.cursor).time_us if state else 0


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=2000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--core", type=int, default=1)
    parser.add_argument("--port", type=int, default=8699)
    given = parser.parse_args()
    count = int(given.rate * (given.seconds + 2 * _WARM_UP_S))
    print(f"load before: {os.getloadavg()[0]:.2f}")
    with (
        tempfile.TemporaryDirectory() as folder,
        server(given.port, given.rate, count, 1 - given.core if os.cpu_count() == 2 else 0),
        bunco(Path(folder), given.port, given.core) as running,
    ):
        path = Path(folder) / "jet.db"
        while not path.exists():
            time.sleep(_LOOK_EVERY_S)
        time.sleep(1)
        store = wiring.open_store_at(str(path))
        found = watch(store, running.pid, given.seconds, given.rate)
        store.close()
    lags = sorted(found.lags)
    print(
        f"{given.rate:g} events/s for {found.wall_s:.0f} s, {found.events:,} came to an end: lag "
        f"median {statistics.median(lags):.2f} s, 95 % {lags[int(0.95 * len(lags))]:.2f} s, "
        f"99 % {lags[int(0.99 * len(lags))]:.2f} s, most {lags[-1]:.2f} s; "
        f"{found.cpu_s / found.wall_s:.0%} of one core, {found.cpu_s / found.events * 1e6:.0f} µs "
        f"an event; {found.memory_mib} MiB; load after: {os.getloadavg()[0]:.2f}"
    )


if __name__ == "__main__":
    main()
