"""Know headlines again: which were repeated, by whom, and which are nearly the same.

A row for each post with a headline, ordered by day and wording: a day is read from one end to
the other to find what was repeated in it, one wording is found with a look at each day.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from heapq import nlargest
from typing import TypeAlias

import apsw

from bunco.model import Page, RepeatedHeadline, StoredPost, from_ms
from bunco.storage.headlines import DAY_MS, mark_of_headline, pairs
from bunco.storage.keeping import EVER, times
from bunco.storage.marks import mark, place
from bunco.stores_sql.rows import POST_COLUMNS, Row, query, stored_post

Period: TypeAlias = tuple[datetime | None, datetime | None]

_LOOKED_AT = 2
"""So many times what is asked for is counted over the whole period. Source: ours."""

_DAYS = (
    "WITH RECURSIVE days (day) AS (SELECT min(day) FROM headlines WHERE day BETWEEN ?1 AND ?2 "
    "UNION ALL SELECT (SELECT min(day) FROM headlines AS h WHERE h.day > d.day AND h.day <= ?2) "
    "FROM days AS d WHERE d.day IS NOT NULL)"
)
"""The days that have headlines, from the first to the second parameter: one look for each."""

Added: TypeAlias = tuple[int, int, int, int]
"""Of a post: its wording's mark, event time, key and author's key."""


def write_headlines(connection: apsw.Connection, added: Iterable[Added]) -> None:
    """Note the headlines of new posts."""
    connection.executemany(
        "INSERT INTO headlines VALUES (?,?,?,?,?)",
        sorted(
            [
                (at_ms // DAY_MS, wording, at_ms, post, author)
                for wording, at_ms, post, author in added
            ]
        ),
    )


def drop_headlines(connection: apsw.Connection, posts: Collection[tuple[int, int, int]]) -> None:
    """Forget the headlines of posts: of each the wording's mark, event time and key."""
    connection.executemany(
        "DELETE FROM headlines WHERE day = ? AND wording = ? AND at_ms = ? AND post = ?",
        [(at_ms // DAY_MS, wording, at_ms, key) for wording, at_ms, key in posts],
    )


def repeated(connection: apsw.Connection, period: Period, limit: int) -> list[RepeatedHeadline]:
    """Give the headlines published most often in a period, most first, then by headline.

    Args:
        connection: seeing one moment of the store (``snapshot``).
        period: from when to when.
        limit: headlines at most.
    """
    since, until = times(*period)
    within = (since // DAY_MS, (until - 1) // DAY_MS, since, until)
    likely = query(
        connection,
        # in the order of the key: a day with all its wordings is read once, nothing is sorted
        "SELECT wording FROM (SELECT wording, count(*) AS posts FROM headlines "
        "WHERE day BETWEEN ?1 AND ?2 AND at_ms >= ?3 AND at_ms < ?4 "
        "GROUP BY day, wording HAVING posts > 1) "
        "GROUP BY wording ORDER BY sum(posts) DESC, wording LIMIT ?5",
        *within,
        _LOOKED_AT * limit,
    )
    if not likely:
        return []
    counted: defaultdict[int, list[Row]] = defaultdict(list)
    wanted = array("q", [wording for (wording,) in likely])
    for wording, *row in connection.execute(
        f"{_DAYS} SELECT h.wording, h.at_ms, h.post, h.author FROM days AS d "
        "CROSS JOIN carray(?5) AS w "
        "CROSS JOIN headlines AS h ON h.day = d.day AND h.wording = w.value "
        "WHERE h.at_ms >= ?3 AND h.at_ms < ?4",
        (*within, apsw.carray(wanted)),
    ):
        counted[wording].append(tuple(row))
    made = [_told(connection, rows) for rows in nlargest(limit, counted.values(), key=len)]
    return sorted(made, key=lambda one: (-one.posts, one.headline))


def copies(connection: apsw.Connection, headline: str, limit: int, after: str) -> Page[StoredPost]:
    """Give posts whose headline has the same wording, the earliest first, then by id."""
    wording = mark_of_headline(headline)
    if wording is None:
        return Page(rows=())
    start_ms, name = place(after, tuple[int, str]) or (EVER[0], "")
    rows = query(
        connection,
        f"{_DAYS} SELECT {POST_COLUMNS} FROM days AS d "
        "CROSS JOIN headlines AS h ON h.day = d.day AND h.wording = ?5 "
        "CROSS JOIN posts AS p ON p.key = h.post "
        "WHERE h.at_ms >= ?3 AND (h.at_ms > ?3 OR p.id > ?4) ORDER BY h.at_ms, p.id LIMIT ?6",
        *(start_ms // DAY_MS, EVER[1] // DAY_MS, start_ms, name),
        *(wording, limit + 1),
    )
    shown = tuple(stored_post(*row[2:]) for row in rows[:limit])
    return Page(rows=shown, after=mark(*rows[limit - 1][:2]) if len(rows) > limit else "")


def near(connection: apsw.Connection, headline: str, limit: int) -> list[StoredPost]:
    """Give posts of another wording that share a pair of long words with a headline."""
    if not (wanted := pairs(headline)):
        return []
    either = " OR ".join("(" + " AND ".join(f'"{word}"' for word in pair) + ")" for pair in wanted)
    rows = query(
        connection,
        f"SELECT {POST_COLUMNS} FROM words AS w CROSS JOIN posts AS p ON p.key = w.rowid "
        "WHERE w.words MATCH ?1 AND p.wording IS NOT ?2 ORDER BY w.rowid DESC LIMIT ?3",
        f"{{title text}} : ({either})",
        mark_of_headline(headline),
        limit,
    )
    return [stored_post(*row[2:]) for row in rows]


def _told(connection: apsw.Connection, rows: list[Row]) -> RepeatedHeadline:
    """Give a headline as told by its posts: of each the event time, key and author's key."""
    last_ms = max(rows)[0]
    latest = array("q", [post for at_ms, post, _ in rows if at_ms == last_ms])
    ((_, name, *post),) = connection.execute(
        f"SELECT {POST_COLUMNS} FROM posts AS p WHERE p.key IN (SELECT value FROM carray(?)) "
        "ORDER BY p.id DESC LIMIT 1",
        (apsw.carray(latest),),
    )
    authors = Counter(author for _, _, author in rows)
    names = dict(
        connection.execute(
            "SELECT a.key, a.id FROM carray(?) AS w CROSS JOIN authors AS a ON a.key = w.value",
            (apsw.carray(array("q", authors)),),
        )
    )
    by = [(names[author], count) for author, count in authors.items()]
    return RepeatedHeadline(
        headline=stored_post(*post).headline,
        post=name,
        posts=len(rows),
        authors=dict(sorted(by, key=lambda one: (-one[1], one[0]))),
        first_at=from_ms(min(rows)[0]),
        last_at=from_ms(last_ms),
    )
