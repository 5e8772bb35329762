"""Answer what people ask of findings, posts, counts over time, logs and dead letters."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import apsw
import msgspec

from bunco.model import (
    SEVERITY_FROM,
    Count,
    DeadLetter,
    Finding,
    Page,
    Poll,
    StoredPost,
    StoreStats,
    from_ms,
    to_ms,
)
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Counted
from bunco.storage.keeping import EVER, HOUR_MS, MINUTE_MS, hours, points, times
from bunco.storage.keeping import minutes as whole_minutes
from bunco.storage.marks import mark, place
from bunco.stores_sql.rows import POST_COLUMNS, Value, over, query, stored_post
from bunco.stores_sql.verdicts import FINDING_COLUMNS, shown_findings

_ONE_OF = "IN (SELECT value FROM json_each(?))"
_SEVERITY = (
    "CASE "
    + "".join(
        f"WHEN f.points >= {points(score)} THEN '{word}' "
        for word, score in reversed(SEVERITY_FROM.items())
    )
    + "END"
)

_json = msgspec.json.encode
_poll = msgspec.json.Decoder(Poll).decode
_letter = msgspec.msgpack.Decoder(DeadLetter).decode


def findings(
    connection: apsw.Connection, asked: FindingQuery, limit: int, after: str
) -> Page[Finding]:
    """Give findings, latest first, then by id."""
    clauses = [*_of_kind(asked), *_when_and_where(asked)]
    last_ms, name = place(after, tuple[int, str]) or (EVER[1], "")
    where = " AND ".join(
        ["f.last_ms <= ?1 AND (f.last_ms < ?1 OR f.id > ?2)", *(text for text, _ in clauses)]
    )
    rows = query(
        connection,
        f"SELECT f.last_ms, f.id, {FINDING_COLUMNS} FROM "
        f"(SELECT key, last_ms, id, judged, quiet FROM findings AS f WHERE {where} "
        f"ORDER BY last_ms DESC, id LIMIT {int(limit) + 1}) AS f "
        "JOIN finding_bodies AS b ON b.finding = f.key ORDER BY f.last_ms DESC, f.id",
        last_ms,
        name,
        *(value for _, value in clauses),
    )
    shown = shown_findings(connection, [row[2:] for row in rows[:limit]])
    return Page(rows=tuple(shown), after=mark(*rows[limit - 1][:2]) if len(rows) > limit else "")


def count_findings(connection: apsw.Connection, asked: FindingQuery) -> int:
    """Give how many findings there are of those asked for."""
    clauses = [*_of_kind(asked), *_when_and_where(asked)]
    where = " AND ".join(["1", *(text for text, _ in clauses)])
    sql = f"SELECT count(*) FROM findings AS f WHERE {where}"
    ((count,),) = query(connection, sql, *(value for _, value in clauses))
    found: int = count
    return found


def finding(connection: apsw.Connection, finding_id: str) -> Finding | None:
    """Give one finding by its id."""
    sql = (
        f"SELECT {FINDING_COLUMNS} FROM carray(?) AS w CROSS JOIN findings AS f "
        "ON f.id = w.value JOIN finding_bodies AS b ON b.finding = f.key"
    )
    return next(iter(shown_findings(connection, over(connection, sql, [finding_id]))), None)


def finding_ids(connection: apsw.Connection, beginning: str, limit: int) -> list[str]:
    """Give the ids of findings that begin so, in their order."""
    sql = (
        "SELECT f.id FROM carray(?) AS w CROSS JOIN findings AS f "
        "ON f.id >= w.value AND f.id < w.value || char(0x10FFFF) "
        f"ORDER BY f.id LIMIT {int(limit)}"
    )
    return [name for (name,) in over(connection, sql, [beginning])]


def post(connection: apsw.Connection, post_id: str) -> StoredPost | None:
    """Give one post by its id."""
    sql = f"SELECT {POST_COLUMNS} FROM carray(?) AS w CROSS JOIN posts AS p ON p.id = w.value"
    return next((stored_post(*row[2:]) for row in over(connection, sql, [post_id])), None)


def counts(
    connection: apsw.Connection,
    what: Counted,
    step: timedelta,
    period: tuple[datetime | None, datetime | None],
) -> list[Count]:
    """Count posts by source, or findings by detector, in buckets of whole hours."""
    wide = hours(step)
    since, until = times(*period)
    table, key = {
        "posts": ("post_counts AS c JOIN sources AS s ON s.key = c.source", "s.name"),
        "findings": ("finding_counts AS c", "c.detector"),
    }[what]
    rows = query(
        connection,
        # floor of a division: SQLite rounds towards zero, hours before 1970 are negative
        f"SELECT (c.hour - ((c.hour % ?1) + ?1) % ?1) AS start, {key}, sum(c.count) FROM {table} "
        "WHERE c.hour >= ?2 AND c.hour < ?3 GROUP BY 1, 2 HAVING sum(c.count) > 0 ORDER BY 1, 2",
        wide,
        since // HOUR_MS,
        -(-until // HOUR_MS),
    )
    return [Count(at=from_ms(hour * HOUR_MS), key=name, count=count) for hour, name, count in rows]


def minutes(
    connection: apsw.Connection, what: Counted, since: datetime, until: datetime
) -> list[Count]:
    """Count posts, or findings by detector, minute by minute."""
    sql = {
        "posts": "SELECT minute, '', count FROM post_minutes",
        "findings": "SELECT minute, detector, count FROM finding_minutes",
    }[what]
    rows = query(
        connection,
        f"{sql} WHERE minute >= ? AND minute < ? AND count > 0 ORDER BY 1, 2",
        *whole_minutes(since, until),
    )
    return [
        Count(at=from_ms(minute * MINUTE_MS), key=key, count=count) for minute, key, count in rows
    ]


def polls(connection: apsw.Connection, source: str, limit: int) -> list[Poll]:
    """Give the latest lines of a source's log, newest first."""
    sql = "SELECT body FROM polls WHERE source = ? ORDER BY at_ms DESC, body DESC LIMIT ?"
    return [_poll(body) for (body,) in query(connection, sql, source, limit)]


