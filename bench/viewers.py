"""Measure fifty viewers beside a run: how late events come, and what they cost the pipeline.

    python -m bench.viewers [--viewers 50] [--rate 200] [--seconds 60] [--rounds 3]

1. Lateness: ``bunco run`` follows a growing file, looked at every 50 ms; a post is stamped when it
   is appended. Viewers follow ``/api/v1/events`` from a process of their own; an event is as late
   as it comes after the latest post of its finding. Simulated posts, all at one time: far more of
   them lead to findings than in life.
2. Throughput: ``bunco replay --serve`` plays a file as fast as it goes, without viewers and with
   them, in turns; the same number of viewers, asking for the same.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bunco import codec
from bunco.clock import SystemClock
from bunco.model import Post
from bunco.simulation.plan import Plan
from bunco.simulation.stream import simulate

_APPEND_EVERY_S = 0.02
_LAST_AT = re.compile(rb'"last_at":"([^"]+)"')
_ENVIRONMENT = os.environ | {"BUNCO_DASHBOARD__ENABLED": "true", "BUNCO_DASHBOARD__PORT": "0"}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=50)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--posts", type=int, default=40_000)
    parser.add_argument("--look", metavar="URL", help="be the viewers, until standard input ends")
    asked = parser.parse_args()
    if asked.look:
        asyncio.run(_look(asked.look, asked.viewers))
        return
    with tempfile.TemporaryDirectory(prefix="bunco-viewers-") as folder:
        _lateness(Path(folder), asked.viewers, asked.rate, asked.seconds)
        _throughput(Path(folder), asked.viewers, asked.posts, asked.rounds)


def _posts(count: int) -> Iterator[Post]:
    plan = Plan(seed=1, days=18, posts=count, authors=max(60, count // 20), late_percent=0)
    return (told.item for told in simulate(plan) if isinstance(told.item, Post))


def _lateness(folder: Path, viewers: int, rate: int, seconds: float) -> None:
    """Append posts at a steady rate, without viewers and with them; tell how it went."""
    for looking in (0, viewers):
        posts = folder / f"growing{looking}.jsonl"
        posts.touch()
        config = folder / "bunco.toml"
        config.write_text(
            f'[store]\npath = "{folder}/run{looking}.db"\n[[source]]\nname = "file"\n'
            f'kind = "jsonl"\npath = "{posts}"\nfollow = true\nfollow_every = "50ms"\n',
            encoding="utf-8",
        )
        with _bunco("run", "--config", str(config)) as (process, url):
            before = _cpu_s(process.pid)
            with _looking(url, looking) as seen:
                appended = _append(posts, rate, seconds)
                time.sleep(2)
            cpu = _cpu_s(process.pid) - before
            with urllib.request.urlopen(f"{url}/api/v1/stats") as answer:  # noqa: S310  # ours
                stored = json.load(answer)["posts"]
        print(f"{looking} viewers, {appended / seconds:.0f} posts/s for {seconds:.0f} s")
        print(f"  {stored:,} of {appended:,} posts stored 2 s after the last")
        print(f"  processor time of the run: {cpu / seconds:.1%} of a core")
        if looking:
            _tell(seen["told"], looking, seconds)


def _tell(told: dict[str, Any], viewers: int, seconds: float) -> None:
    late = sorted(told["late_s"])
    cuts = statistics.quantiles(late, n=100)
    print(f"  events seen: {told['events']:,} ({told['events'] / viewers / seconds:.1f}/s each)")
    print(f"  least and most of a viewer: {min(told['each']):,} and {max(told['each']):,}")
    print(f"  late by: median {cuts[49]:.3f} s, p95 {cuts[94]:.3f} s, most {late[-1]:.3f} s")


def _throughput(folder: Path, viewers: int, count: int, rounds: int) -> None:
    file = folder / "fixed.jsonl"
    with file.open("wb") as lines:
        for post in _posts(count):
            lines.write(codec.encode(post) + b"\n")
    rates: dict[int, list[tuple[float, float]]] = {0: [], viewers: []}
    for number in range(rounds):
        for looking in (0, viewers) if number % 2 == 0 else (viewers, 0):
            rate, cpu = _replayed(folder, file, looking)
            rates[looking].append((rate, count / cpu))
            told = f"{rate:,.0f} posts/s, {count / cpu:,.0f} a second of its processor time"
            print(f"  replay with {looking} viewers: {told}", flush=True)
    for place, what in enumerate(("posts/s", "posts a second of processor time")):
        without, beside = (
            statistics.median(one[place] for one in rates[looking]) for looking in (0, viewers)
        )
        told = f"{without:,.0f} alone, {beside:,.0f} beside {viewers} viewers"
        print(f"{what}: {told} ({beside / without - 1:+.1%})")


def _replayed(folder: Path, file: Path, viewers: int) -> tuple[float, float]:
    """Give the rate, and the processor time from the first viewer to the last post."""
    store = folder / f"{time.monotonic_ns()}.db"
    # Viewers are there before the first post: the replay waits for its standard input.
    words = ("replay", "-", "--store", str(store), "--serve")
    with _bunco(*words, stdin=subprocess.PIPE) as (process, url), _looking(url, viewers):
        assert process.stdin
        before = _cpu_s(process.pid)
        with file.open("rb") as lines:
            while block := lines.read(1 << 20):
                process.stdin.write(block.decode())
        process.stdin.close()
        began = time.monotonic()
        for line in process.stderr or ():
            if "stays until" in line:
                break
        assert time.monotonic() - began < 600
        cpu = _cpu_s(process.pid) - before
        process.send_signal(signal.SIGINT)
        said = process.stderr.read() if process.stderr else ""
    found = re.search(r"([\d,]+) posts/s", said)
    assert found, said
    return float(found[1].replace(",", "")), cpu


@contextmanager
def _bunco(*words: str, stdin: int | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run a command that serves the dashboard; give where."""
    command = [sys.executable, "-m", "bunco", *words]
    with subprocess.Popen(  # noqa: S603  # ours
        command, env=_ENVIRONMENT, stdin=stdin, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stderr or ():
                if found := re.search(r"http://\S+:\d+", line):
                    yield process, found[0]
                    break
        finally:
            process.kill()


@contextmanager
def _looking(url: str, viewers: int) -> Iterator[dict[str, Any]]:
    """Let viewers look on, in a process of their own; ``told`` is there at the end."""
    seen: dict[str, Any] = {}
    if not viewers:
        yield seen
        return
    command = [sys.executable, "-m", "bench.viewers", "--look", url, "--viewers", str(viewers)]
    with subprocess.Popen(  # noqa: S603  # ours
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "looking\n"
        yield seen
        process.stdin.close()
        seen["told"] = json.loads(process.stdout.read())


async def _look(url: str, viewers: int) -> None:
    late: list[float] = []
    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(_viewer(url, late, ready)) for _ in range(viewers)]
    for _ in tasks:
        await ready.acquire()
    print("looking", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    for task in tasks:
        task.cancel()
    each = await asyncio.gather(*tasks)
    print(
        json.dumps(
            {"late_s": late[:: max(1, len(late) // 500_000)], "events": sum(each), "each": each}
        )
    )


async def _viewer(url: str, late: list[float], ready: asyncio.Semaphore) -> int:
    """Follow live events with as little work as may be; give how many came."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1 << 24)
    request = f"GET /api/v1/events HTTP/1.1\r\nHost: {host}\r\nAccept: text/event-stream\r\n\r\n"
    writer.write(request.encode())
    clock, count = SystemClock(), 0
    try:
        while line := await reader.readline():
            if line.startswith(b"data: "):
                found = _LAST_AT.search(line)
                count += 1
                if found:
                    at = datetime.fromisoformat(found[1].decode())
                    late.append((clock.now() - at).total_seconds())
            elif line.startswith(b": nothing new"):
                ready.release()
    except asyncio.CancelledError:
        pass
    finally:
        writer.close()
    return count


def _append(path: Path, rate: int, seconds: float) -> int:
    """Append posts at that rate, each stamped as it is written; give how many."""
    posts = iter([*_posts(int(rate * (seconds + 1)))])
    clock, began, count = SystemClock(), time.monotonic(), 0
    with path.open("ab", buffering=0) as file:
        while (elapsed := time.monotonic() - began) < seconds:
            due = int(rate * elapsed) - count
            now = clock.now()
            lines = [codec.encode(replace(post, posted_at=now)) for post in islice(posts, due)]
            if lines:
                file.write(b"\n".join(lines) + b"\n")
            count += len(lines)
            time.sleep(_APPEND_EVERY_S)
    return count


def _cpu_s(pid: int) -> float:
    """Give the processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
