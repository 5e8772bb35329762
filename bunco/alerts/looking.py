"""Look at what changed in the store, decide, and write both down in one step.

mark → changes since → sightings under each rule → decisions → entries → ledger (with the mark)

A kill before the step is written leaves the old mark: the same changes are seen again. After
it, the entries stand in the outbox. Times come from the clock, so that a late start decides
by the time it is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bunco.alert_options import AlertOptions
from bunco.alerting import Alert, Entry, Ledger, LedgerStep, Note, Silence
from bunco.alerts import memory as remembered
from bunco.alerts.holding import due_findings
from bunco.alerts.mail import entry_id
from bunco.alerts.memory import HEALTH
from bunco.alerts.policy import Decided, decide
from bunco.alerts.sightings import Sighting, sighting_of
from bunco.alerts.troubles import troubles
from bunco.errors import UsageError
from bunco.health import RHYTHM, usual_gaps
from bunco.log import logger
from bunco.model import Finding, Post, SourceState
from bunco.ports.stores import Store

_PAGE, _POSTS = 500, 4
_KEPT = frozenset({"waiting", "silenced", "judged", "late"})
"""Outcomes that are written down; the others say nothing of an alert that was due."""
_GAPS_EVERY = timedelta(minutes=10)
_log = logger(__name__)


class Looked(Struct, frozen=True, kw_only=True):
    """What one look came to."""

    changes: int = 0
    alerts: int = 0
    waiting: int = 0
    """Groups that have something to tell and wait."""


class Lookout:
    """Look again and again; keeps nothing that the ledger does not have.

    Args:
        store: whose findings and sources are looked at.
        ledger: where decisions go.
        rules: those that are enabled.
        sources: names of the enabled sources.
    """

    def __init__(
        self, store: Store, ledger: Ledger, rules: Sequence[AlertOptions], sources: Sequence[str]
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._rules = rules
        self._sources = frozenset(sources)
        self._gaps: Mapping[str, timedelta] = {}
        self._gaps_at: datetime | None = None

    def look(self, now: datetime) -> Looked:
        """Decide once; blocks.

        Raises:
            OvertakenError: somebody else decides as well.
            StoreError: store or ledger failed; nothing was decided.
        """
        before = self._ledger.mark()
        mark, changed = self._changed(before)
        removed = {name for name, finding in changed.items() if finding is None}
        there = {name: one for name, one in changed.items() if one is not None}
        kept = self._ledger.states()
        silences = [one for one in self._ledger.silences() if one.until > now]
        states: dict[str, bytes] = {}
        alerts: list[Alert] = []
        entries: list[Entry] = []
        notes: list[Note] = []
        waiting = 0
        for rule in self._rules:
            old = kept.get(rule.name, b"{}")
            decided = self._decided(rule, old, (there, removed), silences, now)
            if (new := remembered.encode(decided.memory)) != old:
                states[rule.name] = new
            alerts += decided.alerts
            waiting += len(decided.waiting)
            entries += [
                one for alert in decided.alerts for one in entries_of(alert, rule, silences)
            ]
            notes += [note for note in decided.notes if note.outcome in _KEPT]
        if mark != before or states or alerts:
            self._ledger.commit(
                LedgerStep(
                    before=before,
                    mark=mark,
                    states=states,
                    alerts=tuple(alerts),
                    entries=tuple(entries),
                    notes=tuple(notes),
                    removed=tuple(sorted(removed)),
                )
            )
        return Looked(changes=len(changed), alerts=len(alerts), waiting=waiting)

    def _changed(self, before: str) -> tuple[str, dict[str, Finding | None]]:
        """Give all that changed since a mark, and the mark after it; at first, nothing yet."""
        if not before:
            return self._store.changes_mark(), {}
        found: dict[str, Finding | None] = {}
        mark = before
        while True:
            try:
                page = self._store.changes(mark, limit=_PAGE)
            except UsageError as error:
                _log.warning("alerts begin anew", reason=str(error))
                return self._store.changes_mark(), {}
            found |= {one.id: one.finding for one in page.rows}
            mark = page.after
            if len(page.rows) < _PAGE:
                return mark, found

    def _decided(
        self,
        rule: AlertOptions,
        old: bytes,
        changed: tuple[Mapping[str, Finding], set[str]],
        silences: Sequence[Silence],
        now: datetime,
    ) -> Decided:
        there, removed = dict(changed[0]), set(changed[1])
        memory = remembered.decode(old)
        for name in due_findings(rule, memory, now):
            if name not in there and name not in removed:
                if (finding := self._store.finding(name)) is None:
                    removed.add(name)
                else:
                    there[name] = finding
        seen = [
            sighting_of(one, rule, silences, now, self._posts(one, rule)) for one in there.values()
        ]
        if rule.health:
            wrong = self._troubles(rule, silences, now)
            names = {one.id for one in wrong}
            health = memory.groups.get(HEALTH)
            removed |= {one for one in (health.members if health else ()) if one not in names}
            seen += wrong
        return decide(rule, memory, seen, now, removed=removed)

    def _posts(self, finding: Finding, rule: AlertOptions) -> list[Post]:
        """Give some of the posts of a finding, where the rule asks what they point at."""
        if rule.group_by != "campaign":
            return []
        found = [self._store.post(one) for one in finding.evidence[-_POSTS:]]
        return [one.post for one in found if one is not None]

    def _troubles(
        self, rule: AlertOptions, silences: Sequence[Silence], now: datetime
    ) -> list[Sighting]:
        known = self._store.source_states()
        states = {name: known.get(name, SourceState(source=name)) for name in self._sources}
        if self._gaps_at is None or now >= self._gaps_at + _GAPS_EVERY:
            counts = self._store.counts("posts", step=timedelta(hours=1), since=now - RHYTHM)
            self._gaps, self._gaps_at = usual_gaps(counts), now
        return troubles(rule, states, self._gaps, silences, now)


def entries_of(alert: Alert, rule: AlertOptions, silences: Sequence[Silence]) -> list[Entry]:
    """Give an alert's ways to its recipients: each goes, fails and is tried again by itself.

    Args:
        alert: as it was decided.
        rule: says who they are.
        silences: those that hold now; who unsubscribed gets nothing.
    """
    away = {
        one.value for one in silences if one.what == "recipient" and one.rule in {"", rule.name}
    }
    return [
        Entry(
            id=entry_id(alert.id, recipient),
            alert=alert.id,
            rule=rule.name,
            recipient=recipient,
            through=rule.through,
            state="decided",
            decided_at=alert.at,
            next_at=alert.at,
        )
        for recipient in rule.to or ("",)
        if recipient not in away
    ]
