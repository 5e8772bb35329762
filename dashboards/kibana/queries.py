"""What each panel asks Elasticsearch, and its answer as rows.

The requests nest and rank as Lens does. Two things differ: Kibana picks the length of a bucket
of time by the period shown, here it is told; "per minute" is divided by Kibana after the answer.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct

from dashboards.kibana.forms import Column, Condition, Json, Layer, Panel, Search, View

Row: TypeAlias = tuple[str | float | None, ...]

HITS = 100
"""Documents of a saved search. Source: ours; Kibana loads 500 as one scrolls."""


class Query(Struct, frozen=True, kw_only=True):
    """One search request: which index, what body."""

    index: str
    body: Json


class Shown(Struct, frozen=True, kw_only=True):
    """What a dashboard is narrowed to: its time picker, controls and filters."""

    since: datetime
    until: datetime
    step: str = "1h"
    """The length of a bucket of time, as Elasticsearch writes it."""
    only: tuple[Condition, ...] = ()
    """What a control, or the click that led here, leaves over."""


def panel_queries(panel: Panel, prefix: str, shown: Shown) -> list[Query]:
    """Give what a panel asks: a request for each layer, or for its saved search, or none."""
    if panel.search:
        return [search_query(panel.search, prefix, shown)]
    return [layer_query(layer, prefix, shown) for layer in panel.layers]


def layer_query(layer: Layer, prefix: str, shown: Shown) -> Query:
    """Give the request of one layer of a panel."""
    body: Json = {
        "size": 0,
        "query": _filtered(
            layer.view, shown, layer.where if layer.everything else (*layer.where, *shown.only)
        ),
        **_computed(layer.view),
    }
    if aggregations := _nested(layer, layer.buckets, shown):
        body["aggs"] = aggregations
    return Query(index=f"{prefix}-{layer.view.name}", body=body)


def search_query(search: Search, prefix: str, shown: Shown) -> Query:
    """Give the request of a saved search."""
    body: Json = {
        "size": HITS,
        "query": _filtered(search.view, shown, (*search.where, *shown.only)),
        "sort": [{search.newest: {"order": "desc", "unmapped_type": "boolean"}}],
        "fields": list(search.columns),
        "_source": False,
        **_computed(search.view),
    }
    return Query(index=f"{prefix}-{search.view.name}", body=body)


def layer_rows(layer: Layer, answer: Mapping[str, Any]) -> list[Row]:
    """Give the answer to a layer's request as rows, in the order of its columns.

    Stretches of time without documents are left out. Times are as Elasticsearch writes them.
    """
    top = {**answer.get("aggregations", {}), "doc_count": answer["hits"]["total"]["value"]}
    return list(_rows(layer, layer.buckets, top, ()))


def search_rows(search: Search, answer: Mapping[str, Any]) -> list[Row]:
    """Give the hits of a saved search as rows; of several values of a field the first."""
    return [
        tuple(hit.get("fields", {}).get(column, [None])[0] for column in search.columns)
        for hit in answer["hits"]["hits"]
    ]


def _filtered(view: View, shown: Shown, conditions: tuple[Condition, ...]) -> Json:
    filters = [condition.query for condition in conditions]
    if view.at:
        since, until = shown.since.isoformat(), shown.until.isoformat()
        filters.append({"range": {view.at: {"gte": since, "lte": until}}})
    return {"bool": {"filter": filters}}


def _computed(view: View) -> Json:
    fields = {
        field.name: {"type": field.type, "script": {"source": field.script}}
        for field in view.runtime
    }
    return {"runtime_mappings": fields, "track_total_hits": True}


def _nested(layer: Layer, buckets: tuple[Column, ...], shown: Shown) -> Json:
    """Give the aggregations below a level: the next bucket's, or the metrics."""
    if not buckets:
        return {column.label: _metric(column) for column in layer.metrics if _asked(column)}
    column, *rest = buckets
    aggregation = _bucket(layer, column, shown)
    below = _nested(layer, tuple(rest), shown) | _ranking(layer, column)
    return {column.label: aggregation | ({"aggs": below} if below else {})}


def _asked(column: Column) -> bool:
    """Tell whether a metric needs an aggregation; counts come with every bucket."""
    return column.kind != "count"


def _ranking(layer: Layer, column: Column) -> Json:
    """Give the metric that ranks the rows of a column, for the column's own level."""
    ranked = next((one for one in layer.metrics if one.label == column.by), None)
    return {ranked.label: _metric(ranked)} if ranked and _asked(ranked) else {}


def _bucket(layer: Layer, column: Column, shown: Shown) -> Json:
    match column.kind:
        case "filters":
            named = {label: condition.query for label, condition in column.groups}
            return {"filters": {"filters": named}}
        case "date_histogram":
            return {
                "date_histogram": {
                    "field": column.field,
                    "fixed_interval": shown.step,
                    "min_doc_count": 1,
                }
            }
    ranking = _ranking(layer, column)
    order = {next(iter(ranking), "_count"): "desc"} if column.by else {"_key": "asc"}
    return {"terms": {"field": column.field, "size": column.size, "order": order}}


def _metric(column: Column) -> Json:
    name = {"unique_count": "cardinality", "average": "avg"}.get(column.kind, column.kind)
    return {name: {"field": column.field}}


def _rows(
    layer: Layer, buckets: tuple[Column, ...], node: Mapping[str, Any], row: Row
) -> Iterator[Row]:
    if not buckets:
        yield row + tuple(_value(column, node) for column in layer.metrics)
        return
    column, *rest = buckets
    for key, bucket in _found(column, node[column.label]["buckets"]):
        yield from _rows(layer, tuple(rest), bucket, (*row, key))


def _found(column: Column, buckets: Any) -> Iterator[tuple[str | float, Mapping[str, Any]]]:  # noqa: ANN401  # JSON enters here
    if column.kind == "filters":
        yield from ((label, buckets[label]) for label, _ in column.groups)
        return
    yield from ((bucket.get("key_as_string", bucket["key"]), bucket) for bucket in buckets)


def _value(column: Column, node: Mapping[str, Any]) -> str | float | None:
    if column.kind == "count":
        count: int = node["doc_count"]
        return count
    metric = node[column.label]
    value: str | float | None = metric.get("value_as_string", metric["value"])
    return value
