"""Answer what people ask of findings, posts, counts over time, logs and dead letters."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from bunco.model import (
    DeadLetter,
    Finding,
    Page,
    Poll,
    SourceState,
    StoredPost,
    StoreStats,
    to_ms,
)
from bunco.ports.queries import FindingQuery
from bunco.storage.keeping import EVER, POLLS_KEPT, points
from bunco.storage.marks import mark, place
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import (
    FINDING_FIELDS,
    POST_FIELDS,
    document_id,
    moment,
    stored_finding,
    stored_letter,
    stored_poll,
    stored_post,
    stored_source,
)
from bunco.stores_elastic.gone import Marks, gone_posts
from bunco.stores_elastic.mappings import KEYWORD_MOST, Group

AT_ONCE = 1000
"""Rows of one request; more are asked for in several."""
_EXACT_AUTHORS = 40_000
"""Up to how many authors are counted exactly. Source: the most that Elasticsearch allows as
``precision_threshold``; beyond, the count may be some percent off."""

Clauses = list[Mapping[str, Any]]
Hit = dict[str, Any]

IS_FINDING: Mapping[str, Any] = {"exists": {"field": "subject"}}
"""Leaves out what tells of removed findings: documents with nothing but their id."""

QUIET: Mapping[str, Any] = {"term": {"quiet": True}}
"""Findings that verdicts keep quiet; those of before there were verdicts lack the field."""


def period(field: str, since: datetime | None, until: datetime | None) -> Clauses:
    """Give the clause for a period; none for all time."""
    bounds = {}
    if since is not None:
        bounds["gte"] = to_ms(since)
    if until is not None:
        bounds["lt"] = to_ms(until)
    return [{"range": {field: bounds}}] if bounds else []


def rows(
    cluster: Cluster,
    group: Group,
    asked: Mapping[str, Any],
    most: int,
    last: Sequence[object] | None = None,
) -> list[Hit]:
    """Give up to so many hits of a sorted search, in requests of a bounded size.

    Args:
        cluster: where.
        group: what.
        asked: the request, with its ``sort``.
        most: how many.
        last: the sort keys after which to begin.
    """
    found: list[Hit] = []
    while len(found) < most:
        size = min(most - len(found), AT_ONCE)
        body = dict(asked) | {"size": size, "track_total_hits": False}
        if last is not None:
            body["search_after"] = list(last)
        hits = cluster.search([group], body)["hits"]["hits"]
        found.extend(hits)
        if len(hits) < size:
            break
        last = hits[-1]["sort"]
    return found


def findings(cluster: Cluster, asked: FindingQuery, limit: int, after: str) -> Page[Finding]:
    """Give findings, latest first, then by id."""
    start = place(after, tuple[int, str])
    body = {
        "query": _asked(asked),
        "sort": [{"last_at": "desc"}, {"id": "asc"}],
        "_source": FINDING_FIELDS,
    }
    hits = rows(cluster, "findings", body, limit + 1, start)
    shown = tuple(stored_finding(hit["_source"]) for hit in hits[:limit])
    return Page(rows=shown, after=_mark(hits, limit))


def count_findings(cluster: Cluster, asked: FindingQuery) -> int:
    """Give how many findings there are of those asked for."""
    return _total(cluster, "findings", _asked(asked))


def _asked(asked: FindingQuery) -> dict[str, Any]:
    clauses: Clauses = [IS_FINDING]
    clauses += [
        {"term": {field: value}}
        for field, value in (
            ("detector", asked.detector),
            ("subject", asked.author),
            ("sources", asked.source),
            ("places", asked.place),
        )
        if value
    ]
    clauses += period("last_at", asked.since, None) + period("first_at", None, asked.until)
    if asked.least_score > 0:
        clauses.append({"range": {"points": {"gte": points(asked.least_score)}}})
    if asked.detectors:
        clauses.append({"terms": {"detector": list(asked.detectors)}})
    if asked.severities:
        clauses.append({"terms": {"severity": list(asked.severities)}})
    if asked.words:
        clauses.append(containing("sentence", asked.words))
    if asked.verdict and asked.verdict != "none":
        clauses.append({"term": {"judged": asked.verdict}})
    without: Clauses = [] if asked.with_quiet else [QUIET]
    if asked.verdict == "none":
        without.append({"terms": {"judged": ["spam", "fine", "mute"]}})
    return {"bool": {"filter": clauses, "must_not": without}}


def containing(field: str, part: str) -> dict[str, Any]:
    """Give the clause for a part of a keyword, whatever is in it, any case."""
    folded = part.casefold()
    if len(folded) > KEYWORD_MOST:
        return {"match_none": {}}
    plain = "".join(f"\\{sign}" if sign in "\\*?" else sign for sign in folded)
    return {"wildcard": {field: {"value": f"*{plain}*"}}}


def finding(cluster: Cluster, finding_id: str) -> Finding | None:
    """Give one finding by its id."""
    found = cluster.fetch("findings", [document_id(finding_id)])
    return next(map(stored_finding, found.values()), None)


def finding_ids(cluster: Cluster, beginning: str, limit: int) -> list[str]:
    """Give the ids of findings that begin so, in their order."""
    body = {
        "query": {"bool": {"filter": [{"prefix": {"id": beginning}}, IS_FINDING]}},
        "sort": [{"id": "asc"}],
        "_source": ["id"],
    }
    return [hit["_source"]["id"] for hit in rows(cluster, "findings", body, limit)]


def post(cluster: Cluster, post_id: str) -> StoredPost | None:
    """Give one post by its id."""
    body = {"size": 1, "query": _ids([post_id]), "_source": POST_FIELDS}
    hits = cluster.search(["posts"], body)["hits"]["hits"]
    return stored_post(hits[0]["_source"]) if hits else None


def known(cluster: Cluster, marks: Marks, ids: Collection[str]) -> dict[str, str]:
    """Give those of the ids that were taken, with their authors; erased ones with none."""
    wanted = list(dict.fromkeys(name for name in ids if _encodable(name)))
    found = gone_posts(cluster, marks, wanted)
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        body = {"size": len(some), "query": _ids(some), "_source": ["id", "author"]}
        for hit in cluster.search(["posts"], body)["hits"]["hits"]:
            found[hit["_source"]["id"]] = hit["_source"]["author"]
    return found


def polls(cluster: Cluster, source: str, limit: int) -> list[Poll]:
    """Give the latest lines of a source's log, newest first."""
    body = {
        "query": {"term": {"source": source}},
        "sort": [{"at": "desc"}, {"line": "desc"}],
        "_source": ["body"],
    }
    hits = rows(cluster, "polls", body, min(limit, POLLS_KEPT))
    return [stored_poll(hit["_source"]) for hit in hits]


