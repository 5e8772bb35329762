"""Names of authors: the latest by event time that is not empty.

A document is written only when the name is new: its ``named_at`` is the earliest time at
which the name is known to have been used. Where that is not enough to decide, the stored
posts are asked, once for each author and process.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from bunco.model import Enriched
from bunco.storage.keeping import findable
from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import document_id
from bunco.stores_elastic.mappings import KEYWORD_MOST

Naming: TypeAlias = tuple[int, str]
"""When an author used a name (ms), and the name; the greatest counts."""

NAMELESS: Naming = (-(1 << 62), "")
_MOST_CACHED = 100_000
"""Authors kept in memory, some 30 MB. Source: ours."""
_AT_ONCE = 1000

_encode = msgspec.json.Encoder().encode


class _Known(Struct):
    naming: Naming
    exact: bool
    """Whether ``naming`` counts every post that is stored."""


class Names:
    """The names as far as this process knows them."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._known: dict[str, _Known] = {}
        self._epoch = -1

    def writes(self, posts: Iterable[Enriched], others: Iterable[str], epoch: int) -> list[Write]:
        """Give the documents of authors who are new or have a new name.

        Args:
            posts: those that will be stored.
            others: authors of findings, who may have no post.
            epoch: when this changes, what was cached may be gone.
        """
        if epoch != self._epoch or len(self._known) > _MOST_CACHED:
            self.forget()
            self._epoch = epoch
        latest = dict.fromkeys(others, NAMELESS)
        for enriched in posts:
            post = enriched.post
            said = (enriched.at_ms, post.author_name) if post.author_name else NAMELESS
            if said > latest.get(post.author, NAMELESS) or post.author not in latest:
                latest[post.author] = said
        new = self._learn(latest)
        self._settle(latest)
        changed = {author: latest[author] for author in new}
        for author, said in latest.items():
            known = self._known[author]
            if said > known.naming:
                if said[1] != known.naming[1]:
                    changed[author] = said
                known.naming = said
        return [author_document(self._cluster, *change) for change in changed.items()]

    def forget(self) -> None:
        """Forget what is cached: something was erased, or a commit failed."""
        self._known.clear()

    def _learn(self, latest: Mapping[str, Naming]) -> list[str]:
        """Read what is not cached; give the authors who have no document."""
        missing = [author for author in latest if author not in self._known]
        found = documented(self._cluster, missing)
        self._known.update(
            {author: _Known(naming, exact=False) for author, naming in found.items()}
        )
        new = [author for author in missing if author not in found]
        self._known.update({author: _Known(NAMELESS, exact=True) for author in new})
        return new

    def _settle(self, latest: Mapping[str, Naming]) -> None:
        """Ask the posts of authors whose newer name may be older than posts we have."""
        unsure = [
            author
            for author, said in latest.items()
            if not (known := self._known[author]).exact
            and said > known.naming
            and said[1] != known.naming[1]
        ]
        said_before = in_posts(self._cluster, unsure)
        for author in unsure:
            known = self._known[author]
            known.naming = max(known.naming, said_before.get(author, NAMELESS))
            known.exact = True


def documented(cluster: Cluster, authors: Collection[str]) -> dict[str, Naming]:
    """Give the names in the documents of those authors who have one."""
    by_id = {document_id(author): author for author in authors}
    return {
        by_id[name]: (found["named_at"], found["name"]) if found.get("name") else NAMELESS
        for name, found in cluster.fetch("authors", by_id).items()
    }


def in_posts(
    cluster: Cluster, authors: Collection[str], *, without: Mapping[str, Any] | None = None
) -> dict[str, Naming]:
    """Give the latest name in the stored posts of authors.

    Args:
        cluster: where.
        authors: who; those without a name in a post are left out.
        without: a query for posts that do not count.
    """
    found: dict[str, Naming] = {}
    wanted = list(authors)
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        answer = cluster.search(["posts"], _latest_names(some, without))
        for bucket in answer.get("aggregations", {}).get("authors", {}).get("buckets", ()):
            ((source, at_ms),) = (
                (hit["_source"], hit["sort"][0]) for hit in bucket["latest"]["hits"]["hits"]
            )
            found[bucket["key"]] = (at_ms, source["author_name"])
    return found


def author_document(cluster: Cluster, author: str, naming: Naming) -> Write:
    """Give the write of an author's document."""
    at_ms, name = naming
    fields: dict[str, object] = {"author": author, "name": name}
    if name:
        fields["named_at"] = at_ms
    fields["findable"] = findable(author, name)[:KEYWORD_MOST]
    return Write(
        action="index",
        index=cluster.alias("authors"),
        id=document_id(author),
        body=_encode(fields),
    )


def _latest_names(authors: list[str], without: Mapping[str, Any] | None) -> dict[str, Any]:
    named = [{"exists": {"field": name}} for name in ("author_name", "author_name.raw")]
    query: dict[str, Any] = {
        "filter": [{"terms": {"author": authors}}, {"bool": {"should": named}}]
    }
    if without:
        query["must_not"] = [without]
    latest = {
        "size": 1,
        "sort": [{"at": "desc"}, {"author_name.raw": {"order": "desc", "missing": "_last"}}],
        "_source": ["author_name"],
    }
    return {
        "size": 0,
        "query": {"bool": query},
        "aggs": {
            "authors": {
                "terms": {"field": "author", "size": len(authors)},
                "aggs": {"latest": {"top_hits": latest}},
            }
        },
    }
