"""Put a run together: sources, bus, pipeline and store, in one process or over Kafka.

Heavy modules are imported by the function that needs them.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from hashlib import blake2b
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from bunco import codec, registry, wiring
from bunco.clock import SystemClock
from bunco.collecting import collect_seldom
from bunco.config import Config, PartConfig
from bunco.log import logger
from bunco.model import (
    SourceState,
)
from bunco.ports.bus import Bus, Outlet
from bunco.ports.sources import Pushing, Receiver, SourceControl
from bunco.ports.stores import Store

if TYPE_CHECKING:
    from ingest.sharing.ingester import OnStep as OnIngestStep
    from ingest.sharing.ingester import Progress as IngestProgress
    from processors.distributed.worker import Applied
    from processors.embedded import Step
    from processors.flow import OnCommit, OnStep, Progress
    from processors.sink.sink import OnStep as OnSinkStep
    from processors.sink.sink import Progress as SinkProgress

_log = logger(__name__)

Beside: TypeAlias = Callable[["Running"], AbstractAsyncContextManager["OnCommit"]]
"""What runs beside a pipeline, such as the dashboard; what it gives is told of each commit."""


class Running(Struct, frozen=True, kw_only=True, eq=False):
    """What a run shows to those that stand beside it."""

    store: Store
    outlet: Outlet
    """What is put here goes through the pipeline."""
    control: SourceControl | None = None
    """None where no sources are read."""
    receivers: Mapping[str, Receiver] = {}
    """The sources that are pushed to as well, by name."""
    pushing: Pushing | None = None
    """Brings in what those are pushed; None where no sources are read."""


@asynccontextmanager
async def alone(running: Running) -> "AsyncIterator[OnCommit]":
    """Let nothing run beside a pipeline."""
    del running
    yield _unheard


def _unheard(step: "Step") -> None:
    del step


async def run(
    config: Config, *, stop: asyncio.Event, on_step: "OnStep", beside: Beside = alone
) -> "Progress":
    """Read all sources into the store until ``stop`` is set or every source has ended.

    Args:
        config: its sources are read into its store.
        stop: ends it after the running batch.
        on_step: told of the progress after each commit.
        beside: what runs in the same loop as long.

    Raises:
        ConfigError: something in the configuration is wrong.
        StoreError: the store could not be written; nothing is half-written.
    """
    from ingest.poller import Poller
    from processors.flow import flow, retained

    clock = SystemClock()
    web = wiring.web_of(config, clock)
    store = wiring.open_store(config)
    try:
        made = wiring.sources(config, web, clock)
        bus = _bus(config)
        poller = Poller(
            made,
            bus,
            _in_force(store.source_states(), config),
            clock=clock,
            random=Random(),  # noqa: S311  # spreads polls; guards nothing
            most_at_once=config.http.concurrency,
        )
        embedded = wiring.pipeline_over(config, store)
        retention = asyncio.create_task(retained(store, config.sources, clock))
        collect_seldom()
        try:
            running = Running(
                store=store,
                outlet=bus,
                control=poller,
                receivers=wiring.receiving(made),
                pushing=poller,
            )
            async with beside(running) as on_commit:
                return await flow(poller.run(stop), bus, embedded, on_step, on_commit)
        finally:
            retention.cancel()
            for source in made.values():
                await source.close()
    finally:
        await web.close()
        store.close()


async def ingest(
    config: Config, *, stop: asyncio.Event, on_step: "OnIngestStep", until_ended: bool = False
) -> "IngestProgress":
    """Read our share of the sources into Kafka until ``stop`` is set.

    Args:
        config: every ingester of a group has the same sources.
        stop: ends it; what was read is made safe.
        on_step: told of the progress, some times a second.
        until_ended: whether to end once every source of our share has ended.

    Raises:
        ConfigError: something in the configuration is wrong.
        BrokerError: Kafka refuses us, or lacks a topic.
    """
    from ingest.sharing.holding import SharedSource
    from ingest.sharing.hosts import host_of
    from ingest.sharing.ingester import Setting, run_ingest

    clock = SystemClock()
    web = wiring.web_of(config, clock)
    try:
        made = wiring.sources(config, web, clock)
        if names := sorted(wiring.receiving(made)):
            _log.info("pushes are taken by bunco serve, not here", sources=names)
        shared = {
            table.name: SharedSource(made[table.name], host_of(table.name, _source_options(table)))
            for table in config.sources
            if table.name in made
        }
        setting = Setting(
            kafka=config.kafka,
            ingest=config.ingest,
            most_items=config.pipeline.bus_items,
            most_at_once=config.http.concurrency,
            until_ended=until_ended,
        )
        resumed = partial(_in_force, config=config)
        try:
            return await run_ingest(shared, resumed, setting, clock, stop=stop, on_step=on_step)
        finally:
            for source in made.values():
                await source.close()
    finally:
        await web.close()


async def process(
    config: Config, *, stop: asyncio.Event, on_applied: "Callable[[Applied], None]"
) -> None:
    """Run the detectors over Kafka until ``stop`` is set.

    Raises:
        ConfigError: something in the configuration is wrong, or the extra is not installed.
        BrokerError: Kafka or a state broke; nothing was acknowledged that was not written.
    """
    from processors.distributed.running import Setting, run_process

    setting = Setting(
        kafka=config.kafka, process=config.process, detectors=wiring.detectors(config)
    )
    collect_seldom()
    await run_process(setting, stop=stop, on_applied=on_applied)


async def replay(  # noqa: PLR0913  # one caller; each is a thing of its own
    files: Sequence[Path],
    store: Store,
    config: Config,
    *,
    speed: float | None = None,
    stop: asyncio.Event,
    on_step: "OnStep",
    beside: Beside = alone,
) -> "Progress":
    """Play files of posts, one after the other, into a store; go on where it was.

    Args:
        files: in the wire form; ``-`` is standard input.
        store: stays open.
        config: its detectors and pipeline are used, its sources are not.
        speed: event time per time; absent for as fast as it goes.
        stop: ends it after the running batch.
        on_step: told after each commit.
        beside: what runs in the same loop as long.

    Raises:
        SourceError: a file cannot be read.
        StoreError: the store could not be written; nothing is half-written.
    """
    from ingest.replay import Replay
    from processors.flow import flow

    bus = _bus(config)
    embedded = wiring.pipeline_over(config, store)
    playing = Replay(
        files,
        store.source_states(),
        bus,
        clock=SystemClock(),
        chunk_items=config.pipeline.batch_items,
        speed=speed,
    )

    def told(progress: "Progress") -> None:
        progress.done_bytes, progress.total_bytes = playing.progress()
        on_step(progress)

    collect_seldom()
    async with beside(Running(store=store, outlet=bus)) as on_commit:
        return await flow(playing.run(stop), bus, embedded, told, on_commit)


async def sink(config: Config, *, stop: asyncio.Event, on_step: "OnSinkStep") -> "SinkProgress":
    """Bring what is in Kafka into the configured store until ``stop`` is set.

    Raises:
        ConfigError: something in the configuration is wrong.
        BrokerError: Kafka refuses us, or lacks a topic.
        StoreError: the store failed for good; what it lacks is read again next time.
    """
    from processors.sink.running import Setting, run_sink

    setting = Setting(kafka=config.kafka, sink=config.sink, sources=config.sources)
    store = wiring.open_store(config)
    collect_seldom()
    try:
        return await run_sink(setting, store, SystemClock(), stop=stop, on_step=on_step)
    finally:
        store.close()


def _in_force(states: Mapping[str, SourceState], config: Config) -> dict[str, SourceState]:
    """Give the states to go on with: what was changed in the file is read at once.

    A source of another kind than before starts anew, its old cursor means nothing to it.
    """
    due = {}
    for table in config.sources:
        settings = f"{table.kind}:{blake2b(codec.encode(table.options), digest_size=8).hexdigest()}"
        known = states.get(table.name) or SourceState(source=table.name)
        if known.settings.partition(":")[0] not in {"", table.kind}:
            known = SourceState(source=table.name)
        elif known.settings not in {"", settings}:
            known = replace(known, next_at=None)
        due[table.name] = replace(known, settings=settings)
    return due


def _bus(config: Config) -> Bus:
    options = {"most_items": config.pipeline.bus_items}
    bus: Bus = wiring.made(
        "bunco.buses",
        PartConfig(name="bus", kind="memory", options=options, where="pipeline", key="bus"),
    )
    return bus


def _source_options(table: PartConfig) -> Struct:
    part = registry.part("ingest.sources", table.kind, where=table.where, key=table.key)
    return registry.options(part, table)
