"""The store's version, and a batch that is being written: all of it or nothing in the end.

One document holds both. A batch with author states is first put into it whole, under the
condition that nobody else wrote; then it is applied, then taken out again. One that is found
there was left by a writer who died: it is applied by the next.
"""

import zlib
from base64 import b64decode, b64encode
from time import monotonic, sleep
from typing import Any

import msgspec
from msgspec import Struct

from bunco.errors import OvertakenError
from bunco.model import (
    Batch,
    DeadLetter,
    Enriched,
    Finding,
    Poll,
    Post,
    Removal,
    SourceState,
    Verdict,
)
from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.cluster import Cluster

_VERSION = "version"
_PATIENCE_S, _PAUSE_S = 5.0, 0.25
"""How long a batch that somebody is writing may stand still before it is taken over."""

_ATTEMPTS = 5

_packed = msgspec.msgpack.Encoder().encode


class _Kept(Struct, frozen=True, array_like=True):
    post: Post
    at_ms: int
    seen_ms: int
    headline: str
    links: tuple[str, ...]
    sensational: float


class _Redo(Struct, frozen=True, array_like=True):
    posts: tuple[_Kept, ...]
    removals: tuple[Removal, ...]
    findings: tuple[Finding, ...]
    author_states: dict[str, bytes]
    sources: tuple[SourceState, ...]
    polls: tuple[Poll, ...]
    dead: tuple[DeadLetter, ...]
    verdicts: tuple[Verdict, ...] = ()


_redo = msgspec.msgpack.Decoder(_Redo).decode


class Place(Struct, frozen=True):
    """Where the document stood when it was read or written."""

    others: int
    seq_no: int
    primary_term: int
    redo: str = ""


class Journal:
    """The document that holds the version and the batch being written."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._path = f"/{cluster.alias('meta')}/_doc/{_VERSION}"

    def others(self) -> int:
        """Give how often somebody wrote who was not the pipeline."""
        answer = self._cluster.connection.request(
            "GET", self._path, params={"_source_includes": "others"}, instead={404: {}}
        )
        others: int = answer.get("_source", {}).get("others", 0)
        return others

    def begin(self, batch: Batch) -> Place:
        """Put a batch into the journal, if nobody wrote since the version it rests on.

        Raises:
            OvertakenError: somebody did.
        """
        redo = _text(batch)
        for _ in range(_ATTEMPTS):
            place = self.read()
            if batch.on_version not in {None, place.others}:
                break
            others = place.others + (batch.is_beside or batch.on_version is None)
            if (put := self._put(place, others, redo)) is not None:
                return put
        raise OvertakenError("somebody else wrote to the store in the meantime")

    def end(self, place: Place) -> None:
        """Take the batch out again: it is written."""
        now = place
        while self._put(now, now.others, "") is None:
            now = self.read()
            if now.redo != place.redo:  # somebody took it over and was done first
                return

    def left(self) -> tuple[Place, Batch] | None:
        """Give a batch that was left half written, once it is sure that nobody goes on."""
        place = self.read()
        end = monotonic() + _PATIENCE_S
        while place.redo:
            before = place
            sleep(_PAUSE_S)
            place = self.read()
            if place.seq_no != before.seq_no:
                end = monotonic() + _PATIENCE_S
            elif monotonic() > end:
                return place, _batch(place.redo)
        return None

    def read(self) -> Place:
        """Give the document as it is now."""
        answer: dict[str, Any] = self._cluster.connection.request(
            "GET", self._path, instead={404: {}}
        )
        if not answer.get("found"):
            return Place(0, -1, -1)
        source = answer["_source"]
        return Place(
            source.get("others", 0),
            answer["_seq_no"],
            answer["_primary_term"],
            source.get("redo", ""),
        )

    def raised(self) -> Write:
        """Give the write that raises the version, whatever else the document holds."""
        body = {
            "script": {"source": "ctx._source.others += 1", "lang": "painless"},
            "upsert": {"others": 1},
        }
        meta = self._cluster.alias("meta")
        return Write(action="update", index=meta, id=_VERSION, body=msgspec.json.encode(body))

    def _put(self, place: Place, others: int, redo: str) -> Place | None:
        """Write the document if it is still as it was read; None where it is not."""
        if place.seq_no < 0:
            condition = {"op_type": "create"}
        else:
            condition = {
                "if_seq_no": str(place.seq_no),
                "if_primary_term": str(place.primary_term),
            }
        answer: dict[str, Any] = self._cluster.connection.request(
            "PUT",
            self._path,
            {"others": others, "redo": redo} if redo else {"others": others},
            params=condition | {"require_alias": "true"},
            instead={409: {}},
        )
        if not answer:
            return None
        return Place(others, answer["_seq_no"], answer["_primary_term"], redo)


def _text(batch: Batch) -> str:
    """Give a batch as text: packed, compressed."""
    kept = tuple(
        _Kept(one.post, one.at_ms, one.seen_ms, one.headline, one.links, one.sensational)
        for one in batch.posts
    )
    redo = _Redo(
        kept,
        batch.removals,
        batch.findings,
        dict(batch.author_states),
        batch.sources,
        batch.polls,
        batch.dead,
        batch.verdicts,
    )
    return b64encode(zlib.compress(_packed(redo), 1)).decode()


def _batch(text: str) -> Batch:
    redo = _redo(zlib.decompress(b64decode(text)))
    return Batch(
        posts=tuple(
            Enriched(
                post=kept.post,
                at_ms=kept.at_ms,
                seen_ms=kept.seen_ms,
                headline=kept.headline,
                wording="",
                grams=0,
                links=kept.links,
                sensational=kept.sensational,
            )
            for kept in redo.posts
        ),
        removals=redo.removals,
        findings=redo.findings,
        author_states=redo.author_states,
        sources=redo.sources,
        polls=redo.polls,
        dead=redo.dead,
        verdicts=redo.verdicts,
    )
