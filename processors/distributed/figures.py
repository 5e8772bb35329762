"""What a processor counts for Prometheus; labels of few values only."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from processors.distributed.worker import Applied


class Figures:
    """The figures of one processor.

    Args:
        registry: what they are shown from.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._posts = Counter(
            "bunco_process_posts", "Posts by what became of them", ["outcome"], registry=registry
        )
        self._findings = Counter(
            "bunco_process_findings", "Times a finding opened or grew", registry=registry
        )
        self._dead = Counter(
            "bunco_process_dead_letters", "Items and posts set aside", registry=registry
        )
        self._states = Counter(
            "bunco_process_states_written", "Author states written", registry=registry
        )
        self._seconds = Histogram(
            "bunco_process_commit_seconds", "How long a commit took", registry=registry
        )
        self._ready = Gauge(
            "bunco_process_ready", "1 while partitions are worked on", registry=registry
        )

    def add(self, applied: Applied) -> None:
        """Count one commit in."""
        self._posts.labels("new").inc(applied.posts)
        self._posts.labels("seen before").inc(applied.repeated)
        self._findings.inc(applied.findings)
        self._dead.inc(applied.dead)
        self._states.inc(applied.states)
        self._seconds.observe(applied.seconds)

    def is_ready(self, *, ready: bool) -> None:
        """Say whether partitions are worked on."""
        self._ready.set(ready)
