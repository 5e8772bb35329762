"""Put the dashboard together: a desk over a store, beside a running pipeline or alone."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from bunco import alert_wiring, wiring
from bunco.clock import SystemClock
from bunco.config import Config
from bunco.config_shown import shown
from bunco.model import Batch, Delivery, Removal, Verdict
from bunco.ports.stores import Store
from bunco.pushes import Received
from dashboards.access.gate import Gate
from dashboards.app import build
from dashboards.desk import Desk, Hooks
from dashboards.errors import Unavailable
from dashboards.inbox import Inbox
from dashboards.live import Hub
from dashboards.serving import PortTakenError, address_of, bound, served

if TYPE_CHECKING:
    from processors.embedded import Step
    from processors.flow import OnCommit

READERS = 4
"""Threads that ask the store: an answer is quick, and the pipeline needs the processor too."""

Say: TypeAlias = Callable[[str], None]
Stay: TypeAlias = Callable[[], Awaitable[None]]


async def serve(config: Config, store: Store, *, stop: asyncio.Event, say: Say) -> None:
    """Serve the dashboard over a store until ``stop`` is set; nothing is read from sources.

    Args:
        config: its ``[dashboard]`` says where; its detectors learn of verdicts.
        store: stays open.
        stop: ends it.
        say: told where it is.

    Raises:
        ConfigError: something in ``[dashboard]`` is wrong.
        BuncoError: it cannot listen there.
    """
    gate = Gate(config.dashboard, SystemClock(), config.store.where)
    listening = bound(config.dashboard.host, config.dashboard.port)
    async with AsyncExitStack() as stack:
        readers = stack.enter_context(ThreadPoolExecutor(READERS, "reader"))
        hooks = await stack.enter_async_context(_hooks_of(config, store))
        desk = replace(_desk(config, store, readers), hooks=hooks)
        async with served(build(desk, gate), listening, desk.hub):
            say(f"The dashboard is at {address_of(listening)}; Ctrl-C stops it.")
            await stop.wait()


def beside(
    config: Config, say: Say, *, with_pages: bool = True, stay: Stay | None = None
) -> wiring.Beside:
    """Give the dashboard as what runs beside a pipeline.

    Where the port is taken it says so, and the pipeline runs without: reading is its work, and
    another bunco may well run on this machine.

    Args:
        config: its ``[dashboard]`` says where.
        say: told where it is, or why it is not.
        with_pages: whether people are served too, or programs alone.
        stay: what to wait for once the pipeline is done; the dashboard is served meanwhile.
    """
    return partial(_beside, config, say, with_pages, stay)


@asynccontextmanager
async def _beside(
    config: Config,
    say: Say,
    with_pages: bool,  # noqa: FBT001  # bound by beside
    stay: Stay | None,
    running: wiring.Running,
) -> "AsyncIterator[OnCommit]":
    gate = Gate(config.dashboard, SystemClock(), config.store.where)
    try:
        listening = bound(config.dashboard.host, config.dashboard.port)
    except PortTakenError as error:
        say(f"No dashboard: {error}. Set port of [dashboard] to another; 0 takes any.")
        async with wiring.alone(running) as unheard:
            yield unheard
        return
    inbox = Inbox(running.outlet)
    with ThreadPoolExecutor(READERS, "reader") as readers:
        hooks = _hooks_beside(running, inbox)
        desk = replace(_desk(config, running.store, readers, running, inbox), hooks=hooks)

        def on_commit(step: "Step") -> None:
            for name in ("posts", "repeated", "removals", "findings", "dead"):
                setattr(desk.progress, name, getattr(desk.progress, name) + getattr(step, name))
            desk.progress.commits += 1
            inbox.committed(step.deliveries)
            desk.hub.kick()

        async with served(build(desk, gate, with_pages=with_pages), listening, desk.hub):
            say(f"The dashboard is at {address_of(listening)}.")
            try:
                yield on_commit
            finally:
                inbox.close()
            if stay is not None:
                await stay()


def _hooks_beside(running: wiring.Running, inbox: Inbox) -> Hooks | None:
    """Give how sources are pushed to beside the pipeline that they belong to."""
    pushing = running.pushing
    if pushing is None:
        return None

    async def hand_over(name: str, received: Received) -> None:
        if name in pushing.paused():
            raise Unavailable("the source is paused", {"Retry-After": "60"})
        delivery = Delivery(
            source=name,
            items=received.items,
            cursor=b"",
            dead=received.dead,
            outcome="pushed",
            note=received.note,
        )
        await inbox.bring(lambda outlet: pushing.push(name, delivery, outlet))

    return Hooks(receivers=running.receivers, hand_over=hand_over)


@asynccontextmanager
async def _hooks_of(config: Config, store: Store) -> AsyncIterator[Hooks | None]:
    """Give how sources are pushed to in a distributed run: into Kafka, letters into the store.

    Elsewhere None: the process that runs the pipeline takes pushes.
    """
    if not config.distributed:
        yield None
        return
    clock = SystemClock()
    web = wiring.web_of(config, clock)

    def publish(received: Received) -> None:
        wiring.publish(config.kafka, received.items)
        if received.dead:
            store.commit(Batch(dead=received.dead, is_beside=True))

    async def hand_over(name: str, received: Received) -> None:
        del name
        await asyncio.to_thread(publish, received)

    try:
        yield Hooks(receivers=wiring.receivers(config, web, clock), hand_over=hand_over)
    finally:
        await web.close()


def _desk(
    config: Config,
    store: Store,
    readers: ThreadPoolExecutor,
    running: wiring.Running | None = None,
    inbox: Inbox | None = None,
) -> Desk:
    clock = SystemClock()
    through = config.kafka if config.distributed and inbox is None else None

    async def judge(verdicts: Sequence[Verdict]) -> None:
        if inbox is not None and inbox.is_open:
            await inbox.accept(verdicts)
        else:
            await asyncio.to_thread(wiring.judge, store, config, verdicts, through=through)

    async def forget(author: str) -> None:
        await asyncio.to_thread(alert_wiring.forget, config, author)
        now = clock.now()
        if inbox is not None and inbox.is_open:
            await inbox.accept([Removal(removed="author", author=author, at=now)])
        else:
            await asyncio.to_thread(wiring.forget, store, author, now, through=through)

    return Desk(
        config=config,
        store=store,
        readers=readers,
        hub=Hub(store, readers),
        clock=clock,
        judge=judge,
        pattern_of=partial(wiring.pattern_of, config),
        forget=forget,
        accept=None if inbox is None else inbox.accept,
        links=alert_wiring.mail_links(config),
        standings=alert_wiring.standings_of(config),
        control=None if running is None else running.control,
        shown=shown(config),
        version=version("bunco"),
    )
