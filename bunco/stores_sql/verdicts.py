"""Keep verdicts, and let the findings they are on know of them.

Beside each finding stand the word said last, whether it is quiet, and by whose verdict: lists
and rankings go by these. They are worked out anew when a finding or a verdict is written.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import apsw
import msgspec
from msgspec.structs import replace

from bunco.model import Finding, Page, Verdict, order_of, to_ms, without_words
from bunco.ports.queries import VerdictQuery
from bunco.storage.keeping import EVER
from bunco.storage.marks import mark, place
from bunco.storage.quieting import asked_of, is_quiet
from bunco.storage.removing import is_gone
from bunco.stores_sql.posts import gone_authors, gone_posts
from bunco.stores_sql.rows import Row, Value, over, query, stored_finding
from bunco.stores_sql.writings import NEXT_WRITTEN

FINDING_COLUMNS = "f.judged, f.quiet, b.body"
"""What is read of ``findings AS f`` and ``finding_bodies AS b`` to show a finding."""

_NOTE = f"UPDATE findings SET judged = ?2, quiet = ?3, written = {NEXT_WRITTEN} WHERE id = ?1"

_encode = msgspec.json.Encoder().encode
_verdict = msgspec.json.Decoder(Verdict).decode


def write_verdicts(connection: apsw.Connection, verdicts: Sequence[Verdict]) -> None:
    """Write verdicts, but for those on what was removed; those that are there stay."""
    if not verdicts:
        return
    gone = gone_authors(connection, {verdict.author for verdict in verdicts})
    quoted = {one.pattern.post for one in verdicts if one.pattern} - {""}
    erased = gone_posts(connection, quoted, erased=True)
    kept = [
        without_words(one) if one.pattern and one.pattern.post in erased else one
        for one in verdicts
        if not is_gone(gone, one.author, to_ms(one.began_at))
    ]
    connection.executemany(
        "INSERT OR IGNORE INTO verdicts (id, finding, author, detector, judged, said_by, at_ms, "
        "began_ms, post, body) VALUES (?,?,?,?,?,?,?,?,?,?)",
        [
            (
                *(one.id, one.finding, one.author, one.detector, one.judged, one.by),
                *(to_ms(one.at), to_ms(one.began_at)),
                one.pattern.post if one.pattern else "",
                _encode(one),
            )
            for one in kept
        ],
    )
    _settle_judged(connection, {one.finding for one in kept})


def settle(connection: apsw.Connection, findings: Collection[Finding]) -> None:
    """Note beside findings that were just written what verdicts make of them."""
    asked = {one.id: asked_of(one) for one in findings}
    if not (latest := latest_on(connection, set().union(*asked.values()))):
        return
    connection.executemany(
        _NOTE,
        [
            (one.id, _word(latest, one.id), int(is_quiet(one, latest)))
            for one in findings
            if not latest.keys().isdisjoint(asked[one.id])
        ],
    )


def shown_findings(connection: apsw.Connection, rows: Iterable[Row]) -> list[Finding]:
    """Give findings as they are shown: with the latest verdict on each.

    Args:
        connection: to read the verdicts.
        rows: ``FINDING_COLUMNS`` of each.
    """
    stored = [(judged, bool(quiet), stored_finding(body)) for judged, quiet, body in rows]
    latest = latest_on(connection, [finding.id for judged, _, finding in stored if judged])
    return [
        finding
        if quiet == finding.quiet and not judged
        else replace(finding, verdict=latest.get(finding.id), quiet=quiet)
        for judged, quiet, finding in stored
    ]


def latest_on(connection: apsw.Connection, findings: Collection[str]) -> dict[str, Verdict]:
    """Give the latest verdicts on findings, by finding."""
    sql = "SELECT v.body FROM carray(?) AS w CROSS JOIN verdicts AS v ON v.finding = w.value"
    said = [_verdict(body) for (body,) in over(connection, sql, findings)]
    return {one.finding: one for one in sorted(said, key=order_of)}


def verdicts(
    connection: apsw.Connection, asked: VerdictQuery, limit: int, after: str
) -> Page[Verdict]:
    """Give verdicts, the latest first, then by id."""
    fields = {
        "finding": asked.finding,
        "author": asked.author,
        "detector": asked.detector,
        "said_by": asked.by,
        "judged": asked.judged,
    }
    narrowing: dict[str, Value] = {name: value for name, value in fields.items() if value}
    last_ms, name = place(after, tuple[int, str]) or (EVER[1], "")
    rows = query(
        connection,
        "SELECT at_ms, id, body FROM verdicts "
        "WHERE at_ms <= ?1 AND (at_ms < ?1 OR id > ?2) "
        + "".join(f"AND {field} = ? " for field in narrowing)
        + f"ORDER BY at_ms DESC, id LIMIT {int(limit) + 1}",
        last_ms,
        name,
        *narrowing.values(),
    )
    last = mark(*rows[limit - 1][:2]) if len(rows) > limit else ""
    return Page(rows=tuple(_verdict(body) for _, _, body in rows[:limit]), after=last)


def forget_words(connection: apsw.Connection, ids: Collection[str]) -> None:
    """Take the words of removed posts out of verdicts."""
    sql = (
        "SELECT v.key, v.finding, v.body FROM carray(?) AS w "
        "CROSS JOIN verdicts AS v ON v.post = w.value AND v.post <> ''"
    )
    rows = list(over(connection, sql, [name for name in ids if name]))
    connection.executemany(
        "UPDATE verdicts SET post = '', body = ? WHERE key = ?",
        [(_encode(without_words(_verdict(body))), key) for key, _, body in rows],
    )
    _settle_judged(connection, {finding for _, finding, _ in rows})


def drop_verdicts(connection: apsw.Connection, author: str, until: int | None) -> None:
    """Drop the verdicts on what a removed author published up to a time."""
    gone = "WHERE author = ?1 AND (?2 IS NULL OR began_ms <= ?2)"
    found = query(connection, f"SELECT DISTINCT finding FROM verdicts {gone}", author, until)
    connection.execute(f"DELETE FROM verdicts {gone}", (author, until))
    _settle_judged(connection, {name for (name,) in found})


def _word(latest: Mapping[str, Verdict], finding: str) -> str:
    return latest[finding].judged if finding in latest else ""


def _settle_judged(connection: apsw.Connection, judged: Collection[str]) -> None:
    """Note what was said beside these findings, and those that they quiet."""
    wanted = _having(connection, "id", judged) | _having(connection, "quieted_by", judged)
    asked = set().union(*(asked_of(one) for one in wanted.values()))
    latest = latest_on(connection, asked)
    connection.executemany(
        _NOTE,
        [(name, _word(latest, name), int(is_quiet(one, latest))) for name, one in wanted.items()],
    )


def _having(connection: apsw.Connection, column: str, names: Collection[str]) -> dict[str, Finding]:
    sql = (
        f"SELECT b.body FROM carray(?) AS w CROSS JOIN findings AS f ON f.{column} = w.value "
        f"AND f.{column} <> '' JOIN finding_bodies AS b ON b.finding = f.key"
    )
    found = (stored_finding(body) for (body,) in over(connection, sql, names))
    return {one.id: one for one in found}
