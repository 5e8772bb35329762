"""Keep the ledger in the store's SQLite file, by connections of its own.

One writer at a time, as the store has it; a write here waits for the pipeline's commit.
What was decided is on the disk before the first byte of it is sent (``synchronous = FULL``).
"""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from secrets import token_bytes

import apsw
import msgspec

from bunco.alerting import Alert, Entry, Ledger, LedgerStep, Note, Silence
from bunco.errors import OvertakenError
from bunco.model import to_ms
from bunco.ports.parts import Part
from bunco.stores.sqlite import Options
from bunco.stores_sql.connections import Connections
from bunco.stores_sql.rows import Value, query
from bunco.stores_sql.transactions import transaction, worded

_encode = msgspec.json.Encoder().encode
_alert = msgspec.json.Decoder(Alert).decode
_entry = msgspec.json.Decoder(Entry).decode
_note = msgspec.json.Decoder(Note).decode
_silence = msgspec.json.Decoder(Silence).decode


class SqliteLedger:
    """A ledger in a store's file. Any thread may call; writes take turns."""

    def __init__(self, options: Options) -> None:
        self._path = options.path
        self._connections = Connections(
            options.path, busy_ms=options.wait // timedelta(milliseconds=1), cache_bytes=1 << 20
        )
        self._lock = threading.RLock()

    def key(self) -> bytes:
        """Give 32 secret bytes, the same for ever."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO alert_meta VALUES ('key', ?)", (token_bytes(32),)
            )
            ((key,),) = query(connection, "SELECT value FROM alert_meta WHERE name = 'key'")
            return bytes(key)

    def mark(self) -> str:
        """Give up to where findings were looked at; empty at first."""
        with self._reading() as connection:
            return _mark(connection)

    def states(self) -> Mapping[str, bytes]:
        """Give what the policy remembers, by rule."""
        with self._reading() as connection:
            return dict(query(connection, "SELECT rule, state FROM alert_states"))

    def commit(self, step: LedgerStep) -> None:
        """Write a step."""
        with self._writing() as connection:
            if _mark(connection) != step.before:
                raise OvertakenError("alerts are decided by somebody else as well")
            connection.execute(
                "INSERT OR REPLACE INTO alert_meta VALUES ('mark', ?)", (step.mark.encode(),)
            )
            connection.executemany(
                "INSERT OR REPLACE INTO alert_states VALUES (?,?)", step.states.items()
            )
            _write_alerts(connection, step.alerts)
            connection.executemany(
                "INSERT OR IGNORE INTO alert_entries VALUES (?,?,?,?,?,?,?)",
                [_entry_row(entry) for entry in step.entries],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO alert_notes VALUES (?,?,?,?)",
                [(one.rule, one.finding, to_ms(one.at), _encode(one)) for one in step.notes],
            )
            connection.executemany(
                "DELETE FROM alert_notes WHERE finding = ?", [(one,) for one in step.removed]
            )

    def due(self, now: datetime, *, limit: int = 100) -> Sequence[Entry]:
        """Give entries that are to be sent, or got lost; oldest first."""
        return self._entries(
            "WHERE state IN ('decided', 'sending') AND next_ms <= ? "
            "ORDER BY decided_ms, id LIMIT ?",
            to_ms(now),
            limit,
        )

    def move(self, before: Entry, after: Entry) -> bool:
        """Write an entry's new form; give whether it still had the old one."""
        row = _entry_row(after)
        with self._writing() as connection:
            rows = query(connection, "SELECT body FROM alert_entries WHERE id = ?", before.id)
            if [_entry(body) for (body,) in rows] != [before]:
                return False
            connection.execute(
                "UPDATE alert_entries SET state = ?, next_ms = ?, body = ? WHERE id = ?",
                (row[3], row[5], row[6], before.id),
            )
            return True

    def alert(self, alert_id: str) -> Alert | None:
        """Give a decided alert."""
        with self._reading() as connection:
            rows = query(connection, "SELECT body FROM alerts WHERE id = ?", alert_id)
        return _alert(rows[0][0]) if rows else None

    def entries(self, *, rule: str = "", finding: str = "", limit: int = 100) -> Sequence[Entry]:
        """Give what was decided, of a rule or telling a finding; the latest first, then by id."""
        return self._entries(
            "WHERE ?1 IN ('', rule) AND (?2 = '' OR alert IN "
            "(SELECT alert FROM alert_findings WHERE finding = ?2)) "
            "ORDER BY decided_ms DESC, id LIMIT ?3",
            rule,
            finding,
            limit,
        )

    def notes(self, *, finding: str = "", rule: str = "", limit: int = 100) -> Sequence[Note]:
        """Give what became of findings, the latest first."""
        with self._reading() as connection:
            rows = query(
                connection,
                "SELECT body FROM alert_notes WHERE ?1 IN ('', finding) AND ?2 IN ('', rule) "
                "ORDER BY at_ms DESC, finding, rule LIMIT ?3",
                finding,
                rule,
                limit,
            )
        return [_note(body) for (body,) in rows]

    def silence(self, silence: Silence) -> None:
        """Keep a silence; one of the same id takes its place."""
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO alert_silences VALUES (?,?,?)",
                (silence.id, to_ms(silence.until), _encode(silence)),
            )

    def unsilence(self, ids: Collection[str]) -> int:
        """End silences now; give how many there were."""
        with self._writing() as connection:
            before = connection.total_changes()
            connection.executemany(
                "DELETE FROM alert_silences WHERE id = ?", [(one,) for one in set(ids)]
            )
            return connection.total_changes() - before

    def silences(self) -> Sequence[Silence]:
        """Give all silences, the one that ends last first."""
        with self._reading() as connection:
            rows = query(connection, "SELECT body FROM alert_silences ORDER BY until_ms DESC, id")
        return [_silence(body) for (body,) in rows]

    def tidy(self, before: datetime) -> None:
        """Forget what was sent, noted and silenced until then."""
        ms = to_ms(before)
        with self._writing() as connection:
            connection.execute(
                "DELETE FROM alert_entries WHERE state NOT IN ('decided', 'sending') "
                "AND decided_ms < ?",
                (ms,),
            )
            connection.execute(
                "DELETE FROM alerts WHERE id NOT IN (SELECT alert FROM alert_entries)"
            )
            connection.execute(
                "DELETE FROM alert_findings WHERE alert NOT IN (SELECT alert FROM alert_entries)"
            )
            connection.execute("DELETE FROM alert_notes WHERE at_ms < ?", (ms,))
            connection.execute("DELETE FROM alert_silences WHERE until_ms < ?", (ms,))

    def close(self) -> None:
        """Let go of files."""
        with self._lock:
            self._connections.close()

    def _entries(self, sql: str, *values: Value) -> list[Entry]:
        with self._reading() as connection:
            rows = query(connection, f"SELECT body FROM alert_entries {sql}", *values)  # noqa: S608  # ours
        return [_entry(body) for (body,) in rows]

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        with self._lock, worded(self._path):
            connection = self._connections.writer()
            connection.execute("PRAGMA synchronous = FULL")
            with transaction(connection):
                yield connection

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection]:
        with worded(self._path):
            yield self._connections.reader()


def _mark(connection: apsw.Connection) -> str:
    rows = query(connection, "SELECT value FROM alert_meta WHERE name = 'mark'")
    return bytes(rows[0][0]).decode() if rows else ""


def _entry_row(entry: Entry) -> tuple[Value, ...]:
    return (
        *(entry.id, entry.alert, entry.rule, entry.state),
        *(to_ms(entry.decided_at), to_ms(entry.next_at), _encode(entry)),
    )


def _write_alerts(connection: apsw.Connection, alerts: Sequence[Alert]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO alerts VALUES (?,?)", [(one.id, _encode(one)) for one in alerts]
    )
    connection.executemany(
        "INSERT OR IGNORE INTO alert_findings VALUES (?,?)",
        [(finding, one.id) for one in alerts for topic in one.topics for finding in topic.findings],
    )


def make(options: Options) -> Ledger:
    """Make the ledger of the store with these options."""
    return SqliteLedger(options)


PART: Part[Ledger] = Part(Options, make)
