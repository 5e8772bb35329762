"""Where each partition goes on: at the committed offset, with nothing left out on the way.

After a rebalance Faust seeks to the committed offsets, because records fetched meanwhile were
dropped. Its client seeks only where an offset above 0 is committed: a worker that died before
its first commit would then miss what was dropped, and the next commit would make the loss
final. So partitions without a committed offset are sent back to their beginning, and the
worker is told where each partition goes on, so that it can hold Faust to it.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from faust.types import TP

from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.peeking import Peeked, stretch

_FETCH_WAIT_MS = 200
"""How long a broker waits for new records before it answers that there are none.

A seek, a first fetch and every other question to that broker stand in line behind it: with
Faust's 1500 ms a restarted worker lost up to three seconds to it.
"""


class ReadOffsets(dict[Any, int | None]):
    """What Faust believes to have read of each partition; of posts it knows nothing.

    Faust drops what is not behind the offset it noted last. It notes one for a record that it
    was handing over when a rebalance began, after it has sought back for the rebalance: the
    records in between were dropped, and counted as acknowledged when the next one came. The
    worker knows by itself which record is the next.

    Args:
        topic: of posts.
    """

    def __init__(self, topic: str) -> None:
        super().__init__()
        self._topic = topic

    def __missing__(self, _: Any) -> None:  # noqa: ANN401  # Faust's TP
        return None

    def __getitem__(self, where: Any) -> int | None:  # noqa: ANN401  # Faust's TP
        """Give the offset noted last; None, which drops nothing, for posts."""
        return None if where.topic == self._topic else super().__getitem__(where)


class Positions:
    """The offsets at which the partitions of posts go on after the last rebalance.

    Args:
        app: the Faust application.
        kafka: how Kafka is asked what stands at an offset.
    """

    def __init__(self, app: Any, kafka: KafkaOptions) -> None:  # noqa: ANN401  # Faust's
        self._app = app
        self._kafka = kafka
        self._topic = names.topic(kafka.prefix, "posts")
        self._next: dict[int, int] = {}

    def prepare(self) -> None:
        """Have nothing dropped for what is believed to have been read; before the start."""
        self._app.consumer._read_offset = ReadOffsets(self._topic)  # noqa: SLF001  # see there

    def attach(self) -> None:
        """Take part in the seeks of the consumer, and shorten its waits; again does no harm."""
        consumer = self._app.consumer._thread._consumer  # noqa: SLF001  # Faust has no way to it
        seek_to_committed = type(consumer).seek_to_committed

        async def seek(*partitions: Any) -> Mapping[Any, int | None]:  # noqa: ANN401  # aiokafka's
            committed: Mapping[Any, int | None] = await seek_to_committed(consumer, *partitions)
            # Not those of the states: they are never committed, and asking takes its time.
            posts = {at: offset for at, offset in committed.items() if at.topic == self._topic}
            begun = await _begun(consumer, posts)
            for where, offset in posts.items():
                self._next[where.partition] = offset or begun.get(where, 0)
            return committed

        consumer.seek_to_committed = seek
        consumer._fetcher._fetch_max_wait_ms = _FETCH_WAIT_MS  # noqa: SLF001  # Faust's is fixed
        # It only logs, and it crashes on a partition that has no position yet.
        self._app.consumer.verify_event_path = lambda *_: None

    def forget(self) -> None:
        """Know no positions until the next seek: what comes before it is left over."""
        self._next.clear()

    def of(self, partition: int) -> int | None:
        """Give where a partition goes on; None before it was sought."""
        return self._next.get(partition)

    async def between(self, partition: int, first: int, behind: int) -> list["LeftOut"]:
        """Give the records from an offset up to another as events, read from Kafka directly.

        Raises:
            BrokerError: Kafka does not answer.
        """
        peeked = await asyncio.to_thread(stretch, self._kafka, "posts", partition, first, behind)
        where = TP(self._topic, partition)
        return [LeftOut(self._app.consumer, where, one) for one in peeked]


class LeftOut:
    """A record that Faust did not hand over, in the form of its events.

    Args:
        consumer: of the Faust application, which counts acknowledgements.
        where: its partition.
        peeked: the record.
    """

    def __init__(self, consumer: Any, where: TP, peeked: Peeked) -> None:  # noqa: ANN401  # Faust's
        self._consumer = consumer
        self.value = peeked.value
        self.headers = peeked.headers
        self.tp = where
        self.topic = where.topic
        self.partition = where.partition
        self.offset = peeked.offset
        self.acked = False

    @property
    def message(self) -> "LeftOut":
        """Give itself: Faust's events have a message inside."""
        return self

    def ack(self) -> None:
        """Let the consumer count it."""
        self._consumer.ack(self)


async def _begun(consumer: Any, committed: Mapping[Any, int | None]) -> dict[Any, int]:  # noqa: ANN401  # aiokafka's
    """Send partitions without a committed offset to their beginning; give where that is."""
    uncommitted = [where for where, offset in committed.items() if not offset]
    if not uncommitted:
        return {}
    # Not seek_to_beginning: until it is done there is no position, and parts of Faust that
    # look at positions take that for a crash.
    begun: dict[Any, int] = await consumer.beginning_offsets(uncommitted)
    for where, offset in begun.items():
        consumer.seek(where, offset)
    return begun
