"""Keep everything in memory: for tests and trials; nothing outlives the process.

It answers as every store does and is small enough to be read as the meaning of the port.
Questions look at everything there is: good for some ten thousand posts.
"""

import threading
from collections import Counter
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain, islice
from secrets import token_hex

import msgspec
from msgspec import Struct

from bunco.errors import OvertakenError
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
    from_ms,
    to_ms,
)
from bunco.ports.parts import Part
from bunco.ports.queries import FindingQuery, VerdictQuery
from bunco.ports.stores import Counted, Store
from bunco.storage.answers import (
    Place,
    is_asked,
    is_asked_verdict,
    is_near,
    page,
    repeated,
    summary,
)
from bunco.storage.contents import Contents
from bunco.storage.headlines import mark_of_headline
from bunco.storage.keeping import (
    HOUR_MS,
    MINUTE_MS,
    findable,
    hours,
    minutes,
    storable,
    times,
)
from bunco.storage.marks import change_mark, change_place, place
from bunco.storage.words import matches, parse


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing to set: ``[store]`` with ``kind = "memory"``."""


class MemoryStore:
    """A store in memory. Any thread may call; calls take turns."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._all = Contents()
        self._others = 0
        """Commits from beside the pipeline."""
        self._name = token_hex(4)

    # -- the pipeline's side

    def commit(self, batch: Batch) -> None:
        """Write all of a batch. A post whose id is there stays as it is."""
        try:
            msgspec.msgpack.encode(
                (
                    [(enriched.post, enriched.headline) for enriched in batch.posts],
                    (batch.removals, batch.findings, batch.verdicts, batch.author_states),
                    (batch.sources, batch.polls, batch.dead),
                )
            )
        except UnicodeEncodeError:
            batch = storable(batch)
        with self._lock:
            if batch.on_version not in {None, self._others}:
                raise OvertakenError("somebody else wrote to the store in the meantime")
            self._all.write(batch)
            self._others += batch.is_beside or batch.on_version is None

    def version(self) -> int:
        """Give a number that changes when somebody but this pipeline has written."""
        with self._lock:
            return self._others

    def known(self, post_ids: Collection[str]) -> Mapping[str, str]:
        """Give those of the ids that are stored or were removed, each with its author."""
        with self._lock:
            there, gone = self._all.posts, self._all.gone
            found = {post: there[post].author for post in post_ids if post in there}
            return {post: gone[post] for post in post_ids if post in gone} | found

    def removed_authors(self, authors: Collection[str]) -> Mapping[str, datetime | None]:
        """Give those of the authors who were removed, with the time up to which."""
        with self._lock:
            gone = self._all.gone_authors
            untils = {author: gone[author] for author in authors if author in gone}
            return {name: None if ms is None else from_ms(ms) for name, ms in untils.items()}

    def author_states(self, authors: Collection[str]) -> Mapping[str, bytes]:
        """Give the encoded detector states of those authors who have one."""
        with self._lock:
            states = self._all.states
            return {author: states[author] for author in authors if author in states}

    def source_states(self) -> Mapping[str, SourceState]:
        """Give what is known of every source, by name."""
        with self._lock:
            return dict(sorted(self._all.sources.items()))

    def retain(self, source: str, before: datetime) -> int:
        """Drop a source's posts published before then; give how many. Findings stay."""
        with self._lock:
            old = [
                post
                for post, kept in self._all.posts.items()
                if kept.stored.post.source == source and kept.at_ms < to_ms(before)
            ]
            self._all.drop(old)
            return len(old)

    # -- the reader's side

    def findings(self, query: FindingQuery, *, limit: int = 100, after: str = "") -> Page[Finding]:
        """Give findings, latest ``last_at`` first, then by id."""
        start = place(after, tuple[int, str])
        with self._lock:
            placed: Iterable[tuple[Place, Finding]] = [
                ((-to_ms(finding.last_at), finding.id), finding)
                for finding in self._all.findings.values()
                if is_asked(finding, query)
            ]
        return page(placed, limit, start)

    def count_findings(self, query: FindingQuery) -> int:
        """Give how many findings a query has in all."""
        with self._lock:
            return sum(is_asked(finding, query) for finding in self._all.findings.values())

    def changes(self, after: str = "", *, limit: int = 500) -> Page[Change]:
        """Give what became of findings since a mark, in the order it was written."""
        with self._lock:
            start = change_place(after, self._name, self._all.writings)
            rows = list(islice(((n, i) for i, n in self._all.changed.items() if n > start), limit))
            return Page(
                rows=tuple(Change(id=one, finding=self._all.findings.get(one)) for _, one in rows),
                after=change_mark(self._name, rows[-1][0] if rows else start),
            )

    def changes_mark(self) -> str:
        """Give the mark of the present."""
        with self._lock:
            return change_mark(self._name, self._all.writings)

    def finding(self, finding_id: str) -> Finding | None:
        """Give one finding by its id."""
        with self._lock:
            return self._all.findings.get(finding_id)

    def finding_ids(self, beginning: str, *, limit: int = 20) -> Sequence[str]:
        """Give the ids of findings that begin so, in their order."""
        with self._lock:
            found = [name for name in self._all.findings if name.startswith(beginning)]
        return sorted(found)[:limit]

    def verdicts(self, query: VerdictQuery, *, limit: int = 100, after: str = "") -> Page[Verdict]:
        """Give verdicts, the latest ``at`` first, then by id; those replaced since, too."""
        start = place(after, tuple[int, str])
        with self._lock:
            placed: Iterable[tuple[Place, Verdict]] = [
                ((-to_ms(verdict.at), verdict.id), verdict)
                for verdict in self._all.verdicts.values()
                if is_asked_verdict(verdict, query)
            ]
        return page(placed, limit, start)

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
        first, last = times(since, until)
        start = place(after, tuple[int, int, str])
        placed: list[tuple[Place, HistoryEntry]] = []
        with self._lock:
            for name, finding in self._all.findings.items():
                if finding.subject == author and first <= (ms := to_ms(finding.last_at)) < last:
                    placed.append(((-ms, 0, name), HistoryEntry(at=from_ms(ms), finding=finding)))
            for name, kept in self._all.posts.items():
                if kept.author == author and first <= (ms := kept.at_ms) < last:
                    entry = HistoryEntry(at=from_ms(ms), post=kept.stored)
                    placed.append(((-ms, 1, name), entry))
        return page(placed, limit, start)

    def author(self, author: str) -> AuthorSummary | None:
        """Give one author's summary over all time."""
        with self._lock:
            return summary(self._all, author, (None, None)) if self._all.is_known(author) else None

    def authors(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20
    ) -> Sequence[AuthorSummary]:
        """Give the authors with the most points in a period, worst first, then by id."""
        first, last = times(since, until)
        with self._lock:
            subjects = {
                finding.subject
                for finding in self._all.findings.values()
                if not finding.quiet and first <= to_ms(finding.last_at) < last
            }
            made = [summary(self._all, author, (since, until)) for author in subjects]
        return sorted(made, key=lambda summary: (-summary.points, summary.author))[:limit]

    def find_authors(self, part: str, *, limit: int = 20) -> Sequence[AuthorSummary]:
        """Give authors whose id or name contains the part, any case, most posts first."""
        with self._lock:
            there = {kept.author for kept in self._all.posts.values()}
            there |= {finding.subject for finding in self._all.findings.values()}
            made = [
                summary(self._all, author, (None, None))
                for author in there
                if part.casefold() in findable(author, self._all.names.get(author, (0, ""))[1])
                and "\n" not in part
            ]
        return sorted(made, key=lambda summary: (-summary.posts, summary.author))[:limit]

    def post(self, post_id: str) -> StoredPost | None:
        """Give one post by its id."""
        with self._lock:
            kept = self._all.posts.get(post_id)
        return kept.stored if kept else None

    def search(
        self, words: str, *, author: str = "", limit: int = 50, after: str = ""
    ) -> Page[StoredPost]:
        """Give posts that hold all the words (``"a phrase"``, ``pre*``), newest first."""
        terms = parse(words)
        start = place(after, tuple[int, str])
        with self._lock:
            placed: Iterable[tuple[Place, StoredPost]] = [
                ((-kept.at_ms, name), kept.stored)
                for name, kept in self._all.posts.items()
                if author in ("", kept.author)
                and matches(terms, (kept.stored.post.title, kept.stored.post.text))
            ]
        return page(placed, limit, start)

    def repeated(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 100
    ) -> Sequence[RepeatedHeadline]:
        """Give the headlines published most often in a period, most first."""
        with self._lock:
            return repeated(self._all, (since, until))[:limit]

    def copies(self, headline: str, *, limit: int = 100, after: str = "") -> Page[StoredPost]:
        """Give posts whose headline has the same wording, the earliest first, then by id."""
        start = place(after, tuple[int, str])
        wanted = mark_of_headline(headline)
        with self._lock:
            placed: Iterable[tuple[Place, StoredPost]] = [
                ((kept.at_ms, name), kept.stored)
                for name, kept in self._all.posts.items()
                if wanted is not None and mark_of_headline(kept.stored.headline) == wanted
            ]
        return page(placed, limit, start)

    def near(self, headline: str, *, limit: int = 500) -> Sequence[StoredPost]:
        """Give posts of another wording that may be near copies of a headline."""
        with self._lock:
            found = [
                kept.stored
                for kept in reversed(self._all.posts.values())
                if is_near(kept.stored, headline)
            ]
        return found[:limit]

    def walk(
        self,
        *,
        author: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        most: int = 1000,
    ) -> Generator[Sequence[Post], None, None]:
        """Give stored posts author by author, each in order of arrival."""
        first, last = times(since, until)
        by_author: dict[str, list[Post]] = {}
        with self._lock:
            for kept in self._all.posts.values():
                if author in ("", kept.author) and first <= kept.at_ms < last:
                    by_author.setdefault(kept.author, []).append(kept.stored.post)
        posts = chain.from_iterable(by_author.values())
        while piece := list(islice(posts, most)):
            yield piece

    def counts(
        self,
        what: Counted,
        *,
        step: timedelta,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[Count]:
        """Count posts by source, or findings by detector, in buckets of whole hours."""
        wide = hours(step)
        first, last = times(since, until)
        buckets: Counter[tuple[int, str]] = Counter()
        with self._lock:
            kept = self._all.post_counts if what == "posts" else self._all.finding_counts
            for (hour, key), count in kept.items():
                if first // HOUR_MS <= hour < -(-last // HOUR_MS):
                    buckets[hour // wide * wide, key] += count
        return [
            Count(at=from_ms(hour * HOUR_MS), key=key, count=count)
            for (hour, key), count in sorted(buckets.items())
            if count
        ]

    def minutes(self, what: Counted, *, since: datetime, until: datetime) -> Sequence[Count]:
        """Count posts, all sources together, or findings by detector, minute by minute."""
        first, last = minutes(since, until)
        with self._lock:
            kept = self._all.post_minutes if what == "posts" else self._all.finding_minutes
            return [
                Count(at=from_ms(minute * MINUTE_MS), key=key, count=count)
                for (minute, key), count in sorted(kept.items())
                if first <= minute < last and count
            ]

    def polls(self, source: str, *, limit: int = 30) -> Sequence[Poll]:
        """Give the latest lines of a source's log, newest first."""
        with self._lock:
            return self._all.polls.get(source, [])[:limit]

    def dead(self, *, source: str = "", limit: int = 100, after: str = "") -> Page[DeadLetter]:
        """Give dead letters, newest first in the order they were set aside."""
        start = place(after, tuple[int])
        with self._lock:
            placed: Iterable[tuple[Place, DeadLetter]] = [
                ((-number,), letter)
                for number, letter in self._all.dead.values()
                if source in ("", letter.source)
            ]
        return page(placed, limit, start)

    def drop_dead(self, ids: Collection[str]) -> int:
        """Forget dead letters that were mended or given up; give how many."""
        with self._lock:
            return sum(self._all.dead.pop(name, None) is not None for name in set(ids))

    def stats(self) -> StoreStats:
        """Give how much is in the store."""
        with self._lock:
            at = sorted(kept.at_ms for kept in self._all.posts.values())
            return StoreStats(
                posts=len(at),
                authors=len({kept.author for kept in self._all.posts.values()}),
                findings=len(self._all.findings),
                dead=len(self._all.dead),
                first_at=from_ms(at[0]) if at else None,
                last_at=from_ms(at[-1]) if at else None,
            )

    def check(self) -> Sequence[str]:
        """Give what is wrong with the store: nothing, as there is no file to be damaged."""
        return []

    def close(self) -> None:
        """Do nothing: there are no files."""


def make(_options: Options) -> Store:
    """Give an empty store."""
    return MemoryStore()


PART: Part[Store] = Part(Options, make)
