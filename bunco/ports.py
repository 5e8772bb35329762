"""The seams: what each part promises, written for those who call it.

A part is one module that ends in ``PART: Part[...] = Part(Options, make)``.
"""

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

from msgspec import Struct

from bunco.model import (
    AuthorSummary,
    Batch,
    Change,
    Count,
    DeadLetter,
    Delivery,
    Enriched,
    Finding,
    HistoryEntry,
    Item,
    Judged,
    Page,
    Pattern,
    Poll,
    Post,
    RepeatedHeadline,
    Severity,
    SourceState,
    StoredPost,
    StoreStats,
    Verdict,
)
from bunco.pushes import Push, Received

Made_co = TypeVar("Made_co", covariant=True)
Counted: TypeAlias = Literal["posts", "findings"]


class Clock(Protocol):
    """Where the time of day comes from; nothing else asks the system for it."""

    def now(self) -> datetime:
        """Give the present moment, aware, UTC."""
        ...


class Parsed(Struct, frozen=True, kw_only=True):
    """What one document held: its items, and what in it could not be read."""

    items: tuple[Item, ...]
    dead: tuple[DeadLetter, ...] = ()


class Parse(Protocol):
    """Turn a saved document into items without any I/O; ``bunco parse`` calls it."""

    def __call__(self, document: bytes, *, url: str, seen_at: datetime) -> Parsed:
        """Give the items of a document, in its order.

        Args:
            document: the bytes as they came, decompressed.
            url: where it came from, for relative links and the author; may be empty.
            seen_at: when it came; stands in for dates that are missing.

        Raises:
            BadInput: the document as a whole cannot be read, with the reason.
        """
        ...


class Part(Struct, Generic[Made_co], frozen=True):
    """What a part's module offers to the registry.

    ``make`` takes the decoded options first; what else it takes is the business of the
    shelf it stands on and is written there: sources in ``SourceTools``.
    """

    options: type[Struct]
    """A frozen record whose fields are the TOML keys."""
    make: Callable[..., Made_co]
    parse: Parse | None = None
    """For sources of documents: how ``bunco parse`` reads a saved one."""


# ------------------------------------------------------------------ sources and buses


class Fetched(Struct, frozen=True, kw_only=True):
    """One answer of a web server: decompressed, within the limits, redirects followed."""

    status: int
    """200…299, 304 or one that was wished for; all others are raised as SourceError."""
    url: str
    """Where the body came from in the end."""
    permanent_url: str
    """The address to ask from now on: it differs after permanent redirects only."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class ServerEvent(Struct, frozen=True, kw_only=True, gc=False):
    """One server-sent event."""

    name: str = "message"
    data: bytes
    """Its lines, UTF-8 as it came."""
    id: str = ""
    """The last id that the server named, to be sent as ``Last-Event-ID``."""


Message_co = TypeVar("Message_co", covariant=True)


class Wire(Protocol[Message_co]):
    """An open connection over which messages come for as long as it holds.

    Nothing is read ahead but what the kernel and one buffer of the client hold: who does not
    receive slows the sender.
    """

    @property
    def heard_at(self) -> float:
        """Give when anything came, heartbeats too: seconds of the event loop's clock.

        It is known of what was received, so it stands still while nobody receives.
        """
        ...

    async def receive(self) -> Message_co:
        """Give the next message; waits for it. Cancelled, it took nothing.

        Raises:
            SourceError: the connection ended or broke, or the message is too large.
        """
        ...

    async def ping(self) -> None:
        """Ask the other side for a sign of life, where the protocol knows one.

        Raises:
            SourceError: the connection ended or broke.
        """
        ...

    async def close(self) -> None:
        """End it, within a second, whatever the other side does."""
        ...


class Socket(Wire[bytes], Protocol):
    """An open WebSocket. Text and binary messages come as bytes, text as UTF-8."""

    async def send(self, text: str) -> None:
        """Send a text message.

        Raises:
            SourceError: the connection ended or broke.
        """
        ...


class Events(Wire[ServerEvent], Protocol):
    """An open stream of server-sent events. A comment is a heartbeat."""


class Manner(Struct, frozen=True, kw_only=True):
    """How an API is asked, where that differs from how a page is fetched."""

    form: bytes | None = None
    """Sent as ``application/x-www-form-urlencoded`` with POST; a redirect is then refused,
    since what stands in it is a secret more often than not."""
    takes: frozenset[int] = frozenset()
    """Further statuses whose answer is wanted, with its body, in place of a SourceError."""
    spacing: timedelta | None = None
    """Between two requests to that host, where it allows more, or less, than ``[http]`` does.
    Reddit's feeds keep their minute, this machine needs none."""


AS_A_PAGE = Manner()


