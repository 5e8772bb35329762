"""Keep the ledger in memory, beside a store in memory: nothing outlives the process."""

import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from secrets import token_bytes

from msgspec import Struct

from bunco.alerting import Alert, Entry, Ledger, LedgerStep, Note, Silence
from bunco.errors import OvertakenError
from bunco.ports.parts import Part


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing to set."""


class MemoryLedger:
    """A ledger in memory. Any thread may call; calls take turns."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._key = token_bytes(32)
        self._mark = ""
        self._states: dict[str, bytes] = {}
        self._alerts: dict[str, Alert] = {}
        self._entries: dict[str, Entry] = {}
        self._notes: dict[tuple[str, str], Note] = {}
        self._silences: dict[str, Silence] = {}

    def key(self) -> bytes:
        """Give 32 secret bytes, the same for ever."""
        return self._key

    def mark(self) -> str:
        """Give up to where findings were looked at; empty at first."""
        return self._mark

    def states(self) -> Mapping[str, bytes]:
        """Give what the policy remembers, by rule."""
        with self._lock:
            return dict(self._states)

    def commit(self, step: LedgerStep) -> None:
        """Write a step."""
        with self._lock:
            if step.before != self._mark:
                raise OvertakenError("alerts are decided by somebody else as well")
            self._mark = step.mark
            self._states |= step.states
            self._alerts |= {alert.id: alert for alert in step.alerts}
            for entry in step.entries:
                self._entries.setdefault(entry.id, entry)
            self._notes |= {(note.rule, note.finding): note for note in step.notes}
            gone = set(step.removed)
            self._notes = {key: one for key, one in self._notes.items() if key[1] not in gone}

    def due(self, now: datetime, *, limit: int = 100) -> Sequence[Entry]:
        """Give entries that are to be sent, or got lost; oldest first."""
        with self._lock:
            found = [
                one
                for one in self._entries.values()
                if one.state in {"decided", "sending"} and one.next_at <= now
            ]
            return sorted(found, key=lambda one: (one.decided_at, one.id))[:limit]

    def move(self, before: Entry, after: Entry) -> bool:
        """Write an entry's new form; give whether it still had the old one."""
        with self._lock:
            is_same = self._entries.get(before.id) == before
            if is_same:
                self._entries[after.id] = after
            return is_same

    def alert(self, alert_id: str) -> Alert | None:
        """Give a decided alert."""
        with self._lock:
            return self._alerts.get(alert_id)

    def entries(self, *, rule: str = "", finding: str = "", limit: int = 100) -> Sequence[Entry]:
        """Give what was decided, of a rule or telling a finding; the latest first, then by id."""
        with self._lock:
            found = [
                one
                for one in self._entries.values()
                if rule in {"", one.rule} and (not finding or self._tells(one, finding))
            ]
            found.sort(key=lambda one: one.id)
            return sorted(found, key=lambda one: one.decided_at, reverse=True)[:limit]

    def notes(self, *, finding: str = "", rule: str = "", limit: int = 100) -> Sequence[Note]:
        """Give what became of findings, the latest first."""
        with self._lock:
            found = [
                one
                for one in self._notes.values()
                if finding in {"", one.finding} and rule in {"", one.rule}
            ]
            found.sort(key=lambda one: (one.finding, one.rule))
            return sorted(found, key=lambda one: one.at, reverse=True)[:limit]

    def silence(self, silence: Silence) -> None:
        """Keep a silence; one of the same id takes its place."""
        with self._lock:
            self._silences[silence.id] = silence

    def unsilence(self, ids: Collection[str]) -> int:
        """End silences now; give how many there were."""
        with self._lock:
            return sum(self._silences.pop(one, None) is not None for one in set(ids))

    def silences(self) -> Sequence[Silence]:
        """Give all silences, the one that ends last first."""
        with self._lock:
            found = sorted(self._silences.values(), key=lambda one: one.id)
            return sorted(found, key=lambda one: one.until, reverse=True)

    def tidy(self, before: datetime) -> None:
        """Forget what was sent, noted and silenced until then."""
        with self._lock:
            self._entries = {
                key: one
                for key, one in self._entries.items()
                if one.state in {"decided", "sending"} or one.decided_at >= before
            }
            used = {one.alert for one in self._entries.values()}
            self._alerts = {key: one for key, one in self._alerts.items() if key in used}
            self._notes = {key: one for key, one in self._notes.items() if one.at >= before}
            silences = self._silences.items()
            self._silences = {key: one for key, one in silences if one.until >= before}

    def close(self) -> None:
        """Let go of nothing."""

    def _tells(self, entry: Entry, finding: str) -> bool:
        alert = self._alerts.get(entry.alert)
        return alert is not None and any(finding in topic.findings for topic in alert.topics)


def make(options: Options) -> Ledger:
    """Make a ledger in memory."""
    del options
    return MemoryLedger()


PART: Part[Ledger] = Part(Options, make)
