"""All of a change or nothing of it, and errors in words."""

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from bunco.errors import StoreError


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """Write what is done inside when it ends, nothing of it when it fails."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def snapshot(connection: apsw.Connection) -> Iterator[None]:
    """See the store as it is now until the end, whatever is written meanwhile."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


@contextmanager
def worded(path: str) -> Iterator[None]:
    """Turn an error of SQLite into one that an operator understands.

    Raises:
        StoreError: whatever SQLite could not do, with the path and its own words.
    """
    try:
        yield
    except apsw.BusyError as error:
        raise StoreError(f"the store {path} is being written by someone else: {error}") from error
    except apsw.NotADBError as error:
        raise StoreError(f"{path} is not a store of bunco: {error}") from error
    except apsw.CorruptError as error:
        raise StoreError(f"the store {path} is damaged: {error}") from error
    except apsw.FullError as error:
        raise StoreError(f"no room to write the store {path}: {error}") from error
    except apsw.CantOpenError as error:
        raise StoreError(f"the store {path} cannot be opened: {error}") from error
    except apsw.Error as error:
        raise StoreError(f"the store {path} failed: {error}") from error
