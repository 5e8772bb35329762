"""The saved objects in the form Kibana's own export has: one JSON object a line.

The version fields name the oldest form that holds all that is used here; a newer Kibana brings
the objects up to its own. Without them it would take them for something older still.
Source: dashboards exported by Kibana in elastic/integrations; Elastic's guide for developers of
Kibana, "Importing and exporting Saved Objects"; read November 2026.
"""

import json

from dashboards.kibana.author import AUTHOR
from dashboards.kibana.forms import Control, Dashboard, Json, Panel, Search, View, kql
from dashboards.kibana.identity import dashboard_id, panel_id, piece_id, search_id, view_id
from dashboards.kibana.lens import Charted
from dashboards.kibana.live import LIVE
from dashboards.kibana.searches import SEARCHES
from dashboards.kibana.views import VIEWS

DASHBOARDS = (LIVE, AUTHOR)

CORE_VERSION = "8.8.0"
TYPE_VERSIONS = {"index-pattern": "8.0.0", "search": "8.0.0", "dashboard": "8.9.0"}
"""``typeMigrationVersion`` by type, as Kibana 8.9 to 8.12 export them."""

_DRILL = "DASHBOARD_TO_DASHBOARD_DRILLDOWN"
_SOURCE = "kibanaSavedObjectMeta.searchSourceJSON"


def export(prefix: str) -> bytes:
    """Give all saved objects for one prefix of indices, with the summary as the last line."""
    objects = saved_objects(prefix)
    summary: Json = {
        "excludedObjects": [],
        "excludedObjectsCount": 0,
        "exportedCount": len(objects),
        "missingRefCount": 0,
        "missingReferences": [],
    }
    return "".join(f"{_text(one)}\n" for one in (*objects, summary)).encode()


def saved_objects(prefix: str) -> list[Json]:
    """Give the saved objects, those that others refer to first."""
    return [
        *(_view(view, prefix) for view in VIEWS),
        *(_search(search, prefix) for search in SEARCHES),
        *(_dashboard(dashboard, prefix) for dashboard in DASHBOARDS),
    ]


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _object(kind: str, name: str, attributes: Json, references: list[Json]) -> Json:
    return {
        "attributes": attributes,
        "coreMigrationVersion": CORE_VERSION,
        "id": name,
        "managed": False,
        "references": references,
        "type": kind,
        "typeMigrationVersion": TYPE_VERSIONS[kind],
    }


def _view(view: View, prefix: str) -> Json:
    name = view_id(view, prefix)
    computed = {
        field.name: {"type": field.type, "script": {"source": field.script}}
        for field in view.runtime
    }
    attributes: Json = {
        "title": name,
        "name": name,
        "fields": "[]",
        "fieldAttrs": "{}",
        "fieldFormatMap": _text(dict(view.shown_as)),
        "runtimeFieldMap": _text(computed),
        "sourceFilters": "[]",
        "typeMeta": "{}",
    }
    if view.at:
        attributes["timeFieldName"] = view.at
    return _object("index-pattern", name, attributes, [])


def _search(search: Search, prefix: str) -> Json:
    source = _text(
        {
            "query": {"query": kql(search.where), "language": "kuery"},
            "filter": [],
            "highlightAll": True,
            "version": True,
            "indexRefName": f"{_SOURCE}.index",
        }
    )
    attributes: Json = {
        "title": f"{search.title} [{prefix}]",
        "description": search.about,
        "columns": list(search.columns),
        "sort": [[search.newest, "desc"]],
        "grid": {},
        "hideChart": False,
        "isTextBasedQuery": False,
        "timeRestore": False,
        "usesAdHocDataView": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": source},
    }
    view: Json = {
        "type": "index-pattern",
        "id": view_id(search.view, prefix),
        "name": f"{_SOURCE}.index",
    }
    return _object("search", search_id(search, prefix), attributes, [view])