class Web(Protocol):
    """The polite fetcher: limits, host spacing, no private addresses."""

    async def fetch(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        allow_private: bool = False,
        manner: Manner = AS_A_PAGE,
    ) -> Fetched:
        """Fetch one address.

        Raises:
            SourceError: nothing usable came; says whether to ask later and when.
        """
        ...

    async def open_socket(
        self, url: str, *, headers: Mapping[str, str] | None = None, allow_private: bool = False
    ) -> Socket:
        """Open a WebSocket at a ``ws://`` or ``wss://`` address. Redirects are refused.

        Raises:
            SourceError: it cannot be opened now; says whether to ask later and when.
        """
        ...

    async def open_events(
        self, url: str, *, headers: Mapping[str, str] | None = None, allow_private: bool = False
    ) -> Events:
        """Open a stream of server-sent events at a web address. Redirects are refused.

        Raises:
            SourceError: it cannot be opened now; says whether to ask later and when.
        """
        ...


class SourceTools(Struct, frozen=True, kw_only=True):
    """What every source is made with: ``make(options, tools)``."""

    name: str
    """The source's name in the configuration; goes into each post."""
    clock: Clock
    web: Web


class Source(Protocol):
    """Where posts come from. Pulled, so that a slow pipeline slows the reading.

    The poller calls ``read`` with the cursor of the delivery before, never twice at once.
    A source keeps nothing that it could not lose: all that matters is in the cursor.
    """

    async def read(self, cursor: bytes) -> Delivery:
        """Give what comes after the cursor (empty: from the start); may wait for it.

        Raises:
            SourceError: it cannot be read now; the poller backs off and comes again.
        """
        ...

    async def close(self) -> None:
        """Let go of connections and files; it is not read again."""
        ...


@runtime_checkable
class Receiver(Protocol):
    """A source that is pushed to as well: what comes to ``/hooks/NAME`` is shown to it.

    It only decides. Who calls it brings the items into the pipeline, and gives the sender the
    reply once they are committed; where they cannot be, the sender is told to come again. So
    ``read`` has nothing to do with pushes: it goes on with whatever else the source does, and
    one that is only pushed to waits there for ever.
    """

    def receive(self, push: Push) -> Received:
        """Tell what a push means, and first of all whether it comes from whom it should.

        Called from several threads at once; keeps nothing and does not wait. Whoever cannot
        prove who they are gets a reply of 401 or 403 and leaves nothing behind.
        """
        ...


class SourceControl(Protocol):
    """Steer the sources of a run; names are of enabled sources."""

    def paused(self) -> frozenset[str]:
        """Give the names of those that are paused. A pause outlasts restarts."""
        ...

    async def pause(self, name: str) -> None:
        """Read it no more; a running reading is broken off and comes again later.

        It is remembered with the next commit.
        """
        ...

    async def resume(self, name: str) -> None:
        """Read it again, when it is due."""
        ...

    async def try_now(self, name: str) -> None:
        """Read it at once, whatever it waits for; a paused one is resumed."""
        ...


class Outlet(Protocol):
    """Take deliveries from the poller, bounded."""

    async def put(self, delivery: Delivery) -> None:
        """Hand a delivery over; waits while there is no room. Cancelled, it took nothing."""
        ...


class Pushing(Protocol):
    """Bring in what a source was pushed, beside its readings."""

    def paused(self) -> frozenset[str]:
        """Give the names of the sources that are paused: they are not pushed to either."""
        ...

    async def push(self, name: str, delivery: Delivery, outlet: Outlet) -> None:
        """Put a delivery of a source into an outlet, with the source's state; waits for room.

        The cursor stays where the readings left it. Cancelled, it took nothing.
        """
        ...


class Bus(Outlet, Protocol):
    """Carry deliveries from pollers to the pipeline, bounded."""

    async def take(self, most_items: int, wait: timedelta) -> Sequence[Delivery]:
        """Give whole deliveries in the order they came.

        Waits for the first, then for more until ``most_items`` items are together (a larger
        delivery comes whole) or ``wait`` has passed since the first came; where that was long
        ago, as the taker was busy, it gives what is there. Empty once closed and drained.
        """
        ...

    def close(self) -> None:
        """Take no more; what is inside can still be taken."""
        ...


# ------------------------------------------------------------------------- detectors

State = TypeVar("State", bound=Struct)
Episode = TypeVar("Episode")


