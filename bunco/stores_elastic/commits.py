"""Write a batch: look up what may go in, then write it in few requests.

Names go before posts, and posts before what removes them: a batch that was cut off anywhere
can be written again with the same end.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from itertools import chain
from secrets import token_bytes

import msgspec
from msgspec import Struct

from bunco import codec, log
from bunco.clock import SystemClock
from bunco.model import Batch, DeadLetter, Enriched, Finding, without_post
from bunco.model import to_ms as ms
from bunco.ports.parts import Clock
from bunco.storage.keeping import finite, storable
from bunco.storage.letters import Mentions, mentions
from bunco.storage.quieting import bare
from bunco.storage.removing import is_gone, quoted
from bunco.stores_elastic import letters, verdicts
from bunco.stores_elastic.admission import Admitted, Asked, Gate
from bunco.stores_elastic.bulk import Refusal, Write
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import (
    document_id,
    finding_document,
    month_of,
    poll_document,
    post_document,
    source_document,
)
from bunco.stores_elastic.gone import Marks
from bunco.stores_elastic.journal import Journal
from bunco.stores_elastic.log_lines import Pruning
from bunco.stores_elastic.naming import Names
from bunco.stores_elastic.removals import Remover

_encode = msgspec.json.Encoder().encode

_log = log.logger(__name__)


class Pen(Struct, frozen=True, kw_only=True):
    """What writing needs."""

    cluster: Cluster
    marks: Marks
    gate: Gate
    names: Names
    journal: Journal
    remover: Remover
    pruning: Pruning
    clock: Clock

    @classmethod
    def of(cls, cluster: Cluster) -> "Pen":
        """Give what writing to this cluster needs."""
        marks = Marks(cluster)
        return cls(
            cluster=cluster,
            marks=marks,
            gate=Gate(cluster, marks),
            names=Names(cluster),
            journal=Journal(cluster),
            remover=Remover(cluster, marks),
            pruning=Pruning(cluster),
            clock=SystemClock(),
        )


def write_batch(pen: Pen, batch: Batch) -> None:
    """Write all of a batch.

    Raises:
        OvertakenError: it rests on another version of the store; nothing was written.
        UnavailableError: the cluster does not answer; the same batch again mends it.
        StoreError: it refused.
    """
    try:
        _encode((batch.removals, batch.verdicts, batch.polls, batch.sources, batch.dead))
        _encode([*batch.author_states])
        documents = _documents(batch.posts)
    except UnicodeEncodeError:
        batch = storable(batch)
        documents = _documents(batch.posts)
    pen.cluster.ready()
    pen.marks.make(token_bytes(16))
    if batch.removals or batch.author_states or batch.on_version is not None:
        finish_left(pen)
    if not batch.author_states and batch.on_version is None:
        _apply(pen, batch, documents, alone=True)
        return
    place = pen.journal.begin(batch)
    _apply(pen, batch, documents, alone=False)
    pen.journal.end(place)


def finish_left(pen: Pen) -> None:
    """Apply a batch that a writer left half written."""
    if left := pen.journal.left():
        place, batch = left
        _log.warning("finished a batch that was left half written", posts=len(batch.posts))
        _apply(pen, batch, _documents(batch.posts), alone=False)
        pen.journal.end(place)


class New(Struct, frozen=True, gc=False):
    """A post that is to be written."""

    enriched: Enriched
    body: bytes
    month: str


_Documents = Sequence[tuple[Enriched, bytes]]


def _documents(posts: Sequence[Enriched]) -> _Documents:
    """Give each post with its document."""
    return [(enriched, post_document(enriched)) for enriched in posts]


def _taken(documents: _Documents, known: Admitted, now_ms: int) -> Iterator[New]:
    """Give what is to be written: of posts with one id the first that was not removed."""
    taken: set[str] = set()
    for enriched, body in documents:
        post = enriched.post
        if post.id not in taken and known.takes(post.id, post.author, enriched.at_ms):
            taken.add(post.id)
            yield New(enriched, body, month_of(enriched, now_ms))


def _apply(pen: Pen, batch: Batch, documents: _Documents, *, alone: bool) -> None:
    findings = {finding.id: bare(finite(finding)) for finding in batch.findings}
    named = [(letter, mentions(letter)) for letter in batch.dead]
    known = pen.gate.ask(
        Asked(
            posts={enriched.post.id for enriched, _ in documents},
            quoted={
                *chain.from_iterable(map(quoted, findings.values())),
                *chain.from_iterable(about.posts for _, about in named),
                *(one.pattern.post for one in batch.verdicts if one.pattern and one.pattern.post),
            },
            authors=_authors(batch, documents, [about for _, about in named]),
        )
    )
    dead = [one for one, about in named if not about.is_gone(known.erased, known.gone_authors)]
    now_ms = ms(pen.clock.now())
    new = list(_taken(documents, known, now_ms))
    kept = [clean for one in findings.values() if (clean := _clean(one, known)) is not None]
    pen.cluster.ready({one.month for one in new})
    cluster = pen.cluster
    cluster.write_all(
        pen.names.writes((one.enriched for one in new), (one.subject for one in kept), known.epoch)
    )
    refused = _write_contents(pen, new, kept)
    verdicts.write(cluster, verdicts.admitted(batch.verdicts, known), kept)
    rest = [
        *_states(cluster, batch.author_states, known),
        *_sources(cluster, batch),
        *_polls(cluster, batch),
    ]
    if alone:
        rest.append(pen.journal.raised())
    cluster.write_all(rest)
    letters.write(cluster, [*dead, *refused])
    pen.pruning.note(batch.polls)
    if batch.removals:
        pen.names.forget()
        pen.remover.remove(batch)


def _authors(batch: Batch, documents: _Documents, named: Sequence[Mentions]) -> set[str]:
    """Give all who are named in a batch, but for those it removes."""
    return {
        *(enriched.post.author for enriched, _ in documents),
        *(finding.subject for finding in batch.findings),
        *(verdict.author for verdict in batch.verdicts),
        *batch.author_states,
        *chain.from_iterable(about.authors for about in named),
    }


def _clean(finding: Finding, known: Admitted) -> Finding | None:
    if is_gone(known.gone_authors, finding.subject, ms(finding.first_at)):
        return None
    for post in sorted(quoted(finding) & known.erased):
        finding = without_post(finding, post)
    return finding


def _write_contents(pen: Pen, new: Sequence[New], kept: Sequence[Finding]) -> list[DeadLetter]:
    """Write posts and findings; give those that are refused as dead letters."""
    cluster = pen.cluster
    findings = [_finding_write(cluster, finding) for finding in kept]
    outcome = cluster.write(
        [
            *(
                Write(
                    action="create",
                    index=cluster.month(one.month),
                    id=document_id(one.enriched.post.id),
                    body=one.body,
                    aliased=False,
                )
                for one in new
            ),
            *findings,
        ]
    )
    refused = {refusal.place for refusal in outcome.refused}
    pen.gate.note(one.enriched.post.id for place, one in enumerate(new) if place not in refused)
    if outcome.refused:  # the words of the server may quote the post: they stay in the letter
        _log.warning("set aside what the store refused", documents=len(outcome.refused))
    return [_letter(refusal, new, kept) for refusal in outcome.refused]


def _finding_write(cluster: Cluster, finding: Finding) -> Write:
    return Write(
        action="index",
        index=cluster.alias("findings"),
        id=document_id(finding.id),
        body=finding_document(finding),
    )


def _letter(refusal: Refusal, new: Sequence[New], kept: Sequence[Finding]) -> DeadLetter:
    """Give the dead letter of a document that was refused; its body is whole."""
    if refusal.place < len(new):
        post = new[refusal.place].enriched.post
        return _whole_letter(
            "store:posts", refusal.reason, codec.encode(post), (post.source, post.author)
        )
    finding = kept[refusal.place - len(new)]
    return _whole_letter(
        "store:findings",
        refusal.reason,
        codec.encode(finding),
        (next(iter(finding.sources), ""), finding.subject),
    )


def _whole_letter(origin: str, reason: str, body: bytes, of: tuple[str, str]) -> DeadLetter:
    name = blake2b(origin.encode() + b"\n" + body, digest_size=10).hexdigest()
    source, author = of
    return DeadLetter(
        id=name, origin=origin, reason=reason, body=body, source=source, author=author
    )


def _states(cluster: Cluster, states: Mapping[str, bytes], known: Admitted) -> list[Write]:
    index = cluster.alias("states")
    return [
        Write(
            action="index",
            index=index,
            id=document_id(author),
            body=_encode({"author": author, "state": state}),
        )
        for author, state in states.items()
        if known.gone_authors.get(author, 0) is not None
    ]


def _sources(cluster: Cluster, batch: Batch) -> list[Write]:
    index = cluster.alias("sources")
    return [
        Write(
            action="index",
            index=index,
            id=document_id(state.source) or "-",
            body=source_document(state),
        )
        for state in batch.sources
    ]


def _polls(cluster: Cluster, batch: Batch) -> list[Write]:
    index = cluster.alias("polls")
    documents = dict(map(poll_document, batch.polls))
    return [
        Write(action="index", index=index, id=name, body=body) for name, body in documents.items()
    ]
