"""Go through the posts author by author, each in order of arrival, a piece at a time.

Keys grow in the order posts come. Each step is a read of its own: nothing is held open that
would keep the write-ahead log from being emptied.
"""

from array import array
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import chain
from typing import TypeAlias

import apsw
import msgspec

from bunco.model import Post
from bunco.storage.keeping import times
from bunco.stores_sql.keys import found_authors
from bunco.stores_sql.rows import query

Reading: TypeAlias = Callable[[], AbstractContextManager[apsw.Connection]]
_PostKeys: TypeAlias = "array[int]"

_AUTHORS = 500
"""Authors whose keys are read at once: 8 bytes a post of theirs. Source: ours."""
_NO_AUTHOR = -1

_post = msgspec.json.Decoder(Post).decode


def walk(
    reading: Reading, author: str, period: tuple[datetime | None, datetime | None], most: int
) -> Generator[Sequence[Post], None, None]:
    """Give posts in pieces; those that come in meanwhile are left out."""
    with reading() as connection:
        ((newest,),) = query(connection, "SELECT ifnull(max(key), 0) FROM posts")
        only = found_authors(connection, [author]).get(author, _NO_AUTHOR) if author else None
    keys = chain.from_iterable(_keys(reading, only, (*times(*period), newest)))
    piece: _PostKeys = array("q")
    for key in keys:
        piece.append(key)
        if len(piece) == most:
            yield from _posts(reading, piece)
            piece = array("q")
    yield from _posts(reading, piece)


def _keys(reading: Reading, only: int | None, bounds: tuple[int, int, int]) -> Iterator[_PostKeys]:
    """Give the keys of posts, author by author, of some authors at a time.

    Args:
        reading: gives a connection.
        only: the key of the one author wanted; None: all.
        bounds: the period in ms, and the last key.
    """
    if only is not None:
        with reading() as connection:
            yield _keys_of(connection, (only, only), bounds)
        return
    first = 0
    while True:
        with reading() as connection:
            ((last,),) = query(
                connection,
                "SELECT max(key) FROM "
                "(SELECT key FROM authors WHERE key >= ? ORDER BY key LIMIT ?)",
                first,
                _AUTHORS,
            )
            if last is None:
                return
            found = _keys_of(connection, (first, last), bounds)
        yield found
        first = last + 1


def _keys_of(
    connection: apsw.Connection, authors: tuple[int, int], bounds: tuple[int, int, int]
) -> _PostKeys:
    rows = connection.execute(
        "SELECT key FROM posts INDEXED BY posts_by_author WHERE author BETWEEN ? AND ? "
        "AND at_ms >= ? AND at_ms < ? AND key <= ? ORDER BY author, key",
        (*authors, *bounds),
    )
    return array("q", (key for (key,) in rows))


def _posts(reading: Reading, keys: _PostKeys) -> Iterator[list[Post]]:
    """Give the posts of keys in their order, as one piece; none for those removed meanwhile."""
    if not keys:
        return
    with reading() as connection:
        bodies = dict(
            connection.execute(
                "SELECT p.key, p.body FROM carray(?) AS w CROSS JOIN posts AS p ON p.key = w.value",
                (apsw.carray(keys),),
            )
        )
    if found := [_post(bodies[key]) for key in keys if key in bodies]:
        yield found
