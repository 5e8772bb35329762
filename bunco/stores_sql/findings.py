"""Write findings, the posts they stand on, and how many opened in which hour."""

from collections.abc import Iterable, Sequence

import apsw
import msgspec

from bunco.model import Finding, to_ms, without_post
from bunco.storage.keeping import HOUR_MS, MINUTE_MS, finite, points
from bunco.storage.quieting import bare
from bunco.storage.removing import is_gone, quoted
from bunco.stores_sql.keys import Keys, marks
from bunco.stores_sql.posts import gone_authors, gone_posts
from bunco.stores_sql.rows import Row, over
from bunco.stores_sql.verdicts import settle
from bunco.stores_sql.writings import NEXT_WRITTEN

_encode = msgspec.json.Encoder().encode


def write_findings(connection: apsw.Connection, keys: Keys, findings: Sequence[Finding]) -> None:
    """Write findings; one with the id of an older one takes its place."""
    if not findings:
        return
    gone = gone_authors(connection, {finding.subject for finding in findings})
    latest = {
        finding.id: bare(finite(finding))
        for finding in findings
        if not is_gone(gone, finding.subject, to_ms(finding.first_at))
    }
    authors = keys.authors([finding.subject for finding in latest.values()])
    there = _there(connection, latest)
    following = keys.following("findings")
    rows: dict[int, Finding] = {}
    for name, finding in latest.items():
        old = there.get(name)
        if old is None:
            rows[following] = finding
            following += 1
        else:
            rows[old[0]] = finding
    _count(connection, latest.values(), there)
    rows = _link(connection, keys, rows)
    connection.executemany(
        # not OR REPLACE: it costs 130 µs a row, as it must be able to take back each
        "INSERT INTO findings (key, id, detector, author, points, first_ms, last_ms, sources, "
        "places, sentence, quieted_by, quiet, written) "
        f"VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,{NEXT_WRITTEN}) "
        "ON CONFLICT (key) DO UPDATE SET detector = ?3, author = ?4, points = ?5, first_ms = ?6, "
        "last_ms = ?7, sources = ?8, places = ?9, sentence = ?10, quieted_by = ?11, quiet = ?12, "
        "written = excluded.written",
        [
            (
                *(key, *columns(finding, authors[finding.subject])),
                *(finding.quieted_by, int(finding.quiet)),
            )
            for key, finding in rows.items()
        ],
    )
    connection.executemany(
        "INSERT INTO finding_bodies VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
        [(key, _encode(finding)) for key, finding in rows.items()],
    )
    settle(connection, rows.values())


def columns(finding: Finding, author: int) -> Row:
    """Give what stands in ``findings`` after the key: all that is asked for."""
    return (
        finding.id,
        finding.detector,
        author,
        points(finding.score),
        to_ms(finding.first_at),
        to_ms(finding.last_at),
        lines(finding.sources),
        lines(finding.places),
        finding.reason.casefold(),
    )


def lines(names: Iterable[str]) -> str:
    """Give names as lines, a line's end on both sides, to look for one with ``instr``."""
    return "".join(f"\n{name}" for name in names) + "\n"


def _there(connection: apsw.Connection, ids: Iterable[str]) -> dict[str, tuple[int, int, str]]:
    """Give for each id that is there its key, when it began (ms) and its detector."""
    sql = (
        "SELECT f.id, f.key, f.first_ms, f.detector FROM carray(?) AS w "
        "CROSS JOIN findings AS f ON f.id = w.value"
    )
    return {
        name: (key, first_ms, detector)
        for name, key, first_ms, detector in over(connection, sql, tuple(ids))
    }


def _count(
    connection: apsw.Connection,
    findings: Iterable[Finding],
    there: dict[str, tuple[int, int, str]],
) -> None:
    """Count each finding once, in the hour and the minute its newest form began."""
    changes: list[tuple[int, str, int]] = []
    for finding in findings:
        new = (to_ms(finding.first_at), finding.detector)
        if finding.id in there:
            old = there[finding.id][1:]
            if old == new:
                continue
            changes.append((*old, -1))
        changes.append((*new, 1))
    for table, unit, span in (
        ("finding_counts", "hour", HOUR_MS),
        ("finding_minutes", "minute", MINUTE_MS),
    ):
        connection.executemany(
            f"INSERT INTO {table} ({unit}, detector, count) VALUES (?,?,?) "
            "ON CONFLICT DO UPDATE SET count = count + excluded.count",
            [(first_ms // span, detector, count) for first_ms, detector, count in changes],
        )


def _link(connection: apsw.Connection, keys: Keys, rows: dict[int, Finding]) -> dict[int, Finding]:
    """Note which posts the findings name, so that the removal of one finds them.

    Returns:
        The findings, with nothing left of posts that were removed before.
    """
    new = [
        (key, post)
        for key, finding in rows.items()
        for post in sorted(quoted(finding) - keys.linked.get(key, set()))
    ]
    posts = {post for _, post in new}
    gone = gone_posts(connection, posts, erased=True)
    by_post = marks(connection, posts - gone.keys())
    connection.executemany(
        "INSERT OR IGNORE INTO evidence VALUES (?, ?)",
        sorted((by_post[post], key) for key, post in new if post not in gone),
    )
    clean = dict(rows)
    for key, post in new:
        if post in gone:
            clean[key] = without_post(clean[key], post)
    keys.linked.update((key, quoted(finding)) for key, finding in clean.items())
    return clean
