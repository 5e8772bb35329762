"""Kill a replay with -9 at random moments, resume it each time, compare with a whole run.

    python -m bench.kills [--posts 100000] [--kills 20] [--seed 1]

Compared byte for byte: every finding, the ranking and several whole histories as ``--json``
prints them, the counts by hour, and the number of posts.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from msgspec import Struct

from bunco import codec, wiring
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store
from bunco.simulation.plan import Plan
from bunco.simulation.writing import write

_FEW = 40


class Killed(Struct, frozen=True, kw_only=True):
    """What became of it."""

    kills: int
    moments_s: tuple[float, ...]
    posts: int
    findings: int
    differences: tuple[str, ...]
    """Names of what was not equal."""


def killed_replays(posts: int, kills: int, seed: int, folder: Path) -> Killed:
    """Replay simulated posts whole, and again under kills; compare the two stores."""
    chance = random.Random(seed)  # noqa: S311  # moments, not secrets
    file = folder / "posts.jsonl"
    with file.open("wb") as out:
        plan = Plan(
            seed=seed,
            posts=posts,
            authors=max(50, posts // 20),
            removals=posts // 500,
            duplicates=posts // 200,
        )
        write(plan, out, None)
    start = time.monotonic()
    _finish(_replay(file, folder / "whole.db"))
    whole_s = time.monotonic() - start
    moments = []
    for _ in range(kills):
        running = _replay(file, folder / "killed.db")
        moment = chance.uniform(0.2, max(0.6, whole_s / max(kills, 1) * 2))
        try:
            running.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
            moments.append(round(moment, 2))
    _finish(_replay(file, folder / "killed.db"))
    whole = wiring.open_store_at(str(folder / "whole.db"))
    killed = wiring.open_store_at(str(folder / "killed.db"))
    one, other = told(whole), told(killed)
    return Killed(
        kills=len(moments),
        moments_s=tuple(moments),
        posts=whole.stats().posts,
        findings=whole.stats().findings,
        differences=tuple(name for name in one if one[name] != other[name]),
    )


def told(store: Store) -> dict[str, bytes]:
    """Give everything a store tells, as bytes, by the name of the question."""
    answers = {"stats": codec.encode(store.stats())}
    after, findings = "", []
    while True:
        page = store.findings(FindingQuery(), limit=1000, after=after)
        findings += [codec.encode(row) for row in page.rows]
        if not (after := page.after):
            break
    answers["findings"] = b"\n".join(findings)
    ranking = store.authors(limit=10_000)
    answers["authors"] = codec.encode(ranking)
    for summary in ranking[:_FEW]:
        history = store.history(summary.author, limit=100_000)
        answers[f"history {summary.author}"] = codec.encode(history)
    for what in ("posts", "findings"):
        counts = store.counts("posts" if what == "posts" else "findings", step=timedelta(hours=1))
        answers[f"counts of {what}"] = codec.encode(counts)
    answers["dead"] = codec.encode(store.dead(limit=10_000))
    return answers


def _replay(file: Path, store: Path) -> "subprocess.Popen[bytes]":
    command: Sequence[str] = (
        sys.executable, "-m", "bunco", "replay", str(file), "--store", str(store),
    )  # fmt: skip
    return subprocess.Popen(  # noqa: S603  # ourselves
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=store.parent
    )


def _finish(running: "subprocess.Popen[bytes]") -> None:
    _, said = running.communicate()
    if running.returncode:
        raise SystemExit(f"the replay failed: {said.decode()}")


def main() -> None:
    """Run and print; exit 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        came = killed_replays(options.posts, options.kills, options.seed, Path(folder))
    print(
        f"{came.posts:,} posts, {came.findings:,} findings,"
        f" {came.kills} kills at {came.moments_s} s"
    )
    print("equal byte for byte" if not came.differences else f"different: {came.differences}")
    sys.exit(1 if came.differences else 0)


if __name__ == "__main__":
    main()
