"""Answer what people ask about authors: histories, summaries, rankings."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from heapq import nsmallest
from typing import Any, TypeAlias

from bunco.model import AuthorSummary, HistoryEntry, Page, from_ms
from bunco.storage.keeping import POINTS
from bunco.storage.marks import mark, place
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import (
    FINDING_FIELDS,
    POST_FIELDS,
    moment,
    stored_finding,
    stored_post,
)
from bunco.stores_elastic.mappings import Group
from bunco.stores_elastic.naming import NAMELESS, documented
from bunco.stores_elastic.reading import AT_ONCE, QUIET, Clauses, Hit, containing, period, rows

Period: TypeAlias = tuple[datetime | None, datetime | None]

_FINDING, _POST = 0, 1
"""At the same moment findings come before posts."""
_MOST_RANKED = 10_000
_DETECTORS = 1000


def history(
    cluster: Cluster, author: str, within: Period, limit: int, after: str
) -> Page[HistoryEntry]:
    """Give an author's posts and findings, newest first; at the same moment by id."""
    start = place(after, tuple[int, int, str])
    found = [
        (-hit["sort"][0], rank, hit["sort"][1], hit)
        for rank in (_FINDING, _POST)
        for hit in _part(cluster, rank, author, within, (start, limit + 1))
    ]
    found.sort(key=lambda row: row[:3])
    shown = found[:limit]
    last = mark(-shown[-1][0], *shown[-1][1:3]) if len(found) > limit else ""
    return Page(rows=tuple(_entry(rank, hit) for _, rank, _, hit in shown), after=last)


def _part(
    cluster: Cluster,
    rank: int,
    author: str,
    within: Period,
    paged: tuple[tuple[int, int, str] | None, int],
) -> list[Hit]:
    """Give the findings, or the posts, that come after a place."""
    group: Group
    group, owner, at, fields = (
        ("findings", "subject", "last_at", FINDING_FIELDS)
        if rank == _FINDING
        else ("posts", "author", "at", POST_FIELDS)
    )
    start, most = paged
    clauses: Clauses = [{"term": {owner: author}}, *period(at, *within)]
    last: tuple[int, str] | None = None
    if start is not None:
        at_ms, shown_rank, name = start
        if shown_rank == rank:
            last = at_ms, name
        else:
            clauses.append({"range": {at: {"lt" if rank < shown_rank else "lte": at_ms}}})
    body = {
        "query": {"bool": {"filter": clauses}},
        "sort": [{at: "desc"}, {"id": "asc"}],
        "_source": fields,
    }
    return rows(cluster, group, body, most, last)


def _entry(rank: int, hit: Hit) -> HistoryEntry:
    at = from_ms(hit["sort"][0])
    if rank == _FINDING:
        return HistoryEntry(at=at, finding=stored_finding(hit["_source"]))
    return HistoryEntry(at=at, post=stored_post(hit["_source"]))


def summary(cluster: Cluster, author: str) -> AuthorSummary | None:
    """Give one author's summary over all time; None where there is nothing of theirs."""
    made = summaries(cluster, [author], (None, None))[0]
    if made.posts or made.findings or _counts_of(cluster, "findings", "subject", [author], {}):
        return made
    return None


def ranking(cluster: Cluster, within: Period, limit: int) -> Sequence[AuthorSummary]:
    """Give the authors with the most points in a period, worst first, then by id."""
    if limit < 1:
        return []
    by_points = {
        "field": "subject",
        "size": min(limit, _MOST_RANKED),
        "order": [{"points": "desc"}, {"_key": "asc"}],
    }
    answer = cluster.search(
        ["findings"],
        {
            "size": 0,
            "query": {"bool": {"filter": period("last_at", *within), "must_not": [QUIET]}},
            "aggs": {
                "authors": {"terms": by_points, "aggs": {"points": {"sum": {"field": "points"}}}}
            },
        },
    )
    return summaries(cluster, [bucket["key"] for bucket in _buckets(answer)], within)


