"""Answer what people ask about authors: histories, summaries, rankings."""

from collections.abc import Sequence
from datetime import datetime

import apsw

from bunco.model import AuthorSummary, HistoryEntry, Page, from_ms
from bunco.storage.keeping import EVER, POINTS, times
from bunco.storage.marks import mark, place
from bunco.stores_sql.keys import found_authors
from bunco.stores_sql.rows import POST_COLUMNS, query, stored_finding, stored_post
from bunco.stores_sql.verdicts import FINDING_COLUMNS, shown_findings

Period = tuple[datetime | None, datetime | None]

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
    return [
        made for author in authors if (made := _summary(connection, author, period)) is not None
    ]


def _summary(connection: apsw.Connection, author: int, period: Period) -> AuthorSummary | None:
    within = (author, *times(*period))
    ((name, shown_as, posts, first_ms, last_ms),) = query(
        connection,
        "SELECT a.id, a.name, ifnull(t.posts, 0), t.first_ms, t.last_ms FROM authors AS a "
        "LEFT JOIN tallies AS t ON t.author = a.key WHERE a.key = ?",
        author,
    )
    by_detector = query(
        connection,
        "SELECT detector, count(*), sum(points) FROM findings "
        "WHERE author = ? AND last_ms >= ? AND last_ms < ? AND quiet = 0 "
        "GROUP BY detector ORDER BY detector",
        *within,
    )
    if not posts and not by_detector:
        there = query(connection, "SELECT 1 FROM findings WHERE author = ? LIMIT 1", author)
        if not there:
            return None
    return AuthorSummary(
        author=name,
        name=shown_as,
        posts=posts,
        findings=sum(count for _, count, _ in by_detector),
        points=sum(points for _, _, points in by_detector) / POINTS,
        detectors={detector: count for detector, count, _ in by_detector},
        first_at=None if first_ms is None else from_ms(first_ms),
        last_at=None if last_ms is None else from_ms(last_ms),
        worst=_worst(connection, within) if by_detector else "",
    )


def _worst(connection: apsw.Connection, within: tuple[int, int, int]) -> str:
    ((body,),) = query(
        connection,
        "SELECT body FROM finding_bodies WHERE finding = (SELECT key FROM findings "
        "WHERE author = ? AND last_ms >= ? AND last_ms < ? AND quiet = 0 "
        "ORDER BY points DESC, last_ms DESC, id LIMIT 1)",
        *within,
    )
    return stored_finding(body).reason
