"""The records everything speaks in: post, removal, finding, delivery, summary.

Records are immutable and know nothing of I/O, clocks or chance. Times are aware
``datetime`` in UTC at the borders; inside the pipeline they are ``*_ms``: whole
milliseconds since 1970-01-01 UTC. Those that come by the thousand are left out of Python's
search for reference cycles (``gc=False``): they hold values only and can form none.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Generic, Literal, TypeAlias, TypeVar

from msgspec import Meta, Struct
from msgspec.structs import replace

ERASED = "[removed]"
"""What stands where a text stood whose author removed it."""

EDITED = "#edited-"
"""In the id of a later wording of a post: between the id of the post and what tells it from
others, such as the time of the edit."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_MS = 86_400_000
_MILLISECOND = timedelta(milliseconds=1)
_LAST_MS = (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC) - EPOCH) // _MILLISECOND

Row = TypeVar("Row")

PostKind: TypeAlias = Literal["post", "reply", "repost"]
RemovedKind: TypeAlias = Literal["post", "author"]
Severity: TypeAlias = Literal["low", "medium", "high"]
SEVERITY_FROM: dict[Severity, float] = {"low": 0.0, "medium": 0.5, "high": 0.8}
"""From which score on, lightest first. Source: ours, see docs/decisions/0005."""
Judged: TypeAlias = Literal["spam", "fine", "mute", "none"]
"""What a person said of a finding; ``none`` takes back what was said before."""

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
PostId: TypeAlias = Annotated[str, Meta(min_length=1, max_length=1024)]
AuthorId: TypeAlias = Annotated[
    str, Meta(pattern=r"^[a-z][a-z0-9_]*:[^\x00-\x20]", max_length=1024)
]


def to_ms(moment: datetime) -> int:
    """Give whole milliseconds since 1970 of an aware time, rounded down."""
    since = moment - EPOCH
    # cheaper than a division by a timedelta, and asked twice of every post
    return since.days * _DAY_MS + since.seconds * 1000 + since.microseconds // 1000


def from_ms(ms: int) -> datetime:
    """Give the aware UTC time of whole milliseconds since 1970, no later than year 9999."""
    # a product is made in half the time of a timedelta by name
    return EPOCH + min(ms, _LAST_MS) * _MILLISECOND


def first_wording(post_id: str) -> str:
    """Give the id of the post that an id is a later wording of; the same for all others.

    >>> first_wording("x:1#edited-2026-03-02T12:00:00Z"), first_wording("x:1")
    ('x:1', 'x:1')
    """
    return post_id.partition(EDITED)[0] if EDITED in post_id else post_id


