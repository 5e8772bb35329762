"""The figures a sink shows as metrics. Labels are topics: few, and known beforehand."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bunco.model import Batch
from bunco.streams.names import TopicName

_COMMIT_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_DELAY_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86400)


class Figures:
    """Count what one sink does."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        """What the metrics server shows."""
        self._posts = Counter(
            "bunco_sink_posts", "Posts given to the store, repeats among them", registry=registry
        )
        self._removals = Counter(
            "bunco_sink_removals", "Removals given to the store", registry=registry
        )
        self._findings = Counter(
            "bunco_sink_findings", "Findings that opened or changed", registry=registry
        )
        self._dead = Counter("bunco_sink_dead", "Dead letters", registry=registry)
        self._commits = Counter("bunco_sink_commits", "Commits of the store", registry=registry)
        self._seconds = Histogram(
            "bunco_sink_commit_seconds",
            "How long a commit took",
            buckets=_COMMIT_SECONDS,
            registry=registry,
        )
        self._delay = Histogram(
            "bunco_sink_delay_seconds",
            "From the arrival of a post until it is stored",
            buckets=_DELAY_SECONDS,
            registry=registry,
        )
        self._lag = Gauge(
            "bunco_sink_lag_records", "Records not in the store yet", ["topic"], registry=registry
        )
        self._waiting = Gauge(
            "bunco_sink_waiting", "1 while the store does not answer", registry=registry
        )
        self._last = Gauge(
            "bunco_sink_last_commit_timestamp_seconds",
            "When the last commit succeeded",
            registry=registry,
        )

    def committed(self, batch: Batch, seconds: float, now: datetime) -> None:
        """Count one commit in."""
        self._posts.inc(len(batch.posts))
        self._removals.inc(len(batch.removals))
        self._findings.inc(len(batch.findings))
        self._dead.inc(len(batch.dead))
        self._commits.inc()
        self._seconds.observe(seconds)
        self._last.set(now.timestamp())
        self._arrived(batch, now)

    def waiting(self, *, is_so: bool) -> None:
        """Show whether the store is waited for."""
        self._waiting.set(is_so)

    def behind(self, records: Mapping[TopicName, int]) -> None:
        """Show how many records of each topic are not in the store yet."""
        for topic, count in records.items():
            self._lag.labels(topic).set(count)

    def _arrived(self, batch: Batch, now: datetime) -> None:
        seen: Iterable[datetime | None] = (one.post.seen_at for one in batch.posts)
        for at in seen:
            if at is not None:
                self._delay.observe(max((now - at).total_seconds(), 0.0))
