"""Run the studies and write down what they came to.

data → studies → figures → table, JSON
               ↘ curves  → pictures
"""

import importlib
import math
import pkgutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bunco.errors import UsageError
from bunco.evaluation import studies
from bunco.evaluation.model import Curve, Figure, Result, Say, Study

FIGURES = "figures.json"


def study_names() -> list[str]:
    """Give the names of the studies there are, in alphabetical order."""
    return sorted(module.name for module in pkgutil.iter_modules(studies.__path__))


def run_studies(data: Path, names: Iterable[str], say: Say) -> Result:
    """Run studies one after the other; give all they came to.

    Raises:
        UsageError: there is no study of that name, or a file of the data is not there.
    """
    figures: list[Figure] = []
    curves: list[Curve] = []
    for name in names:
        say(f"{name} …")
        result = _study(name).run(data, say)
        figures += result.figures
        curves += result.curves
    return Result(figures=tuple(figures), curves=tuple(curves))


def write_figures(figures: Sequence[Figure], folder: Path) -> Path:
    """Write the figures as JSON into the folder; give the file."""
    path = folder / FIGURES
    rows = [as_row(figure) for figure in figures]
    path.write_bytes(msgspec.json.format(msgspec.json.encode(rows), indent=2) + b"\n")
    return path


def as_row(figure: Figure) -> dict[str, Any]:
    """Give a figure as plain values, rounded to four digits."""
    row: dict[str, Any] = msgspec.to_builtins(figure)
    for name in ("value", "low", "high"):
        number = row[name]
        row[name] = round(number, 4) if math.isfinite(number) else None
    return row | {"grade": figure.grade}


def _study(name: str) -> Study:
    if name not in study_names():
        raise UsageError(f"there is no study {name!r}: {', '.join(study_names())}")
    found: Study = importlib.import_module(f"bunco.evaluation.studies.{name}").STUDY
    return found
