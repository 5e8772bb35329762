"""The tables, grown step by step: a store remembers how many steps it has taken.

A step is never changed once released; a new one is added at the end. docs/store.md says
what each table is for.
"""

from collections.abc import Sequence

import apsw

from bunco.errors import StoreError
from bunco.storage.words import SEPARATING
from bunco.stores_sql.transactions import snapshot, transaction

APPLICATION_ID = 0x62756E63
"""Stands in the file's header: ``bunc``."""

_SEPARATORS = "".join(chr(code) for first, last in SEPARATING for code in range(first, last + 1))

_FIRST = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('salt', randomblob(16));

CREATE TABLE authors (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    findable TEXT NOT NULL
) STRICT;
CREATE TABLE tallies (
    author INTEGER PRIMARY KEY,
    posts INTEGER NOT NULL,
    first_ms INTEGER,
    last_ms INTEGER,
    named_ms INTEGER
) STRICT;
CREATE TABLE author_states (author INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;
CREATE TABLE sources (key INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, state BLOB) STRICT;

CREATE TABLE posts (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    author INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    source INTEGER NOT NULL,
    sensational REAL NOT NULL,
    headline TEXT,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX posts_by_author ON posts (author, at_ms);
CREATE TABLE blocks (
    block INTEGER PRIMARY KEY, oldest_ms INTEGER NOT NULL, newest_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE spans (
    source INTEGER NOT NULL, block INTEGER NOT NULL, oldest_ms INTEGER NOT NULL,
    PRIMARY KEY (source, block)
) STRICT, WITHOUT ROWID;
CREATE TABLE post_counts (
    hour INTEGER NOT NULL, source INTEGER NOT NULL, kind TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (hour, source, kind)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
    title, text, author, content='', columnsize=0,
    tokenize="unicode61 remove_diacritics 2 separators '{_SEPARATORS}'"
);
INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
INSERT INTO words (words, rank) VALUES ('hashsize', 16777216);
INSERT INTO words (words, rank) VALUES ('automerge', 8);

CREATE TABLE findings (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    detector TEXT NOT NULL,
    author INTEGER NOT NULL,
    points INTEGER NOT NULL,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    sources TEXT NOT NULL,
    places TEXT NOT NULL,
    sentence TEXT NOT NULL
) STRICT;
CREATE INDEX findings_by_last ON findings (last_ms, author, points, detector);
CREATE INDEX findings_by_author ON findings (author, last_ms);
CREATE TABLE finding_bodies (finding INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE evidence (
    mark INTEGER NOT NULL, finding INTEGER NOT NULL, PRIMARY KEY (mark, finding)
) STRICT, WITHOUT ROWID;
CREATE TABLE finding_counts (
    hour INTEGER NOT NULL, detector TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (hour, detector)
) STRICT, WITHOUT ROWID;

CREATE TABLE polls (
    source TEXT NOT NULL, at_ms INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (source, at_ms, body)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    author TEXT NOT NULL,
    letter BLOB NOT NULL
) STRICT;
CREATE INDEX dead_by_source ON dead (source);

CREATE TABLE gone (mark INTEGER PRIMARY KEY, erased INTEGER NOT NULL, author INTEGER) STRICT;
CREATE TABLE gone_authors (mark INTEGER PRIMARY KEY, until_ms INTEGER) STRICT;
"""

_VERDICTS = """
CREATE TABLE verdicts (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    finding TEXT NOT NULL,
    author TEXT NOT NULL,
    detector TEXT NOT NULL,
    judged TEXT NOT NULL,
    said_by TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    began_ms INTEGER NOT NULL,
    post TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX verdicts_by_finding ON verdicts (finding);
CREATE INDEX verdicts_by_author ON verdicts (author, at_ms);
CREATE INDEX verdicts_by_time ON verdicts (at_ms, id);
CREATE INDEX verdicts_by_post ON verdicts (post) WHERE post <> '';
ALTER TABLE findings ADD COLUMN judged TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;
ALTER TABLE findings ADD COLUMN quieted_by TEXT NOT NULL DEFAULT '';
CREATE INDEX findings_quieted ON findings (quieted_by) WHERE quieted_by <> '';
CREATE INDEX findings_judged ON findings (judged, last_ms) WHERE judged <> '';
DROP INDEX findings_by_last;
CREATE INDEX findings_by_last ON findings (last_ms, author, points, detector, quiet);
"""

_DASHBOARD = """
ALTER TABLE findings ADD COLUMN written INTEGER NOT NULL DEFAULT 0;
UPDATE findings SET written = key;
CREATE UNIQUE INDEX findings_by_writing ON findings (written);
CREATE TABLE removed_findings (written INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT;
CREATE TABLE post_minutes (minute INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
INSERT INTO post_minutes
    SELECT (at_ms - ((at_ms % 60000) + 60000) % 60000) / 60000, count(*) FROM posts GROUP BY 1;
CREATE TABLE finding_minutes (
    minute INTEGER NOT NULL, detector TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (minute, detector)
) STRICT, WITHOUT ROWID;
INSERT INTO finding_minutes
    SELECT (first_ms - ((first_ms % 60000) + 60000) % 60000) / 60000, detector, count(*)
    FROM findings GROUP BY 1, 2;
"""

_HEADLINES = """
ALTER TABLE posts ADD COLUMN wording INTEGER;
CREATE TABLE headlines (
    day INTEGER NOT NULL, wording INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    post INTEGER NOT NULL, author INTEGER NOT NULL,
    PRIMARY KEY (day, wording, at_ms, post)
) STRICT, WITHOUT ROWID;
"""

_ALERTS = """
CREATE TABLE alert_meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alert_states (rule TEXT PRIMARY KEY, state BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alerts (id TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE alert_findings (
    finding TEXT NOT NULL, alert TEXT NOT NULL, PRIMARY KEY (finding, alert)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_entries (
    id TEXT PRIMARY KEY, alert TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL,
    decided_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL, body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_entries_due ON alert_entries (next_ms)
    WHERE state IN ('decided', 'sending');
CREATE INDEX alert_entries_by_time ON alert_entries (decided_ms);
CREATE INDEX alert_entries_by_alert ON alert_entries (alert);
CREATE TABLE alert_notes (
    rule TEXT NOT NULL, finding TEXT NOT NULL, at_ms INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (finding, rule)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_notes_by_time ON alert_notes (at_ms);
CREATE TABLE alert_silences (
    id TEXT PRIMARY KEY, until_ms INTEGER NOT NULL, body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
"""

STEPS: tuple[str, ...] = (_FIRST, _VERDICTS, _DASHBOARD, _HEADLINES, _ALERTS)
"""The SQL of each version: the first makes an empty file version 1."""


def version(connection: apsw.Connection, path: str, steps: Sequence[str] = STEPS) -> int:
    """Give the version of a store: 0 for an empty file.

    Raises:
        StoreError: the file is another program's, or was written by a newer bunco.
    """
    with snapshot(connection):  # another process may be making the tables at this moment
        return _version(connection, path, steps)


def migrate(connection: apsw.Connection, path: str, steps: Sequence[str] = STEPS) -> None:
    """Bring a store to the newest version, all steps or none.

    Raises:
        StoreError: see ``version``.
    """
    if version(connection, path, steps) == len(steps):
        return
    with transaction(connection):
        for step in steps[_version(connection, path, steps) :]:
            connection.execute(step).fetchall()
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", len(steps))


def _version(connection: apsw.Connection, path: str, steps: Sequence[str]) -> int:
    owner = connection.pragma("application_id")
    found: int = connection.pragma("user_version")
    if owner != APPLICATION_ID and connection.execute("SELECT 1 FROM sqlite_schema").get:
        raise StoreError(f"{path} is the database of another program, not a store of bunco")
    if found > len(steps):
        raise StoreError(
            f"the store {path} has version {found}, this bunco knows up to {len(steps)}: "
            "use the newer bunco that wrote it"
        )
    return found
