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
from bunco.alerting import Alert, Entry, Ledger, Notifier, Outgoing, Silence, Topic, name_of
from bunco.alerts.contents import Desk, contents_of
from bunco.alerts.looking import Lookout
from bunco.alerts.mail import outgoing
from bunco.alerts.outbox import Outbox
from bunco.alerts.outbox import run as run_alerts
from bunco.alerts.subjects import subject_of
from bunco.clock import SystemClock
from bunco.config import Config, PartConfig
from bunco.errors import ConfigError
from bunco.model import Finding, Quote
from bunco.ports import Part, Store
from bunco.signing import Grant, granted
from dashboards.desk import MailLinks

if TYPE_CHECKING:
    from processors.embedded import Step
    from processors.flow import OnCommit

_CHARTED = timedelta(hours=48)
_POSTS = 500
"""Posts of an author that a chart counts at most."""
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


def base_url(config: Config) -> str:
    """Give where the dashboard is for those who read mails."""
    dashboard = config.dashboard
    return dashboard.base_url.rstrip("/") or f"http://{dashboard.host}:{dashboard.port or 8600}"


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


class Writer:
    """Write the message of an entry, as the store is now.

    Args:
        config: where links lead, who sends.
        store: has the findings.
        key: signs links.
    """

    def __init__(self, config: Config, store: Store, key: bytes) -> None:
        self._config = config
        self._store = store
        self._key = key
        self._zones = {rule.name: rule.zone for rule in config.alerts}

    def __call__(self, entry: Entry, alert: Alert) -> Outgoing | None:
        """Give the message; None: nothing of what it was about is left."""
        findings = _findings(self._store, alert)
        if alert.topics and not findings and not any(topic.lines for topic in alert.topics):
            return None
        return self.written(alert, findings, entry.recipient)

    def written(self, alert: Alert, findings: dict[str, Finding], recipient: str) -> Outgoing:
        """Give the message of an alert about these findings."""
        zone = self._zones.get(alert.rule, "UTC")
        desk = Desk(
            base_url=base_url(self._config),
            key=self._key,
            link_life=self._config.mail.link_life,
            zone=zone,
        )
        subject = subject_of(alert, findings, zone)
        posted = {one.subject: self._posted(one) for one in findings.values()}
        contents = contents_of(alert, findings, posted, desk, subject=subject, recipient=recipient)
        return outgoing(alert, contents, recipient, self._config.mail)

    def _posted(self, finding: Finding) -> list[datetime]:
        page = self._store.history(
            finding.subject,
            since=finding.last_at - _CHARTED,
            until=finding.last_at + timedelta(seconds=1),
            limit=_POSTS,
        )
        return [one.at for one in page.rows if one.post is not None]


class Subjects:
    """Give what entries are about, in a line, as the store is now: the ledger keeps no words.

    Args:
        config: has the zones of the rules.
        store: has the findings.
        ledger: has the alerts.
    """

    def __init__(self, config: Config, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger
        self._zones = {rule.name: rule.zone for rule in config.alerts}

    def __call__(self, entry: Entry) -> str:
        """Give the subject of an entry's alert."""
        alert = self._ledger.alert(entry.alert)
        if alert is None:
            return entry.id
        found = _findings(self._store, alert)
        return subject_of(alert, found, self._zones.get(alert.rule, "UTC"))


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


def _findings(store: Store, alert: Alert) -> dict[str, Finding]:
    named = sorted({one for topic in alert.topics for one in topic.findings})
    return {one.id: one for name in named if (one := store.finding(name))}


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


def samples(config: Config, rule: AlertOptions, now: datetime) -> list[Outgoing]:
    """Give a made-up alert of a rule, for each of its recipients."""
    hour = timedelta(hours=1)
    wordings = ("Plumbers hate this one trick", "Plumbers HATE this one weird trick!")
    finding = Finding(
        id="sample",
        detector="repeats",
        subject="example:sample",
        score=0.9,
        reason=f"Published “{wordings[0]}” 14 times within 24 h, in 6 places (a sample).",
        numbers={"count": 14, "count_24h": 14, "places": 6},
        evidence=(),
        first_at=now - 2 * hour,
        last_at=now,
        closes_at=now + hour,
        quotes=tuple(
            Quote(f"sample/{n}", text, now - n * hour, "example") for n, text in enumerate(wordings)
        ),
    )
    topic = Topic(group="author example:sample", findings=(finding.id,))
    alert = Alert(
        id=name_of("sample", rule.name, now.isoformat()),
        rule=rule.name,
        kind="sample",
        reason="somebody asked for a sample",
        at=now,
        topics=(topic,),
    )
    write = Writer(config, wiring.open_store_at("memory:"), b"sample")
    return [write.written(alert, {finding.id: finding}, to) for to in rule.to or ("",)]


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
