"""Drop old posts; an index that holds nothing else is dropped whole.

Of each dropped post a hash stays, with its author, hour and source: it is still known, and
still counted.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.gone import GonePost, Marks, dropped_posts, new_epoch
from bunco.stores_elastic.naming import NAMELESS, Naming, author_document, documented

_CHUNK = 2000
"""Posts marked at a time: keeps memory flat. Source: ours."""


def drop(cluster: Cluster, marks: Marks, source: str, before_ms: int) -> int:
    """Drop a source's posts published before then; give how many."""
    query = {
        "bool": {"filter": [{"term": {"source": source}}, {"range": {"at": {"lt": before_ms}}}]}
    }
    answer = cluster.search(
        ["posts"],
        {
            "size": 0,
            "track_total_hits": False,
            "aggs": {
                "old": {"filter": query, "aggs": {"indices": _BY_INDEX}},
                "all": _BY_INDEX,
            },
        },
    )
    if "aggregations" not in answer:
        return 0
    old = _counted(answer["aggregations"]["old"]["indices"])
    everything = _counted(answer["aggregations"]["all"])
    dropped = 0
    for index, count in old.items():
        whole = count == everything[index]
        dropped += _drop_from(cluster, marks, index, query, whole=whole)
    if dropped:
        cluster.write_all([new_epoch(cluster)])
        cluster.make_visible(("posts", "gone", "authors"))
    return dropped


_BY_INDEX: Mapping[str, Any] = {"terms": {"field": "_index", "size": 10_000}}


def _counted(buckets: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in buckets["buckets"]}


def _drop_from(
    cluster: Cluster, marks: Marks, index: str, query: Mapping[str, Any], *, whole: bool
) -> int:
    """Drop the posts of one index; give how many."""
    dropped = 0
    last: list[Any] = []
    while hits := _page(cluster, index, query, last):
        last = hits[-1]["sort"]
        dropped += len(hits)
        _mark(cluster, marks, hits)
        if not whole:
            cluster.write_all(
                [Write(action="delete", index=index, id=hit["_id"], aliased=False) for hit in hits]
            )
    if whole and not _drop_index(cluster, index, dropped):
        return _drop_from(cluster, marks, index, query, whole=False)
    return dropped


def _page(
    cluster: Cluster, index: str, query: Mapping[str, Any], last: list[Any]
) -> list[dict[str, Any]]:
    body: dict[str, Any] = {
        "size": _CHUNK,
        "query": query,
        "sort": [{"at": "asc"}, {"id": "asc"}],
        "_source": ["id", "author", "author_name", "at", "source"],
        "track_total_hits": False,
    }
    if last:
        body["search_after"] = last
    answer = cluster.connection.request("POST", f"/{quote(index)}/_search", body)
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits


def _mark(cluster: Cluster, marks: Marks, hits: Sequence[Mapping[str, Any]]) -> None:
    sources = [hit["_source"] for hit in hits]
    posts = [
        GonePost(source["id"], source["author"], source["at"], source.get("source", ""))
        for source in sources
    ]
    _keep_names(cluster, sources)
    cluster.write_all(dropped_posts(cluster, marks, posts))


def _keep_names(cluster: Cluster, sources: Sequence[Mapping[str, Any]]) -> None:
    """Note until when a name was used that a dropped post told."""
    latest: dict[str, Naming] = {}
    for source in sources:
        if name := source.get("author_name"):
            author = source["author"]
            latest[author] = max(latest.get(author, NAMELESS), (source["at"], name))
    names = documented(cluster, latest)
    cluster.write_all(
        [
            author_document(cluster, author, said)
            for author, said in latest.items()
            if said > names.get(author, NAMELESS)
        ]
    )


def _drop_index(cluster: Cluster, index: str, marked: int) -> bool:
    """Delete an index, unless it holds more than was marked; writers wait meanwhile."""
    path = f"/{quote(index)}"
    cluster.connection.request("PUT", f"{path}/_settings", {"index.blocks.write": True})
    cluster.connection.request("POST", f"{path}/_refresh")
    if cluster.connection.request("GET", f"{path}/_count")["count"] != marked:
        cluster.connection.request("PUT", f"{path}/_settings", {"index.blocks.write": None})
        return False
    cluster.connection.request("DELETE", path)
    cluster.forget_index(index)
    return True
