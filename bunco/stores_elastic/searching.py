"""Full text: posts that hold all the words, newest first by event time."""

from collections.abc import Sequence
from typing import Any

from bunco.model import Page, StoredPost
from bunco.storage.marks import mark, place
from bunco.storage.words import Term, matches, parse
from bunco.stores_elastic.analysis import LONGEST
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import POST_FIELDS, stored_post
from bunco.stores_elastic.reading import AT_ONCE, Hit, rows

_FIELDS = ("title", "text")


def search(cluster: Cluster, words: str, author: str, limit: int, after: str) -> Page[StoredPost]:
    """Give posts that hold all the words, newest first, then by id."""
    last: Sequence[object] | None = place(after, tuple[int, str])
    terms = parse(words)
    if not terms or limit < 1:
        return Page(rows=())
    clauses = [_either(term) for term in terms]
    if author:
        clauses.append({"term": {"author": author}})
    body = {
        "query": {"bool": {"filter": clauses}},
        "sort": [{"at": "desc"}, {"id": "asc"}],
        "_source": POST_FIELDS,
    }
    loose = [term for term in terms if term.prefix and len(term.tokens) > 1]
    found: list[tuple[Hit, StoredPost]] = []
    while len(found) <= limit:
        most = min(AT_ONCE, 2 * limit) if loose else limit + 1
        hits = rows(cluster, "posts", body, most, last)
        for hit in hits:
            stored = stored_post(hit["_source"])
            if not loose or matches(loose, (stored.post.title, stored.post.text)):
                found.append((hit, stored))
        if len(hits) < most:
            break
        last = hits[-1]["sort"]
    shown = tuple(stored for _, stored in found[:limit])
    end = mark(*found[limit - 1][0]["sort"]) if len(found) > limit else ""
    return Page(rows=shown, after=end)


def _either(term: Term) -> dict[str, Any]:
    """Give the clause for a term in the title or in the text."""
    return {"bool": {"should": [_clause(field, term) for field in _FIELDS]}}


def _clause(field: str, term: Term) -> dict[str, Any]:
    """Give the clause for a term in a field.

    Of a phrase that ends in the beginning of a word, all its words are asked for and the
    beginning beside them: more than what matches, which the caller sorts out. The queries of
    Elasticsearch for such phrases stop after some number of words with that beginning.
    """
    tokens = [token.lower()[:LONGEST] for token in term.tokens]
    whole = tokens[:-1] if term.prefix else tokens
    clauses: list[dict[str, Any]] = []
    if len(whole) == 1:
        clauses.append({"term": {field: whole[0]}})
    elif whole:
        phrase = {"query": " ".join(whole), "analyzer": "whitespace"}
        clauses.append({"match_phrase": {field: phrase}})
    if term.prefix:
        clauses.append({"prefix": {field: tokens[-1]}})
    return clauses[0] if len(clauses) == 1 else {"bool": {"filter": clauses}}
