"""Gather items of one partition into records, full or after a short wait, and send them.

One record that holds many posts is what makes the processors quick: Faust costs 0.2 ms a
record, whatever is in it (docs/decisions/0012).
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

from msgspec import Struct, field

from bunco import codec
from bunco.model import Item
from bunco.options import IngestOptions, KafkaOptions
from bunco.streams import names
from bunco.streams.connection import errors_as_ours
from bunco.streams.partitions import partition_of
from bunco.streams.producer import close_producer, open_producer
from bunco.streams.records import AGAIN_HEADER, HEADERS, join_items
from bunco.streams.sending import Record, Sending


class Receipt(Protocol):
    """Told what becomes of items: of each exactly once, one way or the other."""

    def acknowledged(self, count: int) -> None:
        """Take note that so many more are safe in Kafka."""
        ...

    def refused(self, item: bytes, reason: str) -> None:
        """Take note that Kafka never takes this one."""
        ...


class _Open(Struct):
    """A record that is being filled."""

    partition: int
    parts: list[tuple[Receipt, list[bytes]]] = field(default_factory=list)
    count: int = 0
    size_bytes: int = 0
    timer: asyncio.TimerHandle | None = None


class Records:
    """Fill records of one topic and send them; see the module. Lives in one event loop.

    The order of a partition's items is kept, also across retries.

    Args:
        sending: how they are sent.
        topic: the topic of posts.
        options: how large a record gets, and how long it waits for more.
    """

    def __init__(self, sending: Sending, topic: str, options: IngestOptions) -> None:
        self._sending = sending
        self._topic = topic
        self._options = options
        self._open: dict[int, _Open] = {}
        self.sent = 0
        """How many records were sent so far."""

    def add(self, partition: int, items: Iterable[bytes], receipt: Receipt) -> None:
        """Put encoded items into the records of a partition, in their order."""
        for item in items:
            record = self._open.get(partition)
            if record is not None and record.size_bytes + len(item) > self._options.record_bytes:
                self._close(record)
                record = None
            if record is None:
                record = self._begin(partition)
            _append(record, item, receipt)
            full = record.count >= self._options.record_items
            if full or record.size_bytes >= self._options.record_bytes:
                self._close(record)

    def hurry(self) -> None:
        """Send what is there: somebody waits for it."""
        for record in list(self._open.values()):
            self._close(record)

    def _begin(self, partition: int) -> _Open:
        record = self._open[partition] = _Open(partition)
        wait = self._options.record_wait.total_seconds()
        loop = asyncio.get_running_loop()
        record.timer = loop.call_later(wait, self._close, record)
        return record

    def _close(self, record: _Open) -> None:
        del self._open[record.partition]
        if record.timer is not None:
            record.timer.cancel()
        self._send(record.partition, record.parts)

    def _send(self, partition: int, parts: Sequence[tuple[Receipt, list[bytes]]]) -> None:
        items = [item for _, some in parts for item in some]
        value = join_items(items)
        self.sent += 1

        def done(reason: str) -> None:
            self._settle(partition, parts, reason)

        self._sending.send(Record(topic=self._topic, partition=partition, value=value), done)

    def _settle(
        self, partition: int, parts: Sequence[tuple[Receipt, list[bytes]]], reason: str
    ) -> None:
        """Tell the receipts; of a refused record each item is tried alone first."""
        alone = len(parts) == 1 and len(parts[0][1]) == 1
        for receipt, items in parts:
            if not reason:
                receipt.acknowledged(len(items))
            elif alone:
                receipt.refused(items[0], reason)
            else:
                for item in items:
                    self._send(partition, [(receipt, [item])])


def partitions_for(item: Item, count: int) -> Iterable[int]:
    """Give where an item goes: to its author's partition.

    A removal whose author is not known goes to all: whoever holds the post forgets it.
    """
    return [partition_of(item.author, count)] if item.author else range(count)


def publish_items(options: KafkaOptions, items: Iterable[Item], *, again: str = "") -> None:
    """Put items into the topic of posts and wait until they are safe; blocks.

    Args:
        options: how Kafka is reached.
        items: in their order.
        again: the detector that alone is to see them, for a replayed dead letter.

    Raises:
        BrokerError: not all of them could be put.
    """
    topic = names.topic(options.prefix, "posts")
    headers = [*HEADERS, *([(AGAIN_HEADER, again.encode())] if again else [])]
    producer = open_producer(options, "publish")
    with errors_as_ours(options):
        try:
            count = len(producer.partitions_for(topic))
            gathered: dict[int, list[bytes]] = defaultdict(list)
            for item in items:
                for partition in partitions_for(item, count):
                    gathered[partition].append(codec.encode(item))
            futures = [
                producer.send(topic, join_items(chunk), partition=partition, headers=headers)
                for partition, encoded in gathered.items()
                for chunk in _chunks(encoded, IngestOptions())
            ]
            for future in futures:
                future.get(timeout=60)
        finally:
            close_producer(producer, 5)


def _append(record: _Open, item: bytes, receipt: Receipt) -> None:
    if record.parts and record.parts[-1][0] is receipt:
        record.parts[-1][1].append(item)
    else:
        record.parts.append((receipt, [item]))
    record.count += 1
    record.size_bytes += len(item) + 1


def _chunks(items: Sequence[bytes], options: IngestOptions) -> Iterable[list[bytes]]:
    chunk: list[bytes] = []
    size = 0
    for item in items:
        if chunk and (
            len(chunk) >= options.record_items or size + len(item) > options.record_bytes
        ):
            yield chunk
            chunk, size = [], 0
        chunk.append(item)
        size += len(item) + 1
    if chunk:
        yield chunk
