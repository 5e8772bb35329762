"""Carry out removals: the text, and what was derived from it, everywhere in the store.

What stays: counts over time, the numbers in other findings, and a keyed hash of the id, so
that what was removed does not come back. Each step can be repeated: marks first, posts last.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from bunco.model import Batch, Removal, to_ms, without_post
from bunco.storage.removing import naming, quoted
from bunco.stores_elastic import verdicts
from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.changes import tombstones
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import (
    FINDING_FIELDS,
    document_id,
    finding_document,
    stored_finding,
    stored_letter,
)
from bunco.stores_elastic.gone import (
    GonePost,
    Marks,
    gone_authors,
    nameless_post,
    new_epoch,
    removed_author,
    removed_findings,
    removed_posts,
)
from bunco.stores_elastic.mappings import Group
from bunco.stores_elastic.naming import NAMELESS, author_document, documented, in_posts

_CHUNK = 2000
"""Posts removed at a time: keeps memory flat. Source: ours."""
_FINDINGS = 500

_CHANGED: tuple[Group, ...] = (
    *("posts", "findings", "verdicts", "authors"),
    *("dead", "gone", "meta"),
)
_HOLDING_TEXT: tuple[Group, ...] = (
    *("posts", "findings", "verdicts", "authors"),
    *("states", "dead"),
)

Hit = dict[str, Any]
Query = Mapping[str, Any]


class Remover:
    """What removes posts and authors."""

    def __init__(self, cluster: Cluster, marks: Marks) -> None:
        self._cluster = cluster
        self._marks = marks
        self._due = False

    def remove(self, batch: Batch) -> None:
        """Carry out the removals of a batch, after all else of it is written."""
        self._cluster.make_all_visible(("posts", "findings", "verdicts", "dead"))
        ids = {removal.id for removal in batch.removals if removal.removed == "post"}
        authors = {removal.author for removal in batch.removals if removal.removed == "author"}
        self._remove_posts(ids)
        for removal in batch.removals:
            if removal.removed == "author":
                self._remove_author(removal, batch.author_states.keys())
        self._drop_letters(ids, authors)
        self._cluster.write_all([new_epoch(self._cluster)])
        self._cluster.make_visible(_CHANGED)
        self._due = True
        if authors:
            self.expunge()

    def expunge(self) -> None:
        """Have segments written anew that still hold removed text; goes on by itself."""
        if not self._due:
            return
        names = ",".join(map(self._cluster.alias, _HOLDING_TEXT))
        self._cluster.connection.request(
            "POST",
            f"/{names}/_forcemerge",
            params={
                "only_expunge_deletes": "true",
                "wait_for_completion": "false",
                "ignore_unavailable": "true",
            },
        )
        self._due = False

    # -- posts

    def _remove_posts(self, ids: Collection[str]) -> None:
        wanted = sorted(ids)
        for start in range(0, len(wanted), _CHUNK):
            some = wanted[start : start + _CHUNK]
            query = {"ids": {"values": [document_id(name) for name in some]}}
            hits = self._hits("posts", query, ["id", "author", "at", "source"])
            self._erase(some, hits, query)

    def _erase(self, ids: Collection[str], hits: Sequence[Hit], leaving: Query) -> None:
        """Erase posts that were found, and mark all of them as gone.

        Args:
            ids: of all that are to go, stored or not.
            hits: those that are stored.
            leaving: a query for all that will go in the end.
        """
        there = {
            source["id"]: GonePost(
                source["id"], source["author"], source["at"], source.get("source", "")
            )
            for source in (hit["_source"] for hit in hits)
        }
        self._rename(there.values(), leaving)
        self._cluster.write_all(removed_posts(self._cluster, self._marks, ids, there))
        self._unquote(ids)
        verdicts.forget_words(self._cluster, ids)
        self._cluster.write_all(list(map(_deletion, hits)))
        self._drop_empty({post.author for post in there.values()})

    def _rename(self, posts: Collection[GonePost], leaving: Query) -> None:
        """Give authors the name of their latest post again, where that one goes."""
        latest: dict[str, int] = {}
        for post in posts:
            latest[post.author] = max(post.at_ms, latest.get(post.author, post.at_ms))
        names = documented(self._cluster, latest)
        asked = [
            author for author, at_ms in latest.items() if at_ms >= names.get(author, NAMELESS)[0]
        ]
        before = in_posts(self._cluster, asked)
        exact = {
            author: max(names.get(author, NAMELESS), before.get(author, NAMELESS))
            for author in asked
        }
        unnamed = [author for author in asked if latest[author] >= exact[author][0]]
        after = in_posts(self._cluster, unnamed, without=leaving)
        changed = exact | {author: after.get(author, NAMELESS) for author in unnamed}
        self._cluster.write_all(
            [author_document(self._cluster, author, said) for author, said in changed.items()]
        )

    def _unquote(self, ids: Collection[str]) -> None:
        """Take removed posts out of all findings that name them."""
        gone = set(ids)
        query = {"terms": {"evidence": sorted(gone)}}
        while hits := self._hits("findings", query, FINDING_FIELDS, most=_FINDINGS):
            writes = []
            for hit in hits:
                finding = stored_finding(hit["_source"])
                for post in sorted(quoted(finding) & gone):
                    finding = without_post(finding, post)
                writes.append(
                    Write(
                        action="index",
                        index=self._cluster.alias("findings"),
                        id=hit["_id"],
                        body=finding_document(finding),
                    )
                )
            self._cluster.write_all(writes)

    def _drop_empty(self, authors: Collection[str]) -> None:
        """Erase the names of authors of whom nothing is left."""
        left = {author for author in authors if author not in self._having("posts", authors)}
        left -= self._having("findings", left)
        states = self._cluster.fetch("states", map(document_id, left))
        index = self._cluster.alias("authors")
        empty = sorted(author for author in left if document_id(author) not in states)
        self._cluster.write_all(
            [Write(action="delete", index=index, id=document_id(author)) for author in empty]
        )
        query = {"terms": {"author": empty}}
        while empty and (hits := self._hits("gone", query, ["author"])):
            self._cluster.write_all([nameless_post(self._cluster, hit["_id"]) for hit in hits])

    def _having(self, group: Group, authors: Collection[str]) -> set[str]:
        """Give those of the authors who have a post or a finding."""
        if not authors:
            return set()
        field = "author" if group == "posts" else "subject"
        answer = self._cluster.search(
            [group],
            {
                "size": 0,
                "query": {"terms": {field: sorted(authors)}},
                "aggs": {"authors": {"terms": {"field": field, "size": len(authors)}}},
            },
        )
        buckets = answer.get("aggregations", {}).get("authors", {}).get("buckets", ())
        return {bucket["key"] for bucket in buckets}

    # -- authors

    def _remove_author(self, removal: Removal, states: Collection[str]) -> None:
        author = removal.author
        until = None if removal.at is None else to_ms(removal.at)
        older = gone_authors(self._cluster, self._marks, [author]).get(author, until)
        until = None if until is None or older is None else max(until, older)
        (mark,) = self._marks.of("author", [author]).values()
        self._cluster.write_all([removed_author(self._cluster, mark, until)])
        query = _of("author", author, "at", until)
        while hits := self._hits("posts", query, ["id", "author", "at", "source"]):
            self._erase([hit["_source"]["id"] for hit in hits], hits, query)
        verdicts.drop(self._cluster, _of("author", author, "began_at", until))
        self._drop_findings(author, until)
        if until is None or author not in states or not self._having("posts", [author]):
            index = self._cluster.alias("states")
            self._cluster.write_all([Write(action="delete", index=index, id=document_id(author))])
        self._drop_empty([author])

    def _drop_findings(self, author: str, until: int | None) -> None:
        query = _of("subject", author, "first_at", until)
        while hits := self._hits("findings", query, ["body"], most=_FINDINGS):
            findings = [stored_finding(hit["_source"]) for hit in hits]
            self._cluster.write_all(removed_findings(self._cluster, self._marks, findings))
            told = tombstones(self._cluster, [finding.id for finding in findings])
            self._cluster.write_all([*told, *map(_deletion, hits)])

    # -- dead letters

    def _drop_letters(self, ids: Collection[str], authors: Collection[str]) -> None:
        """Drop dead letters of removed authors, and those that name what was removed."""
        is_theirs = naming(ids, authors)
        for hits in self._letters():
            theirs = [hit for hit in hits if is_theirs(stored_letter(hit["_source"]))]
            self._cluster.write_all(list(map(_deletion, theirs)))

    def _letters(self) -> Iterator[list[Hit]]:
        last: list[Any] = []
        while True:
            body: dict[str, Any] = {"size": 200, "sort": [{"number": "asc"}, {"id": "asc"}]}
            if last:
                body["search_after"] = last
            hits = self._cluster.search(["dead"], body)["hits"]["hits"]
            if not hits:
                return
            yield hits
            last = hits[-1]["sort"]

    def _hits(
        self, group: Group, query: Query, fields: list[str], *, most: int = _CHUNK
    ) -> list[Hit]:
        body = {"size": most, "query": query, "_source": fields, "track_total_hits": False}
        hits: list[Hit] = self._cluster.search([group], body)["hits"]["hits"]
        return hits


def _of(field: str, author: str, at: str, until: int | None) -> dict[str, Any]:
    """Give the query for what is an author's up to a time."""
    clauses: list[dict[str, Any]] = [{"term": {field: author}}]
    if until is not None:
        clauses.append({"range": {at: {"lte": until}}})
    return {"bool": {"filter": clauses}}


def _deletion(hit: Hit) -> Write:
    return Write(action="delete", index=hit["_index"], id=hit["_id"], aliased=False)
