"""Measure the detectors on data: figures against their goals, curves as pictures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.opening import existing_store
from bunco.cli.options import ConfigFile, StorePlace
from bunco.cli.terminal import page, say, write_json
from bunco.errors import UsageError

if TYPE_CHECKING:
    from bunco.evaluation.model import Figure, Result

INSTALL = "in a checkout: pip install '.[evaluate]'"


def evaluate(
    studies: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STUDY]...", help="Which detectors; absent: all.", show_default=False
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="The folder of the data.", show_default=False),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Where JSON and pictures go.")
    ] = Path("evaluation"),
    verdicts: Annotated[
        bool,
        typer.Option("--verdicts", help="By the verdicts in the store, in place of data."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One figure a line.")] = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Measure the detectors: figures against floor and aim, each with its interval.

    Writes figures.json and the curves as PNG and SVG. The same data gives the same figures. With
    --verdicts: how many of the judged findings are spam; writes no file.
    """
    figures = _judged(studies, store, config) if verdicts else _measured(studies, data, out).figures
    if as_json:
        from bunco.evaluation.running import as_row

        for figure in figures:
            write_json(as_row(figure))
        return
    if not figures:
        return
    from bunco.cli.render_evaluation import table

    page().print(table(figures))


def _judged(
    detectors: list[str] | None, store: str | None, config: Path | None
) -> "Sequence[Figure]":
    from bunco.evaluation.verdicts import precision_figures

    with existing_store(store, config) as opened:
        figures = precision_figures(opened, detectors or ())
    if not figures:
        say('No finding was judged spam or fine yet: see "bunco verdict --help".')
    return figures


def _measured(studies: list[str] | None, data: Path | None, out: Path) -> "Result":
    from bunco.evaluation.data import data_folder
    from bunco.evaluation.running import run_studies, study_names, write_figures

    try:
        from bunco.evaluation import drawing
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is missing: the extra evaluate ({INSTALL})") from error
    result = run_studies(data_folder(data), studies or study_names(), say)
    out.mkdir(parents=True, exist_ok=True)
    say(f"figures: {write_figures(result.figures, out)}")
    for path in drawing.draw(result.curves, out):
        say(f"drawn: {path}")
    return result
