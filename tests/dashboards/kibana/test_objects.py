"""The saved objects: their form, ids and references, and the fields they rest on."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bunco.stores_elastic.mappings import FIELDS
from dashboards.kibana.__main__ import files
from dashboards.kibana.drawing import kind_of
from dashboards.kibana.forms import GRID, Box, Column, Condition, Dashboard, Layer, Panel, View
from dashboards.kibana.lens import RECORDS, Charted
from dashboards.kibana.objects import DASHBOARDS, export, saved_objects
from dashboards.kibana.searches import SEARCHES
from dashboards.kibana.views import FINDINGS, POSTS, SOURCES, VIEWS

Json = dict[str, Any]

OBJECTS: list[Json] = [json.loads(line) for line in export("bunco").splitlines()[:-1]]
BOARDS = [one for one in OBJECTS if one["type"] == "dashboard"]
LAYERS = [layer for board in DASHBOARDS for panel in board.panels for layer in panel.layers]

STORED: dict[str, Any] = dict(FIELDS.items())
NUMBERS = {"float", "double", "long"}
FIT = {
    "terms": {"keyword", "long", "boolean"},
    "date_histogram": {"date"},
    "sum": NUMBERS,
    "average": NUMBERS,
    "max": NUMBERS | {"date"},
    "unique_count": {"keyword"},
}
"""Which types of field each kind of column can be made of. Source: Lens's operations."""


def panels_of(board: Json) -> list[Json]:
    """Give the panels of a dashboard as it was exported."""
    panels: list[Json] = json.loads(board["attributes"]["panelsJSON"])
    return panels


def charts() -> Iterator[tuple[str, Json]]:
    """Give every chart with its title."""
    for board in BOARDS:
        for panel in panels_of(board):
            if panel["type"] == "lens":
                yield panel["title"], panel["embeddableConfig"]["attributes"]


def columns_of(chart: Json) -> dict[str, dict[str, Json]]:
    """Give the columns of each layer of a chart, by their ids."""
    layers = chart["state"]["datasourceStates"]["formBased"]["layers"]
    return {name: layer["columns"] for name, layer in layers.items()}


def type_of(view: View, field: str) -> str:
    """Give the type a field has in the index, or the view computes; empty where neither."""
    if computed := {one.name: one.type for one in view.runtime}.get(field):
        return computed
    name, _, sub = field.partition(".")
    found = STORED[view.name].get(name, {})
    return str((found.get("fields", {}).get(sub, {}) if sub else found).get("type", ""))


