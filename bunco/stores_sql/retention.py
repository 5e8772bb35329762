"""Drop old posts, a few at a time, so that a run goes on writing meanwhile."""

import apsw

from bunco.stores_sql.erasing import ERASED_COLUMNS, erase_posts, mark_gone
from bunco.stores_sql.posts import BLOCK_BITS
from bunco.stores_sql.rows import query

CHUNK = 200
"""Posts dropped in one transaction: a tenth of a second. Source: ours, bench/store.py."""


def drop_some(connection: apsw.Connection, source: str, before_ms: int) -> int | None:
    """Drop up to ``CHUNK`` posts of a source published before then.

    Returns:
        How many; None when there is nothing left to drop.
    """
    for key, block in query(
        connection,
        "SELECT s.key, p.block FROM sources AS s JOIN spans AS p ON p.source = s.key "
        "WHERE s.name = ? AND p.oldest_ms < ? ORDER BY p.block LIMIT 1",
        source,
        before_ms,
    ):
        first, last = block << BLOCK_BITS, (block + 1) << BLOCK_BITS
        rows = query(
            connection,
            f"SELECT {ERASED_COLUMNS} FROM posts AS p "
            "WHERE key >= ? AND key < ? AND source = ? AND at_ms < ? LIMIT ?",
            first,
            last,
            key,
            before_ms,
            CHUNK,
        )
        erase_posts(connection, rows)
        authors = {row[3]: row[1] for row in rows}
        mark_gone(connection, authors, erased=False, authors=authors)
        if len(rows) < CHUNK:
            _narrow(connection, key, block, first, last)
        return len(rows)
    return None


def _narrow(connection: apsw.Connection, source: int, block: int, first: int, last: int) -> None:
    """Set what a block holds of a source to what is left."""
    connection.execute("DELETE FROM spans WHERE source = ? AND block = ?", (source, block))
    connection.execute(
        "INSERT INTO spans SELECT ?1, ?2, min(at_ms) FROM posts "
        "WHERE key >= ?3 AND key < ?4 AND source = ?1 HAVING min(at_ms) IS NOT NULL",
        (source, block, first, last),
    )