def find(cluster: Cluster, part: str, limit: int) -> Sequence[AuthorSummary]:
    """Give authors whose id or name contains the part, most posts first, then by id."""
    if "\n" in part or limit < 1:
        return []
    body = {
        "query": containing("findable", part) if part else {"match_all": {}},
        "sort": [{"author": "asc"}],
        "_source": False,
    }
    best: list[tuple[int, str]] = []
    last: Sequence[object] | None = None
    while hits := rows(cluster, "authors", body, AT_ONCE, last):
        last = hits[-1]["sort"]
        names = [hit["sort"][0] for hit in hits]
        posts = _posts(cluster, names)
        findings = _counts_of(cluster, "findings", "subject", names, {})
        there = posts.keys() | findings.keys()
        best += [(-posts.get(name, {}).get("doc_count", 0), name) for name in there]
        best = nsmallest(limit, best)
    return summaries(cluster, [name for _, name in best], (None, None))


def summaries(cluster: Cluster, authors: Sequence[str], within: Period) -> list[AuthorSummary]:
    """Give the summaries of authors, in their order: posts of all time, findings of a period."""
    made: list[AuthorSummary] = []
    for start in range(0, len(authors), AT_ONCE):
        some = authors[start : start + AT_ONCE]
        names = documented(cluster, some)
        posts = _posts(cluster, some)
        found = _findings(cluster, some, within)
        made += [
            _summary(author, names.get(author, NAMELESS)[1], posts.get(author), found.get(author))
            for author in some
        ]
    return made


def _summary(
    author: str, name: str, posts: Mapping[str, Any] | None, found: Mapping[str, Any] | None
) -> AuthorSummary:
    posts, found = posts or {}, found or {}
    by_detector = found.get("detectors", {}).get("buckets", ())
    worst = found.get("worst", {}).get("hits", {}).get("hits", ())
    return AuthorSummary(
        author=author,
        name=name,
        posts=posts.get("doc_count", 0),
        findings=found.get("doc_count", 0),
        points=found.get("points", {}).get("value", 0.0) / POINTS,
        detectors=dict(sorted((bucket["key"], bucket["doc_count"]) for bucket in by_detector)),
        first_at=moment(posts.get("first", {}).get("value")),
        last_at=moment(posts.get("last", {}).get("value")),
        worst=stored_finding(worst[0]["_source"]).reason if worst else "",
    )


def _posts(cluster: Cluster, authors: Collection[str]) -> dict[str, dict[str, Any]]:
    times = {"first": {"min": {"field": "at"}}, "last": {"max": {"field": "at"}}}
    return _counts_of(cluster, "posts", "author", authors, times)


def _findings(
    cluster: Cluster, authors: Collection[str], within: Period
) -> dict[str, dict[str, Any]]:
    worst = {
        "size": 1,
        "sort": [{"points": "desc"}, {"last_at": "desc"}, {"id": "asc"}],
        "_source": ["body"],
    }
    inner = {
        "points": {"sum": {"field": "points"}},
        "detectors": {"terms": {"field": "detector", "size": _DETECTORS}},
        "worst": {"top_hits": worst},
    }
    clauses = [*period("last_at", *within), {"bool": {"must_not": [QUIET]}}]
    return _counts_of(cluster, "findings", "subject", authors, inner, clauses)


def _counts_of(  # noqa: PLR0913, PLR0917  # one request, told in full
    cluster: Cluster,
    group: Group,
    field: str,
    authors: Collection[str],
    inner: Mapping[str, Any],
    clauses: Sequence[Mapping[str, Any]] = (),
) -> dict[str, dict[str, Any]]:
    """Give what is counted of each author; exact, as all of them are asked for."""
    if not authors:
        return {}
    names = list(authors)
    terms: dict[str, Any] = {"terms": {"field": field, "size": len(names)}}
    if inner:
        terms["aggs"] = inner
    answer = cluster.search(
        [group],
        {
            "size": 0,
            "track_total_hits": False,
            "query": {"bool": {"filter": [{"terms": {field: names}}, *clauses]}},
            "aggs": {"authors": terms},
        },
    )
    return {bucket["key"]: bucket for bucket in _buckets(answer)}


def _buckets(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    buckets: list[dict[str, Any]] = (
        answer.get("aggregations", {}).get("authors", {}).get("buckets", [])
    )
    return buckets