class Detector(Protocol[State, Episode]):
    """Judge posts of one author, one after the other. Pure: no I/O, clock or chance.

    ``see`` and ``erase`` change the author's state in place; it is encoded after the batch.
    A finding is told once a batch, not once a post: most would be overtaken at once.
    """

    kind: str
    """Its name: the module's, and the word in findings."""
    state_type: type[State]
    """A Struct whose fields all have defaults; a fresh one is ``state_type()``."""
    state_version: int
    """Raised when old states no longer fit; they are then dropped and built anew."""

    def see(self, post: Enriched, state: State) -> Episode | None:
        """Take one post into the state; give the episode that opened or changed, if one did.

        Posts come in order of arrival, not of event time. The same post never comes twice.

        An episode is one object for as long as it lasts, and stays as it was left when
        another takes its place, so that ``finding`` tells it at the end of a batch as it
        would have been told at once.
        """
        ...

    def finding(self, author: str, episode: Episode) -> Finding:
        """Tell an episode as it is now. Called before the author's next removal."""
        ...

    def erase(self, post_id: str, state: State) -> None:
        """Forget the text of a removed post; counts stay."""
        ...

    def pattern(self, finding: Finding) -> Pattern:
        """Give what one of its findings is about, for a verdict on it."""
        ...

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        """Tell whether a finding is no more than what a verdict was given on.

        Args:
            judged: the pattern of the finding that was judged.
            found: the pattern of the finding that is held against it.
        """
        ...


# ---------------------------------------------------------------------------- stores


class FindingQuery(Struct, frozen=True, kw_only=True):
    """Which findings: every field that is set narrows."""

    detector: str = ""
    detectors: tuple[str, ...] = ()
    """Of any of these; empty: of all."""
    severities: tuple[Severity, ...] = ()
    """With any of these; empty: with all."""
    author: str = ""
    since: datetime | None = None
    """Those with ``last_at`` at or after."""
    until: datetime | None = None
    """Those with ``first_at`` before."""
    least_score: float = 0.0
    source: str = ""
    place: str = ""
    words: str = ""
    """Found in the sentence, any case."""
    verdict: Judged | Literal[""] = ""
    """Judged so last; ``none``: not judged, or no longer."""
    with_quiet: bool = True
    """Those that verdicts keep quiet, too."""


class VerdictQuery(Struct, frozen=True, kw_only=True):
    """Which verdicts: every field that is set narrows."""

    finding: str = ""
    author: str = ""
    detector: str = ""
    by: str = ""
    judged: Judged | Literal[""] = ""


