"""Run a processor until it is told to stop or something breaks."""

import asyncio
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from prometheus_client import CollectorRegistry

from bunco.errors import BrokerError, BuncoError
from bunco.log import logger
from bunco.options import KafkaOptions, ProcessOptions
from bunco.ports import Detector
from bunco.streams import names, topics, vitals
from bunco.streams.membership import leave
from processors.distributed import logs
from processors.distributed.app import Built, build
from processors.distributed.commits import Writer
from processors.distributed.figures import Figures
from processors.distributed.folder import held
from processors.distributed.seeking import seek_whole
from processors.distributed.worker import Applied, OnApplied, Worker

_log = logger(__name__)


class Setting(Struct, frozen=True, kw_only=True):
    """What a processor is run with."""

    kafka: KafkaOptions
    process: ProcessOptions
    detectors: Sequence[Detector[Any]]

    @property
    def instance(self) -> str:
        """Give the worker's name in its group."""
        return self.process.instance or socket.gethostname()

    @property
    def folder(self) -> Path:
        """Give where its states lie."""
        group = names.group(self.kafka.prefix, "process")
        return Path(self.process.data).absolute() / group / self.instance


async def run_process(setting: Setting, *, stop: asyncio.Event, on_applied: OnApplied) -> None:
    """Apply posts from Kafka until ``stop`` is set; then leave the group.

    Args:
        setting: the options and detectors.
        stop: ends it after the running commit.
        on_applied: told after each commit.

    Raises:
        ConfigError: the folder or port cannot be used, or the topics are not as they must be.
        BrokerError: Kafka or a state broke; nothing was acknowledged that was not written.
    """
    registry = CollectorRegistry()
    figures = Figures(registry)

    def told(applied: Applied) -> None:
        figures.add(applied)
        on_applied(applied)

    with held(setting.folder):
        incarnation = await asyncio.to_thread(_incarnation, setting.kafka)
        logs.forward()
        built = build(setting.kafka, setting.process, setting.instance, setting.folder)
        worker = Worker(
            Writer(built.app, built.states, setting.kafka.prefix, setting.kafka.partitions),
            setting.detectors,
            setting.process,
            partitions=setting.kafka.partitions,
            incarnation=incarnation,
            on_applied=told,
            on_open=lambda is_open: figures.is_ready(ready=is_open),
        )
        _join(built, worker)
        options = setting.process
        async with vitals.serve(options.host, options.port, lambda: worker.waits_for, registry):
            try:
                await _run(built.app, worker, stop)
            finally:
                await _leave(setting)


def _incarnation(kafka: KafkaOptions) -> str:
    """Give the id of the topic of posts, once all the topics are as they must be.

    Raises:
        BrokerError: one is missing, or has another number of partitions than is configured.
    """
    there = {state.name: state for state in topics.describe(kafka)}
    for spec in topics.wanted(kafka):
        state = there.get(spec.name)
        if state is None or state.partitions != spec.partitions:
            what = f"has {state.partitions} partitions" if state else "is missing"
            raise BrokerError(
                f"the topic {spec.name} {what}, it needs {spec.partitions}: "
                '"bunco topics check" tells what to do'
            )
    return there[names.topic(kafka.prefix, "posts")].id


async def _run(app: Any, worker: Worker, stop: asyncio.Event) -> None:  # noqa: ANN401  # Faust's
    """Run the application until something ends it; let the running commit end before it."""
    app.finalize()
    in_time = asyncio.create_task(worker.commit_in_time())
    stopped = asyncio.create_task(stop.wait())
    ended = asyncio.create_task(_started(app))
    tasks = (in_time, stopped, ended)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if stopped.done():
            return
        if in_time.done():
            in_time.result()
        await ended
        reason = app.crash_reason
        raise BrokerError(f"the processor stopped: {_in_words(reason)}") from reason
    finally:
        await worker.let_go()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await app.stop()


async def _started(app: Any) -> None:  # noqa: ANN401  # Faust's
    await app.start()
    await app.wait_until_stopped()


async def _leave(setting: Setting) -> None:
    """Give the partitions to the others at once: a static member would keep them for a while."""
    group = names.group(setting.kafka.prefix, "process")
    try:
        await asyncio.to_thread(leave, setting.kafka, group, setting.instance)
    except BuncoError as error:
        _log.warning("did not leave the group", reason=str(error))


def _in_words(reason: BaseException | None) -> str:
    return f"{type(reason).__name__}: {reason}" if reason else "the stream engine gave up"


def _join(built: Built, worker: Worker) -> None:
    """Make the worker the application's agent and tell it of rebalances."""
    app = built.app

    @app.agent(built.posts, name="posts")  # type: ignore[untyped-decorator]
    async def _posts(stream: Any) -> None:  # noqa: ANN401  # Faust's stream
        try:
            await worker.take(stream)
        except Exception as error:
            await app.crash(error)
            raise

    @app.on_partitions_revoked.connect  # type: ignore[untyped-decorator]
    async def _revoked(*_: object, **__: object) -> None:
        await worker.let_go()

    @app.on_partitions_assigned.connect  # type: ignore[untyped-decorator]
    async def _assigned(*_: object, **__: object) -> None:
        seek_whole(app)

    @app.on_rebalance_complete.connect  # type: ignore[untyped-decorator]
    async def _complete(*_: object, **__: object) -> None:
        worker.go_on()
