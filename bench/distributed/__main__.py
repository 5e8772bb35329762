"""Measure a processor from Kafka to findings in Kafka, next to a plain Faust agent's count.

    python -m bench.distributed [--posts 200000] [--authors 20000] [--kafka HOST:PORT]

One run, the same posts for all, all waiting in Kafka: bunco's processor (records of 250 posts,
as the ingester writes them), the plain Faust agent and quixstreams (a record a post). What
counts is posts a second of processor time (user and system, of the worker's process), as
others may use the machine meanwhile. Needs Kafka: that of --kafka, else its own is started.
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bench.distributed.filling import RECORD_ITEMS, drop_topics, make_topics
from bench.distributed.trials import Ended, Measured, Place, Posts, trial
from bunco.simulation.plan import Plan
from bunco.simulation.writing import write
from bunco.streams import names
from tests.e2e.distributed.running import Running
from tests.e2e.distributed.stack import Given, Stack
from tests.services.servers import KafkaServer

PARTITIONS = 2
_FIRST_RATIO = 0.05
_QUIX = "quixstreams==3.28.1"
_PATIENT = {"PROCESS__SESSION_TIMEOUT": "29s"}
"""The workers stand still while the topic is filled."""


def main() -> None:
    """Measure all, print the table, write the JSON."""
    options = _options()
    with tempfile.TemporaryDirectory() as made, _kafka(options.kafka, Path(made)) as address:
        folder = Path(made)
        posts = _posts(folder, options)
        print(
            f"{posts.count:,} simulated posts of {options.authors:,} authors on {PARTITIONS}"
            f" partitions, {os.cpu_count()} cores\n"
        )
        done: list[Measured] = []

        def tell(measured: Measured) -> None:
            done.append(measured)
            print(_line(measured), flush=True)

        findings = _bunco(address, folder / "one", posts, tell)
        _bunco(address, folder / "two", posts, tell, workers=2)
        _plain(address, folder / "plain", posts, tell)
        skipped = _quix(address, folder / "quix", posts, tell)
        shares = _profiled(address, folder / "profile", posts)
    _report(done, findings, skipped, shares)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    told = {"measured": msgspec.to_builtins(done), "findings": findings, "phases": shares}
    options.json.write_text(json.dumps(told, indent=2), encoding="utf-8")


def _bunco(address: str, folder: Path, posts: Posts, tell: Any, workers: int = 1) -> int:  # noqa: ANN401
    """Measure bunco's processor; give how many records of findings it wrote."""
    with _stack(address, folder, posts) as stack:
        started = [
            stack.start("process", f"worker{number}", **_PATIENT) for number in range(workers)
        ]
        name = "bunco process" if workers == 1 else f"bunco process × {workers}"
        tell(trial(name, _place(stack), posts, [one.process for one in started]))
        with stack.view() as view:
            return sum(view.ends(view.topic("findings")).values())


def _plain(address: str, folder: Path, posts: Posts, tell: Any) -> None:  # noqa: ANN401
    command = [sys.executable, "-m", "bench.distributed.plain_faust"]
    with _single(address, folder, "plain") as (place, log):
        words = [*command, address, place.topic, str(PARTITIONS), str(folder)]
        _run("plain Faust count", place, posts, words, log, tell)


def _quix(address: str, folder: Path, posts: Posts, tell: Any) -> str:  # noqa: ANN401
    """Measure quixstreams; give why it was left out, if it was."""
    try:
        python = _quix_python()
    except (OSError, subprocess.SubprocessError) as error:
        return f"{_QUIX} could not be installed: {error}"
    script = str(Path(__file__).parent / "quix_count.py")
    for guarantee in ("exactly-once", "at-least-once"):
        with _single(address, folder / guarantee, "quix") as (place, log):
            words = [str(python), script, address, place.topic, str(folder / guarantee), guarantee]
            try:
                _run(f"quixstreams count, {guarantee}", place, posts, words, log, tell)
            except Ended as error:
                return f"{error}\n{log.read_text(encoding='utf-8')[-2000:]}"
    return ""


def _run(  # noqa: PLR0913, PLR0917  # all of one place
    name: str,
    place: Place,
    posts: Posts,
    command: Sequence[str],
    log: Path,
    tell: Any,  # noqa: ANN401
) -> None:
    running = Running(log.stem, command, log.parent, {})
    try:
        tell(trial(name, place, posts, [running.process]))
    finally:
        running.kill()