def strings_in(value: object) -> Iterator[str]:
    """Give every string that is a whole value somewhere in JSON."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from strings_in(inner)
        case list():
            for inner in value:
                yield from strings_in(inner)


# ------------------------------------------------------------------------------ the file


@pytest.mark.parametrize(("path", "content"), files().items(), ids=lambda one: str(one)[-24:])
def test_files_are_what_the_description_gives(path: Any, content: bytes) -> None:
    assert path.read_bytes() == content, "write them anew: python -m dashboards.kibana"


def test_export_is_one_object_a_line_and_a_summary() -> None:
    *objects, summary = [json.loads(line) for line in export("bunco").split(b"\n")[:-1]]

    assert summary == {
        "excludedObjects": [],
        "excludedObjectsCount": 0,
        "exportedCount": len(objects),
        "missingRefCount": 0,
        "missingReferences": [],
    }
    assert Counter(one["type"] for one in objects) == {
        "index-pattern": 5,
        "search": 5,
        "dashboard": 2,
    }


def test_objects_have_the_keys_of_an_export_with_their_versions() -> None:
    keys = {
        "attributes",
        "coreMigrationVersion",
        "id",
        "managed",
        "references",
        "type",
        "typeMigrationVersion",
    }

    assert all(set(one) == keys for one in OBJECTS)
    assert all(re.fullmatch(r"8\.\d+\.0", one["coreMigrationVersion"]) for one in OBJECTS)
    assert all(re.fullmatch(r"8\.\d+\.0", one["typeMigrationVersion"]) for one in OBJECTS)


def test_what_kibana_keeps_as_text_is_text_of_json() -> None:
    kept = [
        text
        for one in OBJECTS
        for path in (
            ("panelsJSON",),
            ("optionsJSON",),
            ("kibanaSavedObjectMeta", "searchSourceJSON"),
            ("controlGroupInput", "panelsJSON"),
            ("controlGroupInput", "ignoreParentSettingsJSON"),
            ("runtimeFieldMap",),
            ("fieldFormatMap",),
        )
        if (text := _at(one["attributes"], *path)) is not None
    ]

    assert len(kept) == 2 * 5 + 5 + 5 * 2
    assert all(isinstance(json.loads(text), dict | list) for text in kept)


def test_ids_are_the_same_with_every_export_and_nowhere_twice() -> None:
    ids = [one["id"] for one in OBJECTS]
    panels = [panel["panelIndex"] for board in BOARDS for panel in panels_of(board)]
    pieces = [name for _, chart in charts() for name in columns_of(chart)]
    pieces += [
        name for _, chart in charts() for columns in columns_of(chart).values() for name in columns
    ]

    assert export("bunco") == export("bunco")
    assert "bunco-live" in ids
    for names in (ids, panels, pieces):
        assert len(set(names)) == len(names)


def test_other_prefix_changes_ids_and_indices_alone() -> None:
    ours, theirs = export("bunco").decode(), export("spam-2").decode()

    renamed = re.sub(r"(?<![\w-])bunco(?=[\]-])", "spam-2", ours)

    assert renamed == theirs


# --------------------------------------------------------------------------- references


def test_every_reference_leads_to_an_object_of_the_file() -> None:
    there = {(one["type"], one["id"]) for one in OBJECTS}

    missing = [
        (one["id"], reference)
        for one in OBJECTS
        for reference in one["references"]
        if (reference["type"], reference["id"]) not in there
    ]

    assert not missing


def test_objects_stand_after_those_they_refer_to_but_for_each_others_dashboards() -> None:
    order = {one["id"]: number for number, one in enumerate(OBJECTS)}

    early = [
        (one["id"], reference["id"])
        for one in OBJECTS
        for reference in one["references"]
        if reference["type"] != "dashboard" and order[reference["id"]] >= order[one["id"]]
    ]

    assert not early


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board["id"])
def test_references_of_a_dashboard_are_those_its_parts_ask_for(board: Json) -> None:
    asked = Counter(_asked(board))

    named = Counter(reference["name"] for reference in board["references"])

    assert named == asked
    assert set(named.values()) == {1}


def test_a_chart_refers_to_a_data_view_for_each_layer() -> None:
    for title, chart in charts():
        names = [reference["name"] for reference in chart["references"]]

        assert names == [f"indexpattern-datasource-layer-{name}" for name in columns_of(chart)], (
            title
        )


def test_searches_refer_to_their_data_view() -> None:
    for one in OBJECTS:
        if one["type"] == "search":
            source = json.loads(one["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])

            assert [reference["name"] for reference in one["references"]] == [
                source["indexRefName"]
            ]


def test_tables_of_authors_lead_to_the_author_dashboard() -> None:
    leading = {
        panel["title"]: reference["id"]
        for board in BOARDS
        for panel in panels_of(board)
        for reference in board["references"]
        if reference["name"].startswith(f"{panel['panelIndex']}:drilldown:")
    }

    assert leading == dict.fromkeys(
        ("Worst authors", "Bursts", "Repeated headlines", "Cross-posts"), "bunco-author"
    )


def test_links_in_words_lead_to_our_dashboards() -> None:
    links = re.findall(r"\(#/dashboard/([\w-]+)\)", export("bunco").decode())

    assert sorted(links) == ["bunco-author", "bunco-live"]


# ------------------------------------------------------------------------------- the grid


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board["id"])
def test_panels_stand_on_the_grid_without_overlap_or_gap(board: Json) -> None:
    boxes = [panel["gridData"] for panel in panels_of(board)]
    cells = Counter(
        (x, y)
        for box in boxes
        for x in range(box["x"], box["x"] + box["w"])
        for y in range(box["y"], box["y"] + box["h"])
    )
    height = max(box["y"] + box["h"] for box in boxes)

    assert set(cells.values()) == {1}
    assert len(cells) == GRID * height
    assert max(x for x, _ in cells) == GRID - 1
    assert all(panel["gridData"]["i"] == panel["panelIndex"] for panel in panels_of(board))


# ------------------------------------------------------------------------------ the charts


def test_charts_name_columns_and_layers_that_they_have() -> None:
    for title, chart in charts():
        layers = columns_of(chart)
        columns = {name for layer in layers.values() for name in layer}
        drawn = json.dumps(chart["state"]["visualization"])

        named = set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", drawn))

        assert named == columns | set(layers), title


def test_columns_stand_in_the_order_rows_before_what_fills_them() -> None:
    for title, chart in charts():
        for layer in chart["state"]["datasourceStates"]["formBased"]["layers"].values():
            order = layer["columnOrder"]
            bucketed = [layer["columns"][name]["isBucketed"] for name in order]

            assert set(order) == set(layer["columns"]), title
            assert bucketed == sorted(bucketed, reverse=True), title
            assert not bucketed[-1], title


def test_ranking_columns_are_there() -> None:
    for title, chart in charts():
        for columns in columns_of(chart).values():
            for column in columns.values():
                order = column.get("params", {}).get("orderBy", {})

                assert order.get("type") != "column" or order["columnId"] in columns, title


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.view.name)
def test_labels_of_a_layer_differ_and_are_names_for_aggregations(layer: Layer) -> None:
    labels = [column.label for column in layer.columns]

    assert len(set(labels)) == len(labels)
    assert not [label for label in labels if re.search(r"[\[\]>]", label)]


def test_layers_with_different_conditions_are_refused() -> None:
    loud = Condition(field="sensational", says="from", value=0.5)
    column = Column(label="Posts", kind="count")
    layers = (Layer(view=POSTS, columns=(column,), where=(loud,)), LAYERS[0])
    panel = Panel(title="Both", chart="number", box=Box(0, 0, 1, 1), layers=layers)

    with pytest.raises(ValueError, match="'Both' have different conditions"):
        Charted(panel, "owner").attributes("bunco")


# ------------------------------------------------------------------------------ the fields


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.view.name)
def test_every_column_is_made_of_a_field_that_fits(layer: Layer) -> None:
    for column in layer.columns:
        if column.field:
            assert type_of(layer.view, column.field) in FIT[column.kind], column

    for condition in (*layer.where, *(one for _, one in _groups(layer))):
        assert type_of(layer.view, condition.field), condition


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.view.name)
def test_columns_say_the_type_their_field_has(layer: Layer) -> None:
    shown = {"keyword": "string", "date": "date"} | dict.fromkeys(NUMBERS, "number")

    for column in layer.columns:
        if column.field and column.kind != "unique_count":
            assert column.value_type == shown[type_of(layer.view, column.field)], column


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.name)
def test_every_column_of_a_search_is_a_field(search: Any) -> None:
    assert all(type_of(search.view, column) for column in search.columns)
    assert type_of(search.view, search.newest) == "date"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_time_and_shown_fields_of_a_view_are_fields(view: View) -> None:
    assert not view.at or type_of(view, view.at) == "date"
    assert all(type_of(view, field) for field, _ in view.shown_as)


def test_computed_fields_take_the_place_of_no_stored_one() -> None:
    for view in VIEWS:
        assert not {field.name for field in view.runtime} & set(STORED[view.name])


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.name)
def test_what_controls_narrow_is_a_keyword_of_every_view_they_reach(board: Dashboard) -> None:
    layers = [layer for panel in board.panels for layer in panel.layers if not layer.everything]
    reached = [layer.view for layer in layers]
    reached += [panel.search.view for panel in board.panels if panel.search]

    assert {view.name for view in reached} == {POSTS.name, FINDINGS.name}
    for control in board.controls:
        assert {type_of(view, control.field) for view in reached} == {"keyword"}


def test_sources_are_shown_however_long_they_are_silent() -> None:
    view = next(one for one in OBJECTS if one["id"] == f"bunco-{SOURCES.name}")

    assert "timeFieldName" not in view["attributes"]


def test_counted_documents_are_what_lens_calls_records() -> None:
    fields = {
        column["sourceField"]
        for _, chart in charts()
        for columns in columns_of(chart).values()
        for column in columns.values()
        if column["operationType"] == "count"
    }

    assert fields == {RECORDS}


@pytest.mark.parametrize("board", DASHBOARDS, ids=lambda board: board.name)
def test_every_panel_is_in_the_docs_with_the_question_it_answers(board: Dashboard) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/kibana.md").read_text(encoding="utf-8")

    for panel in board.panels:
        assert panel.text or f"| {panel.title} | {kind_of(panel)} | {panel.about} |" in page


def test_objects_are_plain_json() -> None:
    assert json.loads(json.dumps(saved_objects("bunco"))) == OBJECTS
    assert all(isinstance(text, str) for text in strings_in(OBJECTS))


# --------------------------------------------------------------------------------- private


def _at(value: Json, *path: str) -> Any:
    for step in path:
        if step not in value:
            return None
        value = value[step]
    return value


def _asked(board: Json) -> Iterator[str]:
    for panel in panels_of(board):
        name = panel["panelIndex"]
        config = panel["embeddableConfig"]
        if "panelRefName" in panel:
            yield f"{name}:{panel['panelRefName']}"
        for reference in config.get("attributes", {}).get("references", ()):
            yield f"{name}:{reference['name']}"
        for event in config["enhancements"].get("dynamicActions", {}).get("events", ()):
            factory = event["action"]["factoryId"]
            yield f"{name}:drilldown:{factory}:{event['eventId']}:dashboardId"
    for control in json.loads(board["attributes"]["controlGroupInput"]["panelsJSON"]):
        yield f"controlGroup_{control}:optionsListDataView"


def _groups(layer: Layer) -> list[tuple[str, Condition]]:
    return [group for column in layer.columns for group in column.groups]
