"""Rows of SQL and the records they stand for."""

from collections.abc import Collection, Iterator
from typing import Any, TypeAlias

import apsw
import msgspec

from bunco.model import Finding, Post, StoredPost

Row: TypeAlias = tuple[Any, ...]
"""What SQLite gives: the schema says the types, STRICT tables hold them."""

Value: TypeAlias = str | bytes | int | float | None
"""What stands for a parameter."""

POST_COLUMNS = "p.at_ms, p.id, p.sensational, p.headline, p.body"
"""What is read of ``posts AS p`` to sort by and to make a ``StoredPost`` of."""

_post = msgspec.json.Decoder(Post).decode
_finding = msgspec.json.Decoder(Finding).decode


def stored_post(sensational: float, headline: str | None, body: bytes) -> StoredPost:
    """Give the post of a row; no headline in the row means its title."""
    post = _post(body)
    return StoredPost(
        post=post,
        sensational=sensational,
        headline=post.title if headline is None else headline,
    )


def stored_finding(body: bytes) -> Finding:
    """Give the finding of a row."""
    return _finding(body)


def query(connection: apsw.Connection, sql: str, *values: Value) -> list[Row]:
    """Run a query and give all its rows."""
    return connection.execute(sql, values).fetchall()


def over(connection: apsw.Connection, sql: str, texts: Collection[str]) -> Iterator[Row]:
    """Run a query over many texts: ``carray(?)``, its parameter, with a column ``value``.

    Texts that no store holds (lone surrogates) are left out.
    """
    plain = tuple(text for text in texts if "\0" not in text)
    try:
        yield from _over(connection, sql, plain)
    except UnicodeEncodeError:
        yield from _over(connection, sql, tuple(filter(_encodable, plain)))
    if len(plain) < len(texts):  # carray takes no NUL
        single = sql.replace("carray(?)", "(SELECT ? AS value)")
        for text in texts:
            if "\0" in text and _encodable(text):
                yield from query(connection, single, text)


def _over(connection: apsw.Connection, sql: str, texts: tuple[str, ...]) -> list[Row]:
    return connection.execute(sql, (apsw.carray(texts),)).fetchall() if texts else []


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
