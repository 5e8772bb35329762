"""Measure the whole pipeline into SQLite next to its floor, in one run.

The floor decodes the same lines and inserts the same rows (posts, findings, author states),
worked out beforehand: no look-up, no enrichment, no detection. Each measurement is a process
of its own, pinned to one core, whole and floor in turn; what counts is the ratio of their
processor times.

    python -m bench.pipeline [--posts 200000] [--authors 20000] [--runs 3]
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bunco import codec, wiring
from bunco.collecting import collect_seldom
from bunco.config import from_tables
from bunco.model import Batch, Delivery, Post
from bunco.ports.stores import Store
from bunco.simulation.plan import Plan
from bunco.simulation.writing import write
from processors.detectors import bursts, crossposts, repeats
from processors.embedded import Embedded
from processors.enrich import enrich

CHUNK = 2000


class Measured(Struct):
    """One measurement of one process."""

    cpu_s: float
    wall_s: float
    posts: int
    findings: int
    start_kib: int
    """Resident memory once everything is loaded and the first chunk is through."""
    half_kib: int
    end_kib: int


def lines(path: Path) -> Iterator[list[bytes]]:
    """Give the lines of a file in chunks."""
    with path.open("rb") as file:
        while chunk := [line for _, line in zip(range(CHUNK), file, strict=False)]:
            yield chunk


class Recorder:
    """A store that remembers what was committed to it, for the floor to write again."""

    def __init__(self, store: Store) -> None:
        self.batches: list[Batch] = []
        self._store = store

    def commit(self, batch: Batch) -> None:
        """Write and remember."""
        self.batches.append(replace(batch, on_version=None))
        self._store.commit(batch)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the store has
        return getattr(self._store, name)


def floor_of(store_path: Path, posts: Path) -> Callable[[list[bytes]], None]:
    """Give the step of the floor: decode, insert the rows the whole inserts.

    The rows are worked out beforehand, untimed, by a run of the whole.
    """
    recorder = Recorder(wiring.open_store_at(f"{store_path}.recorded"))
    whole = _step_into(recorder)
    for chunk in lines(posts):
        whole(chunk)
    batches = iter(recorder.batches)
    store = wiring.open_store_at(str(store_path))

    def step(chunk: list[bytes]) -> None:
        for line in chunk:
            codec.decode_item(line)
        store.commit(next(batches))

    return step


def whole_of(store_path: Path, posts: Path) -> Callable[[list[bytes]], None]:
    """Give the step of the whole: decode, then the embedded runtime."""
    del posts
    return _step_into(wiring.open_store_at(str(store_path)))


def measure(kind: str, posts: Path, store_path: Path) -> Measured:
    """Run one kind over all posts and measure it."""
    step = (floor_of if kind == "floor" else whole_of)(store_path, posts)
    collect_seldom()
    chunks = lines(posts)
    step(next(chunks))
    start_kib = _resident_kib()
    sizes: list[int] = []
    count = 0
    cpu, wall = process_time(), perf_counter()
    for chunk in chunks:
        step(chunk)
        count += len(chunk)
        sizes.append(_resident_kib())
    cpu, wall = process_time() - cpu, perf_counter() - wall
    stats = wiring.open_store_at(str(store_path)).stats()
    half_kib = sizes[len(sizes) // 2]
    return Measured(cpu, wall, count, stats.findings, start_kib, half_kib, sizes[-1])


def stages(posts: Path) -> dict[str, float]:
    """Give microseconds a post of the parts of the whole, each timed alone."""
    raw = [line for chunk in lines(posts) for line in chunk]
    spent: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401  # whatever work gives
        start = process_time()
        done = work()
        spent[name] = (process_time() - start) / len(raw) * 1e6
        return done

    items = timed("decode", lambda: [codec.decode_item(line) for line in raw])
    enriched = timed("enrich", lambda: [enrich(item) for item in items if isinstance(item, Post)])
    for module in (repeats, bursts, crossposts):
        detector = module.make(module.Options())
        states: dict[str, Any] = {}

        def see(detector: Any = detector, states: dict[str, Any] = states) -> None:  # noqa: ANN401
            for post in enriched:
                state = states.get(post.post.author)
                if state is None:
                    state = states[post.post.author] = detector.state_type()
                detector.see(post, state)

        timed(detector.kind, see)
    return spent


def main() -> None:
    """Measure and print."""
    options = _options()
    if options.child:
        print(codec.encode(measure(options.child, options.file, options.store)).decode())
        return
    with tempfile.TemporaryDirectory() as folder:
        posts = Path(folder) / "posts.jsonl"
        plan = Plan(seed=1, posts=options.posts, authors=options.authors, days=options.days)
        with posts.open("wb") as file:
            write(plan, file, None)
        active = len({json.loads(line)["author"] for line in posts.open("rb")})
        print(f"{options.posts:,} simulated posts of {active:,} authors, one core, SQLite\n")
        whole, floor = [], []
        for run in range(options.runs):
            whole.append(_child("whole", posts, Path(folder) / f"whole{run}.db"))
            floor.append(_child("floor", posts, Path(folder) / f"floor{run}.db"))
        _report(whole, floor, active)
        print("\nwhere the time goes, µs a post, each part alone:")
        for name, micros in stages(posts).items():
            print(f"  {name:10} {micros:6.1f}")


def _step_into(store: Any) -> Callable[[list[bytes]], None]:  # noqa: ANN401  # or a recorder
    config = from_tables({}, where="bench", environment={})
    embedded = Embedded(wiring.detectors(config), store, config.pipeline)

    def step(chunk: list[bytes]) -> None:
        items = tuple(codec.decode_item(line) for line in chunk)
        embedded.step([Delivery(source="bench", items=items, cursor=b"")])

    return step


def _report(whole: list[dict[str, Any]], floor: list[dict[str, Any]], active: int) -> None:
    for name, runs in (("whole", whole), ("floor", floor)):
        for run in runs:
            print(
                f"{name}: {run['posts'] / run['cpu_s']:8,.0f} posts/s of processor time"
                f"  {run['cpu_s'] / run['posts'] * 1e6:6.1f} µs a post"
                f"  wall {run['wall_s']:5.1f} s  findings {run['findings']:,}"
                f"  memory {run['start_kib'] / 1024:.0f} → {run['half_kib'] / 1024:.0f}"
                f" → {run['end_kib'] / 1024:.0f} MiB"
            )
    ratios = sorted(a["cpu_s"] / b["cpu_s"] for a, b in zip(whole, floor, strict=True))
    grown = [run["end_kib"] - run["start_kib"] for run in whole]
    print(f"\nwhole / floor: {ratios[len(ratios) // 2]:.2f} (median of {ratios})")
    print(f"memory grown per active author: {max(grown) / active:.2f} KiB")


def _child(kind: str, posts: Path, store: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.pipeline", "--child", kind]
    command += ["--file", str(posts), "--store", str(store)]
    out = subprocess.run(  # noqa: S603  # ourselves
        command,
        check=True,
        capture_output=True,
        preexec_fn=_on_one_core,
    )
    found: dict[str, Any] = json.loads(out.stdout)
    return found


def _on_one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _resident_kib() -> int:
    """Give resident memory now; the peak where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * resource.getpagesize() // 1024


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--authors", type=int, default=20_000)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", choices=["whole", "floor"])
    parser.add_argument("--file", type=Path)
    parser.add_argument("--store", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