def _dashboard(dashboard: Dashboard, prefix: str) -> Json:
    still = dashboard.refresh_seconds == 0
    attributes: Json = {
        "title": f"{dashboard.title} [{prefix}]",
        "description": dashboard.about,
        "version": 1,
        "timeRestore": True,
        "timeFrom": dashboard.since,
        "timeTo": "now",
        "refreshInterval": {"pause": still, "value": (dashboard.refresh_seconds or 60) * 1000},
        "optionsJSON": _text(
            {
                "useMargins": True,
                "syncColors": True,
                "syncCursor": True,
                "syncTooltips": False,
                "hidePanelTitles": False,
            }
        ),
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": _text({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
        "controlGroupInput": _controls(dashboard),
        "panelsJSON": _text([_panel(dashboard, panel, prefix) for panel in dashboard.panels]),
    }
    references = [
        reference
        for panel in dashboard.panels
        for reference in _panel_references(dashboard, panel, prefix)
    ]
    references += [_control_reference(dashboard, one, prefix) for one in dashboard.controls]
    return _object("dashboard", dashboard_id(dashboard.name, prefix), attributes, references)


def _panel(dashboard: Dashboard, panel: Panel, prefix: str) -> Json:
    name = panel_id(dashboard, panel)
    box = panel.box
    shown: Json = {
        "version": TYPE_VERSIONS["dashboard"],
        "gridData": {"x": box.x, "y": box.y, "w": box.w, "h": box.h, "i": name},
        "panelIndex": name,
        "title": panel.title,
    }
    if panel.text:
        return shown | {"type": "visualization", "embeddableConfig": _words(panel, prefix)}
    if panel.search:
        return shown | {
            "type": "search",
            "embeddableConfig": {"enhancements": {}},
            "panelRefName": f"panel_{name}",
        }
    attributes = Charted(panel, name).attributes(prefix)
    return shown | {
        "type": "lens",
        "embeddableConfig": {"attributes": attributes, "enhancements": _actions(panel, name)},
    }


def _words(panel: Panel, prefix: str) -> Json:
    return {
        "enhancements": {},
        "hidePanelTitles": True,
        "savedVis": {
            "type": "markdown",
            "title": "",
            "description": "",
            "params": {
                "markdown": panel.text.replace("{prefix}", prefix),
                "fontSize": 12,
                "openLinksInNewTab": False,
            },
            "uiState": {},
            "data": {"aggs": [], "searchSource": {}},
        },
    }


def _actions(panel: Panel, name: str) -> Json:
    """Give the drill-down of a panel; filters go along, the time range does not."""
    if not panel.drill:
        return {}
    action: Json = {
        "factoryId": _DRILL,
        "name": f"Show the {panel.drill}",
        "config": {"useCurrentFilters": True, "useCurrentDateRange": False, "openInNewTab": False},
    }
    event: Json = {
        "eventId": piece_id(name, panel.drill),
        "triggers": ["FILTER_TRIGGER"],
        "action": action,
    }
    return {"dynamicActions": {"events": [event]}}


def _panel_references(dashboard: Dashboard, panel: Panel, prefix: str) -> list[Json]:
    name = panel_id(dashboard, panel)
    if panel.search:
        target = search_id(panel.search, prefix)
        return [{"type": "search", "id": target, "name": f"{name}:panel_{name}"}]
    references = [
        {**one, "name": f"{name}:{one['name']}"} for one in Charted(panel, name).references(prefix)
    ]
    if panel.drill:
        event = piece_id(name, panel.drill)
        references.append(
            {
                "type": "dashboard",
                "id": dashboard_id(panel.drill, prefix),
                "name": f"{name}:drilldown:{_DRILL}:{event}:dashboardId",
            }
        )
    return references


def _controls(dashboard: Dashboard) -> Json:
    panels = {
        (name := piece_id(dashboard.name, "control", control.field)): {
            "order": order,
            "width": "medium",
            "grow": True,
            "type": "optionsListControl",
            "explicitInput": {
                "id": name,
                "fieldName": control.field,
                "title": control.title,
                "singleSelect": control.one,
                "selectedOptions": [],
                "enhancements": {},
            },
        }
        for order, control in enumerate(dashboard.controls)
    }
    ignored = ("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations")
    return {
        "controlStyle": "oneLine",
        "chainingSystem": "HIERARCHICAL",
        "panelsJSON": _text(panels),
        "ignoreParentSettingsJSON": _text(dict.fromkeys(ignored, False)),
    }


def _control_reference(dashboard: Dashboard, control: Control, prefix: str) -> Json:
    name = piece_id(dashboard.name, "control", control.field)
    return {
        "type": "index-pattern",
        "id": view_id(control.view, prefix),
        "name": f"controlGroup_{name}:optionsListDataView",
    }
