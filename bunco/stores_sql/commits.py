"""Write a batch: everything in one transaction."""

from collections.abc import Mapping, Sequence
from itertools import chain

import apsw
import msgspec

from bunco.errors import OvertakenError
from bunco.model import Batch, DeadLetter, Poll, SourceState, to_ms
from bunco.storage.keeping import POLLS_KEPT, storable
from bunco.storage.letters import mentions
from bunco.stores_sql.findings import write_findings
from bunco.stores_sql.keys import Keys
from bunco.stores_sql.posts import gone_authors, gone_posts, write_posts
from bunco.stores_sql.removals import apply_removals
from bunco.stores_sql.transactions import transaction
from bunco.stores_sql.verdicts import write_verdicts

_json = msgspec.json.Encoder().encode
_packed = msgspec.msgpack.Encoder().encode


def version_of(connection: apsw.Connection, others: int) -> int:
    """Give the store's version: commits of other connections, and ``others`` of our own."""
    return (int(connection.pragma("data_version")) << 32) + others


def write_batch(connection: apsw.Connection, keys: Keys, batch: Batch, others: int) -> None:
    """Write all of a batch, or nothing.

    Raises:
        OvertakenError: the batch rests on another version of the store.
    """
    try:
        _write(connection, keys, batch, others)
    except UnicodeEncodeError:
        _write(connection, keys, storable(batch), others)


def _write(connection: apsw.Connection, keys: Keys, batch: Batch, others: int) -> None:
    try:
        with transaction(connection):
            _check_version(connection, batch, others)
            keys.refresh()
            write_posts(connection, keys, batch.posts)
            write_findings(connection, keys, batch.findings)
            write_verdicts(connection, batch.verdicts)
            _write_states(connection, keys, batch.author_states)
            _write_sources(connection, keys, batch.sources)
            _write_polls(connection, batch.polls)
            _write_dead(connection, batch.dead)
            apply_removals(connection, keys, batch)
    except BaseException:
        keys.forget()
        raise


def _check_version(connection: apsw.Connection, batch: Batch, others: int) -> None:
    if batch.on_version not in {None, version_of(connection, others)}:
        raise OvertakenError("somebody else wrote to the store in the meantime")


def _write_states(connection: apsw.Connection, keys: Keys, states: Mapping[str, bytes]) -> None:
    if not states:
        return
    for author, until in gone_authors(connection, states.keys()).items():
        if until is None:
            states = {name: state for name, state in states.items() if name != author}
    authors = keys.authors(states.keys())
    connection.executemany(
        "INSERT INTO author_states VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
        sorted([(authors[author], state) for author, state in states.items()]),
    )


def _write_sources(connection: apsw.Connection, keys: Keys, sources: Sequence[SourceState]) -> None:
    by_name = keys.sources([state.source for state in sources])
    connection.executemany(
        "UPDATE sources SET state = ? WHERE key = ?",
        [(_json(state), by_name[state.source]) for state in sources],
    )


def _write_polls(connection: apsw.Connection, polls: Sequence[Poll]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO polls VALUES (?,?,?)",
        [(poll.source, to_ms(poll.at), _json(poll)) for poll in polls],
    )
    connection.executemany(
        "DELETE FROM polls WHERE source = ?1 AND (at_ms, body) <= (SELECT at_ms, body FROM polls "
        "WHERE source = ?1 ORDER BY at_ms DESC, body DESC LIMIT 1 OFFSET ?2)",
        [(source, POLLS_KEPT) for source in dict.fromkeys(poll.source for poll in polls)],
    )


def _write_dead(connection: apsw.Connection, letters: Sequence[DeadLetter]) -> None:
    """Write letters, but for those that hold what was removed."""
    named = [mentions(letter) for letter in letters]
    posts = set(chain.from_iterable(about.posts for about in named))
    erased = gone_posts(connection, posts, erased=True)
    gone = gone_authors(connection, set(chain.from_iterable(about.authors for about in named)))
    connection.executemany(
        "INSERT OR IGNORE INTO dead (id, source, author, letter) VALUES (?,?,?,?)",
        [
            (letter.id, letter.source, letter.author, _packed(letter))
            for letter, about in zip(letters, named, strict=True)
            if not about.is_gone(erased, gone)
        ],
    )
