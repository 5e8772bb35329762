"""Short keys for long names: authors, sources; hashes for what must be forgotten."""

from array import array
from collections.abc import Collection, Mapping
from hashlib import blake2b
from typing import Literal

import apsw

from bunco.storage.keeping import findable
from bunco.stores_sql.rows import over, query

_MOST_CACHED = 100_000
"""Authors kept in memory, some 30 MB. Source: ours."""
_MOST_LINKED = 10_000
"""Findings whose posts are kept in memory, some 20 MB. Source: ours."""


def marks(connection: apsw.Connection, texts: Collection[str]) -> dict[str, int]:
    """Give for each text a number that stands for it after it was erased.

    A keyed hash of 64 bits: the chance that a new id among a million erased ones is taken
    for one of them is 5 in 10^14.
    """
    if not texts:
        return {}
    ((salt,),) = query(connection, "SELECT value FROM meta WHERE name = 'salt'")
    return {
        text: int.from_bytes(
            blake2b(text.encode("utf-8", "replace"), digest_size=8, key=salt).digest(),
            "big",
            signed=True,
        )
        for text in texts
    }


Naming = tuple[int, str]
"""When an author was last known by a name (ms), and the name; the greatest counts."""

_NAMELESS: Naming = (-(1 << 62), "")


class Keys:
    """The keys of authors and sources, made when they are new; cached.

    ``refresh`` opens every transaction: when somebody else wrote in the meantime, what was
    cached may be gone.
    """

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._authors: dict[str, int] = {}
        self._sources: dict[str, int] = {}
        self._namings: dict[int, Naming] = {}
        self.linked: dict[int, set[str]] = {}
        """Posts that are noted as evidence, by key of the finding."""
        self._version: object = None

    def refresh(self) -> None:
        """Forget what is cached if another connection has written."""
        found = self._connection.pragma("data_version")
        if found != self._version or len(self._authors) > _MOST_CACHED:
            self.forget()
        if len(self.linked) > _MOST_LINKED:
            self.linked.clear()
        self._version = found

    def forget(self) -> None:
        """Forget what is cached: rows were erased, or a transaction failed."""
        self._authors.clear()
        self._sources.clear()
        self._namings.clear()
        self.linked.clear()

    def drop(self, author: str, key: int) -> None:
        """Forget an author whose row was erased or whose name changed."""
        self._authors.pop(author, None)
        self._namings.pop(key, None)

    def authors(self, ids: Collection[str]) -> Mapping[str, int]:
        """Give the keys of authors, and of others seen lately; makes those that are new."""
        cached = self._authors
        missing = [author for author in dict.fromkeys(ids) if author not in cached]
        if missing:
            cached.update(found_authors(self._connection, missing))
            new = [author for author in missing if author not in cached]
            key = self.following("authors")
            cached.update(zip(new, range(key, key + len(new)), strict=True))
            self._connection.executemany(
                "INSERT INTO authors VALUES (?, ?, '', ?)",
                [(cached[author], author, findable(author, "")) for author in new],
            )
        return cached

    def sources(self, names: Collection[str]) -> Mapping[str, int]:
        """Give the keys of sources, and of others seen lately; makes those that are new."""
        cached = self._sources
        for name in dict.fromkeys(names):
            if name not in cached:
                ((cached[name],),) = query(
                    self._connection,
                    "INSERT INTO sources (name) VALUES (?) "
                    "ON CONFLICT DO UPDATE SET name = name RETURNING key",
                    name,
                )
        return cached

    def namings(self, authors: Collection[int]) -> dict[int, Naming]:
        """Give the names of authors by key; the caller writes newer ones into it."""
        known = self._namings
        if missing := [author for author in authors if author not in known]:
            known.update(dict.fromkeys(missing, _NAMELESS))
            for author, named_ms, name in self._connection.execute(
                "SELECT a.key, t.named_ms, a.name FROM carray(?) AS w "
                "CROSS JOIN authors AS a ON a.key = w.value "
                "JOIN tallies AS t ON t.author = a.key WHERE t.named_ms IS NOT NULL",
                (apsw.carray(array("q", missing)),),
            ):
                known[author] = (named_ms, name)
        return known

    def following(self, table: Literal["authors", "posts", "findings"]) -> int:
        """Give the key after the last one of a table."""
        ((key,),) = query(self._connection, f"SELECT ifnull(max(key), 0) + 1 FROM {table}")
        following: int = key
        return following


def found_authors(connection: apsw.Connection, ids: Collection[str]) -> dict[str, int]:
    """Give the keys of those authors that are in the store."""
    sql = "SELECT a.id, a.key FROM carray(?) AS w CROSS JOIN authors AS a ON a.id = w.value"
    return dict(over(connection, sql, ids))
