"""Records as documents, and documents as the records they stand for."""

from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from bunco.model import (
    DeadLetter,
    Enriched,
    Finding,
    Poll,
    Post,
    SourceState,
    StoredPost,
    Verdict,
    from_ms,
    to_ms,
)
from bunco.storage.keeping import points
from bunco.storage.quieting import bare
from bunco.storage.removing import quoted
from bunco.stores_elastic.mappings import KEYWORD_MOST

_encode = msgspec.json.Encoder().encode

_ID_MOST_BYTES = 512
"""Of a document's ``_id``. Source: Elasticsearch, "_id field"."""
_YEAR_MS = 366 * 86_400_000
_EARLY_MS = 10 * _YEAR_MS
"""How long before its arrival a post is dated that gets no index of its month."""
_FIRST_MS = to_ms(datetime(1995, 1, 1, tzinfo=UTC))
"""Nothing before has an index of its month, whenever it came. Source: ours."""

POST_FIELDS = ["body", "sensational", "headline", "at"]
"""What is read of a post's document to make a ``StoredPost`` of."""


FINDING_FIELDS = ["body", "verdict", "quiet"]
"""What is read of a finding's document to make a ``Finding`` of."""


class _PostDocument(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    id: str
    author: str
    author_name: str = ""
    at: int
    seen_at: int
    source: str | UnsetType = UNSET
    place: str = ""
    kind: str | UnsetType = UNSET
    title: str = ""
    text: str = ""
    headline: str = ""
    url: str = ""
    links: tuple[str, ...] = ()
    link_hosts: tuple[str, ...] = ()
    lang: str = ""
    reply_to: str = ""
    is_conversation: bool | UnsetType = UNSET
    sensational: float | UnsetType = UNSET
    body: Raw


class _FindingDocument(Struct, frozen=True, kw_only=True, gc=False):
    id: str
    detector: str
    subject: str
    score: float
    points: int
    severity: str
    first_at: int
    last_at: int
    closes_at: int
    reason: str
    sentence: str
    sources: tuple[str, ...]
    places: tuple[str, ...]
    sensational: float
    headline: str
    evidence: tuple[str, ...]
    quieted_by: str
    body: Raw


def document_id(name: str) -> str:
    """Give the ``_id`` for a name: itself, or a hash where it is too long.

    >>> document_id("web:example.org/1")
    'web:example.org/1'
    """
    if len(name) * 4 <= _ID_MOST_BYTES:
        return name
    whole = name.encode("utf-8", "replace")
    if len(whole) <= _ID_MOST_BYTES:
        return name
    return f"long:{blake2b(whole, digest_size=20).hexdigest()}"


def month_of(enriched: Enriched, now_ms: int) -> str:
    """Give the month a post belongs to, ``2026.03``, by event time in UTC.

    Posts dated ten years before they came, or before 1995, are kept together, and so are those
    dated a year ahead: strange dates would else make an index each. A post that does not tell
    when it came came now.

    Args:
        enriched: the post.
        now_ms: the present.
    """
    at_ms = enriched.at_ms
    if at_ms > now_ms + _YEAR_MS:
        return "late"
    came_ms = now_ms if enriched.post.seen_at is None else min(enriched.seen_ms, now_ms)
    if at_ms < max(came_ms - _EARLY_MS, _FIRST_MS):
        return "early"
    at = from_ms(at_ms)
    return f"{at.year:04}.{at.month:02}"


def post_document(enriched: Enriched) -> bytes:
    """Give the JSON of a post's document."""
    post = enriched.post
    links = enriched.links
    return _encode(
        _PostDocument(
            id=post.id,
            author=post.author,
            author_name=post.author_name,
            at=enriched.at_ms,
            seen_at=enriched.seen_ms,
            source=post.source,
            place=post.place,
            kind=post.kind,
            title=post.title,
            text=post.text,
            headline=enriched.headline,
            url=post.url,
            links=links,
            link_hosts=tuple({_host(link) for link in links}) if links else (),
            lang=post.lang,
            reply_to=post.reply_to,
            is_conversation=post.kind == "reply" or bool(post.reply_to or post.mentions),
            sensational=enriched.sensational,
            body=Raw(_encode(post)),
        )
    )


def stored_post(source: dict[str, Any]) -> StoredPost:
    """Give the post of a document."""
    return StoredPost(
        post=msgspec.convert(source["body"], Post),
        sensational=source.get("sensational") or 0.0,
        headline=source.get("headline", ""),
    )


def finding_document(finding: Finding) -> bytes:
    """Give the JSON of a finding's document."""
    document = _FindingDocument(
        id=finding.id,
        detector=finding.detector,
        subject=finding.subject,
        score=finding.score,
        points=points(finding.score),
        severity=finding.severity,
        first_at=to_ms(finding.first_at),
        last_at=to_ms(finding.last_at),
        closes_at=to_ms(finding.closes_at),
        reason=finding.reason,
        sentence=finding.reason.casefold()[:KEYWORD_MOST],
        sources=finding.sources,
        places=finding.places,
        sensational=finding.sensational,
        headline=finding.quotes[0].text if finding.quotes else "",
        evidence=tuple(sorted(quoted(finding))),
        quieted_by=finding.quieted_by,
        body=Raw(_encode(bare(finding))),
    )
    return _encode(msgspec.structs.asdict(document) | judged_fields(finding))


def judged_fields(finding: Finding) -> dict[str, object]:
    """Give the fields of a finding's document that tell what verdicts make of it."""
    verdict = finding.verdict
    fields: dict[str, object] = {"quiet": finding.quiet}
    if verdict is None:
        return fields | {"judged": None, "judged_by": None, "verdict": None}
    return fields | {
        "judged": verdict.judged,
        "judged_by": verdict.by,
        "verdict": _encode(verdict).decode(),
    }


def stored_finding(source: dict[str, Any]) -> Finding:
    """Give the finding of a document, with the latest verdict on it."""
    finding = msgspec.convert(source["body"], Finding)
    quiet, said = source.get("quiet", False), source.get("verdict")
    if not said and quiet == finding.quiet:
        return finding
    verdict = msgspec.json.decode(said, type=Verdict) if said else None
    return msgspec.structs.replace(finding, verdict=verdict, quiet=quiet)


def verdict_document(verdict: Verdict) -> bytes:
    """Give the JSON of a verdict's document."""
    fields = {
        "id": verdict.id,
        "finding": verdict.finding,
        "author": verdict.author,
        "detector": verdict.detector,
        "judged": verdict.judged,
        "by": verdict.by,
        "because": verdict.because,
        "at": to_ms(verdict.at),
        "began_at": to_ms(verdict.began_at),
        "post": verdict.pattern.post if verdict.pattern else "",
        "body": verdict,
    }
    until = {} if verdict.until is None else {"until": to_ms(verdict.until)}
    return _encode(fields | until)


def stored_verdict(source: dict[str, Any]) -> Verdict:
    """Give the verdict of a document."""
    return msgspec.convert(source["body"], Verdict)


def source_document(state: SourceState) -> bytes:
    """Give the JSON of a source's document."""
    times = ("polled_at", "succeeded_at", "next_at", "item_at", "error_since")
    fields = {name: getattr(state, name) for name in times}
    return _encode(
        {
            "source": state.source,
            "error": state.error,
            "failures": state.failures,
            **{name: moment for name, moment in fields.items() if moment is not None},
            "ended": state.ended,
            "body": state,
        }
    )


def stored_source(source: dict[str, Any]) -> SourceState:
    """Give the state of a source of a document."""
    return msgspec.convert(source["body"], SourceState)


def poll_document(poll: Poll) -> tuple[str, bytes]:
    """Give the id and the JSON of the document of a log line."""
    line = _encode(poll)
    name = blake2b(line, digest_size=16).hexdigest()
    return name, _encode(
        {
            "source": poll.source,
            "at": to_ms(poll.at),
            "outcome": poll.outcome,
            "note": poll.note,
            "given": poll.given,
            "dead": poll.dead,
            "took_ms": poll.took_ms,
            "line": line.decode()[:KEYWORD_MOST],
            "body": Raw(line),
        }
    )


def stored_poll(source: dict[str, Any]) -> Poll:
    """Give the log line of a document."""
    return msgspec.convert(source["body"], Poll)


def letter_document(letter: DeadLetter, number: int) -> bytes:
    """Give the JSON of a dead letter's document.

    Args:
        letter: the record.
        number: where it stands in the order they were set aside.
    """
    return _encode({**msgspec.structs.asdict(letter), "number": number})


def stored_letter(source: dict[str, Any]) -> DeadLetter:
    """Give the dead letter of a document."""
    return msgspec.convert(source, DeadLetter)


def moment(ms: float | None) -> datetime | None:
    """Give the time of milliseconds as an aggregation gives them."""
    return None if ms is None else from_ms(int(ms)).astimezone(UTC)


def _host(link: str) -> str:
    return link.partition("://")[2].partition("/")[0]
