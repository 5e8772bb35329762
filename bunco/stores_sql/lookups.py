"""Answer the pipeline: what it has seen already, and where it stopped."""

from collections.abc import Collection

import apsw
import msgspec

from bunco.model import SourceState
from bunco.stores_sql.posts import gone_posts
from bunco.stores_sql.rows import over, query

_source_state = msgspec.json.Decoder(SourceState).decode


def known(connection: apsw.Connection, ids: Collection[str]) -> dict[str, str]:
    """Give those of the ids that were taken, with their authors; erased ones with none."""
    sql = (
        "SELECT p.id, a.id FROM carray(?) AS w CROSS JOIN posts AS p ON p.id = w.value "
        "JOIN authors AS a ON a.key = p.author"
    )
    found = gone_posts(connection, ids)
    found.update(over(connection, sql, ids))
    return found


def author_states(connection: apsw.Connection, authors: Collection[str]) -> dict[str, bytes]:
    """Give the states of those authors who have one."""
    sql = (
        "SELECT a.id, s.state FROM carray(?) AS w CROSS JOIN authors AS a ON a.id = w.value "
        "JOIN author_states AS s ON s.author = a.key"
    )
    return dict(over(connection, sql, authors))


def source_states(connection: apsw.Connection) -> dict[str, SourceState]:
    """Give what is known of every source, by name."""
    sql = "SELECT name, state FROM sources WHERE state IS NOT NULL ORDER BY name"
    return {name: _source_state(state) for name, state in query(connection, sql)}
