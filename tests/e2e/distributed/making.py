"""The posts that go through a stack: simulated, whole or as a file that grows."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bunco.simulation.plan import Plan
from bunco.simulation.writing import write


def simulated(file: Path, posts: int, **changes: int) -> Path:
    """Write simulated posts (seed 1, spam planted), some of them told twice."""
    settings = {"authors": max(50, posts // 20), "duplicates": posts // 200} | changes
    with file.open("wb") as out:
        write(Plan(seed=1, posts=posts, **settings), out, None)  # type: ignore[arg-type]  # numbers all
    return file


class Growing(threading.Thread):
    """Append the lines of one file to another at a steady rate.

    Args:
        lines: where they come from.
        target: is made; whole lines are written at once.
        rate: lines a second.
    """

    _EVERY_S = 0.05

    def __init__(self, lines: Path, target: Path, rate: float) -> None:
        super().__init__(name=f"growing {target.name}", daemon=True)
        self._lines = lines.read_bytes().splitlines(keepends=True)
        self._target = target
        self._rate = rate
        self._over = threading.Event()
        self.written = 0
        target.touch()

    def run(self) -> None:
        began = time.monotonic()
        with self._target.open("ab") as out:
            while self.written < len(self._lines) and not self._over.is_set():
                due = min(int((time.monotonic() - began) * self._rate), len(self._lines))
                out.write(b"".join(self._lines[self.written : due]))
                out.flush()
                self.written = due
                self._over.wait(self._EVERY_S)

    def stop(self) -> None:
        self._over.set()
        self.join()


@contextmanager
def growing(lines: Path, target: Path, rate: float) -> Iterator[Growing]:
    """Let a file grow while the block runs; what is left at its end stays unwritten."""
    thread = Growing(lines, target, rate)
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()
