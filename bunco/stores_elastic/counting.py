"""Count posts and findings over time, by the hour and by the minute."""

from datetime import datetime, timedelta
from typing import Any

from bunco.model import Count, from_ms
from bunco.ports.stores import Counted
from bunco.storage.keeping import HOUR_MS, MINUTE_MS, hours, times
from bunco.storage.keeping import minutes as whole_minutes
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.mappings import Group

_DETECTORS = 100
"""Kinds at most in one minute. Source: ours; there are three."""


def counts(
    cluster: Cluster,
    what: Counted,
    step: timedelta,
    within: tuple[datetime | None, datetime | None],
) -> list[Count]:
    """Count posts by source, or findings by detector, in buckets of whole hours."""
    wide = hours(step)
    first, last = times(*within)
    group: Group
    group, at, key = (
        ("posts", "at", "source") if what == "posts" else ("findings", "first_at", "detector")
    )
    bounds = {}
    if within[0] is not None:
        bounds["gte"] = first // HOUR_MS * HOUR_MS
    if within[1] is not None:
        bounds["lt"] = -(-last // HOUR_MS) * HOUR_MS
    buckets: dict[str, Any] = {
        "size": 10_000,
        "sources": [
            {"at": {"date_histogram": {"field": at, "fixed_interval": f"{wide}h"}}},
            {"key": {"terms": {"field": key}}},
        ],
    }
    found: list[Count] = []
    while True:
        body = {
            "size": 0,
            "track_total_hits": False,
            "query": {"range": {at: bounds}},
            "aggs": {"counts": {"composite": buckets}},
        }
        answer = cluster.search([group, "gone"], body).get("aggregations", {}).get("counts", {})
        found += [
            Count(
                at=from_ms(bucket["key"]["at"]),
                key=bucket["key"]["key"],
                count=bucket["doc_count"],
            )
            for bucket in answer.get("buckets", ())
        ]
        if "after_key" not in answer:
            return found
        buckets["after"] = answer["after_key"]


def minutes(cluster: Cluster, what: Counted, since: datetime, until: datetime) -> list[Count]:
    """Count posts, or findings by detector, minute by minute; only what is there."""
    first, last = whole_minutes(since, until)
    group: Group
    group, at = ("posts", "at") if what == "posts" else ("findings", "first_at")
    every = {"field": at, "fixed_interval": "1m", "min_doc_count": 1}
    by_detector = {"terms": {"field": "detector", "size": _DETECTORS, "order": {"_key": "asc"}}}
    aggs: dict[str, Any] = {"minutes": {"date_histogram": every}}
    if what == "findings":
        aggs["minutes"]["aggs"] = {"keys": by_detector}
    bounds = {"gte": first * MINUTE_MS, "lt": last * MINUTE_MS}
    body = {"size": 0, "track_total_hits": False, "query": {"range": {at: bounds}}, "aggs": aggs}
    answer = cluster.search([group], body).get("aggregations", {}).get("minutes", {})
    return [
        Count(at=from_ms(bucket["key"]), key=one["key"], count=one["doc_count"])
        for bucket in answer.get("buckets", ())
        for one in (bucket["keys"]["buckets"] if what == "findings" else [bucket | {"key": ""}])
    ]
