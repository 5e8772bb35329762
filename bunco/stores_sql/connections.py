"""Connections to the file: one that writes, one for each thread that reads."""

import threading
from pathlib import Path
from time import monotonic, sleep
from weakref import WeakSet

import apsw

from bunco.errors import StoreError
from bunco.stores_sql.schema import STEPS, migrate, version
from bunco.stores_sql.transactions import worded

_READING = apsw.SQLITE_OPEN_READWRITE
_WRITING = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
_WAL_PAGES = 16_384
"""Pages in the log before they go into the file, 64 MiB. Source: ours: half the default's
time a commit, as a page that changes in many commits is then written once."""
_AGAIN_S = 0.01
"""Between two tries to switch a new file to its log."""


class Connections:
    """The open connections of one store. A writer is opened when first needed.

    Args:
        path: the file.
        busy_ms: how long to wait for another writer before giving up.
        cache_bytes: pages the writer keeps in memory.
    """

    def __init__(self, path: str, *, busy_ms: int, cache_bytes: int) -> None:
        self.path = path
        self.busy_ms = busy_ms
        self._cache_bytes = cache_bytes
        self._writer: apsw.Connection | None = None
        self._local = threading.local()
        self._readers: WeakSet[apsw.Connection] = WeakSet()
        self._opening = threading.Lock()
        self._closed = False

    @property
    def writing(self) -> bool:
        """True once the writer is open."""
        return self._writer is not None

    def writer(self) -> apsw.Connection:
        """Give the connection that writes; creates or upgrades the file when needed."""
        with self._opening:
            if self._writer is None:
                self._writer = self._open_writer()
            return self._writer

    def reader(self) -> apsw.Connection:
        """Give this thread's connection; an empty store where there is no file yet."""
        self._still_open()
        found: apsw.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            if not Path(self.path).exists():
                return _empty()
            found = self._open_reader()
            self._local.connection = found
            self._readers.add(found)
        return found

    def close(self) -> None:
        """Close all connections, those of other threads too."""
        self._closed = True
        with worded(self.path):
            for connection in list(self._readers):
                connection.close()
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _still_open(self) -> None:
        if self._closed:
            raise StoreError(f"the store {self.path} was closed")

    def _open_writer(self) -> apsw.Connection:
        self._still_open()
        with worded(self.path):
            connection = apsw.Connection(self.path, flags=_WRITING)
            connection.set_busy_timeout(self.busy_ms)
            version(connection, self.path)
            self._log_ahead(connection)
            connection.pragma("synchronous", "normal")
            connection.pragma("secure_delete", True)  # noqa: FBT003  # SQLite's own word
            connection.pragma("temp_store", "memory")
            connection.pragma("cache_size", -(self._cache_bytes // 1024))
            connection.pragma("wal_autocheckpoint", _WAL_PAGES)
            migrate(connection, self.path)
        return connection

    def _log_ahead(self, connection: apsw.Connection) -> None:
        """Switch the file to the write-ahead log.

        SQLite does not wait where two processes do so at once: each is in the other's way.
        """
        until = monotonic() + self.busy_ms / 1000
        while True:
            try:
                connection.pragma("journal_mode", "wal")
            except apsw.BusyError:
                if monotonic() >= until:
                    raise
                sleep(_AGAIN_S)
            else:
                return

    def _open_reader(self) -> apsw.Connection:
        with worded(self.path):
            connection = apsw.Connection(self.path, flags=_READING)
            connection.set_busy_timeout(self.busy_ms)
            if version(connection, self.path) < len(STEPS):
                connection.close()
                self.writer()
                return self._open_reader()
            connection.pragma("temp_store", "memory")
            connection.pragma("query_only", True)  # noqa: FBT003  # SQLite's own word
        return connection


def _empty() -> apsw.Connection:
    connection = apsw.Connection(":memory:")
    migrate(connection, ":memory:")
    return connection