class Post(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing somebody published, in the wire form (docs/wire-form.md)."""

    id: PostId
    """Unique for ever: ``platform:native id``, else a hash of source and guid."""
    author: AuthorId
    """``platform:account``, for example ``web:example.org`` or ``mastodon:ann@example.org``."""
    posted_at: Moment
    """When the author says it was published: event time."""
    seen_at: Moment | None = None
    """When it reached us; absent means at once."""
    undated: bool = False
    """True where the source gives no date and ``posted_at`` is when we saw it."""
    author_name: str = ""
    source: str = ""
    place: str = ""
    kind: PostKind = "post"
    title: str = ""
    """The entry's or link card's title, plain text."""
    text: str = ""
    """The body, plain text."""
    url: str = ""
    """Where the post itself stands."""
    links: tuple[str, ...] = ()
    """What it points at, as published."""
    lang: str = ""
    reply_to: str = ""
    """The id or address of the post it answers."""
    mentions: tuple[str, ...] = ()


class Removal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The word that a post, or an author with everything of theirs, is gone.

    A removal of an author reaches the posts published up to ``at``; without ``at``, all
    there are and all that come.
    """

    removed: RemovedKind
    id: str = ""
    author: str = ""
    at: Moment | None = None
    source: str = ""


class Pattern(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a finding is about, as its detector put it: later ones are held against it."""

    text: str = ""
    """The words that were repeated, as published; at most some hundred characters."""
    post: Annotated[str, Meta(max_length=1024)] = ""
    """Whose words they are: when it is removed, so are they."""
    numbers: dict[str, float] = {}
    """How large it was; what the names mean is the detector's business."""


class Verdict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person's judgement on a finding. The latest on a finding counts; all are kept."""

    judged: Judged
    finding: Annotated[str, Meta(min_length=1, max_length=200)]
    """The id of the finding."""
    author: AuthorId
    """The finding's subject."""
    at: Moment
    """When it was given: the later of two on one finding counts."""
    detector: Annotated[str, Meta(max_length=200)] = ""
    """The finding's."""
    by: Annotated[str, Meta(max_length=200)] = ""
    """Who gave it."""
    because: Annotated[str, Meta(max_length=2000)] = ""
    """Why, in a person's words."""
    until: Moment | None = None
    """Of ``mute``: findings that end before then are quiet; absent: all to come."""
    first_at: Moment | None = None
    """When the finding began: a removal of its author up to then takes the verdict along.
    Absent: ``at`` stands for it."""
    pattern: Pattern | None = None
    """What the finding is about; absent: the verdict reaches this finding alone."""

    @property
    def id(self) -> str:
        """Give its id: the same judgement on the same finding by the same person then."""
        name = f"{self.finding}\n{self.judged}\n{self.by}\n{to_ms(self.at)}".encode(
            "utf-8", "surrogatepass"
        )
        return blake2b(name, digest_size=10).hexdigest()

    @property
    def began_at(self) -> datetime:
        """Give when what it is about began, as far as is known."""
        return self.first_at or self.at


def order_of(verdict: Verdict) -> tuple[int, str]:
    """Give what verdicts are put in order by: when, to the millisecond, then the id."""
    return to_ms(verdict.at), verdict.id


def without_words(verdict: Verdict) -> Verdict:
    """Give the verdict with nothing left of the text that its finding quoted."""
    if verdict.pattern is None:
        return verdict
    return replace(verdict, pattern=replace(verdict.pattern, text="", post=""))


Item: TypeAlias = Post | Removal | Verdict


class Phrase(Struct, frozen=True, array_like=True, gc=False):
    """A stretch of a headline that made it sensational, and how much it weighs."""

    text: str
    cue: str
    """The family it belongs to, for example ``curiosity gap``."""
    weight: float
    start: int
    """Offset in the headline, in characters."""
    end: int


class Enriched(Struct, frozen=True, kw_only=True, gc=False):
    """A post with everything the detectors read, computed once."""

    post: Post
    at_ms: int
    """Event time."""
    seen_ms: int
    """Arrival; never used as event time."""
    headline: str
    """The part that sells it, as published; empty for a post that has none."""
    wording: str
    """The normalised headline, or opening of the text where there is no headline."""
    grams: int
    """A 512-bit sketch of the character 3-grams of ``wording``; 0 where it is empty."""
    links: tuple[str, ...]
    """Canonical addresses of what it points at, its own address left out."""
    address: str = ""
    """The canonical address of the post itself."""
    sensational: float
    """0…1; 0 for a post without a headline. ``bunco.text.sensational`` gives its phrases."""


Number: TypeAlias = int | float | str


class Quote(Struct, frozen=True, array_like=True, gc=False):
    """A piece of a post that a finding shows as evidence."""

    post: str
    text: str
    at: datetime
    place: str


class Finding(Struct, frozen=True, kw_only=True):
    """What a detector saw about an author: score, numbers, sentence, evidence.

    One finding is one episode: the same ``id`` from its opening through every update.
    It is open until event time passes ``closes_at``.
    """

    id: str
    detector: str
    subject: str
    """The author."""
    score: float
    """0…1: how sure and how loud."""
    reason: str
    """One sentence with numbers, for a person."""
    numbers: dict[str, Number]
    evidence: tuple[str, ...]
    """Ids of posts, oldest first; a bounded sample where there are many."""
    first_at: datetime
    last_at: datetime
    closes_at: datetime
    quotes: tuple[Quote, ...] = ()
    sources: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    sensational: float = 0.0
    """The highest sensational score among its posts."""
    quieted_by: str = ""
    """The id of the finding, this one or another, whose verdict keeps this one quiet."""
    outgrew: str = ""
    """The id of a verdict of ``fine`` on this finding that it has grown beyond since."""
    verdict: Verdict | None = None
    """The latest on this finding; only what comes from a store has one."""
    quiet: bool = False
    """Whether verdicts keep it out of rankings, alerts and lists; a store works it out."""

    @property
    def severity(self) -> Severity:
        """Give the word for the score: high from .8, medium from .5, else low."""
        if self.score >= SEVERITY_FROM["high"]:
            return "high"
        return "medium" if self.score >= SEVERITY_FROM["medium"] else "low"


def finding_id(detector: str, subject: str, start_ms: int, key: str = "") -> str:
    """Give the id of the episode of a subject that started then.

    Args:
        detector: its kind.
        subject: the author.
        start_ms: the event time of the post the episode starts with.
        key: what tells two episodes of the same start apart, for example a post id.
    """
    name = f"{detector}\n{subject}\n{start_ms}\n{key}".encode()
    return blake2b(name, digest_size=10).hexdigest()


def without_post(finding: Finding, post_id: str) -> Finding:
    """Give the finding with nothing left of the text of a removed post; numbers stay."""
    gone = [quote for quote in finding.quotes if quote.post == post_id and quote.text]
    reason = finding.reason
    for quote in gone:
        reason = reason.replace(quote.text, ERASED)
    return replace(
        finding,
        reason=reason,
        evidence=tuple(post for post in finding.evidence if post != post_id),
        quotes=tuple(quote for quote in finding.quotes if quote.post != post_id),
    )


class Change(Struct, frozen=True, kw_only=True):
    """The word that a finding was opened, changed, judged or removed."""

    id: str
    """The finding's."""
    finding: Finding | None
    """Its latest form; None: it was removed with its author."""


class DeadLetter(Struct, frozen=True, kw_only=True):
    """What could not be decoded or stored, with its origin and the reason.

    ``id`` is derived from origin and body, so that setting the same thing aside twice
    keeps one letter.
    """

    id: str
    origin: str
    """Where it came from: a source and position, or ``detector:KIND``."""
    reason: str
    body: bytes
    """What was received, as received (cut at 64 KiB)."""
    source: str = ""
    author: str = ""
    """Whose it is, where that is known: a removal of the author erases it too."""
    at: datetime | None = None
    """When it was set aside, or when its source saw it first; absent in a replay. A removal
    of its author erases it up to then."""


def dead_letter(  # noqa: PLR0913  # the fields of the record it makes
    origin: str,
    reason: str,
    body: bytes,
    *,
    source: str = "",
    author: str = "",
    at: datetime | None = None,
) -> DeadLetter:
    """Make a dead letter with its id; the body is cut at 64 KiB."""
    kept = body[:65536]
    name = blake2b(origin.encode() + b"\n" + kept, digest_size=10).hexdigest()
    return DeadLetter(
        id=name, origin=origin, reason=reason, body=kept, source=source, author=author, at=at
    )


class SourceState(Struct, frozen=True, kw_only=True):
    """What the poller knows of one source; it survives every restart."""

    source: str
    cursor: bytes = b""
    """Opaque to all but the source: where it goes on."""
    next_at: datetime | None = None
    """When it is due; absent means now."""
    failures: float = 0.0
    """Weighted failures in a row (hard 1, soft .5, temporary .25); 0 after a success."""
    error: str = ""
    """Why the last poll failed, in words; empty after a success."""
    error_since: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    item_at: datetime | None = None
    """When it last gave something new."""
    ended: bool = False
    """True for a source that has nothing more to give, such as a file read to its end."""
    notice: str = ""
    """The latest that a person should know of it although it is well: a gap, for example."""
    noticed_at: datetime | None = None
    settings: str = ""
    """The kind and a digest of the options it was read with last."""
    paused: bool = False
    """True while somebody wants it not to be read."""


class Poll(Struct, frozen=True, kw_only=True):
    """One line of a source's log."""

    source: str
    at: datetime
    outcome: str
    """A short word: ``read``, ``unchanged``, ``failed``."""
    note: str = ""
    given: int = 0
    """Items in the document."""
    dead: int = 0
    took_ms: int = 0


class Delivery(Struct, frozen=True, kw_only=True):
    """What one reading of a source gave, and where the next one goes on.

    A delivery is taken whole or not at all: its items and ``cursor`` are committed together.
    """

    source: str
    items: tuple[Item, ...]
    cursor: bytes
    """Where to go on once the items are safe."""
    wait: timedelta = timedelta(0)
    """How long until reading again is worth it."""
    ended: bool = False
    dead: tuple[DeadLetter, ...] = ()
    outcome: str = "read"
    note: str = ""
    """For its log."""
    notice: str = ""
    """What a person should know of it from now on; see ``SourceState``."""
    state: SourceState | None = None
    """What to store about the source; the poller fills it in."""
    poll: Poll | None = None
    """The line for its log; the poller fills it in."""


class Batch(Struct, frozen=True, kw_only=True):
    """Everything one commit writes, in one transaction."""

    posts: tuple[Enriched, ...] = ()
    removals: tuple[Removal, ...] = ()
    """Applied after the posts of the same batch are written."""
    findings: tuple[Finding, ...] = ()
    """At most one per id: the latest."""
    verdicts: tuple[Verdict, ...] = ()
    author_states: Mapping[str, bytes] = {}
    sources: tuple[SourceState, ...] = ()
    polls: tuple[Poll, ...] = ()
    dead: tuple[DeadLetter, ...] = ()
    on_version: int | None = None
    """The store's version that the author states rest on; absent where there are none."""
    is_beside: bool = False
    """True where a pipeline may run beside the one that wrote it: the version changes."""


class AuthorSummary(Struct, frozen=True, kw_only=True):
    """One author in a ranking or a search."""

    author: str
    name: str
    posts: int
    """In the store, all time."""
    findings: int
    """In the period asked for; here and below quiet ones do not count."""
    points: float
    """The sum of the scores of those findings: what the ranking sorts by."""
    detectors: dict[str, int]
    """Findings by detector in the period."""
    first_at: datetime | None
    last_at: datetime | None
    """Event time of the earliest and latest stored post."""
    worst: str = ""
    """The sentence of the finding with the highest score in the period."""


class StoredPost(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A post as the store gives it back, with what enrichment made of it."""

    post: Post
    sensational: float = 0.0
    headline: str = ""


class RepeatedHeadline(Struct, frozen=True, kw_only=True):
    """A headline that was published more than once in a period, whoever did."""

    headline: str
    """As published last."""
    post: str
    """The id of the post that did; of two at one moment, the greater."""
    posts: int
    """In the period, of the same wording: letters and words alone count."""
    authors: dict[str, int]
    """Posts by author, most first, then by author."""
    first_at: datetime
    last_at: datetime
    """Event time of the earliest and latest post of the period."""


class HistoryEntry(Struct, frozen=True, kw_only=True):
    """One line of an author's history: a post or a finding, at its event time."""

    at: datetime
    post: StoredPost | None = None
    finding: Finding | None = None


class Page(Struct, Generic[Row], frozen=True, kw_only=True):
    """Some rows and the mark to ask for those after them; no mark at the end."""

    rows: tuple[Row, ...]
    after: str = ""


class Count(Struct, frozen=True, kw_only=True):
    """How many in one bucket of time."""

    at: datetime
    """Start of the bucket."""
    key: str
    """The source, detector or whatever was asked for."""
    count: int


class StoreStats(Struct, frozen=True, kw_only=True):
    """How much a store holds."""

    posts: int
    authors: int
    findings: int
    dead: int
    first_at: datetime | None
    last_at: datetime | None
