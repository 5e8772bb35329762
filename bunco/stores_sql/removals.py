"""Carry out removals: the text, and what was derived from it, everywhere in the store.

What stays: counts over time, the numbers in other findings, and a keyed hash of the id, so
that what was removed does not come back.
"""

from array import array
from collections.abc import Collection, Iterator

import apsw
import msgspec

from bunco.model import Batch, DeadLetter, Removal, to_ms, without_post
from bunco.storage.removing import naming, quoted
from bunco.stores_sql.erasing import (
    ERASED_COLUMNS,
    drop_empty,
    erase_posts,
    mark_gone,
    rename,
)
from bunco.stores_sql.findings import columns
from bunco.stores_sql.keys import Keys, found_authors, marks
from bunco.stores_sql.rows import Row, over, query, stored_finding
from bunco.stores_sql.verdicts import drop_verdicts, forget_words
from bunco.stores_sql.writings import NEXT_WRITTEN, note_removed

_CHUNK = 2000
"""Posts of an author erased at a time: keeps memory flat. Source: ours."""

_json = msgspec.json.Encoder().encode
_letter = msgspec.msgpack.Decoder(DeadLetter).decode


def apply_removals(connection: apsw.Connection, keys: Keys, batch: Batch) -> None:
    """Carry out the removals of a batch, after all else of it is written."""
    if ids := {removal.id for removal in batch.removals if removal.removed == "post"}:
        _remove_posts(connection, keys, ids)
    for removal in batch.removals:
        if removal.removed == "author":
            _remove_author(connection, keys, removal, batch.author_states.keys())
    names = {removal.author for removal in batch.removals if removal.removed == "author"}
    if ids or names:
        _drop_letters(connection, ids, names)


def _remove_posts(connection: apsw.Connection, keys: Keys, ids: Collection[str]) -> None:
    sql = f"SELECT {ERASED_COLUMNS} FROM carray(?) AS w CROSS JOIN posts AS p ON p.id = w.value"
    rows = list(over(connection, sql, ids))
    erase_posts(connection, rows)
    mark_gone(connection, ids, erased=True)
    rename(connection, keys, rows)
    _unquote(connection, keys, ids)
    forget_words(connection, ids)
    drop_empty(connection, keys, {row[1] for row in rows})


def _remove_author(
    connection: apsw.Connection, keys: Keys, removal: Removal, states: Collection[str]
) -> None:
    until = None if removal.at is None else to_ms(removal.at)
    (mark,) = marks(connection, [removal.author]).values()
    connection.execute(
        "INSERT INTO gone_authors VALUES (?, ?) ON CONFLICT DO UPDATE SET "
        "until_ms = max(until_ms, excluded.until_ms)",  # null, for good, wins
        (mark, until),
    )
    drop_verdicts(connection, removal.author, until)
    for author in found_authors(connection, [removal.author]).values():
        for rows in _posts_until(connection, author, until):
            ids = [row[3] for row in rows]
            erase_posts(connection, rows)
            mark_gone(connection, ids, erased=True)
            _unquote(connection, keys, ids)
            forget_words(connection, ids)
            rename(connection, keys, rows)
        _drop_findings(connection, keys, author, until)
        later = query(connection, "SELECT 1 FROM posts WHERE author = ? LIMIT 1", author)
        if until is None or not later or removal.author not in states:
            connection.execute("DELETE FROM author_states WHERE author = ?", (author,))
        drop_empty(connection, keys, [author])


def _posts_until(
    connection: apsw.Connection, author: int, until: int | None
) -> Iterator[list[Row]]:
    sql = f"SELECT {ERASED_COLUMNS} FROM posts AS p WHERE author = ? AND at_ms <= ? LIMIT {_CHUNK}"
    last = (1 << 63) - 1 if until is None else until
    while rows := query(connection, sql, author, last):
        yield rows


def _drop_findings(connection: apsw.Connection, keys: Keys, author: int, until: int | None) -> None:
    for key, name, body in query(
        connection,
        "SELECT f.key, f.id, b.body FROM findings AS f "
        "JOIN finding_bodies AS b ON b.finding = f.key "
        "WHERE f.author = ?1 AND (?2 IS NULL OR f.first_ms <= ?2)",
        author,
        until,
    ):
        named = marks(connection, quoted(stored_finding(body)))
        connection.executemany(
            "DELETE FROM evidence WHERE mark = ? AND finding = ?",
            [(mark, key) for mark in named.values()],
        )
        note_removed(connection, [name])
        connection.execute("DELETE FROM finding_bodies WHERE finding = ?", (key,))
        connection.execute("DELETE FROM findings WHERE key = ?", (key,))
        keys.linked.pop(key, None)


def _unquote(connection: apsw.Connection, keys: Keys, ids: Collection[str]) -> None:
    """Take removed posts out of all findings that name them."""
    wanted = apsw.carray(array("q", marks(connection, ids).values()))
    rows: list[Row] = connection.execute(
        "SELECT DISTINCT b.finding, b.body, f.author FROM carray(?) AS w "
        "CROSS JOIN evidence AS e ON e.mark = w.value "
        "JOIN finding_bodies AS b ON b.finding = e.finding "
        "JOIN findings AS f ON f.key = e.finding",
        (wanted,),
    ).fetchall()
    gone = set(ids)
    for key, body, author in rows:
        finding = stored_finding(body)
        for post in sorted(quoted(finding) & gone):
            finding = without_post(finding, post)
        connection.execute(
            "UPDATE findings SET (id, detector, author, points, first_ms, last_ms, sources, "
            f"places, sentence, written) = (?,?,?,?,?,?,?,?,?,{NEXT_WRITTEN}) WHERE key = ?",
            (*columns(finding, author), key),
        )
        connection.execute(
            "UPDATE finding_bodies SET body = ? WHERE finding = ?", (_json(finding), key)
        )
        keys.linked.pop(key, None)
    connection.execute(
        "DELETE FROM evidence WHERE mark IN (SELECT value FROM carray(?))", (wanted,)
    )


def _drop_letters(
    connection: apsw.Connection, ids: Collection[str], authors: Collection[str]
) -> None:
    """Drop dead letters of removed authors, and those that name what was removed."""
    is_theirs = naming(ids, authors)
    for key, packed in query(connection, "SELECT key, letter FROM dead"):
        if is_theirs(_letter(packed)):
            connection.execute("DELETE FROM dead WHERE key = ?", (key,))
