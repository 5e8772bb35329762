"""A plain Faust agent, as the tutorial has it: count posts per author in a RocksDB table.

    python -m bench.distributed.plain_faust ADDRESS TOPIC PARTITIONS FOLDER

Event by event, Faust's own JSON, its defaults but for commits once a second, as bunco's
processor has it, and a time-out that outlasts the standstill while the topic is filled.
"""

import sys
from pathlib import Path
from typing import Any

import faust


def main() -> None:
    """Run the worker until it is killed."""
    address, topic, partitions, folder = sys.argv[1:]
    app = faust.App(
        f"{topic}-plain",
        broker=f"kafka://{address}",
        store="rocksdb://",
        datadir=str(Path(folder)),
        value_serializer="json",
        topic_partitions=int(partitions),
        topic_replication_factor=1,
        broker_session_timeout=60.0,
        broker_commit_interval=1.0,
        consumer_auto_offset_reset="earliest",
        stream_recovery_delay=0.0,
        web_enabled=False,
    )
    posts = app.topic(topic, key_type=bytes, key_serializer="raw")
    counts = app.Table(
        "counts", default=int, partitions=int(partitions), options={"driver": "rocksdict"}
    )

    @app.agent(posts)
    async def count(stream: Any) -> None:  # noqa: ANN401  # Faust ships no types
        async for post in stream:
            counts[post["author"]] += 1

    sys.argv = ["plain", "worker", "--without-web", "--loglevel", "warn"]
    app.main()


if __name__ == "__main__":
    main()
