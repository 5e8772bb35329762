"""Full text: posts that hold all the words, newest first by event time.

The index knows posts in the order they came, not by their time. A search with few matches
looks at all of them. One with many goes through blocks of 4,096 posts, those with the newest
posts first, and stops as soon as no other block can hold a newer match.
"""

from collections.abc import Iterator, Sequence
from heapq import nsmallest

import apsw

from bunco.model import Page, StoredPost
from bunco.storage.keeping import EVER
from bunco.storage.marks import mark, place
from bunco.storage.words import Term, parse
from bunco.stores_sql.keys import found_authors
from bunco.stores_sql.posts import BLOCK_BITS
from bunco.stores_sql.rows import POST_COLUMNS, Row, query, stored_post

_FEW = 500
"""Matches that are looked at one by one. Source: ours; over a million posts one common word takes
5 ms of a processor at p95, with 2,000 in place of 500 it takes 13 ms and more."""

_Place = tuple[int, str]


def search(
    connection: apsw.Connection, words: str, author: str, limit: int, after: str
) -> Page[StoredPost]:
    """Give posts that hold all the words, newest first, then by id."""
    start: _Place = place(after, tuple[int, str]) or (EVER[1], "")
    terms = parse(words)
    asked = _expression(terms)
    if author:
        asked = f'author : "{found_authors(connection, [author]).get(author, 0)}" AND {asked}'
    if not terms or limit < 1:
        return Page(rows=())
    rows = _newest(connection, asked, start, limit + 1)
    shown = tuple(stored_post(*row[2:]) for row in rows[:limit])
    return Page(rows=shown, after=mark(*rows[limit - 1][:2]) if len(rows) > limit else "")


def _expression(terms: Sequence[Term]) -> str:
    """Give the terms in the language of FTS5; tokens are letters and digits only."""
    spelled = [f'"{" ".join(term.tokens)}"{" *" if term.prefix else ""}' for term in terms]
    return f"{{title text}} : ({' AND '.join(spelled)})"


def _newest(connection: apsw.Connection, asked: str, start: _Place, most: int) -> list[Row]:
    matching = query(
        connection, "SELECT rowid FROM words WHERE words MATCH ? LIMIT ?", asked, _FEW + 1
    )
    if len(matching) <= _FEW:
        rows = _within(connection, asked, start, EVER)
    else:
        rows = _by_block(connection, asked, start, most)
    return _first(rows, most)


def _by_block(connection: apsw.Connection, asked: str, start: _Place, most: int) -> list[Row]:
    best: list[Row] = []
    for block, newest_ms in query(
        connection,
        "SELECT block, newest_ms FROM blocks WHERE oldest_ms <= ? ORDER BY newest_ms DESC, block",
        start[0],
    ):
        if len(best) == most and newest_ms < best[-1][0]:
            break
        first = block << BLOCK_BITS
        best += _within(connection, asked, start, (first, first + (1 << BLOCK_BITS) - 1))
        best = _first(best, most)
    return best


def _within(
    connection: apsw.Connection, asked: str, start: _Place, keys: tuple[int, int]
) -> list[Row]:
    """Give the matches after a place among the posts of some keys."""
    return query(
        connection,
        f"SELECT {POST_COLUMNS} FROM words AS w CROSS JOIN posts AS p ON p.key = w.rowid "
        "WHERE w.words MATCH ?1 AND w.rowid BETWEEN ?4 AND ?5 "
        "AND (p.at_ms < ?2 OR p.at_ms = ?2 AND p.id > ?3)",
        asked,
        *start,
        *keys,
    )


def _first(rows: Iterator[Row] | list[Row], most: int) -> list[Row]:
    return nsmallest(most, rows, key=lambda row: (-row[0], row[1]))
