"""What the API gives: the records of the model, with the same names, as plain JSON objects."""

from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from bunco import model
from bunco.model import Judged, Number, Pattern, Severity

Row = TypeVar("Row")


class Page(Struct, Generic[Row], frozen=True, kw_only=True):
    """Some rows, and the mark to ask for those after them."""

    rows: list[Row]
    after: str = ""
    """Ask with it for what follows; empty at the end."""


class Quote(Struct, frozen=True, kw_only=True):
    """A piece of a post that a finding shows as evidence."""

    post: str
    text: str
    at: datetime
    place: str


class Verdict(Struct, frozen=True, kw_only=True):
    """A person's judgement on a finding."""

    id: str
    judged: Judged
    finding: str
    author: str
    at: datetime
    detector: str
    by: str
    because: str
    until: datetime | None
    first_at: datetime | None
    pattern: Pattern | None


class Finding(Struct, frozen=True, kw_only=True):
    """What a detector saw about an author."""

    id: str
    detector: str
    subject: str
    score: float
    severity: Severity
    reason: str
    numbers: dict[str, Number]
    evidence: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    closes_at: datetime
    quotes: list[Quote]
    sources: tuple[str, ...]
    places: tuple[str, ...]
    sensational: float
    quieted_by: str
    outgrew: str
    verdict: Verdict | None
    quiet: bool


class StoredPost(Struct, frozen=True, kw_only=True):
    """A post, with what enrichment made of it."""

    id: str
    author: str
    author_name: str
    posted_at: datetime
    seen_at: datetime | None
    undated: bool
    source: str
    place: str
    kind: model.PostKind
    title: str
    text: str
    url: str
    links: tuple[str, ...]
    lang: str
    reply_to: str
    mentions: tuple[str, ...]
    headline: str
    sensational: float


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """One line of an author's history: a post or a finding."""

    at: datetime
    post: StoredPost | None = None
    finding: Finding | None = None


def verdict(found: model.Verdict) -> Verdict:
    """Give a verdict as the API does."""
    return Verdict(id=found.id, **asdict(found))


def finding(found: model.Finding) -> Finding:
    """Give a finding as the API does."""
    fields = asdict(found)
    fields["quotes"] = [
        Quote(post=one.post, text=one.text, at=one.at, place=one.place) for one in found.quotes
    ]
    fields["verdict"] = verdict(found.verdict) if found.verdict else None
    return Finding(severity=found.severity, **fields)


def post(found: model.StoredPost) -> StoredPost:
    """Give a post as the API does."""
    return StoredPost(headline=found.headline, sensational=found.sensational, **asdict(found.post))


def entry(found: model.HistoryEntry) -> HistoryEntry:
    """Give a line of a history as the API does."""
    return HistoryEntry(
        at=found.at,
        post=post(found.post) if found.post else None,
        finding=finding(found.finding) if found.finding else None,
    )
