"""Tell how each rule stands: what went last, what waits, what does not go."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bunco.alert_options import AlertOptions
from bunco.alerting import Ledger, Standing
from bunco.alerts.memory import decode

_LATEST = 200
"""Entries of a rule that are looked through. Source: ours; ten days of the default quota."""
_WEEK = timedelta(days=7)


def standings(ledger: Ledger, rules: Sequence[AlertOptions], now: datetime) -> list[Standing]:
    """Give the standing of each rule, in their order; blocks.

    Raises:
        StoreError: the ledger could not be read.
    """
    states = ledger.states()
    return [_standing(ledger, rule, states.get(rule.name, b"{}"), now) for rule in rules]


def _standing(ledger: Ledger, rule: AlertOptions, state: bytes, now: datetime) -> Standing:
    entries = ledger.entries(rule=rule.name, limit=_LATEST)
    going = [one for one in entries if one.state in {"decided", "sending"}]
    failed = [one for one in entries if one.state == "failed" and one.decided_at > now - _WEEK]
    memory = decode(state)
    return Standing(
        rule=rule.name,
        sent_at=max((one.sent_at for one in entries if one.sent_at), default=None),
        told_today=memory.told_today,
        waiting=sum(group.is_waiting for group in memory.groups.values()),
        on_the_way=len(going),
        since=min((one.decided_at for one in going), default=None),
        failed=len(failed),
        error=next((one.error for one in entries if one in going + failed and one.error), ""),
    )