def dead(connection: apsw.Connection, source: str, limit: int, after: str) -> Page[DeadLetter]:
    """Give dead letters, the one set aside last first."""
    (before,) = place(after, tuple[int]) or (EVER[1],)
    sql = "SELECT key, letter FROM dead WHERE key < ?1 ORDER BY key DESC LIMIT ?2"
    if source:
        sql = sql.replace("WHERE", "WHERE source = ?3 AND")
    wanted = (before, limit + 1, source) if source else (before, limit + 1)
    rows = query(connection, sql, *wanted)
    shown = tuple(_letter(packed) for _, packed in rows[:limit])
    return Page(rows=shown, after=mark(rows[limit - 1][0]) if len(rows) > limit else "")


def stats(connection: apsw.Connection) -> StoreStats:
    """Give how much is in the store."""
    ((posts, authors, first_ms, last_ms),) = query(
        connection,
        "SELECT ifnull(sum(posts), 0), count(*), min(first_ms), max(last_ms) "
        "FROM tallies WHERE posts > 0",
    )
    ((found, dead_letters),) = query(
        connection, "SELECT (SELECT count(*) FROM findings), (SELECT count(*) FROM dead)"
    )
    return StoreStats(
        posts=posts,
        authors=authors,
        findings=found,
        dead=dead_letters,
        first_at=None if first_ms is None else from_ms(first_ms),
        last_at=None if last_ms is None else from_ms(last_ms),
    )


def _of_kind(asked: FindingQuery) -> Iterator[tuple[str, Value]]:
    """Give the conditions on what a finding is, and their values."""
    if asked.detector:
        yield "f.detector = ?", asked.detector
    if asked.detectors:
        yield f"f.detector {_ONE_OF}", _json(asked.detectors).decode()
    if asked.severities:
        yield f"{_SEVERITY} {_ONE_OF}", _json(asked.severities).decode()
    if asked.author:
        yield "f.author = (SELECT key FROM authors WHERE id = ?)", asked.author
    if asked.least_score > 0:
        yield "f.points >= ?", points(asked.least_score)
    if asked.words:
        yield "instr(f.sentence, ?)", asked.words.casefold()
    if asked.verdict == "none":
        yield "f.judged IN ('', ?)", asked.verdict
    elif asked.verdict:
        yield "f.judged <> '' AND f.judged = ?", asked.verdict  # else the index is not used
    if not asked.with_quiet:
        yield "f.quiet = ?", 0


def _when_and_where(asked: FindingQuery) -> Iterator[tuple[str, Value]]:
    """Give the conditions on when and where a finding was, and their values."""
    if asked.since is not None:
        yield "f.last_ms >= ?", to_ms(asked.since)
    if asked.until is not None:
        yield "f.first_ms < ?", to_ms(asked.until)
    if asked.source:
        yield "instr(f.sources, ?)", f"\n{asked.source}\n"
    if asked.place:
        yield "instr(f.places, ?)", f"\n{asked.place}\n"
