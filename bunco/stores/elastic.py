"""Keep everything in Elasticsearch: monthly indices, any number of readers and machines.

For the distributed run, whose sink writes here; every reading command works on it as on a
file. What stands in which index, and what a removal does, is told in docs/elasticsearch.md.
"""

import threading
from collections.abc import Collection, Generator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Meta, Struct

from bunco.errors import UsageError
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
from bunco.stores_elastic import (
    authors,
    changes,
    checks,
    counting,
    headlines,
    letters,
    reading,
    retention,
    searching,
    states,
    verdicts,
    walking,
)
from bunco.stores_elastic.cluster import Cluster, Layout
from bunco.stores_elastic.commits import Pen, finish_left, write_batch
from bunco.stores_elastic.connection import Connection, Reach
from bunco.stores_elastic.gone import gone_authors
from bunco.stores_elastic.upkeep import Upkeep
from bunco.values import Duration, Secret

_Url = Annotated[str, Meta(min_length=1)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the store is: ``[store]`` with ``kind = "elastic"``."""

    url: _Url | Annotated[tuple[_Url, ...], Meta(min_length=1)] = "http://127.0.0.1:9200"
    """``http://HOST:PORT`` or ``https://…``; several are nodes of one cluster."""
    prefix: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,99}$")] = "bunco"
    """Begins the names of all indices: ``bunco-posts-2026.03``."""
    username: str = ""
    password: Secret | None = None
    api_key: Secret | None = None
    """In place of user and password: the encoded form that Elasticsearch gives."""
    ca_file: str = ""
    """The authority that signed the server's certificate; empty: the system's."""
    verify: bool = True
    """Whether the certificate must be trusted. Turn it off for trials only."""
    fingerprint: str = ""
    """SHA-256 of the server's certificate, in place of an authority."""
    timeout: Duration = Duration(seconds=30)
    """For one answer."""
    wait: Duration = Duration(seconds=30)
    """How long a busy or silent cluster is asked again to take what is written."""
    shards: Annotated[int, Meta(ge=1, le=64)] = 1
    """Of each month of posts."""
    replicas: Annotated[int, Meta(ge=0, le=5)] = 0
    """Copies of each shard on other nodes; 1 where there are two nodes or more."""


