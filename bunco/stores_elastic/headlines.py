"""Know headlines again: which were repeated, by whom, and which are nearly the same."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from heapq import nlargest
from typing import Any, TypeAlias

from bunco.model import Page, RepeatedHeadline, StoredPost, from_ms
from bunco.storage.headlines import mark_of_headline, pairs
from bunco.storage.marks import mark, place
from bunco.storage.words import tokens
from bunco.stores_elastic.analysis import LONGEST
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import POST_FIELDS, stored_post
from bunco.stores_elastic.reading import AT_ONCE, Clauses, period, rows
from bunco.text.wording import opening

Period: TypeAlias = tuple[datetime | None, datetime | None]

_SPELLINGS = 2000
"""Headlines as published that are looked at, the most frequent. Source: ours."""
_AUTHORS = 1000
"""Authors of one headline that are named. Source: ours."""


def repeated(cluster: Cluster, within: Period, limit: int) -> list[RepeatedHeadline]:
    """Give the headlines published most often in a period, most first, then by headline."""
    clauses = [*period("at", *within), {"exists": {"field": "headline.raw"}}]
    found: dict[int, list[str]] = {}
    often: Counter[int] = Counter()
    for bucket in _buckets(cluster, clauses):
        wording = mark_of_headline(bucket["key"])
        if wording is not None:
            found.setdefault(wording, []).append(bucket["key"])
            often[wording] += bucket["doc_count"]
    made = []
    for wording, posts in nlargest(2 * limit, often.items(), key=lambda one: (one[1], one[0])):
        if posts > 1 and (one := _told(cluster, clauses, found[wording])):
            made.append(one)
    return sorted(made, key=lambda one: (-one.posts, one.headline))[:limit]


def copies(cluster: Cluster, headline: str, limit: int, after: str) -> Page[StoredPost]:
    """Give posts whose headline has the same wording, the earliest first, then by id."""
    wording = mark_of_headline(headline)
    last: Sequence[object] | None = place(after, tuple[int, str])
    if wording is None or limit < 1:
        return Page(rows=())
    words = dict.fromkeys(tokens(opening(headline)))
    body = {
        "query": {"bool": {"filter": [_term(word) for word in words]}},
        "sort": [{"at": "asc"}, {"id": "asc"}],
        "_source": POST_FIELDS,
    }
    found: list[tuple[list[Any], StoredPost]] = []
    while len(found) <= limit:
        hits = rows(cluster, "posts", body, AT_ONCE, last)
        for hit in hits:
            stored = stored_post(hit["_source"])
            if mark_of_headline(stored.headline) == wording:
                found.append((hit["sort"], stored))
        if len(hits) < AT_ONCE:
            break
        last = hits[-1]["sort"]
    end = mark(*found[limit - 1][0]) if len(found) > limit else ""
    return Page(rows=tuple(stored for _, stored in found[:limit]), after=end)


def near(cluster: Cluster, headline: str, limit: int) -> list[StoredPost]:
    """Give posts of another wording that share a pair of long words with a headline."""
    wanted = pairs(headline)
    if not wanted or limit < 1:
        return []
    either = [{"bool": {"filter": [_anywhere(word) for word in pair]}} for pair in wanted]
    body = {
        "query": {"bool": {"should": either, "minimum_should_match": 1}},
        "sort": [{"at": "desc"}, {"id": "asc"}],
        "_source": POST_FIELDS,
    }
    wording = mark_of_headline(headline)
    last: Sequence[object] | None = None
    found: list[StoredPost] = []
    while len(found) < limit:
        hits = rows(cluster, "posts", body, AT_ONCE, last)
        stored = [stored_post(hit["_source"]) for hit in hits]
        found += [one for one in stored if mark_of_headline(one.headline) != wording]
        if len(hits) < AT_ONCE:
            break
        last = hits[-1]["sort"]
    return found[:limit]


def _buckets(cluster: Cluster, clauses: Clauses) -> list[dict[str, Any]]:
    """Give the most frequent headlines as published."""
    body = {
        "size": 0,
        "track_total_hits": False,
        "query": {"bool": {"filter": clauses}},
        "aggs": {"headlines": {"terms": {"field": "headline.raw", "size": _SPELLINGS}}},
    }
    told = cluster.search(["posts"], body).get("aggregations", {}).get("headlines", {})
    buckets: list[dict[str, Any]] = told.get("buckets", [])
    return buckets


def _told(cluster: Cluster, clauses: Clauses, spelled: list[str]) -> RepeatedHeadline | None:
    """Count headlines as published that are of one wording; None: not twice in a day."""
    days = {"field": "at", "fixed_interval": "1d", "min_doc_count": 2}
    latest = {"size": 1, "sort": [{"at": "desc"}, {"id": "desc"}], "_source": ["id", "headline"]}
    order = [{"_count": "desc"}, {"_key": "asc"}]
    body = {
        "size": 0,
        "track_total_hits": True,
        "query": {"bool": {"filter": [*clauses, {"terms": {"headline.raw": spelled}}]}},
        "aggs": {
            "days": {"date_histogram": days},
            "authors": {"terms": {"field": "author", "size": _AUTHORS, "order": order}},
            "first": {"min": {"field": "at"}},
            "latest": {"top_hits": latest},
        },
    }
    answer = cluster.search(["posts"], body)
    told = answer["aggregations"]
    if not told["days"]["buckets"]:
        return None
    (hit,) = told["latest"]["hits"]["hits"]
    return RepeatedHeadline(
        headline=hit["_source"]["headline"],
        post=hit["_source"]["id"],
        posts=answer["hits"]["total"]["value"],
        authors={one["key"]: one["doc_count"] for one in told["authors"]["buckets"]},
        first_at=from_ms(int(told["first"]["value"])),
        last_at=from_ms(hit["sort"][0]),
    )


def _term(word: str) -> dict[str, Any]:
    return {"term": {"headline": word[:LONGEST]}}


def _anywhere(word: str) -> dict[str, Any]:
    fields = [{"term": {field: word[:LONGEST]}} for field in ("title", "text")]
    return {"bool": {"should": fields}}
