"""The words a dashboard is described in; saved objects and queries are both made of them.

Columns are of the few kinds that Lens and Elasticsearch's plain aggregations share, so that
what a panel asks can be asked without Kibana too.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

Json: TypeAlias = dict[str, object]
Value: TypeAlias = str | float | bool
Kind: TypeAlias = Literal[
    "terms", "date_histogram", "filters", "count", "sum", "average", "max", "unique_count"
]
Chart: TypeAlias = Literal["series", "table", "heat map", "number"]
Series: TypeAlias = Literal[
    "line", "bar_stacked", "bar_percentage_stacked", "bar_horizontal", "area_percentage_stacked"
]

BUCKETS: frozenset[Kind] = frozenset({"terms", "date_histogram", "filters"})
"""The kinds that make rows; the others fill them."""

GRID = 48
"""Columns of a dashboard. Source: Kibana's dashboard grid, ``gridData`` of every export."""


class Runtime(Struct, frozen=True, kw_only=True):
    """A field that a data view computes when it is asked for."""

    name: str
    type: Literal["keyword", "long"]
    script: str
    """Painless; calls ``emit``."""


class View(Struct, frozen=True, kw_only=True):
    """One group of indices as Kibana sees it, behind the alias ``PREFIX-name``."""

    name: str
    at: str = ""
    """The field that the time picker narrows; empty: everything is always shown."""
    runtime: tuple[Runtime, ...] = ()
    shown_as: tuple[tuple[str, Json], ...] = ()
    """Fields with the format Kibana shows them in."""


class Condition(Struct, frozen=True, kw_only=True):
    """What a field must be for a document to count: as KQL, and as a query."""

    field: str
    says: Literal["is", "is not", "is there", "from", "above", "below"]
    value: Value = True

    @property
    def kql(self) -> str:
        """Give it as Kibana's query language."""
        value = f'"{self.value}"' if isinstance(self.value, str) else str(self.value).lower()
        match self.says:
            case "is":
                return f"{self.field} : {value}"
            case "is not":
                return f"not {self.field} : {value}"
            case "is there":
                return f"{self.field} : *"
        sign = {"from": ">=", "above": ">", "below": "<"}[self.says]
        return f"{self.field} {sign} {value}"

    @property
    def query(self) -> Json:
        """Give it as Elasticsearch's query, the one Kibana makes of the KQL."""
        kind = "match_phrase" if isinstance(self.value, str) else "match"
        match self.says:
            case "is":
                return {kind: {self.field: self.value}}
            case "is not":
                return {"bool": {"must_not": [{kind: {self.field: self.value}}]}}
            case "is there":
                return {"exists": {"field": self.field}}
        sign = {"from": "gte", "above": "gt", "below": "lt"}[self.says]
        return {"range": {self.field: {sign: self.value}}}


def kql(conditions: Sequence[Condition]) -> str:
    """Give conditions that must all hold as Kibana's query language; none give an empty text."""
    return " and ".join(condition.kql for condition in conditions)


class Column(Struct, frozen=True, kw_only=True):
    """One column of a panel: what makes its rows, or what fills them."""

    label: str
    kind: Kind
    field: str = ""
    """Empty for counts and filters."""
    size: int = 0
    """For terms: the most rows."""
    by: str = ""
    """For terms: the label of the column that ranks them; empty: in order of the field."""
    groups: tuple[tuple[str, Condition], ...] = ()
    """For filters: the label of each row and what falls in it."""
    a_minute: bool = False
    """Shown for each minute of a bucket of time; the query gives the plain count."""
    value_type: Literal["string", "number", "boolean", "date"] = "number"


class Layer(Struct, frozen=True, kw_only=True):
    """One question to one data view; its columns stand in the order they nest."""

    view: View
    columns: tuple[Column, ...]
    where: tuple[Condition, ...] = ()
    series: Series = "line"
    everything: bool = False
    """Whether filters, controls and the search bar leave it alone."""

    @property
    def buckets(self) -> tuple[Column, ...]:
        """Give the columns that make rows, outermost first."""
        return tuple(column for column in self.columns if column.kind in BUCKETS)

    @property
    def metrics(self) -> tuple[Column, ...]:
        """Give the columns that fill rows."""
        return tuple(column for column in self.columns if column.kind not in BUCKETS)


class Search(Struct, frozen=True, kw_only=True):
    """A saved search: documents of one data view, newest first."""

    name: str
    title: str
    about: str
    view: View
    columns: tuple[str, ...]
    newest: str
    """The field they are sorted by, latest first."""
    where: tuple[Condition, ...] = ()


class Box(Struct, frozen=True):
    """Where a panel stands on the grid: left, top, width, height."""

    x: int
    y: int
    w: int
    h: int


class Panel(Struct, frozen=True, kw_only=True):
    """A chart, a saved search, or some words."""

    title: str
    box: Box
    about: str = ""
    """The question it answers."""
    chart: Chart = "series"
    layers: tuple[Layer, ...] = ()
    search: Search | None = None
    text: str = ""
    """Markdown, for a panel of words; ``{prefix}`` stands for the prefix."""
    drill: str = ""
    """The dashboard that a click on a row leads to."""


class Control(Struct, frozen=True, kw_only=True):
    """A list above the dashboard that narrows it."""

    title: str
    view: View
    field: str
    one: bool = False
    """Whether a single value can be chosen."""


class Dashboard(Struct, frozen=True, kw_only=True):
    """A board of panels."""

    name: str
    title: str
    about: str
    since: str
    """Where its time begins when opened, in Kibana's words: ``now-24h``."""
    refresh_seconds: int
    """0: it stands still."""
    controls: tuple[Control, ...]
    panels: tuple[Panel, ...]
