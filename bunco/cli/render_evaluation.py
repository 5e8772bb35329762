"""The table of an evaluation."""

import math
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from bunco.evaluation.model import Figure

_STYLES = {
    "aim": "green",
    "at least": "green",
    "floor": "yellow",
    "below": "bold red",
    "context": "dim",
}


def table(figures: Sequence[Figure]) -> Table:
    """Give the figures as a table, in the order of the studies."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("detector", no_wrap=True)
    shown.add_column("measure", ratio=1)
    for name in ("value", "95 %", "floor", "at least", "aim"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("reached", no_wrap=True)
    before = ""
    for figure in figures:
        goal = figure.goal
        shown.add_row(
            figure.detector if figure.detector != before else "",
            f"{figure.measure} ({figure.count:,} {figure.unit})",
            _number(figure.value),
            f"{_number(figure.low)} … {_number(figure.high)}",
            _number(goal.floor),
            _number(goal.at_least),
            _number(goal.aim),
            Text(figure.grade if figure.grade != "context" else "", _STYLES[figure.grade]),
        )
        before = figure.detector
    return shown


def _number(value: float | None) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.0f}"
