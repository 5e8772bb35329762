"""Decide what of a batch may go in: neither there already nor gone. One request for all."""

from collections.abc import Collection, Iterable, Mapping
from itertools import islice
from typing import Any

from msgspec import Struct

from bunco.storage.removing import is_gone
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import document_id
from bunco.stores_elastic.gone import EPOCH, Marks

_MOST_RECENT = 50_000
"""Ids remembered before searches are made to see them. Source: ours, some 6 MB."""
_AT_ONCE = 5000
"""Ids in one request. Source: half of what a search gives at most."""


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked about at once."""

    posts: Collection[str] = ()
    """Ids that may be stored or gone."""
    quoted: Collection[str] = ()
    """Ids of posts that may have been removed."""
    authors: Collection[str] = ()


class Admitted(Struct, frozen=True, kw_only=True):
    """What is known of them."""

    stored: frozenset[str]
    gone: frozenset[str]
    """Of the posts, those that may not come again."""
    erased: frozenset[str]
    """Of the quoted posts, those that were removed."""
    gone_authors: Mapping[str, int | None]
    epoch: int
    """Grows with every removal from anywhere."""

    def takes(self, post: str, author: str, at_ms: int) -> bool:
        """Tell whether a post is to be stored."""
        return not (
            post in self.stored or post in self.gone or is_gone(self.gone_authors, author, at_ms)
        )


class Gate:
    """What is there, and what was written since searches were last made to see it."""

    def __init__(self, cluster: Cluster, marks: Marks) -> None:
        self._cluster = cluster
        self._marks = marks
        self._recent: set[str] = set()

    def ask(self, asked: Asked) -> Admitted:
        """Look up what is there and what is gone."""
        if not self._cluster.is_unseen("posts"):
            self._recent.clear()
        by_document = {document_id(name): name for name in asked.posts}
        marks = self._marks
        posts = _turned(marks.of("post", asked.posts))
        quoted = _turned(marks.of("post", asked.quoted))
        authors = _turned(marks.of("author", asked.authors))
        stored = {by_document[name] for name in by_document.keys() & self._recent}
        held: dict[str, dict[str, Any]] = {}
        epoch = 0
        for hit in self._hits([EPOCH, *by_document, *posts, *quoted, *authors]):
            if hit["_id"] == EPOCH:
                epoch = hit["_version"]
            elif hit["_index"].startswith(self._cluster.alias("posts")):
                stored.add(by_document[hit["_id"]])
            else:
                held[hit["_id"]] = hit["_source"]
        return Admitted(
            stored=frozenset(stored),
            gone=frozenset(posts[mark] for mark in posts.keys() & held.keys()),
            erased=frozenset(
                quoted[mark] for mark in quoted.keys() & held.keys() if held[mark].get("erased")
            ),
            gone_authors={
                authors[mark]: held[mark].get("until") for mark in authors.keys() & held.keys()
            },
            epoch=epoch,
        )

    def note(self, posts: Iterable[str]) -> None:
        """Note posts that were written."""
        self._recent.update(map(document_id, posts))
        if len(self._recent) > _MOST_RECENT:
            self._cluster.make_visible(["posts"])
            self._recent.clear()

    def _hits(self, ids: Iterable[str]) -> Iterable[dict[str, Any]]:
        wanted = iter(dict.fromkeys(ids))
        while values := list(islice(wanted, _AT_ONCE)):
            self._cluster.make_visible(["gone"])
            answer = self._cluster.search(
                ["posts", "gone"],
                {
                    "size": 2 * _AT_ONCE,
                    "query": {"ids": {"values": values}},
                    "sort": "_doc",
                    "version": True,
                    "_source": ["erased", "until"],
                    "track_total_hits": False,
                },
                unseen=False,
            )
            yield from answer["hits"]["hits"]


def _turned(marks: Mapping[str, str]) -> dict[str, str]:
    return {mark: name for name, mark in marks.items()}
