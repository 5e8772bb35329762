"""Keep the log of a source short: now and then its oldest lines are deleted."""

from collections import Counter
from collections.abc import Sequence

from bunco.model import Poll
from bunco.storage.keeping import POLLS_KEPT
from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.cluster import Cluster

_EVERY = 100
"""Lines of a source between two prunings: what is read is cut anyway. Source: ours."""
_AT_ONCE = 5000


class Pruning:
    """How many lines were written since the last time."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._written: Counter[str] = Counter()

    def note(self, polls: Sequence[Poll]) -> None:
        """Note lines that were written; prune the logs that have grown."""
        for poll in polls:
            self._written[poll.source] += 1
            if self._written[poll.source] >= _EVERY:
                self._prune(poll.source)
                del self._written[poll.source]

    def _prune(self, source: str) -> None:
        body = {
            "from": POLLS_KEPT,
            "size": _AT_ONCE,
            "query": {"term": {"source": source}},
            "sort": [{"at": "desc"}, {"line": "desc"}],
            "_source": False,
        }
        hits = self._cluster.search(["polls"], body)["hits"]["hits"]
        self._cluster.write_all(
            [
                Write(action="delete", index=hit["_index"], id=hit["_id"], aliased=False)
                for hit in hits
            ]
        )
