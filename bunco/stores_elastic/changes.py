"""Follow what is written to findings, by the numbers that Elasticsearch gives each write.

The one shard of the index numbers its writes (``_seq_no``) in the order it takes them, but
what was numbered may become visible a moment later than what came after it. So no change
is taken for seen until all before it is: the shard tells up to which number every copy has
taken everything (``global_checkpoint``); after a refresh all of that is visible, and only
that is read.
Source: the reference of Elasticsearch 9, Optimistic concurrency control, and its class
SeqNoStats; see docs/decisions/0025.
"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

from bunco.errors import UnavailableError
from bunco.model import Change, Page
from bunco.storage.marks import change_mark, change_place
from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import FINDING_FIELDS, document_id, stored_finding
from bunco.stores_elastic.reading import rows

_encode = msgspec.json.Encoder().encode


def changes(cluster: Cluster, after: str, limit: int) -> Page[Change]:
    """Give what became of findings since a mark, in the order it was written."""
    name, last = _present(cluster)
    start = change_place(after, name, last)
    if start == last:
        return Page(rows=(), after=change_mark(name, last))
    cluster.make_all_visible(["findings"])
    body = {
        "query": {"range": {"_seq_no": {"gte": start, "lt": last}}},
        "sort": [{"_seq_no": "asc"}],
        "_source": [*FINDING_FIELDS, "id"],
    }
    hits = rows(cluster, "findings", body, limit)
    return Page(
        rows=tuple(_change(hit["_source"]) for hit in hits),
        after=change_mark(name, hits[-1]["sort"][0] + 1 if len(hits) == limit else last),
    )


def present_mark(cluster: Cluster) -> str:
    """Give the mark of the present."""
    return change_mark(*_present(cluster))


def tombstones(cluster: Cluster, findings: Iterable[str]) -> list[Write]:
    """Give the documents that tell of the removal of findings."""
    index = cluster.alias("findings")
    return [
        Write(
            action="index",
            index=index,
            id=document_id(f"removed:{finding}"),
            body=_encode({"id": finding}),
        )
        for finding in findings
    ]


def _change(source: dict[str, Any]) -> Change:
    finding = stored_finding(source) if "body" in source else None
    return Change(id=source["id"], finding=finding)


def _present(cluster: Cluster) -> tuple[str, int]:
    """Give a name for the index, and how many writes of it all copies have taken."""
    answer = cluster.connection.request(
        "GET",
        f"/{quote(cluster.alias('findings'))}/_stats/docs",
        params={"level": "shards", "filter_path": "indices.*.uuid,indices.*.shards"},
        instead={404: {}},
    )
    indices = answer.get("indices", {})
    if not indices:
        return "", 0
    shown = [
        (index["uuid"], copy["seq_no"]["global_checkpoint"] + 1)
        for index in indices.values()
        for copies in index.get("shards", {}).values()
        for copy in copies
        if copy["routing"]["primary"]
    ]
    if len(shown) != 1:
        raise UnavailableError(
            f"the index of findings at {cluster.connection.shown} is starting or being built anew"
        )
    return shown[0]
