"""Draw the curves of an evaluation, as PNG and SVG."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import LogFormatter

from bunco.evaluation.model import Curve

_SIZE = (6.4, 4.4)
"""Inches; at 150 dots an inch as wide as a column of text on a page."""
_DOTS = 150
_COLOURS = ("#0b6e99", "#c2410c", "#4d7c0f", "#7e22ce", "#a16207", "#475569")
"""Told apart in print and by colour-blind readers; ours, each 4.5:1 or more on white."""
_DASHES = ("-", "--", "-.", ":")


def draw(curves: Sequence[Curve], folder: Path) -> list[Path]:
    """Draw each curve into the folder, ``NAME.png`` and ``NAME.svg``; give the files."""
    drawn = []
    with mpl.rc_context({"svg.hashsalt": "bunco", "svg.fonttype": "none"}):
        for curve in curves:
            canvas = _canvas(curve)
            for ending in ("png", "svg"):
                path = folder / f"{curve.name}.{ending}"
                stamp = {"Date": None} if ending == "svg" else {"Software": None}
                canvas.savefig(path, dpi=_DOTS, metadata=stamp)
                drawn.append(path)
    return drawn


def _canvas(curve: Curve) -> Canvas:
    canvas = Canvas(figsize=_SIZE, layout="constrained")
    axes = canvas.add_subplot()
    for at, (name, points) in enumerate(curve.lines.items()):
        across, up = zip(*points, strict=True) if points else ((), ())
        colour, dash = _COLOURS[at % len(_COLOURS)], _DASHES[at % len(_DASHES)]
        axes.plot(across, up, dash, color=colour, linewidth=1.8, label=name)
    for name, point in curve.marked.items():
        axes.plot(*point, "o", color="black", markersize=5)
        axes.annotate(name, point, xytext=(6, -12), textcoords="offset points", fontsize=9)
    if curve.logarithmic:
        axes.set_xscale("log")
        for plain in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
            plain(LogFormatter(minor_thresholds=(1, 0.4)))  # 2, not 2 × 10⁰
    axes.set_title(curve.title, fontsize=11, loc="left")
    axes.set_xlabel(curve.across)
    axes.set_ylabel(curve.up)
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
    if len(curve.lines) > 1:
        axes.legend(frameon=False, fontsize=9)
    return canvas
