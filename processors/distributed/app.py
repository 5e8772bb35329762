"""The Faust application of the processors: one agent over posts, one table of author states."""

import asyncio
from pathlib import Path
from typing import Any

import faust
from faust.auth import SASLCredentials, SSLCredentials
from msgspec import Struct

from bunco.options import KafkaOptions, ProcessOptions
from bunco.streams import names
from bunco.streams.connection import tls_context

TABLE = "authors"
_MOST_RECORD_BYTES = 8 << 20
"""Of a state or finding on its way to Kafka. Source: ours; a state is at most 600 KiB."""
_DECLARED_S = 0.05
_BUFFERED_RECORDS = 16
"""Records that wait decoded in front of the agent: some thousand posts."""
_TABLE_BYTES = {
    "write_buffer_size": 4 << 20,
    "max_write_buffer_number": 2,
    "target_file_size_base": 16 << 20,
    "block_cache_size": 8 << 20,
}
"""Of each partition's RocksDB: 16 MiB of memory at most. Faust's own settings let each take 192
MiB of write buffers and a cache of 2 GiB. Source: ours."""


class Built(Struct, frozen=True):
    """The application and what the worker needs of it."""

    app: Any
    posts: Any
    """The topic the agent reads."""
    states: Any
    """The table of author states, by ``state_key``."""


def build(kafka: KafkaOptions, process: ProcessOptions, instance: str, folder: Path) -> Built:
    """Make the application; nothing is connected yet.

    Args:
        kafka: how the brokers are reached, and the prefix of all names.
        process: the worker's options.
        instance: its name in the group.
        folder: where its states lie.
    """
    app = faust.App(
        names.group(kafka.prefix, "process"),
        broker=[f"kafka://{server}" for server in kafka.bootstrap],
        broker_credentials=_credentials(kafka),
        broker_client_id=f"bunco-process-{instance}",
        consumer_group_instance_id=instance,
        broker_session_timeout=process.session_timeout.total_seconds(),
        broker_heartbeat_interval=process.session_timeout.total_seconds() / 10,
        broker_commit_interval=1.0,
        broker_max_poll_interval=600.0,
        broker_request_timeout=max(30.0, process.session_timeout.total_seconds() + 5.0),
        broker_check_crcs=True,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=_MOST_RECORD_BYTES,
        stream_buffer_maxsize=_BUFFERED_RECORDS,
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        store="rocksdb://",
        datadir=str(folder),
        table_standby_replicas=0,
        topic_disable_leader=True,
        topic_allow_declare=False,
        topic_replication_factor=kafka.replication,
        topic_partitions=kafka.partitions,
        producer_acks=-1,
        producer_compression_type="zstd",
        producer_linger=0.002,
        producer_max_batch_size=1 << 20,
        producer_max_request_size=_MOST_RECORD_BYTES,
        # Shorter than the session: what a cut-off worker could not send must not arrive later,
        # behind the work of its successor.
        producer_request_timeout=process.session_timeout.total_seconds() * 0.8,
        processing_guarantee="at_least_once",
        web_enabled=False,
        autodiscover=False,
    )
    posts = app.topic(
        names.topic(kafka.prefix, "posts"),
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        partitions=kafka.partitions,
    )
    states = app.Table(
        TABLE,
        key_type=bytes,
        value_type=bytes,
        partitions=kafka.partitions,
        options={"driver": "rocksdict", **_TABLE_BYTES},
        changelog_topic=None,
    )
    # Faust waits a second for tables to be declared before it joins the group; ours is.
    tables: Any = app.tables
    tables.sleep = _briefly
    return Built(app=app, posts=posts, states=states)


async def _briefly(_: float) -> None:
    await asyncio.sleep(_DECLARED_S)


def _credentials(kafka: KafkaOptions) -> Any:  # noqa: ANN401  # Faust's several classes
    """Give what Faust signs in with; None for an open broker."""
    context = tls_context(kafka) if kafka.security in {"tls", "sasl_tls"} else None
    if kafka.security in {"sasl", "sasl_tls"}:
        return SASLCredentials(
            mechanism=kafka.mechanism,
            username=kafka.username,
            password=kafka.password.reveal() if kafka.password else "",
            ssl_context=context,
        )
    return SSLCredentials(context) if context else None
