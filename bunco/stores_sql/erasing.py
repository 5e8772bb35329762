"""Take posts out of every table that holds something of them; counts over time stay."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

import apsw
import msgspec

from bunco.model import Post
from bunco.stores_sql.headlines import drop_headlines
from bunco.stores_sql.keys import Keys, marks
from bunco.stores_sql.posts import write_names
from bunco.stores_sql.rows import Row, query

ERASED_COLUMNS = "p.key, p.author, p.at_ms, p.id, p.body, p.wording"
"""What ``erase_posts`` needs of ``posts AS p``."""

_post = msgspec.json.Decoder(Post).decode


def erase_posts(connection: apsw.Connection, rows: Collection[Row]) -> None:
    """Erase posts and their words, but for the marks that keep them from coming back.

    Args:
        connection: inside a transaction.
        rows: ``ERASED_COLUMNS`` of each post.
    """
    rows = sorted(rows)  # the full-text index writes itself out at each step backwards
    connection.executemany(
        "INSERT INTO words (words, rowid, title, text, author) VALUES ('delete', ?,?,?,?)",
        [(key, (post := _post(body)).title, post.text, by) for key, by, _, _, body, _ in rows],
    )
    drop_headlines(connection, [(row[5], row[2], row[0]) for row in rows if row[5] is not None])
    connection.executemany("DELETE FROM posts WHERE key = ?", [(row[0],) for row in rows])
    connection.executemany(
        "UPDATE tallies SET posts = posts - ?2, "
        "first_ms = (SELECT min(at_ms) FROM posts WHERE author = ?1), "
        "last_ms = (SELECT max(at_ms) FROM posts WHERE author = ?1) WHERE author = ?1",
        Counter(row[1] for row in rows).items(),
    )


def mark_gone(
    connection: apsw.Connection,
    ids: Collection[str],
    *,
    erased: bool,
    authors: Mapping[str, int] | None = None,
) -> None:
    """Keep the marks of posts that are not to come back.

    Args:
        connection: inside a transaction.
        ids: of the posts.
        erased: true for a removal, after which findings may not quote them either.
        authors: the author's key by id, so that a removal of a post dropped by retention
            still finds the state it has to leave.
    """
    keys = authors or {}
    connection.executemany(
        "INSERT INTO gone VALUES (?1, ?2, ?3) "
        "ON CONFLICT DO UPDATE SET erased = ?2, author = ?3 WHERE erased < ?2",
        [
            (mark, int(erased), keys.get(post))
            for mark, post in sorted((mark, post) for post, mark in marks(connection, ids).items())
        ],
    )


def rename(connection: apsw.Connection, keys: Keys, rows: Iterable[Row]) -> None:
    """Give authors the name of their latest post again, where that one was erased."""
    latest: dict[int, int] = {}
    for _, author, at_ms, *_ in rows:
        latest[author] = max(at_ms, latest.get(author, at_ms))
    for author, at_ms in latest.items():
        for named_ms, name in query(
            connection,
            "SELECT t.named_ms, a.id FROM tallies AS t JOIN authors AS a ON a.key = t.author "
            "WHERE t.author = ?",
            author,
        ):
            if named_ms is not None and at_ms >= named_ms:
                _rename(connection, author, name)
                keys.drop(name, author)


def drop_empty(connection: apsw.Connection, keys: Keys, authors: Iterable[int]) -> None:
    """Erase authors of whom nothing is left: no post, no finding, no state."""
    for author in authors:
        for (name,) in query(
            connection,
            "SELECT id FROM authors AS a WHERE key = ?1 "
            "AND NOT EXISTS (SELECT 1 FROM posts WHERE author = ?1) "
            "AND NOT EXISTS (SELECT 1 FROM findings WHERE author = ?1) "
            "AND NOT EXISTS (SELECT 1 FROM author_states WHERE author = ?1)",
            author,
        ):
            connection.execute("DELETE FROM tallies WHERE author = ?", (author,))
            connection.execute("DELETE FROM authors WHERE key = ?", (author,))
            keys.drop(name, author)


def _rename(connection: apsw.Connection, author: int, name: str) -> None:
    best: tuple[int, str] | None = None
    for at_ms, body in connection.execute(
        "SELECT at_ms, body FROM posts WHERE author = ? ORDER BY at_ms DESC", (author,)
    ):
        if best is not None and at_ms < best[0]:
            break
        if (said := _post(body).author_name) and (best is None or said > best[1]):
            best = (at_ms, said)
    named_ms, said = best or (None, "")
    write_names(connection, [(author, said, name)])
    connection.execute("UPDATE tallies SET named_ms = ? WHERE author = ?", (named_ms, author))
