from pathlib import Path

import apsw

from bunco.stores_sql import schema
from bunco.stores_sql.keys import Keys, found_authors, marks
from bunco.stores_sql.rows import over


def an_empty_store(path: Path | str = ":memory:") -> apsw.Connection:
    connection = apsw.Connection(str(path))
    schema.migrate(connection, str(path))
    return connection


def test_a_mark_is_the_same_in_one_store_and_another_in_the_next() -> None:
    one, other = an_empty_store(), an_empty_store()

    found = marks(one, ["hn:1", "hn:2"])

    assert found == marks(one, ["hn:2", "hn:1"])
    assert len({*found.values(), *marks(other, ["hn:1", "hn:2"]).values()}) == 4
    assert marks(one, []) == {}


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    connection = an_empty_store(tmp_path / "a.db")
    keys = Keys(connection)
    made = dict(keys.authors(["web:a", "web:b", "web:a"]))

    again = Keys(connection).authors(["web:b", "web:c"])

    assert made == {"web:a": 1, "web:b": 2}
    assert dict(again) == {"web:b": 2, "web:c": 3}
    assert dict(keys.sources({"x"})) == {"x": 1}
    assert keys.following("posts") == 1
    connection.close()


def test_keys_are_looked_up_anew_after_another_connection_wrote(tmp_path: Path) -> None:
    connection = an_empty_store(tmp_path / "a.db")
    keys = Keys(connection)
    keys.refresh()
    keys.authors(["web:a"])
    other = apsw.Connection(str(tmp_path / "a.db"))
    other.execute("DELETE FROM authors").fetchall()
    other.execute("INSERT INTO authors VALUES (1, 'web:b', '', 'web:b')").fetchall()

    keys.refresh()

    assert keys.authors(["web:a"])["web:a"] == 2
    assert found_authors(connection, ["web:a", "web:b"]) == {"web:a": 2, "web:b": 1}
    other.close()
    connection.close()


def test_a_query_over_texts_takes_whatever_a_text_can_hold() -> None:
    connection = an_empty_store()
    sql = "SELECT w.value FROM carray(?) AS w"

    assert list(over(connection, sql, ["a", "é", "\ud800", "b\0c"])) == [("a",), ("é",), ("b\0c",)]
    assert list(over(connection, sql, ["\ud800"])) == []
    assert list(over(connection, sql, [])) == []
