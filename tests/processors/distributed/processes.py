"""A processor as a process of its own, on topics of its own."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from bunco import codec
from bunco.model import DeadLetter, Finding, Item
from bunco.options import KafkaOptions
from bunco.streams import names, topics
from bunco.streams.admin import administration
from bunco.streams.closing import close_consumer
from bunco.streams.partitions import partition_of
from bunco.streams.records import HEADERS, decode_dead, decode_finding, join_items

WITHIN_S = 60.0


class Streams:
    """Topics of a prefix of their own, to write to and read from."""

    def __init__(self, kafka: str, partitions: int = 2) -> None:
        self.options = KafkaOptions(
            bootstrap=(kafka,), prefix=f"t-process-{secrets.token_hex(4)}", partitions=partitions
        )

    def put(self, *items: Item, **more: Any) -> None:
        """Write each item as a record of its own partition."""
        for item in items:
            where = partition_of(item.author, self.options.partitions)
            self.put_raw(join_items([codec.encode(item)]), partition=where, **more)

    def put_raw(self, value: bytes, partition: int, again: str = "") -> None:
        producer = KafkaProducer(bootstrap_servers=list(self.options.bootstrap))
        headers = [*HEADERS, ("again", again.encode())] if again else HEADERS
        topic = names.topic(self.options.prefix, "posts")
        producer.send(topic, value, partition=partition, headers=headers).get(10)
        producer.close()

    def findings(self) -> dict[str, Finding]:
        """Give the latest form of each finding."""
        made = [decode_finding(value) for value in self._values("findings")]
        return {finding.id: finding for finding in made}

    def dead(self) -> list[DeadLetter]:
        """Give all dead letters."""
        return [decode_dead(value) for value in self._values("dead")]

    def members(self) -> list[str]:
        """Give who is in the group of processors."""
        group = names.group(self.options.prefix, "process")
        with administration(self.options) as admin:
            found = admin.describe_groups([group])
        described = found[group] if isinstance(found, dict) else found[0]
        return [member["group_instance_id"] for member in described["members"]]

    def _values(self, topic: names.TopicName) -> Iterator[bytes]:
        name = names.topic(self.options.prefix, topic)
        consumer = KafkaConsumer(bootstrap_servers=list(self.options.bootstrap))
        places = [TopicPartition(name, n) for n in consumer.partitions_for_topic(name)]
        consumer.assign(places)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(places)
        while any(consumer.position(place) < end for place, end in ends.items()):
            for records in consumer.poll(timeout_ms=200).values():
                yield from (record.value for record in records)
        close_consumer(consumer, 1000)


class Processor:
    """One that runs.

    Args:
        command: its command line.
        log: where what it says goes.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._log = log
        with log.open("wb") as into:
            self.process = subprocess.Popen(
                command, stderr=into, env=os.environ | {"NO_COLOR": "1"}
            )

    def said(self) -> str:
        """Give what it has said so far."""
        return self._log.read_text(encoding="utf-8")

    def ended(self) -> int:
        """Wait for its end; give its exit code."""
        return self.process.wait(timeout=30)


@contextmanager
def made(streams: Streams) -> Iterator[Streams]:
    """Have the topics while the block runs."""
    topics.create(streams.options)
    try:
        yield streams
    finally:
        with administration(streams.options) as admin:
            admin.delete_topics([spec.name for spec in topics.wanted(streams.options)])


@contextmanager
def processor(
    streams: Streams, folder: Path, *, instance: str = "a", log: str = "log"
) -> Iterator[Processor]:
    """Run ``bunco process`` in a folder while the block runs; kill it then."""
    config = folder / "bunco.toml"
    (server,) = streams.options.bootstrap
    config.write_text(
        f'[kafka]\nbootstrap = ["{server}"]\nprefix = "{streams.options.prefix}"\n'
        f"partitions = {streams.options.partitions}\n",
        encoding="utf-8",
    )
    running = Processor(command(config, folder, instance), folder / f"{log}.txt")
    try:
        yield running
    except AssertionError as error:
        error.add_note(f"the processor said:\n{running.said()}")
        raise
    finally:
        running.process.kill()
        running.process.wait()


def command(config: Path, folder: Path, instance: str) -> Sequence[str]:
    """Give the command line of a processor."""
    wanted = ["process", "--config", str(config), "--data", str(folder / "data")]
    return [sys.executable, "-m", "bunco", *wanted, "--instance", instance, "--port", "0"]


def until(is_so: Callable[[], bool], what: str) -> None:
    """Wait until it is so; fail with what was waited for."""
    end = time.monotonic() + WITHIN_S
    while not is_so():
        assert time.monotonic() < end, f"not within {WITHIN_S:.0f} s: {what}"
        time.sleep(0.2)
