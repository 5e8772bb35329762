"""The topics a sink reads, under a prefix of their own, and what a sink makes of them."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Self

from kafka import KafkaAdminClient, KafkaProducer
from msgspec.structs import replace

from bunco import codec
from bunco.clock import SystemClock
from bunco.model import Finding, Item
from bunco.options import KafkaOptions, SinkOptions
from bunco.ports.stores import Store
from bunco.streams import lag, names, topics
from bunco.streams.partitions import partition_of
from bunco.streams.records import HEADERS, join_items
from bunco.values import Duration
from processors.sink.running import Setting, run_sink
from processors.sink.sink import Progress

LONG_S = 90.0
"""After so long a test gives up."""


class Stage:
    """Topics of a test's own."""

    def __init__(self, options: KafkaOptions) -> None:
        self.options = options
        self.settings = {"bootstrap_servers": list(options.bootstrap)}
        topics.create(options)
        self._producer = KafkaProducer(**self.settings, acks="all", compression_type="lz4")

    def disconnect(self) -> None:
        """Let go of the broker and leave the topics."""
        self._producer.close()

    def close(self) -> None:
        """Drop the topics."""
        self.disconnect()
        admin = KafkaAdminClient(**self.settings)
        admin.delete_topics([spec.name for spec in topics.wanted(self.options)])
        admin.close()

    def put(self, items: Iterable[Item], *, at_most: int = 250) -> None:
        """Write posts and removals as an ingester does."""
        count = self.options.partitions
        parted: dict[int, list[bytes]] = {}
        for item in items:
            for part in [partition_of(item.author, count)] if item.author else range(count):
                parted.setdefault(part, []).append(codec.encode(item))
        for part, encoded in parted.items():
            for start in range(0, len(encoded), at_most):
                self.write("posts", part, join_items(encoded[start : start + at_most]))
        self._producer.flush()

    def put_findings(self, findings: Sequence[Finding]) -> None:
        """Write findings as a processor does."""
        for finding in findings:
            part = partition_of(finding.subject, self.options.partitions)
            self.write("findings", part, codec.encode(finding))
        self._producer.flush()

    def write(
        self,
        topic: names.TopicName,
        partition: int,
        value: bytes,
        headers: list[tuple[str, bytes]] = HEADERS,
    ) -> None:
        """Write any record."""
        name = names.topic(self.options.prefix, topic)
        self._producer.send(name, value, b"key", headers, partition)

    def flush(self) -> None:
        """Wait until all is written."""
        self._producer.flush()

    def saved(self, topic: names.TopicName) -> int:
        """Give the sum of the offsets the sinks saved."""
        name = names.topic(self.options.prefix, topic)
        return sum(
            at.committed or 0
            for at in lag.lag(self.options)
            if at.topic == name and at.group == names.group(self.options.prefix, "sink")
        )


class Running:
    """A sink in a thread of this process."""

    def __init__(self, stage: Stage, store: Store, **changes: Any) -> None:
        plain = SinkOptions(port=0, session_timeout=Duration(seconds=6))
        self._setting = Setting(kafka=stage.options, sink=replace(plain, **changes))
        self._store = store
        self._stop: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run)
        self.progress = Progress()
        self.failure: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop it as a signal does; wait until it has ended."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(LONG_S)
        assert not self._thread.is_alive()

    def until(self, holds: Callable[[Progress], bool]) -> None:
        """Wait until the sink has come so far."""
        wait_for(lambda: holds(self.progress) or not self._thread.is_alive())
        assert holds(self.progress), self.failure

    def _run(self) -> None:
        try:
            asyncio.run(self._main())
        except BaseException as error:  # noqa: BLE001  # a test looks at it
            self.failure = error

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()

        def on_step(progress: Progress) -> None:
            self.progress = progress

        await run_sink(self._setting, self._store, SystemClock(), stop=self._stop, on_step=on_step)


def wait_for(holds: Callable[[], bool], within: timedelta = timedelta(seconds=LONG_S)) -> None:
    """Wait until something holds."""
    until = time.monotonic() + within.total_seconds()
    while not holds():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)
