"""Run a processor until it is told to stop or something breaks."""

import asyncio
import os
import re
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import Struct
from prometheus_client import CollectorRegistry

from bunco.errors import BrokerError, BuncoError, ConfigError
from bunco.log import logger
from bunco.options import KafkaOptions, ProcessOptions
from bunco.ports.detectors import Detector
from bunco.streams import names, topics, vitals
from bunco.streams.connection import shown, why
from bunco.streams.membership import leave
from processors.distributed import logs
from processors.distributed.app import Built, build
from processors.distributed.commits import Writer
from processors.distributed.figures import Figures
from processors.distributed.folder import held
from processors.distributed.seeking import Positions
from processors.distributed.watch import Watch
from processors.distributed.worker import Applied, OnApplied, Worker

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_COMMIT_S = 5.0
"""How long a stop waits for the running commit."""
_STOP_S = 10.0
"""How long it then waits for Faust and Kafka."""
_CUT_OFF = 1

_log = logger(__name__)


class Setting(Struct, frozen=True, kw_only=True):
    """What a processor is run with."""

    kafka: KafkaOptions
    process: ProcessOptions
    detectors: Sequence[Detector[Any, Any]]

    @property
    def instance(self) -> str:
        """Give the worker's name in its group."""
        return self.process.instance or socket.gethostname()

    @property
    def folder(self) -> Path:
        """Give where its states lie.

        Raises:
            ConfigError: the name cannot be one of a folder.
        """
        if not _NAME.fullmatch(self.instance) or not self.process.data:
            found = repr(self.instance if self.process.data else "")
            key, allowed = "instance", "letters, digits, dots, dashes and underscores"
            raise ConfigError("process", key if self.process.data else "data", found, allowed)
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
        session_s = setting.process.session_timeout.total_seconds()
        watch = Watch(built.app, session_s, setting.instance)
        positions = Positions(built.app, setting.kafka)
        worker = Worker(
            Writer(built.app, built.states, setting.kafka.prefix, setting.kafka.partitions),
            positions,
            setting.detectors,
            setting.process,
            partitions=setting.kafka.partitions,
            incarnation=incarnation,
            on_applied=told,
            on_open=lambda is_open: figures.is_ready(ready=is_open),
            check=watch.check,
        )
        _join(built, worker, positions)
        options = setting.process
        async with vitals.serve(options.host, options.port, lambda: worker.waits_for, registry):
            built.app.finalize()
            positions.prepare()
            await _run(Running(setting, built.app, worker, watch), stop)


def _incarnation(kafka: KafkaOptions) -> str:
    """Give the id of the topic of posts, once all the topics are as they must be; blocks.

    Raises:
        BrokerError: one is missing, or has another number of partitions than is configured.
    """
    wanted = topics.wanted(kafka)
    there = shown(
        lambda: {state.name: state for state in topics.describe(kafka)},
        [spec.name for spec in wanted],
    )
    for spec in wanted:
        state = there.get(spec.name)
        if state is None or state.partitions != spec.partitions:
            missing = 'is missing: "bunco topics create" makes it'
            raise BrokerError(
                f"the topic {spec.name} "
                + (
                    f"has {state.partitions} partitions, the configuration says "
                    f'{spec.partitions}: "bunco topics check" tells what to do'
                    if state
                    else missing
                )
            )
    return there[names.topic(kafka.prefix, "posts")].id


class Running(Struct, frozen=True):
    """The parts of a processor at work."""

    setting: Setting
    app: Any
    worker: Worker
    watch: Watch


async def _run(running: Running, stop: asyncio.Event) -> None:
    """Run until something ends it.

    Raises:
        BrokerError: it was not ``stop``.
    """
    stopped = asyncio.create_task(stop.wait())
    tasks = [
        asyncio.create_task(running.worker.commit_in_time()),
        asyncio.create_task(running.watch.run()),
        asyncio.create_task(_started(running.app)),
    ]
    try:
        await asyncio.wait([stopped, *tasks], return_when=asyncio.FIRST_COMPLETED)
        if not stopped.done():
            raise _what_ended(running, tasks)
    finally:
        await _end(running, [stopped, *tasks])


def _what_ended(running: Running, tasks: Sequence["asyncio.Task[None]"]) -> BrokerError:
    """Give in words why the processor cannot go on."""
    errors = [task.exception() for task in tasks if task.done() and not task.cancelled()]
    reason = next((error for error in errors if error is not None), running.app.crash_reason)
    if reason is None:
        return BrokerError("the processor stopped: the stream engine gave up")
    said = BrokerError(f"the processor stopped: {why(reason, running.setting.kafka)}")
    said.__cause__ = reason
    return said


async def _end(running: Running, tasks: Sequence["asyncio.Task[Any]"]) -> None:
    """Let the running commit end, stop, and leave the group; wait for Kafka only so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_COMMIT_S):
            await running.worker.let_go()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    stopping = asyncio.create_task(running.app.stop())
    done, _ = await asyncio.wait([stopping], timeout=_STOP_S)
    if not done:
        # Its threads wait for Kafka and would keep the process alive; nothing is unsaved that
        # was acknowledged.
        _log.warning("Kafka does not answer, ending without leaving the group")
        sys.stderr.flush()
        os._exit(_CUT_OFF)
    await _leave(running.setting)


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


def _join(built: Built, worker: Worker, positions: Positions) -> None:
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
        positions.attach()

    @app.on_rebalance_complete.connect  # type: ignore[untyped-decorator]
    async def _complete(*_: object, **__: object) -> None:
        worker.go_on()
