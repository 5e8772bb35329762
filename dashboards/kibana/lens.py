"""Panels of charts as Lens keeps them: a form-based data source and a picture of it.

Source: dashboards exported by Kibana 8.9 to 8.12 in elastic/integrations
(``packages/*/kibana/dashboard``), read November 2026.
"""

from dashboards.kibana.forms import BUCKETS, Column, Json, Layer, Panel, kql
from dashboards.kibana.identity import piece_id, view_id

RECORDS = "___records___"
"""What Lens calls the documents themselves."""

_PICTURES = {
    "series": "lnsXY",
    "table": "lnsDatatable",
    "heat map": "lnsHeatmap",
    "number": "lnsMetric",
}
_ROWS = 10


class Charted:
    """One panel's chart with the ids of its layers and columns.

    Args:
        panel: what it shows.
        owner: the panel's id; those of its pieces are made from it.
    """

    def __init__(self, panel: Panel, owner: str) -> None:
        self._panel = panel
        self._owner = owner

    def attributes(self, prefix: str) -> Json:
        """Give the ``attributes`` of a Lens panel kept by value."""
        layers = {
            self.layer_id(number): self._source(number, layer)
            for number, layer in enumerate(self._panel.layers)
        }
        return {
            "title": "",
            "description": self._panel.about,
            "visualizationType": _PICTURES[self._panel.chart],
            "type": "lens",
            "references": self.references(prefix),
            "state": {
                "visualization": self._picture(),
                "query": {"query": self._shared_condition(), "language": "kuery"},
                "filters": [],
                "datasourceStates": {"formBased": {"layers": layers}},
                "internalReferences": [],
                "adHocDataViews": {},
            },
        }

    def references(self, prefix: str) -> list[Json]:
        """Give the data view of each layer."""
        return [
            {
                "type": "index-pattern",
                "id": view_id(layer.view, prefix),
                "name": f"indexpattern-datasource-layer-{self.layer_id(number)}",
            }
            for number, layer in enumerate(self._panel.layers)
        ]

    def layer_id(self, number: int) -> str:
        """Give the id of a layer."""
        return piece_id(self._owner, str(number))

    def column_id(self, number: int, label: str) -> str:
        """Give the id of a layer's column."""
        return piece_id(self._owner, str(number), label)

    def _shared_condition(self) -> str:
        """Give the KQL of the panel: one for all layers is all that Lens keeps.

        Raises:
            ValueError: the layers ask for different things.
        """
        asked = {kql(layer.where) for layer in self._panel.layers}
        if len(asked) > 1:
            raise ValueError(f"layers of {self._panel.title!r} have different conditions")
        return asked.pop()

    def _source(self, number: int, layer: Layer) -> Json:
        ids = {column.label: self.column_id(number, column.label) for column in layer.columns}
        source: Json = {
            "columnOrder": list(ids.values()),
            "columns": {ids[column.label]: column_state(column, ids) for column in layer.columns},
            "incompleteColumns": {},
            "sampling": 1,
        }
        return source | ({"ignoreGlobalFilters": True} if layer.everything else {})

    def _picture(self) -> Json:
        match self._panel.chart:
            case "number":
                return self._single() | {"metricAccessor": self._ids(0)[0]}
            case "heat map":
                return self._heat_map()
            case "table":
                return self._table()
        return self._series()

    def _single(self) -> Json:
        return {"layerId": self.layer_id(0), "layerType": "data"}

    def _ids(self, number: int) -> list[str]:
        columns = self._panel.layers[number].columns
        return [self.column_id(number, column.label) for column in columns]

    def _table(self) -> Json:
        layer = self._panel.layers[0]
        ranked = next((column.by for column in layer.buckets if column.by), "")
        columns = [
            {"columnId": self.column_id(0, column.label), "isTransposed": False}
            | ({"oneClickFilter": True} if column.field == "author" else {})
            for column in layer.columns
        ]
        return self._single() | {
            "columns": columns,
            "paging": {"size": _ROWS, "enabled": True},
            "sorting": {"columnId": self.column_id(0, ranked), "direction": "desc"},
            "headerRowHeight": "single",
            "rowHeight": "single",
        }

    def _heat_map(self) -> Json:
        across, down, value = self._ids(0)
        return self._single() | {
            "shape": "heatmap",
            "xAccessor": across,
            "yAccessor": down,
            "valueAccessor": value,
            "legend": {"isVisible": True, "position": "right", "type": "heatmap_legend"},
            "gridConfig": {
                "type": "heatmap_grid",
                "isCellLabelVisible": False,
                "isXAxisLabelVisible": True,
                "isXAxisTitleVisible": True,
                "isYAxisLabelVisible": True,
                "isYAxisTitleVisible": False,
            },
        }

    def _series(self) -> Json:
        layers = self._panel.layers
        return {
            "preferredSeriesType": layers[0].series,
            "layers": [self._drawn(number, layer) for number, layer in enumerate(layers)],
            "legend": {"isVisible": True, "position": "bottom", "showSingleSeries": False},
            "fittingFunction": "Zero",
            "emphasizeFitting": True,
            "valueLabels": "hide",
            "axisTitlesVisibilitySettings": {"x": False, "yLeft": True, "yRight": True},
        }

    def _drawn(self, number: int, layer: Layer) -> Json:
        *splits, across = layer.buckets
        drawn: Json = {
            "layerId": self.layer_id(number),
            "layerType": "data",
            "seriesType": layer.series,
            "position": "top",
            "showGridlines": False,
            "xAccessor": self.column_id(number, across.label),
            "accessors": [self.column_id(number, column.label) for column in layer.metrics],
        }
        if splits:
            drawn["splitAccessor"] = self.column_id(number, splits[0].label)
        return drawn


def column_state(column: Column, ids: dict[str, str]) -> Json:
    """Give a column as Lens keeps it; ``ids`` are those of its layer by label."""
    state: Json = {
        "label": column.label,
        "customLabel": True,
        "dataType": column.value_type,
        "operationType": column.kind,
        "isBucketed": column.kind in BUCKETS,
    }
    if column.a_minute:
        state["timeScale"] = "m"
    match column.kind:
        case "filters":
            return state | {"scale": "ordinal", "params": {"filters": _groups(column)}}
        case "terms":
            return state | {
                "scale": "ordinal",
                "sourceField": column.field,
                "params": _terms(column, ids),
            }
        case "date_histogram":
            shown = {"interval": "auto", "includeEmptyRows": True, "dropPartials": False}
            return state | {"scale": "interval", "sourceField": column.field, "params": shown}
    counted = column.kind in {"count", "sum", "unique_count"}
    return state | {
        "scale": "ratio",
        "sourceField": column.field or RECORDS,
        # a count of nothing shows as 0, a highest of nothing stays empty
        "params": {"emptyAsNull": not counted},
    }


def _groups(column: Column) -> list[Json]:
    return [
        {"label": label, "input": {"query": condition.kql, "language": "kuery"}}
        for label, condition in column.groups
    ]


def _terms(column: Column, ids: dict[str, str]) -> Json:
    ranked: Json = {"type": "column", "columnId": ids.get(column.by, "")}
    return {
        "size": column.size,
        "orderBy": ranked if column.by else {"type": "alphabetical", "fallback": False},
        "orderDirection": "desc" if column.by else "asc",
        "otherBucket": False,
        "missingBucket": False,
        "parentFormat": {"id": "terms"},
        "include": [],
        "exclude": [],
        "includeIsRegex": False,
        "excludeIsRegex": False,
    }