class Store(Protocol):
    """Keep posts, findings, states, cursors, dead letters; answer questions about them.

    One writer at a time; readers in other threads and processes go on meanwhile. Every
    write is idempotent: the same batch twice changes nothing. Methods block; call them
    from a worker thread. Every method may raise StoreError.
    """

    # -- the pipeline's side

    def commit(self, batch: Batch) -> None:
        """Write all of a batch, or nothing. A post whose id is there stays as it is.

        A verdict may come before the finding it is about. The latest on each finding stands
        beside it from then on, whatever form of the finding is written later.

        Raises:
            OvertakenError: the batch rests on an earlier version: read again and redo it.
        """
        ...

    def version(self) -> int:
        """Give a number that changes when somebody but this pipeline has written.

        A removal or verdict from another process, and a commit from this one without
        ``on_version`` or from beside the pipeline, changes it: author states read before then
        may hold what was removed, or lack what was judged.
        """
        ...

    def known(self, post_ids: Collection[str]) -> Mapping[str, str]:
        """Give those of the ids that were ever taken and may not come again, with authors.

        That is: stored, dropped by retention, or removed.

        A removed post's author is the empty string.
        """
        ...

    def removed_authors(self, authors: Collection[str]) -> Mapping[str, datetime | None]:
        """Give those of the authors who were removed, with the time up to which.

        None: for good. Posts published up to that time are not to come back.
        """
        ...

    def author_states(self, authors: Collection[str]) -> Mapping[str, bytes]:
        """Give the encoded detector states of those authors who have one."""
        ...

    def source_states(self) -> Mapping[str, SourceState]:
        """Give what is known of every source, by name."""
        ...

    def retain(self, source: str, before: datetime) -> int:
        """Drop a source's posts published before then; give how many. Findings stay."""
        ...

    # -- the reader's side

    def findings(self, query: FindingQuery, *, limit: int = 100, after: str = "") -> Page[Finding]:
        """Give findings, latest ``last_at`` first, then by id."""
        ...

    def count_findings(self, query: FindingQuery) -> int:
        """Give how many findings a query has in all."""
        ...

    def changes(self, after: str = "", *, limit: int = 500) -> Page[Change]:
        """Give what became of findings since a mark, in the order it was written.

        A finding stands there once, in its latest form, where it was written last: opened,
        updated, judged, its text erased, or removed. Whoever asks again and again with the
        page's ``after``, which is there even when no row is, misses nothing, whichever process
        wrote it; a row may come twice, also where nothing of it is new.

        Args:
            after: the mark of the page before, or ``changes_mark``; empty: from the first on.
            limit: rows at most.

        Raises:
            UsageError: the mark is none of this store, or of the store before it was set back
                or built anew: begin with ``changes_mark`` and read the lists again.
        """
        ...

    def changes_mark(self) -> str:
        """Give the mark of the present: ``changes`` after it gives what is written from now."""
        ...

    def finding(self, finding_id: str) -> Finding | None:
        """Give one finding by its id."""
        ...

    def finding_ids(self, beginning: str, *, limit: int = 20) -> Sequence[str]:
        """Give the ids of findings that begin so, in their order."""
        ...

    def verdicts(self, query: VerdictQuery, *, limit: int = 100, after: str = "") -> Page[Verdict]:
        """Give verdicts, the latest ``at`` first, then by id; those replaced since, too."""
        ...

    def history(
        self,
        author: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
        after: str = "",
    ) -> Page[HistoryEntry]:
        """Give an author's posts and findings, newest first (a finding at ``last_at``)."""
        ...

    def author(self, author: str) -> AuthorSummary | None:
        """Give one author's summary over all time."""
        ...

    def authors(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20
    ) -> Sequence[AuthorSummary]:
        """Give the authors with the most points in a period, worst first, then by id.

        A finding counts where its ``last_at`` falls in the period, unless it is quiet.
        """
        ...

    def find_authors(self, part: str, *, limit: int = 20) -> Sequence[AuthorSummary]:
        """Give authors whose id or name contains the part, any case, most posts first."""
        ...

    def post(self, post_id: str) -> StoredPost | None:
        """Give one post by its id."""
        ...

    def search(
        self, words: str, *, author: str = "", limit: int = 50, after: str = ""
    ) -> Page[StoredPost]:
        """Give posts that hold all the words (``"a phrase"``, ``pre*``), newest first.

        Whatever is typed is a search, never a syntax error.
        """
        ...

    def repeated(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 100
    ) -> Sequence[RepeatedHeadline]:
        """Give the headlines published most often in a period: most first, then by headline.

        Headlines of one wording are one. Only those count that were published twice within
        one day of UTC, in the period. ``sqlite`` knows those of posts that were stored since
        it keeps them; ``elastic`` tells wordings apart by up to 512 characters as published
        and looks at the 2,000 most frequent of these.
        """
        ...

    def copies(self, headline: str, *, limit: int = 100, after: str = "") -> Page[StoredPost]:
        """Give posts whose headline has the same wording, the earliest first, then by id."""
        ...

    def near(self, headline: str, *, limit: int = 500) -> Sequence[StoredPost]:
        """Give posts of another wording that may be near copies of a headline.

        They have some of its long words; whether they are copies is the caller's to judge.
        Where there are more than ``limit``, the latest to be stored, in no order.
        """
        ...

    def walk(
        self,
        *,
        author: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        most: int = 1000,
    ) -> Generator[Sequence[Post], None, None]:
        """Give stored posts to be played again: author by author, each in order of arrival.

        The posts of an author stand together; which author comes first is the store's
        business. What comes in meanwhile is left out. Close it where it is not read to its
        end. Read it in one thread.

        The order of arrival is exact in ``memory`` and ``sqlite``; ``elastic`` goes by
        ``seen_at``, then by the order of writing (docs/decisions/0021).

        Args:
            author: of this one alone; empty: of all.
            since: those published at or after.
            until: those published before.
            most: posts of one piece, 1 or more; a piece may hold several authors, an
                author several pieces.
        """
        ...

    def counts(
        self,
        what: Counted,
        *,
        step: timedelta,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[Count]:
        """Count posts by source, or findings by detector, in buckets of whole hours.

        Counts stay when posts are removed or dropped by retention. Ordered by time, key.
        """
        ...

    def minutes(self, what: Counted, *, since: datetime, until: datetime) -> Sequence[Count]:
        """Count posts, all sources together, or findings by detector, minute by minute.

        Minutes in which nothing was are left out. In ``memory`` and ``sqlite`` counts stay when
        posts are removed or dropped; ``elastic`` counts what is there. Ordered by time, key.

        Args:
            what: a post counts in its own minute, under the key "", a finding in the minute
                in which it began.
            since: those at or after, from the start of that minute.
            until: those before, to the end of that minute; a week after ``since`` at most.

        Raises:
            UsageError: the period is longer than a week.
        """
        ...

    def polls(self, source: str, *, limit: int = 30) -> Sequence[Poll]:
        """Give the latest lines of a source's log, newest first; at least 30 are kept."""
        ...

    def dead(self, *, source: str = "", limit: int = 100, after: str = "") -> Page[DeadLetter]:
        """Give dead letters, newest first in the order they were set aside."""
        ...

    def drop_dead(self, ids: Collection[str]) -> int:
        """Forget dead letters that were mended or given up; give how many."""
        ...

    def stats(self) -> StoreStats:
        """Give how much is in the store."""
        ...

    def check(self) -> Sequence[str]:
        """Give what is wrong with the store, in words; empty when it is sound."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...
