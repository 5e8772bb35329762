"""How steadily each partition moves on: seen from outside, in the topic of written states.

A processor ends each commit by writing the states it changed to the changelog, into the
partition the posts came from. Under steady load on all partitions, the time between two
growths of one partition of the changelog is the pause that its posts have met.
"""

import threading
from itertools import pairwise
from time import monotonic
from typing import Self

from kafka.errors import KafkaError

from bunco.streams import names
from tests.e2e.distributed.stack import Stack

_EVERY_S = 0.05


class Progress(threading.Thread):
    """Note when each partition of the changelog grew, 20 times a second.

    Args:
        stack: whose.
    """

    def __init__(self, stack: Stack) -> None:
        super().__init__(name="progress", daemon=True)
        self._stack = stack
        self._over = threading.Event()
        self._grown: dict[int, list[float]] = {
            partition: [] for partition in range(stack.given.partitions)
        }

    def run(self) -> None:
        topic = names.changelog(self._stack.prefix)
        ends: dict[int, int] = {}
        with self._stack.view() as view:
            while not self._over.wait(_EVERY_S):
                try:
                    found = view.ends(topic)
                except KafkaError:
                    continue
                for (_, partition), end in found.items():
                    if end > ends.get(partition, 0):
                        ends[partition] = end
                        self._grown[partition].append(monotonic())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def is_everywhere(self) -> bool:
        """Tell whether every partition has grown."""
        return all(self._grown.values())

    def has_grown_since(self, moment: float) -> bool:
        """Tell whether every partition has grown since a moment (monotonic)."""
        return all(times and times[-1] > moment for times in self._grown.values())

    def longest_pause(self, since: float, until: float) -> float:
        """Give the longest pause of any partition that touches a period, in seconds."""
        return max(
            (
                later - earlier
                for times in self._grown.values()
                for earlier, later in pairwise(times)
                if later > since and earlier < until
            ),
            default=0.0,
        )
