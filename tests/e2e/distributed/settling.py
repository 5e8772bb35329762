"""Wait until everything a stack was given is through: read, processed and stored."""

import time

import msgspec
from kafka.errors import KafkaError

from ingest.sources.jsonl import Cursor
from tests.e2e.distributed.kafka_view import KafkaView
from tests.e2e.distributed.running import Broken
from tests.e2e.distributed.stack import Stack

_PAUSE = 0.4
_TIMES = 2
"""So often in a row nothing may be left, and nothing may have changed."""


def is_read(stack: Stack, view: KafkaView) -> bool:
    """Tell whether the ingester has acknowledged the whole file."""
    state = view.sources().get("posts")
    if state is None or not state.cursor:
        return False
    cursor = msgspec.msgpack.decode(state.cursor, type=Cursor)
    return cursor.offset >= stack.given.posts.stat().st_size


def settle(stack: Stack, within: float) -> float:
    """Wait until the file is read and no group has anything left; give the seconds it took.

    Raises:
        Broken: not in time, or a process ended by itself; with the logs.
    """
    began = time.monotonic()
    with stack.view() as view:
        before: object = None
        quiet = 0
        while quiet < _TIMES:
            stack.fail_if_ended()
            if time.monotonic() - began > within:
                raise Broken(f"not through in {within:.0f} s: {left(view)}\n{stack.tails()}")
            time.sleep(_PAUSE)
            try:
                now = (is_read(stack, view), view.lag("process"), view.lag("sink"), _ends(view))
            except KafkaError:
                quiet = 0  # the broker is away, or just back
                continue
            is_through = now[0] and not any(now[1].values()) and not any(now[2].values())
            quiet = quiet + 1 if is_through and now == before else int(is_through)
            before = now
    return time.monotonic() - began


def left(view: KafkaView) -> str:
    """Give in words what is left to do."""
    try:
        return f"process {_positive(view.lag('process'))}, sink {_positive(view.lag('sink'))}"
    except KafkaError as error:
        return f"Kafka does not answer: {error!r}"


def _ends(view: KafkaView) -> dict[tuple[str, int], int]:
    return view.ends(*(view.topic(name) for name in ("posts", "findings", "dead", "sources")))


def _positive(lag: dict[tuple[str, int], int]) -> dict[str, int]:
    return {f"{topic}:{partition}": n for (topic, partition), n in lag.items() if n}
