"""Check alerts for ``bunco doctor``: rules, channels, the ledger, what went and what did not."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct

from bunco import alert_wiring
from bunco.alert_options import AlertOptions
from bunco.alerting import Standing
from bunco.alerts.standing import standings
from bunco.config import Config
from bunco.errors import BuncoError, ConfigError

Verdict: TypeAlias = Literal["ok", "warn", "fail"]

_STUCK = timedelta(minutes=30)
"""A mail on its way for longer has been refused some times. Source: ours."""


class Check(Struct, frozen=True, kw_only=True):
    """What was found about one thing."""

    name: str
    verdict: Verdict
    note: str
    advice: str = ""


def checks(config: Config, now: datetime) -> Iterator[Check]:
    """Give a check of the ledger and one of each rule; nothing where there are no rules."""
    rules = alert_wiring.rules(config)
    if not rules:
        return
    try:
        alert_wiring.check(config)
        with closing(alert_wiring.open_ledger(config)) as ledger:
            silences = [one for one in ledger.silences() if one.until > now]
            found = standings(ledger, rules, now)
    except ConfigError as error:
        yield Check(name="alerts", verdict="fail", note=str(error), advice="mend that setting")
        return
    except BuncoError as error:
        advice = "look at the file of the ledger"
        yield Check(name="alerts", verdict="fail", note=str(error), advice=advice)
        return
    where = "in the store's file" if config.ledger is config.store else _place(config)
    note = f"ledger {where}, {len(rules):,} rules, {len(silences):,} silences"
    yield Check(name="alerts", verdict="ok", note=note)
    for rule, standing in zip(rules, found, strict=True):
        yield _ruled(rule, standing, now)


def _ruled(rule: AlertOptions, standing: Standing, now: datetime) -> Check:
    name = f"alert {rule.name}"
    went = f"last sent {standing.sent_at:%Y-%m-%d %H:%M} UTC" if standing.sent_at else "never sent"
    to = f"{rule.through} to {len(rule.to):,}" if rule.to else rule.through
    note = f"{to}: {went}, {standing.waiting:,} waiting, {standing.on_the_way:,} on the way"
    is_stuck = standing.since is not None and standing.since < now - _STUCK
    if standing.failed:
        note += f", {standing.failed:,} failed within 7 days: {standing.error}"
    elif is_stuck:
        note += f" since {standing.since:%Y-%m-%d %H:%M} UTC: {standing.error or 'is it running?'}"
    else:
        return Check(name=name, verdict="ok", note=note)
    advice = f'"bunco alert log --rule {rule.name}" shows each, "bunco alert test" tries the way'
    return Check(name=name, verdict="warn", note=note, advice=advice)


def _place(config: Config) -> str:
    return str(config.ledger.options.get("path", config.ledger.kind))
