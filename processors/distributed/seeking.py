"""Read from the beginning where nothing is committed yet, whatever was fetched before.

After a rebalance Faust seeks to the committed offsets, because records fetched meanwhile were
dropped. Its client seeks only where an offset above 0 is committed: a worker that died before
its first commit would then miss what was dropped, and the next commit would make the loss
final. So partitions without a committed offset are sent back to their beginning.
"""

from collections.abc import Mapping
from typing import Any


def seek_whole(app: Any) -> None:  # noqa: ANN401  # Faust's application
    """Make the application's consumer seek so; once is enough, more do no harm."""
    consumer = app.consumer._thread._consumer  # noqa: SLF001  # Faust has no way to it
    seek_to_committed = type(consumer).seek_to_committed

    async def seek(*partitions: Any) -> Mapping[Any, int | None]:  # noqa: ANN401  # aiokafka's
        committed: Mapping[Any, int | None] = await seek_to_committed(consumer, *partitions)
        if begin := [partition for partition, offset in committed.items() if not offset]:
            await consumer.seek_to_beginning(*begin)
        return committed

    consumer.seek_to_committed = seek
