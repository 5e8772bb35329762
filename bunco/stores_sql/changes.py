"""Number what is written to findings, and give it in that order to those who follow.

Every write of a finding, and of what stands beside it, gives it the next number; a finding
that is removed leaves its id with a number. One writer at a time, and readers that see whole
batches: who has read up to a number has missed nothing before it.
"""

from hashlib import blake2b

import apsw

from bunco.model import Change, Page
from bunco.storage.marks import change_mark, change_place
from bunco.stores_sql.rows import query
from bunco.stores_sql.verdicts import FINDING_COLUMNS, shown_findings
from bunco.stores_sql.writings import LAST_WRITTEN


def changes(connection: apsw.Connection, after: str, limit: int) -> Page[Change]:
    """Give what became of findings since a mark, in the order it was written."""
    name, last = _present(connection)
    start = change_place(after, name, last)
    rows = query(
        connection,
        # one statement: it sees one moment of the store
        f"SELECT f.written, f.id, {FINDING_COLUMNS} FROM "
        "(SELECT key, written, id, judged, quiet FROM findings WHERE written > ?1 "
        "ORDER BY written LIMIT ?2) AS f JOIN finding_bodies AS b ON b.finding = f.key "
        "UNION ALL SELECT * FROM (SELECT written, id, NULL, NULL, NULL FROM removed_findings "
        "WHERE written > ?1 ORDER BY written LIMIT ?2) ORDER BY 1 LIMIT ?2",
        start,
        limit,
    )
    found = iter(shown_findings(connection, [row[2:] for row in rows if row[-1] is not None]))
    return Page(
        rows=tuple(
            Change(id=row[1], finding=None if row[-1] is None else next(found)) for row in rows
        ),
        after=change_mark(name, rows[-1][0] if rows else start),
    )


def present_mark(connection: apsw.Connection) -> str:
    """Give the mark of the present."""
    return change_mark(*_present(connection))


def _present(connection: apsw.Connection) -> tuple[str, int]:
    """Give a name for the store, and the number that was given last."""
    sql = f"SELECT value, {LAST_WRITTEN} FROM meta WHERE name = 'salt'"
    ((salt, last),) = query(connection, sql)
    return blake2b(salt, digest_size=4, person=b"changes").hexdigest(), last
