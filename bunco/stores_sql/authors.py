"""Answer what people ask about authors: histories, summaries, rankings."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import apsw

from bunco.model import AuthorSummary, HistoryEntry, Page, from_ms
from bunco.storage.keeping import EVER, POINTS, times
from bunco.storage.marks import mark, place
from bunco.stores_sql.keys import found_authors
from bunco.stores_sql.rows import POST_COLUMNS, Row, query, stored_finding, stored_post
from bunco.stores_sql.verdicts import FINDING_COLUMNS, shown_findings

Period = tuple[datetime | None, datetime | None]

_TOLD = """
SELECT a.key, a.id, a.name, ifnull(t.posts, 0), t.first_ms, t.last_ms
FROM carray(?3) AS w CROSS JOIN authors AS a ON a.key = w.value
LEFT JOIN tallies AS t ON t.author = a.key
WHERE t.posts > 0 OR EXISTS (SELECT 1 FROM findings WHERE author = a.key)
"""
_LOUD = """
FROM carray(?3) AS w CROSS JOIN findings AS f ON f.author = w.value
WHERE f.last_ms >= ?1 AND f.last_ms < ?2 AND f.quiet = 0
"""
"""The findings that count of each author asked for."""
_COUNTED = f"""
SELECT f.author, f.detector, count(*), sum(f.points) {_LOUD}
GROUP BY 1, 2 ORDER BY 1, 2
"""
_WORST = f"""
SELECT author, body FROM (
    SELECT f.author, f.key,
        row_number() OVER (PARTITION BY f.author ORDER BY f.points DESC, f.last_ms DESC, f.id)
        AS place
    {_LOUD}
) AS f JOIN finding_bodies AS b ON b.finding = f.key WHERE place = 1
"""

_FINDING, _POST = 0, 1
"""At the same moment findings come before posts."""


def history(
    connection: apsw.Connection, author: str, period: Period, limit: int, after: str
) -> Page[HistoryEntry]:
    """Give an author's posts and findings, newest first; at the same moment by id."""
    key = found_authors(connection, [author]).get(author)
    since, until = times(*period)
    at_ms, rank, name = place(after, tuple[int, int, str]) or (EVER[1], _FINDING, "")
    within = (key, since, until, at_ms)
    rows = [
        (row[0], _FINDING, row)
        for row in query(
            connection,
            f"SELECT f.last_ms, f.id, {FINDING_COLUMNS} FROM findings AS f "
            "JOIN finding_bodies AS b ON b.finding = f.key "
            "WHERE f.author = ?1 AND f.last_ms >= ?2 AND f.last_ms < ?3 "
            "AND f.last_ms <= ?4 AND (f.last_ms < ?4 OR f.id > ?5) "
            "ORDER BY f.last_ms DESC, f.id LIMIT ?6",
            *within,
            name if rank == _FINDING else None,
            limit + 1,
        )
    ]
    rows += [
        (row[0], _POST, row)
        for row in query(
            connection,
            f"SELECT {POST_COLUMNS} FROM posts AS p "
            "WHERE p.author = ?1 AND p.at_ms >= ?2 AND p.at_ms < ?3 "
            "AND p.at_ms <= ?4 AND (p.at_ms < ?4 OR p.id > ?5) "
            "ORDER BY p.at_ms DESC, p.id LIMIT ?6",
            *within,
            name if rank == _POST else "",
            limit + 1,
        )
    ]
    rows.sort(key=lambda row: (-row[0], row[1], row[2][1]))
    shown = rows[:limit]
    last = mark(*shown[-1][:2], shown[-1][2][1]) if len(rows) > limit else ""
    found = iter(
        shown_findings(connection, [row[2:] for _, kind, row in shown if kind == _FINDING])
    )
    entries = [
        HistoryEntry(at=from_ms(at_ms), finding=next(found))
        if kind == _FINDING
        else HistoryEntry(at=from_ms(at_ms), post=stored_post(*row[2:]))
        for at_ms, kind, row in shown
    ]
    return Page(rows=tuple(entries), after=last)


def summary(connection: apsw.Connection, author: str) -> AuthorSummary | None:
    """Give one author's summary over all time."""
    keys = found_authors(connection, [author]).values()
    return next(iter(summaries(connection, list(keys), (None, None))), None)


def ranking(connection: apsw.Connection, period: Period, limit: int) -> Sequence[AuthorSummary]:
    """Give the authors with the most points in a period, worst first, then by id."""
    rows = query(
        connection,
        "SELECT a.key FROM (SELECT author, sum(points) AS points FROM findings "
        "WHERE last_ms >= ? AND last_ms < ? AND quiet = 0 GROUP BY author) AS f "
        "JOIN authors AS a ON a.key = f.author ORDER BY f.points DESC, a.id LIMIT ?",
        *times(*period),
        limit,
    )
    return summaries(connection, [key for (key,) in rows], period)


def find(connection: apsw.Connection, part: str, limit: int) -> Sequence[AuthorSummary]:
    """Give authors whose id or name contains the part, most posts first, then by id."""
    if "\n" in part:
        return []
    rows = query(
        connection,
        "SELECT a.key FROM authors AS a LEFT JOIN tallies AS t ON t.author = a.key "
        "WHERE instr(a.findable, ?) AND (t.posts > 0 "
        "OR EXISTS (SELECT 1 FROM findings WHERE author = a.key)) "
        "ORDER BY ifnull(t.posts, 0) DESC, a.id LIMIT ?",
        part.casefold(),
        limit,
    )
    return summaries(connection, [key for (key,) in rows], (None, None))


def summaries(
    connection: apsw.Connection, authors: Sequence[int], period: Period
) -> list[AuthorSummary]:
    """Give the summaries of authors by key, in their order; of those there is something of."""
    if not authors:
        return []
    within = (*times(*period), apsw.carray(array("q", authors)))
    told = {row[0]: row[1:] for row in connection.execute(_TOLD, within)}
    counted: defaultdict[int, list[Row]] = defaultdict(list)
    for author, *row in connection.execute(_COUNTED, within):
        counted[author].append(tuple(row))
    worst = dict(connection.execute(_WORST, within))
    return [
        _summary(told[author], counted[author], worst.get(author))
        for author in authors
        if author in told
    ]


def _summary(told: Row, counted: Sequence[Row], worst: bytes | None) -> AuthorSummary:
    name, shown_as, posts, first_ms, last_ms = told
    return AuthorSummary(
        author=name,
        name=shown_as,
        posts=posts,
        findings=sum(count for _, count, _ in counted),
        points=sum(points for _, _, points in counted) / POINTS,
        detectors={detector: count for detector, count, _ in counted},
        first_at=None if first_ms is None else from_ms(first_ms),
        last_at=None if last_ms is None else from_ms(last_ms),
        worst="" if worst is None else stored_finding(worst).reason,
    )