class ElasticStore:
    """A store in Elasticsearch. Any thread may call; writes take turns.

    What this process has written it reads at once; other processes see it a second later.
    A batch with author states ends whole or not at all, though a reader may meet half of it.
    """

    def __init__(self, options: Options) -> None:
        self._cluster = cluster_of(options)
        self._pen = Pen.of(self._cluster)
        self._lock = threading.RLock()
        self._looked = False
        self.upkeep = Upkeep(self._cluster)
        """What ``bunco index`` asks for."""

    # -- the pipeline's side

    def commit(self, batch: Batch) -> None:
        """Write all of a batch; after an error the same batch again mends it."""
        with self._lock:
            try:
                write_batch(self._pen, batch)
            except BaseException:
                self._pen.names.forget()
                raise

    def version(self) -> int:
        """Give a number that changes when somebody but this pipeline has written."""
        self._finish()
        return self._pen.journal.others()

    def known(self, post_ids: Collection[str]) -> Mapping[str, str]:
        """Give those of the ids that are stored or were removed, each with its author."""
        return reading.known(self._cluster, self._pen.marks, post_ids)

    def removed_authors(self, authors: Collection[str]) -> Mapping[str, datetime | None]:
        """Give those of the authors who were removed, with the time up to which."""
        gone = gone_authors(self._cluster, self._pen.marks, authors)
        return {name: None if ms is None else from_ms(ms) for name, ms in gone.items()}

    def author_states(self, authors: Collection[str]) -> Mapping[str, bytes]:
        """Give the encoded detector states of those authors who have one."""
        self._finish()
        return states.read(self._cluster, authors)

    def source_states(self) -> Mapping[str, SourceState]:
        """Give what is known of every source, by name."""
        self._finish()
        return reading.source_states(self._cluster)

    def retain(self, source: str, before: datetime) -> int:
        """Drop a source's posts published before then; give how many. Findings stay."""
        with self._lock:
            return retention.drop(self._cluster, self._pen.marks, source, to_ms(before))

    # -- the reader's side

    def findings(self, query: FindingQuery, *, limit: int = 100, after: str = "") -> Page[Finding]:
        """Give findings, latest ``last_at`` first, then by id."""
        return reading.findings(self._cluster, query, limit, after)

    def count_findings(self, query: FindingQuery) -> int:
        """Give how many findings a query has in all."""
        return reading.count_findings(self._cluster, query)

    def changes(self, after: str = "", *, limit: int = 500) -> Page[Change]:
        """Give what became of findings since a mark, in the order it was written."""
        return changes.changes(self._cluster, after, limit)

    def changes_mark(self) -> str:
        """Give the mark of the present."""
        return changes.present_mark(self._cluster)

    def finding(self, finding_id: str) -> Finding | None:
        """Give one finding by its id."""
        return reading.finding(self._cluster, finding_id)

    def finding_ids(self, beginning: str, *, limit: int = 20) -> Sequence[str]:
        """Give the ids of findings that begin so, in their order."""
        return reading.finding_ids(self._cluster, beginning, limit)

    def verdicts(self, query: VerdictQuery, *, limit: int = 100, after: str = "") -> Page[Verdict]:
        """Give verdicts, the latest ``at`` first, then by id; those replaced since, too."""
        return verdicts.verdicts(self._cluster, query, limit, after)

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
        return authors.history(self._cluster, author, (since, until), limit, after)

    def author(self, author: str) -> AuthorSummary | None:
        """Give one author's summary over all time."""
        return authors.summary(self._cluster, author)

    def authors(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 20
    ) -> Sequence[AuthorSummary]:
        """Give the authors with the most points in a period, worst first, then by id."""
        return authors.ranking(self._cluster, (since, until), limit)

    def find_authors(self, part: str, *, limit: int = 20) -> Sequence[AuthorSummary]:
        """Give authors whose id or name contains the part, any case, most posts first."""
        return authors.find(self._cluster, part, limit)

    def post(self, post_id: str) -> StoredPost | None:
        """Give one post by its id."""
        return reading.post(self._cluster, post_id)

    def search(
        self, words: str, *, author: str = "", limit: int = 50, after: str = ""
    ) -> Page[StoredPost]:
        """Give posts that hold all the words (``"a phrase"``, ``pre*``), newest first."""
        return searching.search(self._cluster, words, author, limit, after)

    def repeated(
        self, *, since: datetime | None = None, until: datetime | None = None, limit: int = 100
    ) -> Sequence[RepeatedHeadline]:
        """Give the headlines published most often in a period, most first."""
        return headlines.repeated(self._cluster, (since, until), limit)

    def copies(self, headline: str, *, limit: int = 100, after: str = "") -> Page[StoredPost]:
        """Give posts whose headline has the same wording, the earliest first, then by id."""
        return headlines.copies(self._cluster, headline, limit, after)

    def near(self, headline: str, *, limit: int = 500) -> Sequence[StoredPost]:
        """Give posts of another wording that may be near copies of a headline."""
        return headlines.near(self._cluster, headline, limit)

    def walk(
        self,
        *,
        author: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        most: int = 1000,
    ) -> Generator[Sequence[Post], None, None]:
        """Give stored posts author by author, each in order of arrival as far as it is known."""
        return walking.walk(self._cluster, author, (since, until), most)

    def counts(
        self,
        what: Counted,
        *,
        step: timedelta,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Sequence[Count]:
        """Count posts by source, or findings by detector, in buckets of whole hours."""
        return counting.counts(self._cluster, what, step, (since, until))

    def minutes(self, what: Counted, *, since: datetime, until: datetime) -> Sequence[Count]:
        """Count posts, all sources together, or findings by detector, minute by minute."""
        return counting.minutes(self._cluster, what, since, until)

    def polls(self, source: str, *, limit: int = 30) -> Sequence[Poll]:
        """Give the latest lines of a source's log, newest first."""
        return reading.polls(self._cluster, source, limit)

    def dead(self, *, source: str = "", limit: int = 100, after: str = "") -> Page[DeadLetter]:
        """Give dead letters, newest first in the order they were set aside."""
        return reading.dead(self._cluster, source, limit, after)

    def drop_dead(self, ids: Collection[str]) -> int:
        """Forget dead letters that were mended or given up; give how many."""
        with self._lock:
            return letters.drop(self._cluster, ids)

    def stats(self) -> StoreStats:
        """Give how much is in the store."""
        return reading.stats(self._cluster)

    def check(self) -> Sequence[str]:
        """Give what is wrong with the store, in words; empty when it is sound."""
        return list(checks.faults(self._cluster))

    def close(self) -> None:
        """Let go of connections."""
        with self._lock:
            try:
                self._pen.remover.expunge()
            finally:
                self._cluster.connection.close()

    def _finish(self) -> None:
        """Apply what a writer before us left half written, once."""
        if not self._looked:
            with self._lock:
                finish_left(self._pen)
            self._looked = True


def cluster_of(options: Options) -> Cluster:
    """Give the cluster that options speak of; nothing is asked of it yet."""
    urls = (options.url,) if isinstance(options.url, str) else options.url
    reach = Reach(
        urls=urls,
        username=options.username,
        password=options.password,
        api_key=options.api_key,
        ca_file=options.ca_file,
        verify=options.verify,
        fingerprint=options.fingerprint,
        timeout=options.timeout,
    )
    layout = Layout(
        prefix=options.prefix,
        shards=options.shards,
        replicas=options.replicas,
        patience=options.wait,
    )
    return Cluster(Connection(reach), layout)


def options_of(place: str) -> dict[str, Any]:
    """Give the options that an address says: ``elastic://[USER:PASSWORD@]HOST[:PORT][/PREFIX]``.

    ``elastics://`` is the same over TLS; ``?ca_file=PATH`` and other options that are no
    secrets may follow.

    >>> options_of("elastics://search.example:9200/spam")
    {'url': 'https://search.example:9200', 'prefix': 'spam'}

    Raises:
        UsageError: it cannot be read.
    """
    scheme = "https" if place.startswith("elastics:") else "http"
    try:
        parts = urlsplit(place)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"elastic", "elastics"}:
        raise UsageError("a store in Elasticsearch reads elastic://HOST:PORT/PREFIX")
    options: dict[str, Any] = {"url": f"{scheme}://{parts.netloc}"}
    if prefix := parts.path.strip("/"):
        options["prefix"] = prefix
    for key, value in parse_qsl(parts.query):
        if key not in {"ca_file", "fingerprint", "timeout", "wait"}:
            raise UsageError(f"{key} cannot stand in the address of a store; use a configuration")
        options[key] = value
    return options


def make(options: Options) -> Store:
    """Give the store; its indices are made when the first batch is written."""
    return ElasticStore(options)


PART: Part[Store] = Part(Options, make)
