"""Draw the layout of a dashboard as SVG: titles, kinds, and a sketch of each chart, no data."""

from html import escape

from dashboards.kibana.forms import GRID, Dashboard, Panel

_COLUMN, _ROW, _GAP = 16, 11, 3
_BAR = 30
"""Height of the strip with title and controls."""

_COLOURS = {"words": "#eef1f6", "saved search": "#e3ecf9"}
_CHART = "#ffffff"
_LEAST = 24
"""Height that a sketch needs."""

_PER_LETTER = 6.4
"""Width of a letter of the title, about."""


def kind_of(panel: Panel) -> str:
    """Give in words what a panel is drawn as."""
    if panel.text:
        return "words"
    if panel.search:
        return "saved search"
    if panel.chart != "series":
        return panel.chart
    drawn = dict.fromkeys(_series(layer.series) for layer in panel.layers)
    return " and ".join(drawn)


def svg(dashboard: Dashboard) -> str:
    """Give a picture of the layout."""
    width = GRID * _COLUMN
    height = _BAR + max(panel.box.y + panel.box.h for panel in dashboard.panels) * _ROW
    controls = " · ".join(control.title for control in dashboard.controls)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="sans-serif">\n'
        f"<title>{escape(dashboard.title)}: layout</title>\n"
        f'<rect width="{width}" height="{height}" fill="#f5f7fa"/>\n'
        f'<text x="8" y="20" font-size="15" font-weight="bold">{escape(dashboard.title)}</text>\n'
        f'<text x="{width - 8}" y="20" font-size="12" text-anchor="end" fill="#555">'
        f"controls: {escape(controls)}</text>\n"
    )
    return head + "".join(_drawn(panel) for panel in dashboard.panels) + "</svg>\n"


def _series(series: str) -> str:
    return {
        "line": "lines",
        "bar_stacked": "stacked bars",
        "bar_percentage_stacked": "bars of shares",
        "bar_horizontal": "horizontal bars",
        "area_percentage_stacked": "areas of shares",
    }[series]


def _drawn(panel: Panel) -> str:
    box, kind = panel.box, kind_of(panel)
    x, y = box.x * _COLUMN + _GAP, _BAR + box.y * _ROW + _GAP
    w, h = box.w * _COLUMN - 2 * _GAP, box.h * _ROW - 2 * _GAP
    note = f"{kind}, leads to {panel.drill}" if panel.drill else kind
    return (
        f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="4" stroke="#c3cad6" '
        f'fill="{_COLOURS.get(kind, _CHART)}"/>\n'
        f'<text x="{x + 7}" y="{y + 16}" font-size="11" font-weight="bold">'
        f"{escape(_cut(panel.title, w))}</text>\n"
        f'<text x="{x + 7}" y="{y + 30}" font-size="10" fill="#666">'
        f"{escape(_cut(note, w))}</text>\n{_sketch(kind, x + 7, y + 38, w - 14, h - 46)}"
    )


def _sketch(kind: str, x: int, y: int, w: int, h: int) -> str:
    """Give a few strokes that tell a table from a chart; none where there is no room."""
    if h < _LEAST:
        return ""
    match kind:
        case "table" | "saved search":
            strokes = [f"M{x} {y + at}h{w}" for at in range(0, h, 12)]
        case "heat map":
            strokes = [f"M{x} {y + at}h{w}" for at in range(0, h + 1, h // 7)]
            strokes += [f"M{x + w * at // 24} {y}v{h // 7 * 7}" for at in range(25)]
        case "horizontal bars":
            strokes = [
                f"M{x} {y + at}h{w * share // 100}v6h-{w * share // 100}z"
                for at, share in zip(
                    range(0, h, 14), (90, 70, 55, 40, 30, 22, 16, 12), strict=False
                )
            ]
        case "stacked bars" | "bars of shares":
            tall = (40, 55, 35, 60, 80, 50, 45, 90, 60, 30) if kind == "stacked bars" else [98] * 10
            strokes = [
                f"M{x + w * at // 10} {y + h}v-{h * share // 100}h{w // 14}v{h * share // 100}z"
                f"m0 -{h * share // 250}h{w // 14}"
                for at, share in enumerate(tall)
            ]
        case _:
            tops = (60, 45, 55, 30, 50, 20, 40, 35, 55, 45)
            points = " ".join(
                f"{x + w * at // 9} {y + h * share // 100}" for at, share in enumerate(tops)
            )
            strokes = [f"M{points}"]
    return f'<path d="{"".join(strokes)}" fill="none" stroke="#c9d3e3"/>\n'


def _cut(text: str, width: int) -> str:
    most = int((width - 14) / _PER_LETTER)
    return text if len(text) <= most else f"{text[: most - 1]}…"
