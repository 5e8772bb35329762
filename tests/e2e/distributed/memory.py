"""How much memory processes hold over time."""

import threading
from typing import Self

from bench.distributed.usage import rss_bytes
from tests.e2e.distributed.stack import Stack

_EVERY_S = 0.2


class Memory(threading.Thread):
    """Note the resident memory of all processes of a stack, five times a second."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(name="memory", daemon=True)
        self._over = threading.Event()
        self._pids = {name: process.pid for name, process in stack.running.items()}
        self.bytes: dict[str, list[int]] = {name: [] for name in self._pids}

    def run(self) -> None:
        while not self._over.wait(_EVERY_S):
            for name, pid in self._pids.items():
                try:
                    self.bytes[name].append(rss_bytes(pid))
                except OSError:  # it ended; the test says so
                    continue

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def grown_bytes(self) -> dict[str, int]:
        """Give by how much each was above its beginning at its most."""
        return {name: max(sizes) - sizes[0] for name, sizes in self.bytes.items() if sizes}
