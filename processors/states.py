"""The detector states of authors: decoded while they are needed, bounded in number.

One record holds the states of all detectors for one author; detectors that are not
configured have no place in it. Encoded it is msgpack.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, cast

import msgspec
from msgspec import Struct

from bunco.ports.detectors import Detector
from processors.judging import Judgement
from processors.ledger import Ledger

Load = Callable[[Collection[str]], Mapping[str, bytes]]


class AuthorState(Struct, gc=False):
    """The parent of the state records: one optional field a detector, by its kind."""

    ledger: Ledger | None = None
    """Kept by the distributed runtime alone; the embedded one asks its store."""
    judged: list[Judgement] | None = None
    """What people said of the author's findings, oldest first; None where they said nothing."""


def state_type(detectors: Sequence[Detector[Any, Any]]) -> type[AuthorState]:
    """Give the record that holds the states of these detectors for one author."""
    fields: list[tuple[str, Any, Any]] = [
        (f"{detector.kind}_{detector.state_version}", detector.state_type | None, None)
        for detector in detectors
    ]
    record = msgspec.defstruct(
        "AuthorStateOf", fields, bases=(AuthorState,), omit_defaults=True, gc=False
    )
    return cast("type[AuthorState]", record)


class States:
    """Author states in memory, the longest unused ones put out first.

    Args:
        detectors: those that are configured.
        load: gives the encoded states of authors; asked once a batch.
        most: so many authors stay decoded between batches; a batch with more of them
            holds them all while it runs.
    """

    def __init__(self, detectors: Sequence[Detector[Any, Any]], load: Load, most: int) -> None:
        self._type = state_type(detectors)
        self._decode = msgspec.msgpack.Decoder(self._type).decode
        self._encode = msgspec.msgpack.Encoder().encode
        self._load = load
        self._most = most
        self._live: dict[str, AuthorState] = {}

    def prepare(self, authors: Iterable[str]) -> None:
        """Have the states of these authors at hand, decoded."""
        live = self._live
        missing = []
        for author in dict.fromkeys(authors):
            if (state := live.pop(author, None)) is not None:
                live[author] = state
            else:
                missing.append(author)
        found = self._load(missing) if missing else {}
        for author in missing:
            stored = found.get(author)
            live[author] = self._type() if stored is None else self._decode(stored)

    def of(self, author: str) -> AuthorState:
        """Give the state of a prepared author; changes to it stay."""
        return self._live[author]

    def renew(self, author: str) -> None:
        """Let a prepared author start with nothing known but how far the state was carried."""
        self._live[author] = self._type(ledger=self._live[author].ledger)

    def encoded(self, authors: Iterable[str]) -> dict[str, bytes]:
        """Give the encoded states of prepared authors."""
        live, encode = self._live, self._encode
        return {author: encode(live[author]) for author in authors}

    def settle(self) -> None:
        """Put out the longest unused states beyond the bound; call after a commit."""
        for author in list(self._live)[: max(0, len(self._live) - self._most)]:
            del self._live[author]

    def clear(self) -> None:
        """Put out all states: after a failed commit they are ahead of the store."""
        self._live.clear()

    def __len__(self) -> int:
        return len(self._live)
