"""Where everything is kept, and what can be asked of it."""

from collections.abc import Collection, Generator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeAlias

from bunco.model import (
    AuthorSummary,
    Batch,
    Change,
    Count,
    DeadLetter,
    Finding,
    HistoryEntry,
    Page,
    Poll,
    Post,
    RepeatedHeadline,
    SourceState,
    StoredPost,
    StoreStats,
    Verdict,
)
from bunco.ports.queries import FindingQuery, VerdictQuery

Counted: TypeAlias = Literal["posts", "findings"]


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
