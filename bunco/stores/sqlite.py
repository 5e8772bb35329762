"""Keep everything in one SQLite file: full-text search, readers beside one writer.

The write-ahead log lets readers in other threads and processes go on while a batch is
written. Removed text is overwritten in the file and the log emptied at once. What each
table is for, and what a removal does, stands in docs/store.md.
"""

import threading
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import apsw
from msgspec import Struct

from bunco.model import (
    AuthorSummary,
    Batch,
    Change,
    Count,
    DeadLetter,
    Finding,
    HistoryEntry,
    Page,
    Poll,
    Post,
    RepeatedHeadline,
    SourceState,
    StoredPost,
    StoreStats,
    Verdict,
    from_ms,
    to_ms,
)
from bunco.ports.parts import Part
from bunco.ports.queries import FindingQuery, VerdictQuery
from bunco.ports.stores import Counted, Store
from bunco.stores_sql import (
    authors,
    changes,
    checks,
    headlines,
    lookups,
    reading,
    retention,
    searching,
    verdicts,
    walking,
)
from bunco.stores_sql.commits import version_of, write_batch
from bunco.stores_sql.connections import Connections
from bunco.stores_sql.keys import Keys
from bunco.stores_sql.posts import gone_authors
from bunco.stores_sql.rows import query
from bunco.stores_sql.transactions import snapshot, transaction, worded
from bunco.values import Duration, Size


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the store is: ``[store]`` with ``kind = "sqlite"``."""

    path: str = "bunco.db"
    """The file; it is made when the first batch is written."""
    wait: Duration = Duration(seconds=60)
    """How long to wait for another writer before giving up."""
    cache: Size = Size(16 << 20)
    """Pages the writer keeps in memory."""


class SqliteStore:
    """A store in one file. Any thread may call; writes take turns."""

    def __init__(self, options: Options) -> None:
        self._connections = Connections(
            options.path,
            busy_ms=options.wait // timedelta(milliseconds=1),
            cache_bytes=options.cache,
        )
        self._path = options.path
        self._lock = threading.RLock()
        self._keys: Keys | None = None
        self._scrub_due = False
        self._others = 0
        """Commits of this process that came from beside the pipeline."""

    # -- the pipeline's side

    def commit(self, batch: Batch) -> None:
        """Write all of a batch, or nothing. A post whose id is there stays as it is."""
        with self._writing() as connection:
            if self._keys is None:
                self._keys = Keys(connection)
            write_batch(connection, self._keys, batch, self._others)
            if batch.is_beside or batch.on_version is None:
                self._others += 1
            if batch.removals or self._scrub_due:
                self._scrub(connection)

    def version(self) -> int:
        """Give a number that changes when somebody but this pipeline has written."""
        with self._writing() as connection:
            return version_of(connection, self._others)

    def known(self, post_ids: Collection[str]) -> Mapping[str, str]:
        """Give those of the ids that are stored or were removed, each with its author."""
        with self._asking() as connection:
            return lookups.known(connection, post_ids)

    def removed_authors(self, authors: Collection[str]) -> Mapping[str, datetime | None]:
        """Give those of the authors who were removed, with the time up to which."""
        with self._asking() as connection:
            gone = gone_authors(connection, authors)
            return {name: None if ms is None else from_ms(ms) for name, ms in gone.items()}

    def author_states(self, authors: Collection[str]) -> Mapping[str, bytes]:
        """Give the encoded detector states of those authors who have one."""
        with self._asking() as connection:
            return lookups.author_states(connection, authors)

    def source_states(self) -> Mapping[str, SourceState]:
        """Give what is known of every source, by name."""
        with self._asking() as connection:
            return lookups.source_states(connection)

    def retain(self, source: str, before: datetime) -> int:
        """Drop a source's posts published before then; give how many. Findings stay."""
        dropped = 0
        while True:
            with self._writing() as connection, transaction(connection):
                count = retention.drop_some(connection, source, to_ms(before))
            if count is None:
                return dropped
            dropped += count

    # -- the reader's side

    def findings(self, query: FindingQuery, *, limit: int = 100, after: str = "") -> Page[Finding]:
        """Give findings, latest ``last_at`` first, then by id."""
        with self._reading() as connection:
            return reading.findings(connection, query, limit, after)

    def count_findings(self, query: FindingQuery) -> int:
        """Give how many findings a query has in all."""
        with self._reading() as connection:
            return reading.count_findings(connection, query)

    def changes(self, after: str = "", *, limit: int = 500) -> Page[Change]:
        """Give what became of findings since a mark, in the order it was written."""
        with self._reading() as connection:
            return changes.changes(connection, after, limit)

    def changes_mark(self) -> str:
        """Give the mark of the present."""
        with self._reading() as connection:
            return changes.present_mark(connection)

    def finding(self, finding_id: str) -> Finding | None:
        """Give one finding by its id."""
        with self._reading() as connection:
            return reading.finding(connection, finding_id)

    def finding_ids(self, beginning: str, *, limit: int = 20) -> Sequence[str]:
        """Give the ids of findings that begin so, in their order."""
        with self._reading() as connection:
            return reading.finding_ids(connection, beginning, limit)

    def verdicts(self, query: VerdictQuery, *, limit: int = 100, after: str = "") -> Page[Verdict]:
        """Give verdicts, the latest ``at`` first, then by id; those replaced since, too."""
        with self._reading() as connection:
            return verdicts.verdicts(connection, query, limit, after)

    def history(
        self,
        author: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        after: str = "",
    ) -> Page[HistoryEntry]:
        """Give an author's posts and findings, newest first (a finding at ``last_at``)."""
        with self._reading() as connection:
            return authors.history(connection, author, (since, until), limit, after)

    def author(self, author: str) -> AuthorSummary | None:
        """Give one author's summary over all time."""
        with self._reading() as connection:
            return authors.summary(connection, author)

    def authors(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20
    ) -> Sequence[AuthorSummary]:
        """Give the authors with the most points in a period, worst first, then by id."""
        with self._reading() as connection:
            return authors.ranking(connection, (since, until), limit)

    def find_authors(self, part: str, *, limit: int = 20) -> Sequence[AuthorSummary]:
        """Give authors whose id or name contains the part, any case, most posts first."""
        with self._reading() as connection:
            return authors.find(connection, part, limit)

    def post(self, post_id: str) -> StoredPost | None:
        """Give one post by its id."""
        with self._reading() as connection:
            return reading.post(connection, post_id)

    def search(
        self, words: str, *, author: str = "", limit: int = 50, after: str = ""
    ) -> Page[StoredPost]:
        """Give posts that hold all the words (``"a phrase"``, ``pre*``), newest first."""
        with self._reading() as connection:
            return searching.search(connection, words, author, limit, after)

    def repeated(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 100
    ) -> Sequence[RepeatedHeadline]:
        """Give the headlines published most often in a period, most first."""
        with self._reading() as connection, snapshot(connection):
            return headlines.repeated(connection, (since, until), limit)

    def copies(self, headline: str, *, limit: int = 100, after: str = "") -> Page[StoredPost]:
        """Give posts whose headline has the same wording, the earliest first, then by id."""
        with self._reading() as connection:
            return headlines.copies(connection, headline, limit, after)

    def near(self, headline: str, *, limit: int = 500) -> Sequence[StoredPost]:
        """Give posts of another wording that may be near copies of a headline."""
        with self._reading() as connection:
            return headlines.near(connection, headline, limit)

    def walk(
        self,
        *,
        author: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        most: int = 1000,
    ) -> Generator[Sequence[Post], None, None]:
        """Give stored posts author by author, each in order of arrival."""
        return walking.walk(self._reading, author, (since, until), most)

    def counts(
        self,
        what: Counted,
        *,
        step: timedelta,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[Count]:
        """Count posts by source, or findings by detector, in buckets of whole hours."""
        with self._reading() as connection:
            return reading.counts(connection, what, step, (since, until))

    def minutes(self, what: Counted, *, since: datetime, until: datetime) -> Sequence[Count]:
        """Count posts, all sources together, or findings by detector, minute by minute."""
        with self._reading() as connection:
            return reading.minutes(connection, what, since, until)

    def polls(self, source: str, *, limit: int = 30) -> Sequence[Poll]:
        """Give the latest lines of a source's log, newest first."""
        with self._reading() as connection:
            return reading.polls(connection, source, limit)

    def dead(self, *, source: str = "", limit: int = 100, after: str = "") -> Page[DeadLetter]:
        """Give dead letters, newest first in the order they were set aside."""
        with self._reading() as connection:
            return reading.dead(connection, source, limit, after)

    def drop_dead(self, ids: Collection[str]) -> int:
        """Forget dead letters that were mended or given up; give how many."""
        with self._writing() as connection, transaction(connection):
            before = connection.total_changes()
            connection.executemany("DELETE FROM dead WHERE id = ?", [(name,) for name in ids])
            return connection.total_changes() - before

    def stats(self) -> StoreStats:
        """Give how much is in the store."""
        with self._reading() as connection:
            return reading.stats(connection)

    def check(self) -> Sequence[str]:
        """Give what is wrong with the store, in words; empty when it is sound."""
        with self._reading() as connection, snapshot(connection):
            return list(checks.faults(connection))

    def close(self) -> None:
        """Let go of files."""
        with self._lock:
            if self._scrub_due and self._connections.writing:
                with worded(self._path):
                    self._scrub(self._connections.writer())
            self._connections.close()

    # -- connections

    @contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        with self._lock, worded(self._path):
            yield self._connections.writer()

    @contextmanager
    def _reading(self) -> Iterator[apsw.Connection]:
        with worded(self._path):
            yield self._connections.reader()

    @contextmanager
    def _asking(self) -> Iterator[apsw.Connection]:
        """Read through the writer where it is open: its cache holds what is asked for."""
        with self._writing() if self._connections.writing else self._reading() as connection:
            yield connection

    def _scrub(self, connection: apsw.Connection) -> None:
        """Empty the log, which still holds what was erased; later, if a reader needs it."""
        connection.set_busy_timeout(200)
        try:
            ((busy, _, _),) = query(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
            self._scrub_due = bool(busy)
        except apsw.BusyError:
            self._scrub_due = True
        finally:
            connection.set_busy_timeout(self._connections.busy_ms)


def make(options: Options) -> Store:
    """Give the store of a file; the file is opened when it is first needed."""
    return SqliteStore(options)


PART: Part[Store] = Part(Options, make)
