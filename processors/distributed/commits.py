"""Bring a commit out: findings, then states, then the offsets; each only after the one before.

    findings, dead letters, moved items → acknowledged by Kafka
    states → changelog → acknowledged → RocksDB, with the changelog's offset, in one write
    records → acknowledged to the group

So a finding is never lost with a state that already knows it, and RocksDB never runs ahead of
its changelog. A kill between two steps repeats work whose outcome is the same.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from rocksdict import WriteBatch

from bunco import codec
from bunco.streams import names
from bunco.streams.partitions import partition_of
from bunco.streams.records import AGAIN_HEADER, HEADERS
from processors.distributed.shard import Commit, Moved


class Writer:
    """Write what shards come to, through the producer and the table of one application.

    Args:
        app: the Faust application, started.
        states: its table of author states.
        prefix: of all topics.
        partitions: of the topics of posts and findings.
    """

    def __init__(self, app: Any, states: Any, prefix: str, partitions: int) -> None:  # noqa: ANN401
        self._app = app
        self._states = states
        self._prefix = prefix
        self._partitions = partitions
        self._changelog = names.changelog(prefix)

    def stored(self, partition: int, keys: list[bytes]) -> Sequence[bytes | None]:
        """Give the stored states of some keys of a partition."""
        found: Sequence[bytes | None] = self._database(partition).get(keys)
        return found

    async def publish(self, commit: Commit) -> None:
        """Send findings, dead letters and moved items; return when Kafka has them."""
        findings = names.topic(self._prefix, "findings")
        dead = names.topic(self._prefix, "dead")
        sent = [
            await self._send(
                findings, finding.subject, codec.encode(finding), self._of(finding.subject)
            )
            for finding in commit.findings.values()
        ]
        sent += [
            await self._send(dead, letter.origin, codec.encode(letter)) for letter in commit.dead
        ]
        sent += [await self._resend(moved) for moved in commit.moved]
        await asyncio.gather(*sent)

    async def write(self, partition: int, states: dict[bytes, bytes]) -> None:
        """Write states to the changelog and, once it has them, into the table."""
        if not states:
            return
        sent = await self._send_changelog(partition, states)
        last = max(record.offset for record in await asyncio.gather(*sent))
        batch = WriteBatch(raw_mode=True)
        for key, value in states.items():
            batch.put(key, value)
        batch.put(self._states.data.offset_key, str(last).encode())
        self._database(partition).write(batch)

    async def _send_changelog(self, partition: int, states: dict[bytes, bytes]) -> list[Any]:
        """Send states in whole batches: one acknowledgement each, not one a state.

        The offset in an acknowledgement is that of the first state of its batch: recovery may
        read the rest of the last batch once more, which changes nothing.
        """
        producer = self._app.producer._producer  # noqa: SLF001  # Faust's own sends one by one
        sent = []
        batch = producer.create_batch()
        for key, value in states.items():
            if batch.append(key=key, value=value, timestamp=None) is None:
                sent.append(await producer.send_batch(batch, self._changelog, partition=partition))
                batch = producer.create_batch()
                batch.append(key=key, value=value, timestamp=None)
        sent.append(await producer.send_batch(batch, self._changelog, partition=partition))
        return sent

    async def _send(  # the fields of a record
        self,
        topic: str,
        key: str,
        value: bytes,
        partition: int | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
    ) -> Any:  # noqa: ANN401
        return await self._app.producer.send(
            topic, key.encode("utf-8", "replace"), value, partition, None, [*HEADERS, *headers]
        )

    async def _resend(self, moved: Moved) -> Any:  # noqa: ANN401
        item, topic = moved.item, names.topic(self._prefix, "posts")
        headers = [(AGAIN_HEADER, moved.again.encode())] if moved.again else []
        value, there = codec.encode(item), self._of(item.author)
        return await self._send(topic, item.author, value, there, headers)

    def _of(self, author: str) -> int:
        return partition_of(author, self._partitions)

    def _database(self, partition: int) -> Any:  # noqa: ANN401  # rocksdict ships no types
        return self._states.data._db_for_partition(partition)  # noqa: SLF001  # Faust offers the current event's only
