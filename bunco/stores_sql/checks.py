"""Look for what is wrong with a store, in words."""

from collections.abc import Iterator
from contextlib import suppress

import apsw

from bunco.stores_sql.rows import query

_MUST_BE_NONE = (
    ("{} posts name an author who is not there", "posts AS p", "p.author", "authors"),
    ("{} posts name a source that is not there", "posts AS p", "p.source", "sources"),
    ("{} findings name an author who is not there", "findings AS p", "p.author", "authors"),
    ("{} headlines belong to no post", "headlines AS p", "p.post", "posts"),
    ("{} author states belong to nobody", "author_states AS p", "p.author", "authors"),
    ("{} summaries belong to nobody", "tallies AS p", "p.author", "authors"),
    ("{} findings have lost their content", "findings AS p", "p.key", "finding_bodies"),
    ("{} contents have lost their finding", "finding_bodies AS p", "p.finding", "findings"),
)


def faults(connection: apsw.Connection) -> Iterator[str]:
    """Give what is wrong, the full-text index included; nothing when the store is sound."""
    # A search first: the check alone would go by an outdated outline of the full-text index
    # when another connection has written (seen with SQLite 3.54).
    with suppress(apsw.CorruptError):
        query(connection, "SELECT 1 FROM words WHERE words MATCH 'a' LIMIT 1")
    for (said,) in query(connection, "PRAGMA integrity_check(20)"):
        if said != "ok":
            yield f"the file is damaged: {said}"
    for sentence, table, column, other in _MUST_BE_NONE:
        key = "finding" if other == "finding_bodies" else "key"
        ((count,),) = query(
            connection,
            f"SELECT count(*) FROM {table} "
            f"WHERE NOT EXISTS (SELECT 1 FROM {other} AS o WHERE o.{key} = {column})",
        )
        if count:
            yield sentence.format(count)
    ((count,),) = query(
        connection,
        "SELECT count(*) FROM tallies AS t JOIN (SELECT author, count(*) AS posts FROM posts "
        "GROUP BY author) AS p ON p.author = t.author WHERE p.posts <> t.posts",
    )
    if count:
        yield f"{count} authors have another number of posts than their summary says"
