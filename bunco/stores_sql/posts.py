"""Write posts and what is counted from them: the dearest part of a commit.

Posts are appended in the order they come. What is counted is gathered in memory first, so
that each row of counts is written once a commit.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

import apsw
import msgspec

from bunco.model import Enriched
from bunco.storage.headlines import mark_of
from bunco.storage.keeping import HOUR_MS, MINUTE_MS, findable
from bunco.storage.removing import is_gone
from bunco.stores_sql.headlines import write_headlines
from bunco.stores_sql.keys import Keys, marks
from bunco.stores_sql.rows import query

BLOCK_BITS = 12
"""4,096 posts in the order they came make a block; a search skips whole blocks."""

_encode = msgspec.json.Encoder().encode
_Added = list[tuple[int, int, int, Enriched]]
"""Of each new post: its key, its author's, its source's, and the post."""


def write_posts(connection: apsw.Connection, keys: Keys, posts: Sequence[Enriched]) -> None:
    """Write those posts that are neither there nor were erased, and count them."""
    admitted = _admitted(connection, posts)
    if added := _add(connection, keys, admitted):
        _index(connection, added)
        _count(connection, added)
        _tally(connection, keys, added)


def gone_authors(connection: apsw.Connection, authors: Collection[str]) -> dict[str, int | None]:
    """Give those of the authors who were removed, with the last ms that is gone.

    None: all that there will ever be.
    """
    if not query(connection, "SELECT 1 FROM gone_authors LIMIT 1"):
        return {}
    found = {}
    for author, mark in marks(connection, authors).items():
        sql = "SELECT until_ms FROM gone_authors WHERE mark = ?"
        for (until,) in query(connection, sql, mark):
            found[author] = until
    return found


def gone_posts(
    connection: apsw.Connection, ids: Collection[str], *, erased: bool = False
) -> dict[str, str]:
    """Give those of the ids that were removed or, unless ``erased``, dropped by retention.

    Dropped ones come with their authors, removed ones with "".
    """
    if not ids or not query(connection, "SELECT 1 FROM gone LIMIT 1"):
        return {}
    by_mark = {mark: post for post, mark in marks(connection, ids).items()}
    sql = (
        "SELECT g.mark, ifnull(a.id, '') FROM carray(?) AS w "
        "CROSS JOIN gone AS g ON g.mark = w.value "
        "LEFT JOIN authors AS a ON a.key = g.author WHERE g.erased >= ?"
    )
    wanted = (apsw.carray(array("q", by_mark)), int(erased))
    return {by_mark[mark]: author for mark, author in connection.execute(sql, wanted)}


def _admitted(connection: apsw.Connection, posts: Sequence[Enriched]) -> Sequence[Enriched]:
    gone = gone_posts(connection, [enriched.post.id for enriched in posts])
    left = gone_authors(connection, {enriched.post.author for enriched in posts})
    if not gone and not left:
        return posts
    return [
        enriched
        for enriched in posts
        if enriched.post.id not in gone and not is_gone(left, enriched.post.author, enriched.at_ms)
    ]


def _add(connection: apsw.Connection, keys: Keys, posts: Sequence[Enriched]) -> _Added:
    authors = keys.authors([enriched.post.author for enriched in posts])
    sources = keys.sources({enriched.post.source for enriched in posts})
    first = keys.following("posts")
    rows = [
        (
            key,
            (post := enriched.post).id,
            authors[post.author],
            enriched.at_ms,
            sources[post.source],
            enriched.sensational,
            None if enriched.headline == post.title else enriched.headline,
            _encode(post),
            mark_of(enriched.wording) if enriched.headline else None,
        )
        for key, enriched in enumerate(posts, first)
    ]
    before = connection.total_changes()
    connection.executemany("INSERT OR IGNORE INTO posts VALUES (?,?,?,?,?,?,?,?,?)", rows)
    if connection.total_changes() - before != len(rows):
        new = {key for (key,) in query(connection, "SELECT key FROM posts WHERE key >= ?", first)}
        posts = [post for row, post in zip(rows, posts, strict=True) if row[0] in new]
        rows = [row for row in rows if row[0] in new]
    write_headlines(
        connection,
        ((row[8], row[3], row[0], row[2]) for row in rows if row[8] is not None),
    )
    return [(row[0], row[2], row[4], post) for row, post in zip(rows, posts, strict=True)]


def _index(connection: apsw.Connection, added: _Added) -> None:
    connection.executemany(
        "INSERT INTO words (rowid, title, text, author) VALUES (?,?,?,?)",
        ((key, post.post.title, post.post.text, author) for key, author, _, post in added),
    )


def _count(connection: apsw.Connection, added: _Added) -> None:
    counts = Counter(
        (post.at_ms // HOUR_MS, source, post.post.kind) for _, _, source, post in added
    )
    connection.executemany(
        "INSERT INTO post_counts VALUES (?,?,?,?) "
        "ON CONFLICT DO UPDATE SET count = count + excluded.count",
        [(*key, count) for key, count in sorted(counts.items())],
    )
    minutes = Counter([post.at_ms // MINUTE_MS for _, _, _, post in added])
    connection.executemany(
        "INSERT INTO post_minutes VALUES (?,?) "
        "ON CONFLICT DO UPDATE SET count = count + excluded.count",
        sorted(minutes.items()),
    )
    times: defaultdict[int, list[int]] = defaultdict(list)
    oldest: dict[tuple[int, int], int] = {}
    for key, _, source, post in added:
        block, at_ms = key >> BLOCK_BITS, post.at_ms
        times[block].append(at_ms)
        place = source, block
        if place not in oldest or at_ms < oldest[place]:
            oldest[place] = at_ms
    connection.executemany(
        "INSERT INTO blocks VALUES (?,?,?) ON CONFLICT DO UPDATE SET "
        "oldest_ms = min(oldest_ms, excluded.oldest_ms), "
        "newest_ms = max(newest_ms, excluded.newest_ms)",
        [(block, min(there), max(there)) for block, there in times.items()],
    )
    connection.executemany(
        "INSERT INTO spans VALUES (?,?,?) ON CONFLICT DO UPDATE SET "
        "oldest_ms = min(oldest_ms, excluded.oldest_ms)",
        [(*key, at_ms) for key, at_ms in sorted(oldest.items())],
    )


def _tally(connection: apsw.Connection, keys: Keys, added: _Added) -> None:
    times: dict[int, list[int]] = {}
    namings: dict[int, tuple[int, str, str]] = {}
    for _, author, _, enriched in added:
        post, at_ms = enriched.post, enriched.at_ms
        if there := times.get(author):
            there.append(at_ms)
        else:
            times[author] = [at_ms]
        if name := post.author_name:
            before = namings.get(author)
            if before is None or (at_ms, name) > before[:2]:
                namings[author] = (at_ms, name, post.author)
    _rename(connection, keys, namings)
    nameless = (None, "", "")
    connection.executemany(
        "INSERT INTO tallies VALUES (?1,?2,?3,?4,?5) ON CONFLICT DO UPDATE SET "
        "posts = posts + ?2, first_ms = min(ifnull(first_ms, ?3), ?3), "
        "last_ms = max(ifnull(last_ms, ?4), ?4), "
        "named_ms = max(ifnull(named_ms, ?5), ifnull(?5, named_ms))",
        [
            (author, len(there), min(there), max(there), namings.get(author, nameless)[0])
            for author, there in sorted(times.items())
        ],
    )


def _rename(
    connection: apsw.Connection, keys: Keys, namings: dict[int, tuple[int, str, str]]
) -> None:
    """Set the names that are newer than those the authors have."""
    known = keys.namings(namings)
    renamed: list[tuple[int, str, str]] = []
    for key, (at_ms, name, author) in namings.items():
        old = known[key]
        if at_ms > old[0] or (at_ms == old[0] and name > old[1]):
            if name != old[1]:
                renamed.append((key, name, author))
            known[key] = (at_ms, name)
    write_names(connection, renamed)


def write_names(connection: apsw.Connection, named: Iterable[tuple[int, str, str]]) -> None:
    """Set names: of each author the key, the name and the id."""
    connection.executemany(
        "UPDATE authors SET name = ?, findable = ? WHERE key = ?",
        [(name, findable(author, name), key) for key, name, author in named],
    )
