"""Write many documents: in requests of bounded size, again and again while it is busy.

What comes back says of each document whether it was written, was there already, or is
refused for good; only a cluster that stays busy or away is an error.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from time import monotonic, sleep
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from bunco.errors import StoreError, UnavailableError
from bunco.stores_elastic.connection import Connection
from bunco.stores_elastic.wording import blocked, full, reason, refusal

MOST_BYTES = 8 << 20
"""Of one request. Source: ours; Elastic advises to stay at a few tens of MB."""
_FIRST_WAIT, _LONGEST_WAIT = 0.1, 3.0
"""Seconds between attempts; doubled each time."""
_THERE, _MISSING, _TOO_LARGE = 409, 404, 413
_REFUSED = frozenset({400, 413})
"""A document that does not fit its mapping, or is too large. All else is a matter of time."""
_NOT_ALLOWED = frozenset({401, 403})

_encode = msgspec.json.Encoder().encode

Action: TypeAlias = Literal["index", "create", "update", "delete"]
Said: TypeAlias = tuple[int, Any]
"""The status of one document, and its error."""


class Write(Struct, frozen=True, kw_only=True, gc=False):
    """One document to be written."""

    action: Action
    index: str
    id: str
    body: bytes = b""
    """Its JSON; of an update, the request."""
    aliased: bool = True
    """Whether ``index`` is an alias: were it missing, Elasticsearch would make an index of
    guessed fields."""


class Refusal(Struct, frozen=True):
    """A document that will never be taken."""

    place: int
    """Its number among those that were sent."""
    reason: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What became of the documents."""

    refused: tuple[Refusal, ...] = ()
    there: frozenset[int] = frozenset()
    """Numbers of those that were there already and were to be created, or to be deleted and
    were gone."""


def send(
    connection: Connection,
    writes: Sequence[Write],
    *,
    patience: timedelta,
    restore: Callable[[], None],
) -> Outcome:
    """Write documents in their order, as long as it takes within ``patience``.

    Args:
        connection: where to.
        writes: what.
        patience: how long a busy or silent cluster is asked again.
        restore: called when an index was found missing; makes it.

    Raises:
        UnavailableError: it stayed busy or away. Some may have been written.
        StoreError: it refused the whole.
    """
    refused: list[Refusal] = []
    there: set[int] = set()
    for part in _parts(writes):
        _persist(connection, part, _Rules(patience, restore), (refused, there))
    return Outcome(refused=tuple(refused), there=frozenset(there))


class _Rules(Struct, frozen=True):
    patience: timedelta
    restore: Callable[[], None]


_Part: TypeAlias = list[tuple[int, bytes, Write]]
_Told: TypeAlias = tuple[list[Refusal], set[int]]


def _persist(connection: Connection, part: _Part, rules: _Rules, told: _Told) -> None:
    end, wait = monotonic() + rules.patience.total_seconds(), _FIRST_WAIT
    while True:
        problem: StoreError | None = None
        try:
            part, problem = _attempt(connection, part, rules, told)
        except UnavailableError as error:
            problem = error
        if not part:
            return
        if problem is None:
            continue
        if monotonic() + wait > end:
            raise problem
        sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT)


def _attempt(
    connection: Connection, part: _Part, rules: _Rules, told: _Told
) -> tuple[_Part, StoreError | None]:
    """Send documents once; give those to be sent again, and why if a wait may help."""
    status, answer = connection.bulk(b"".join(lines for _, lines, _ in part))
    if status == _TOO_LARGE:
        return _divided(connection, part, rules, told, answer), None
    if not 200 <= status < 300:
        raise refusal(connection.shown, status, answer)
    again: _Part = []
    why: Any = None
    for entry, item in zip(part, answer["items"], strict=True):
        ((_, said),) = item.items()
        code, error = said["status"], said.get("error")
        if code < 300:
            continue
        if code == _THERE or (code == _MISSING and not error):
            told[1].add(entry[0])
        elif code in _REFUSED and not full(error):
            told[0].append(Refusal(entry[0], reason(error)))
        elif code in _NOT_ALLOWED and not blocked(error):
            raise refusal(connection.shown, code, {"error": error})
        else:
            again.append(entry)
            why = code, error
    if why is None:
        return again, None
    if why[0] == _MISSING:
        rules.restore()
    return again, UnavailableError(
        f"Elasticsearch at {connection.shown} cannot take it now: {reason(why[1])}"
    )


def _divided(
    connection: Connection, part: _Part, rules: _Rules, told: _Told, answer: object
) -> _Part:
    """Send half by half what is too large as a whole; set aside what is too large alone."""
    if len(part) == 1:
        ((number, lines, _),) = part
        told[0].append(
            Refusal(number, f"a document of {len(lines):,} bytes is too large: {reason(answer)}")
        )
        return []
    middle = len(part) // 2
    for half in (part[:middle], part[middle:]):
        _persist(connection, half, rules, told)
    return []


def _parts(writes: Sequence[Write]) -> Iterator[_Part]:
    part: _Part = []
    size = 0
    for number, write in enumerate(writes):
        lines = _lines(write)
        if part and size + len(lines) > MOST_BYTES:
            yield part
            part, size = [], 0
        part.append((number, lines, write))
        size += len(lines)
    if part:
        yield part


def _lines(write: Write) -> bytes:
    what: dict[str, object] = {"_index": write.index, "_id": write.id}
    if write.aliased:
        what["require_alias"] = True
    if write.action == "update":
        what["retry_on_conflict"] = 5
    head = _encode({write.action: what})
    return head + b"\n" if write.action == "delete" else head + b"\n" + write.body + b"\n"
