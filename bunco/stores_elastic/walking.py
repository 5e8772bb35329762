"""Go through the posts author by author, each in order of arrival as far as it is known.

Order: ``seen_at``, then the number that a shard gives each write, then the id. That number
(``_seq_no``) keeps the order of a delivery, whose posts came at one moment; between the
shards of a month, and across months, it tells nothing.
"""

from collections.abc import Generator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from bunco.model import Post
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.reading import AT_ONCE, period

_KEEP_ALIVE = "5m"
"""How long the server keeps the view between two pieces. Source: ours."""
_ORDER = [{"author": "asc"}, {"seen_at": "asc"}, {"_seq_no": "asc"}, {"id": "asc"}]


def walk(
    cluster: Cluster, author: str, within: tuple[datetime | None, datetime | None], most: int
) -> Generator[Sequence[Post], None, None]:
    """Give posts in pieces of one view of the index: what comes in meanwhile is not in it."""
    clauses = period("at", *within)
    if author:
        clauses.append({"term": {"author": author}})
    body: dict[str, Any] = {
        "size": min(most, AT_ONCE),
        "query": {"bool": {"filter": clauses}},
        "sort": _ORDER,
        "_source": ["body"],
        "track_total_hits": False,
    }
    view = _opened(cluster)
    try:
        while view:
            body["pit"] = {"id": view, "keep_alive": _KEEP_ALIVE}
            answer = cluster.search_view(body)
            view = answer["pit_id"]
            hits = answer["hits"]["hits"]
            if hits:
                yield [msgspec.convert(hit["_source"]["body"], Post) for hit in hits]
            if len(hits) < body["size"]:
                return
            body["search_after"] = hits[-1]["sort"]
    finally:
        if view:
            cluster.connection.request("DELETE", "/_pit", {"id": view}, instead={404: {}})


def _opened(cluster: Cluster) -> str:
    """Open a view of all posts; give its id, empty where there is no index."""
    cluster.make_visible(["posts"])
    answer = cluster.connection.request(
        "POST",
        f"/{quote(cluster.alias('posts'))}/_pit",
        params={"keep_alive": _KEEP_ALIVE},
        instead={404: {}},
    )
    view: str = answer.get("id", "")
    return view
