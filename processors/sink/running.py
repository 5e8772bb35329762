"""Run a sink until it is told to stop: reading, retention and vitals side by side."""

import asyncio
import time
from collections.abc import Callable, Sequence

from msgspec import Struct

from bunco.config import SourceConfig
from bunco.log import logger
from bunco.model import Removal
from bunco.options import KafkaOptions, SinkOptions
from bunco.ports.parts import Clock
from bunco.ports.stores import Store
from bunco.streams import vitals
from bunco.streams.connection import BrokerAwayError
from bunco.streams.consuming import Member, Place
from bunco.streams.names import TopicName
from bunco.streams.producing import publish_items
from processors import flow
from processors.sink.figures import Figures
from processors.sink.sink import OnStep, Outlets, Progress, Sink

_FIRST = Place("posts", 0)
"""Whoever of the group holds this looks after what only one of them is to do."""
_TOPICS: tuple[TopicName, ...] = ("posts", "findings", "dead", "sources")
_LOOK_EVERY_S = 5.0
_CONNECT_AGAIN_S = 2.0
_log = logger(__name__)


class Setting(Struct, frozen=True, kw_only=True):
    """What a sink is run with."""

    kafka: KafkaOptions
    sink: SinkOptions
    sources: Sequence[SourceConfig] = ()
    """Their retention is kept."""


async def run_sink(
    setting: Setting, store: Store, clock: Clock, *, stop: asyncio.Event, on_step: OnStep
) -> Progress:
    """Bring posts, findings, dead letters and sources from Kafka into a store.

    Kafka is waited for where it is away. Ends after the running commit once ``stop`` is set.

    Args:
        setting: the options.
        store: stays open.
        clock: the time of day.
        stop: ends it.
        on_step: told after each commit, from another thread.

    Raises:
        ConfigError: the port of the vitals is taken, or the options are wrong.
        BrokerError: Kafka refuses us, or lacks a topic.
        StoreError: the store failed for good; what it lacks is read again next time.
    """
    figures = Figures()
    latest = Progress(waiting="not connected to Kafka yet")

    def told(progress: Progress) -> None:
        nonlocal latest
        latest = progress
        on_step(progress)

    def publish(removals: Sequence[Removal]) -> None:
        publish_items(setting.kafka, removals)

    outlets = Outlets(store=store, publish=publish, figures=figures, on_step=told)
    keeping = asyncio.create_task(
        _retention(setting.sources, store, clock, lambda: _FIRST in latest.held)
    )
    try:
        async with vitals.serve(
            setting.sink.host, setting.sink.port, lambda: _unready(latest), figures.registry
        ):
            return await asyncio.to_thread(_run, setting, outlets, clock, stop.is_set)
    finally:
        keeping.cancel()


def _run(setting: Setting, outlets: Outlets, clock: Clock, stopped: Callable[[], bool]) -> Progress:
    member = _joined(setting, stopped)
    if member is None:
        return Progress()
    try:
        return Sink(member, outlets, setting.sink, clock).run(stopped)
    finally:
        member.close()


def _joined(setting: Setting, stopped: Callable[[], bool]) -> Member | None:
    """Connect; wait for Kafka where it is away; None when stopped before it came."""
    while not stopped():
        try:
            return Member(setting.kafka, _TOPICS, "sink", setting.sink.session_timeout)
        except BrokerAwayError as error:
            _log.warning("waiting", reason=str(error))
            time.sleep(_CONNECT_AGAIN_S)
    return None


async def _retention(
    tables: Sequence[SourceConfig], store: Store, clock: Clock, is_mine: Callable[[], bool]
) -> None:
    """Keep to the sources' retention, hourly, while it is ours to do."""
    due = time.monotonic()
    while True:
        if is_mine() and time.monotonic() >= due:
            await flow.retain(store, tables, clock)
            due = time.monotonic() + flow.RETENTION_EVERY.total_seconds()
        await asyncio.sleep(_LOOK_EVERY_S)


def _unready(progress: Progress) -> str:
    if progress.waiting:
        return f"waiting: {progress.waiting}"
    if not progress.held:
        return "no partition is ours: joining the group, or there are more sinks than partitions"
    return ""