def _profiled(address: str, folder: Path, posts: Posts) -> dict[str, float]:
    """Give the share of each phase of the processor's own time."""
    out = folder / "samples.json"
    with _stack(address, folder, posts) as stack:
        command = stack.command("process")
        command = [sys.executable, "-m", "bench.distributed.sampled", str(out), *command[3:]]
        stack.running["sampled"] = running = Running(
            "sampled", command, folder, stack.environment("sampled", **_PATIENT)
        )
        process = running.process

        def begin() -> None:
            process.send_signal(10)  # SIGUSR1

        trial("sampled", _place(stack), posts, [process], begin)
        running.stop()
    samples: dict[str, int] = json.loads(out.read_text(encoding="utf-8"))["phases"]
    total = sum(samples.values())
    return {name: count / total for name, count in sorted(samples.items(), key=_by_count)}


def _by_count(entry: tuple[str, int]) -> int:
    return -entry[1]


def _report(
    done: Sequence[Measured], findings: int, skipped: str, shares: dict[str, float]
) -> None:
    by_name = {one.name: one for one in done}
    bunco, plain = by_name["bunco process"], by_name["plain Faust count"]
    two = by_name["bunco process × 2"]
    print(f"\nbunco / plain Faust, by processor time: {bunco.by_core / plain.by_core:.1f}")
    print(f"two processors / one, by wall time: {two.by_wall / bunco.by_wall:.2f}")
    print(f"records of findings written: {findings:,}")
    if skipped:
        print(f"left out: {skipped}")
    print("\nwhere the processor's time goes:")
    for name, share in shares.items():
        print(f"  {name:18} {share:6.1%}")


def _line(one: Measured) -> str:
    return (
        f"{one.name:34} {one.by_core:9,.0f} posts/s of a core  {one.cpu_s / one.posts * 1e6:7.1f}"
        f" µs a post  {one.by_wall:9,.0f} posts/s by the clock  ({one.cpu_s:.1f} s of processor"
        f" time, {one.wall_s:.1f} s)"
    )


def _stack(address: str, folder: Path, posts: Posts) -> Stack:
    return Stack(folder, Given(kafka=address, elastic="", posts=posts.rest, partitions=PARTITIONS))


def _place(stack: Stack) -> Place:
    return Place(
        address=stack.given.kafka,
        topic=names.topic(stack.prefix, "posts"),
        group=names.group(stack.prefix, "process"),
        partitions=PARTITIONS,
        record_items=RECORD_ITEMS,
    )


@contextmanager
def _single(address: str, folder: Path, suffix: str) -> Iterator[tuple[Place, Path]]:
    """Make a topic for a record a post; what is made with its name goes with it."""
    folder.mkdir(parents=True)
    topic = f"bench-{secrets.token_hex(4)}"
    changelog = {f"{topic}-{suffix}-counts-changelog": PARTITIONS} if suffix == "plain" else {}
    make_topics(address, {topic: PARTITIONS} | changelog)
    place = Place(
        address=address,
        topic=topic,
        group=f"{topic}-{suffix}",
        partitions=PARTITIONS,
        record_items=1,
    )
    try:
        yield place, folder / f"{suffix}.log"
    finally:
        drop_topics(address, topic)


def _posts(folder: Path, options: argparse.Namespace) -> Posts:
    """Write the posts: a first part, and the rest that is measured."""
    whole = folder / "posts.jsonl"
    with whole.open("wb") as file:
        write(Plan(seed=1, posts=options.posts, authors=options.authors), file, None)
    lines = whole.read_bytes().splitlines(keepends=True)
    cut = int(len(lines) * _FIRST_RATIO)
    posts = Posts(first=folder / "first.jsonl", rest=folder / "rest.jsonl", count=len(lines) - cut)
    posts.first.write_bytes(b"".join(lines[:cut]))
    posts.rest.write_bytes(b"".join(lines[cut:]))
    return posts


def _quix_python() -> Path:
    """Give the Python of an environment that has quixstreams; make it when missing."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser()
    home = cache / "bunco-bench" / _QUIX.replace("==", "-")
    python = home / "bin" / "python"
    stamp = home / ".installed"
    if not stamp.exists():
        make = [sys.executable, "-m", "venv", str(home)]
        install = [str(python), "-m", "pip", "install", "--quiet", _QUIX]
        for command in (make, install):
            subprocess.run(command, check=True, capture_output=True, timeout=300)  # noqa: S603  # ourselves
        stamp.touch()
    return python


@contextmanager
def _kafka(address: str, folder: Path) -> Iterator[str]:
    if address:
        yield address
        return
    with KafkaServer(folder / "kafka") as server:
        yield server.address


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.distributed", description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--authors", type=int, default=20_000)
    parser.add_argument("--kafka", default="", help="of a running broker")
    parser.add_argument("--json", type=Path, default=Path("build/bench-distributed.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
