"""Know headlines again: which were repeated, by whom, and which are nearly the same.

A row for each post with a headline, ordered by day and wording: a day is read from one end to
the other to find what was repeated in it, one wording is found with a look at each day.
"""

from array import array
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from heapq import nlargest
from typing import TypeAlias

import apsw
from msgspec import Struct

from bunco.model import Page, RepeatedHeadline, StoredPost, from_ms
from bunco.storage.headlines import DAY_MS, mark_of_headline, pairs
from bunco.storage.keeping import EVER, times
from bunco.storage.marks import mark, place
from bunco.stores_sql.rows import POST_COLUMNS, Row, query, stored_post

Period: TypeAlias = tuple[datetime | None, datetime | None]

_PER_DAY = 1000
"""Wordings of a day, the most frequent, that are looked at. Source: ours."""
_LOOKED_AT = 2
"""So many times what is asked for is counted over the whole period. Source: ours."""

Added: TypeAlias = tuple[int, int, int, int]
"""Of a post: its wording's mark, event time, key and author's key."""


def write_headlines(connection: apsw.Connection, added: Collection[Added]) -> None:
    """Note the headlines of new posts."""
    connection.executemany(
        "INSERT INTO headlines VALUES (?,?,?,?,?)",
        sorted([(at_ms // DAY_MS, wording, at_ms, *rest) for wording, at_ms, *rest in added]),
    )


def drop_headlines(connection: apsw.Connection, posts: Collection[tuple[int, int, int]]) -> None:
    """Forget the headlines of posts: of each the wording's mark, event time and key."""
    connection.executemany(
        "DELETE FROM headlines WHERE day = ? AND wording = ? AND at_ms = ? AND post = ?",
        [(at_ms // DAY_MS, wording, at_ms, key) for wording, at_ms, key in posts],
    )


def repeated(connection: apsw.Connection, period: Period, limit: int) -> list[RepeatedHeadline]:
    """Give the headlines published most often in a period, most first, then by headline."""
    since, until = times(*period)
    days = list(_days(connection, since // DAY_MS, (until - 1) // DAY_MS))
    found: Counter[int] = Counter()
    for day in days:
        found.update(dict(_often(connection, day, since, until)))
    likely = nlargest(_LOOKED_AT * limit, found.items(), key=lambda one: (one[1], one[0]))
    counted = [_counted(connection, wording, days, (since, until)) for wording, _ in likely]
    made = [one.told(connection) for one in nlargest(limit, counted, key=lambda one: one.posts)]
    return sorted(made, key=lambda one: (-one.posts, one.headline))


def copies(connection: apsw.Connection, headline: str, limit: int, after: str) -> Page[StoredPost]:
    """Give posts whose headline has the same wording, the earliest first, then by id."""
    wording = mark_of_headline(headline)
    if wording is None:
        return Page(rows=())
    start_ms, name = place(after, tuple[int, str]) or (EVER[0], "")
    rows: list[Row] = []
    for day in _days(connection, start_ms // DAY_MS, EVER[1] // DAY_MS):
        rows += query(
            connection,
            f"SELECT {POST_COLUMNS} FROM headlines AS h JOIN posts AS p ON p.key = h.post "
            "WHERE h.day = ?1 AND h.wording = ?2 AND h.at_ms >= ?3 "
            "AND (h.at_ms > ?3 OR p.id > ?4) ORDER BY h.at_ms, p.id LIMIT ?5",
            *(day, wording, start_ms, name),
            limit + 1 - len(rows),
        )
        if len(rows) > limit:
            break
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


class _Counted(Struct):
    posts: int
    authors: "Counter[int]"
    first_ms: int
    last_ms: int
    latest: list[int]
    """The keys of the posts of the last moment."""

    def told(self, connection: apsw.Connection) -> RepeatedHeadline:
        ((_, name, *post),) = connection.execute(
            f"SELECT {POST_COLUMNS} FROM posts AS p WHERE p.key IN (SELECT value FROM carray(?)) "
            "ORDER BY p.id DESC LIMIT 1",
            (apsw.carray(array("q", self.latest)),),
        )
        names = dict(
            connection.execute(
                "SELECT a.key, a.id FROM carray(?) AS w CROSS JOIN authors AS a ON a.key = w.value",
                (apsw.carray(array("q", self.authors)),),
            )
        )
        by = [(names[author], count) for author, count in self.authors.items()]
        return RepeatedHeadline(
            headline=stored_post(*post).headline,
            post=name,
            posts=self.posts,
            authors=dict(sorted(by, key=lambda one: (-one[1], one[0]))),
            first_at=from_ms(self.first_ms),
            last_at=from_ms(self.last_ms),
        )


def _days(connection: apsw.Connection, first: int, last: int) -> Iterator[int]:
    """Give the days that have headlines, one look for each."""
    day = first - 1
    while True:
        sql = "SELECT min(day) FROM headlines WHERE day > ? AND day <= ?"
        ((day,),) = query(connection, sql, day, last)
        if day is None:
            return
        yield day


def _often(connection: apsw.Connection, day: int, since: int, until: int) -> list[Row]:
    """Give the wordings that came twice or more in a day, and how often, the most first."""
    whole = since <= day * DAY_MS and until >= (day + 1) * DAY_MS
    return query(
        connection,
        "SELECT wording, count(*) AS posts FROM headlines WHERE day = ?1 "
        + ("" if whole else "AND at_ms >= ?2 AND at_ms < ?3 ")
        + "GROUP BY wording HAVING posts > 1 ORDER BY posts DESC, wording LIMIT ?4",
        *(day, since, until, _PER_DAY),
    )


def _counted(
    connection: apsw.Connection, wording: int, days: Collection[int], within: tuple[int, int]
) -> _Counted:
    """Count a wording over a period."""
    rows = [
        row
        for day in days
        for row in query(
            connection,
            "SELECT at_ms, post, author FROM headlines "
            "WHERE day = ? AND wording = ? AND at_ms >= ? AND at_ms < ?",
            *(day, wording, *within),
        )
    ]
    last_ms = max(rows)[0]
    return _Counted(
        posts=len(rows),
        authors=Counter(author for _, _, author in rows),
        first_ms=min(rows)[0],
        last_ms=last_ms,
        latest=[post for at_ms, post, _ in rows if at_ms == last_ms],
    )
