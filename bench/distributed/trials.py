"""One measurement: a topic filled beforehand, workers that read it, their time.

    start → a first part goes through → stand still → fill → go on until nothing is left

So neither the start of a process nor the filling is counted, and the workers find all posts
waiting. The workers stand still by SIGSTOP; their session outlasts it.
"""

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import RetriableError
from msgspec import Struct

from bench.distributed.filling import fill
from bench.distributed.usage import cpu_s

_WITHIN_S = 600.0
_LOOK_EVERY_S = 0.1


class Posts(Struct, frozen=True, kw_only=True):
    """The same posts for every trial, in two files."""

    first: Path
    """Go through before the measurement: everything is loaded and connected then."""
    rest: Path
    count: int
    """Posts in ``rest``."""


class Place(Struct, frozen=True, kw_only=True):
    """What is read, and by which group."""

    address: str
    topic: str
    group: str
    partitions: int
    record_items: int


class Measured(Struct, frozen=True, kw_only=True):
    """What came of a trial."""

    name: str
    posts: int
    workers: int
    cpu_s: float
    """Processor time of all workers, user and system."""
    wall_s: float
    """Until the group has committed all; commits lag by up to a second."""

    @property
    def by_core(self) -> float:
        """Give posts a second of one processor core."""
        return self.posts / self.cpu_s

    @property
    def by_wall(self) -> float:
        """Give posts a second as they went by."""
        return self.posts / self.wall_s


class Ended(Exception):  # noqa: N818  # ends the measurement
    """A worker ended by itself, or did not get through."""


def trial(
    name: str,
    place: Place,
    posts: Posts,
    workers: Sequence["subprocess.Popen[bytes]"],
    on_begin: Callable[[], None] = lambda: None,
) -> Measured:
    """Measure workers that were just started; they are left running.

    Raises:
        Ended: one of them ended, or they took too long.
    """
    fill(place.address, place.topic, posts.first, place.partitions, place.record_items)
    _through(name, place, workers)
    for worker in workers:
        worker.send_signal(signal.SIGSTOP)
    fill(place.address, place.topic, posts.rest, place.partitions, place.record_items)
    on_begin()
    before, began = sum(cpu_s(worker.pid) for worker in workers), time.monotonic()
    for worker in workers:
        worker.send_signal(signal.SIGCONT)
    _through(name, place, workers)
    return Measured(
        name=name,
        posts=posts.count,
        workers=len(workers),
        cpu_s=sum(cpu_s(worker.pid) for worker in workers) - before,
        wall_s=time.monotonic() - began,
    )


def _through(name: str, place: Place, workers: Sequence["subprocess.Popen[bytes]"]) -> None:
    """Wait until the group has committed the whole topic."""
    admin = KafkaAdminClient(bootstrap_servers=place.address)
    consumer = KafkaConsumer(bootstrap_servers=place.address)
    places = [TopicPartition(place.topic, number) for number in range(place.partitions)]
    ends = consumer.end_offsets(places)
    began = time.monotonic()
    try:
        while True:
            reached = _reached(admin, place.group, places)
            if all(reached[one] >= ends[one] for one in places):
                return
            if ended := [worker.args for worker in workers if worker.poll() is not None]:
                raise Ended(f"{name}: a worker ended: {ended}")
            if time.monotonic() - began > _WITHIN_S:
                raise Ended(f"{name}: at {reached} of {ends} after {_WITHIN_S:.0f} s")
            time.sleep(_LOOK_EVERY_S)
    finally:
        consumer.close(autocommit=False)
        admin.close()


def _reached(
    admin: KafkaAdminClient, group: str, places: Sequence[TopicPartition]
) -> dict[TopicPartition, int]:
    try:
        committed = admin.list_group_offsets([group])[group]
    except RetriableError:  # a broker that has just started has no coordinator yet
        committed = {}
    return {one: committed[one].offset if one in committed else 0 for one in places}
