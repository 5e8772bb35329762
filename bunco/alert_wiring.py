"""Put alerts together: store, ledger, rules and notifiers, beside a run or alone."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from msgspec import Struct

from bunco import registry, wiring
from bunco.alert_options import AlertOptions
from bunco.alert_writing import Writer
from bunco.alerting import (
    Ledger,
    Notifier,
    Silence,
    Standing,
)
from bunco.alerts.looking import Lookout
from bunco.alerts.outbox import Outbox
from bunco.alerts.outbox import run as run_alerts
from bunco.alerts.standing import standings
from bunco.clock import SystemClock
from bunco.config import Config, PartConfig
from bunco.errors import ConfigError
from bunco.ports.parts import Part
from bunco.ports.stores import Store
from bunco.signing import Grant, granted
from dashboards.desk import MailLinks

if TYPE_CHECKING:
    from processors.embedded import Step
    from processors.flow import OnCommit

_KEPT, _TIDY_EVERY = timedelta(days=90), timedelta(days=1)
"""What was sent and noted is kept for a quarter. Source: ours."""
_GOODBYE_S = 40.0
"""How long a mail on its way may take at the stop."""


def open_ledger(config: Config) -> Ledger:
    """Open the ledger: that of ``[ledger]``, else the one beside the store.

    Raises:
        ConfigError: there is none for this kind of store.
    """
    part = _ledger_part(config.ledger)
    return part.make(registry.options(part, config.ledger))


def rules(config: Config) -> tuple[AlertOptions, ...]:
    """Give the rules that are enabled."""
    return tuple(rule for rule in config.alerts if rule.enabled)


def notifiers(config: Config, names: Sequence[str]) -> dict[str, Notifier]:
    """Make the notifiers of these names.

    Raises:
        ConfigError: a kind or an option is wrong.
    """
    return {table.name: _made(table) for table in config.notifiers if table.name in names}


def mail_links(config: Config) -> MailLinks | None:
    """Give what the links of mails need; None where no alerts are sent.

    Each use opens the ledger anew: one in memory would be another each time.
    """
    if not rules(config) or config.ledger.kind != "sqlite":
        return None

    def granted_by(token: str) -> Grant:
        with closing(open_ledger(config)) as ledger:
            return granted(token, ledger.key(), SystemClock().now())

    def silence(wanted: Silence) -> None:
        with closing(open_ledger(config)) as ledger:
            ledger.silence(wanted)

    return MailLinks(granted=granted_by, silence=silence)


def standings_of(config: Config) -> Callable[[], Sequence[Standing]] | None:
    """Give what tells how the rules stand; None where nobody but the sender can see it."""
    if not rules(config) or config.ledger.kind != "sqlite":
        return None

    def told() -> Sequence[Standing]:
        with closing(open_ledger(config)) as ledger:
            return standings(ledger, rules(config), SystemClock().now())

    return told


def forget(config: Config, author: str) -> int:
    """End the silences about an author who is to be forgotten; give how many there were.

    Nothing else of alerts names an author.
    """
    if config.ledger.kind not in registry.kinds("bunco.ledgers"):
        return 0
    with closing(open_ledger(config)) as ledger:
        named = [one.id for one in ledger.silences() if (one.what, one.value) == ("author", author)]
        return ledger.unsilence(named) if named else 0


async def run(config: Config, store: Store, *, stop: asyncio.Event) -> None:
    """Look for what to tell, and tell it, until ``stop`` is set.

    Raises:
        ConfigError: something about alerts is wrong.
    """
    async with AsyncExitStack() as stack:
        ledger = open_ledger(config)
        stack.callback(ledger.close)
        active = rules(config)
        channels = notifiers(config, [rule.through for rule in active])
        for channel in channels.values():
            stack.push_async_callback(channel.close)
        sources = [table.name for table in config.sources if table.enabled]
        key = await asyncio.to_thread(ledger.key)
        clock = SystemClock()
        outbox = Outbox(
            ledger,
            channels,
            Writer(config, store, key),
            clock=clock,
            random=Random(),  # noqa: S311  # spreads attempts; guards nothing
        )
        lookout = Lookout(store, ledger, active, sources)
        look = _tidying(ledger, lookout.look)
        await run_alerts(look, outbox, clock, stop=stop)


def _tidying(ledger: Ledger, look: Callable[[datetime], object]) -> Callable[[datetime], None]:
    """Give a look that lets the ledger forget what is long past, once a day."""
    tidied: datetime | None = None

    def looked(now: datetime) -> None:
        nonlocal tidied
        look(now)
        if tidied is None or now >= tidied + _TIDY_EVERY:
            ledger.tidy(now - _KEPT)
            tidied = now

    return looked


def beside(config: Config, other: wiring.Beside = wiring.alone) -> wiring.Beside:
    """Give alerts as what runs beside a pipeline, with what else does.

    Args:
        config: its rules; without any, ``other`` alone runs.
        other: runs beside as well.
    """
    if not rules(config):
        return other
    check(config)
    return partial(_beside, config, other)


def check(config: Config) -> None:
    """Hold that alerts can be kept and carried, before anything is started.

    Raises:
        ConfigError: they cannot.
    """
    _ledger_part(config.ledger)
    used = {rule.through for rule in rules(config)}
    for table in config.notifiers:
        if table.name in used:
            _options(table)


@asynccontextmanager
async def _beside(
    config: Config, other: wiring.Beside, running: wiring.Running
) -> "AsyncIterator[OnCommit]":
    stop = asyncio.Event()
    alerting = asyncio.create_task(run(config, running.store, stop=stop), name="alerts")
    await asyncio.sleep(0)
    try:
        async with other(running) as on_commit:

            def told(step: "Step") -> None:
                if alerting.done() and not stop.is_set():
                    alerting.result()  # a wrong configuration ends the run
                on_commit(step)

            yield told
    finally:
        stop.set()
        await asyncio.wait([alerting], timeout=_GOODBYE_S)
        alerting.cancel()
        await asyncio.gather(alerting, return_exceptions=True)


def _ledger_part(table: PartConfig) -> Part[Ledger]:
    if table.kind not in registry.kinds("bunco.ledgers"):
        there = ", ".join(registry.kinds("bunco.ledgers"))
        allowed = there
        if table.key == "store":
            allowed = f'a table [ledger] with path = "FILE" beside it, or a store of kind {there}'
        raise ConfigError(table.where, f"{table.key}.kind", repr(table.kind), allowed)
    return registry.part("bunco.ledgers", table.kind, where=table.where, key=f"{table.key}.kind")


def _made(table: PartConfig) -> Notifier:
    part, options = _options(table)
    return part.make(options)


def _options(table: PartConfig) -> tuple[Part[Notifier], Struct]:
    part = registry.part("bunco.notifiers", table.kind, where=table.where, key=f"{table.key}.kind")
    return part, registry.options(part, table)
