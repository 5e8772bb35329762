"""The detector states of authors: decoded while they are worked on, bounded in number.

One record holds the states of all detectors for one author; detectors that are not
configured have no place in it. Encoded it is msgpack, and so it waits for the author's next
post: a state that is made, worked on and written in one go is still in the processor's cache.
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
    """Author states in memory, encoded but for those worked on; the longest unused are put out.

    Args:
        detectors: those that are configured.
        load: gives the encoded states of authors; asked once a batch.
        most: so many authors stay between batches; a batch with more of them holds them all
            while it runs.
    """

    def __init__(self, detectors: Sequence[Detector[Any, Any]], load: Load, most: int) -> None:
        self._type = state_type(detectors)
        self._decode = msgspec.msgpack.Decoder(self._type).decode
        self._encode = msgspec.msgpack.Encoder().encode
        self._load = load
        self._most = most
        self._encoded: dict[str, bytes] = {}
        """By author, the longest unused first; empty for an author of whom nothing is known."""
        self._decoded: dict[str, AuthorState] = {}
        """Those worked on: each is newer than its encoded form."""

    def prepare(self, authors: Iterable[str]) -> None:
        """Have the states of these authors at hand."""
        at_hand = self._encoded
        missing = []
        for author in dict.fromkeys(authors):
            if (state := at_hand.pop(author, None)) is not None:
                at_hand[author] = state
            else:
                missing.append(author)
        found = self._load(missing) if missing else {}
        for author in missing:
            at_hand[author] = found.get(author, b"")

    def of(self, author: str) -> AuthorState:
        """Give the state of a prepared author; changes to it stay until it is put away."""
        state = self._decoded.get(author)
        if state is None:
            stored = self._encoded[author]
            state = self._decoded[author] = self._decode(stored) if stored else self._type()
        return state

    def renew(self, author: str) -> None:
        """Let a prepared author start with nothing known but how far the state was carried."""
        self._decoded[author] = self._type(ledger=self.of(author).ledger)

    def put_away(self, author: str) -> None:
        """Encode the state of an author who is not worked on for now: ``of`` gives it anew."""
        if (state := self._decoded.pop(author, None)) is not None:
            self._encoded[author] = self._encode(state)

    def encoded(self, authors: Iterable[str]) -> dict[str, bytes]:
        """Give the encoded states of prepared authors, and put them away."""
        given = {}
        for author in authors:
            self.put_away(author)
            given[author] = self._encoded[author]
        return given

    def settle(self) -> None:
        """Put out the longest unused states beyond the bound; call after a commit."""
        for author in list(self._encoded)[: max(0, len(self._encoded) - self._most)]:
            del self._encoded[author]
            self._decoded.pop(author, None)

    def clear(self) -> None:
        """Put out all states: after a failed commit they are ahead of the store."""
        self._encoded.clear()
        self._decoded.clear()

    def __len__(self) -> int:
        return len(self._encoded)