def dead(cluster: Cluster, source: str, limit: int, after: str) -> Page[DeadLetter]:
    """Give dead letters, the one set aside last first."""
    start = place(after, tuple[int, str])
    query = {"term": {"source": source}} if source else {"match_all": {}}
    body = {"query": query, "sort": [{"number": "desc"}, {"id": "asc"}]}
    hits = rows(cluster, "dead", body, limit + 1, start)
    shown = tuple(stored_letter(hit["_source"]) for hit in hits[:limit])
    return Page(rows=shown, after=_mark(hits, limit))


def source_states(cluster: Cluster) -> dict[str, SourceState]:
    """Give what is known of every source, by name."""
    body = {"query": {"match_all": {}}, "sort": [{"source": "asc"}], "_source": ["body"]}
    hits = rows(cluster, "sources", body, EVER[1])
    states = [stored_source(hit["_source"]) for hit in hits]
    return {state.source: state for state in states}


def stats(cluster: Cluster) -> StoreStats:
    """Give how much is in the store."""
    body = {
        "size": 0,
        "track_total_hits": True,
        "aggs": {
            "first": {"min": {"field": "at"}},
            "last": {"max": {"field": "at"}},
            "authors": {"cardinality": {"field": "author", "precision_threshold": _EXACT_AUTHORS}},
        },
    }
    answer = cluster.search(["posts"], body)
    told = answer.get("aggregations", {})
    return StoreStats(
        posts=answer["hits"]["total"]["value"],
        authors=told.get("authors", {}).get("value", 0),
        findings=_total(cluster, "findings", IS_FINDING),
        dead=_total(cluster, "dead", {"match_all": {}}),
        first_at=moment(told.get("first", {}).get("value")),
        last_at=moment(told.get("last", {}).get("value")),
    )


def _total(cluster: Cluster, group: Group, query: Mapping[str, Any]) -> int:
    answer = cluster.search([group], {"size": 0, "track_total_hits": True, "query": query})
    total: int = answer["hits"]["total"]["value"]
    return total


def _ids(names: Sequence[str]) -> dict[str, Any]:
    return {"ids": {"values": [document_id(name) for name in names]}}


def _mark(hits: Sequence[Hit], limit: int) -> str:
    return mark(*hits[limit - 1]["sort"]) if len(hits) > limit else ""


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
