"""Colours, spacing and type of all pages, in light and dark, with their contrast.

Severity and kind are always told by a word and a shape as well: colour repeats it.
"""

from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict


class Colours(Struct, frozen=True, kw_only=True):
    """What each role is painted with; ``on_`` stands on the role of that name."""

    page: str
    panel: str
    sunken: str
    line: str
    edge: str
    """Of things that are operated: 3:1 against panel and page."""
    text: str
    muted: str
    link: str
    focus: str
    accent: str
    on_accent: str
    high: str
    high_soft: str
    medium: str
    medium_soft: str
    low: str
    low_soft: str
    good: str
    good_soft: str
    mark: str
    new: str
    gone: str
    posts: str
    replies: str
    reposts: str


LIGHT = Colours(
    page="#f5f6f8",
    panel="#ffffff",
    sunken="#eef0f4",
    line="#dde1e8",
    edge="#7b8494",
    text="#1a2230",
    muted="#505b6d",
    link="#1d4fa8",
    focus="#1d4fa8",
    accent="#24508f",
    on_accent="#ffffff",
    high="#a3232b",
    high_soft="#fbe9e9",
    medium="#7d4b00",
    medium_soft="#fdf1dc",
    low="#2f5478",
    low_soft="#e8f0f8",
    good="#1d6340",
    good_soft="#e4f3ea",
    mark="#fff0c2",
    new="#d9f0e1",
    gone="#f9dcdc",
    posts="#3a6ea8",
    replies="#6b9a86",
    reposts="#9a7fb5",
)
DARK = Colours(
    page="#12161d",
    panel="#1a2029",
    sunken="#232b36",
    line="#323c4a",
    edge="#8792a4",
    text="#e7ebf1",
    muted="#aab4c3",
    link="#8fbcff",
    focus="#8fbcff",
    accent="#8fbcff",
    on_accent="#0f1a2b",
    high="#ffa3a3",
    high_soft="#43222a",
    medium="#f5c46c",
    medium_soft="#3d3020",
    low="#9dc6ee",
    low_soft="#20334a",
    good="#8fd6ae",
    good_soft="#1d3a2c",
    mark="#574a1c",
    new="#1f4a34",
    gone="#54282f",
    posts="#6ea3de",
    replies="#84b8a2",
    reposts="#bda4d6",
)

TEXT_PAIRS = (
    *((ink, paper) for ink in ("text", "muted", "link") for paper in ("page", "panel", "sunken")),
    *((ink, "panel") for ink in ("high", "medium", "low", "good")),
    *((ink, f"{ink}_soft") for ink in ("high", "medium", "low", "good")),
    *(("text", paper) for paper in ("mark", "new", "gone", "high_soft", "medium_soft")),
    ("on_accent", "accent"),
)
"""Ink and paper of text: 4.5:1 at least. Source: WCAG 2.2, 1.4.3."""

SHAPE_PAIRS = (
    *((ink, paper) for ink in ("edge", "focus") for paper in ("page", "panel")),
    *((ink, "panel") for ink in ("posts", "replies", "reposts")),
)
"""Of lines and shapes that tell something: 3:1 at least. Source: WCAG 2.2, 1.4.11."""

_SHAPES = Path(__file__).with_name("assets") / "bunco.css"


def contrast(ink: str, paper: str) -> float:
    """Give the contrast of two ``#rrggbb``, 1…21. Source: WCAG 2.2, relative luminance."""
    one, other = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (one + 0.05) / (other + 0.05)


def stylesheet() -> str:
    """Give the whole style sheet: the colours of both themes, then everything's shape."""
    light, dark = _declared(LIGHT), _declared(DARK)
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root:not([data-theme="light"]) '
        f"{{ color-scheme: dark; {dark} }} }}\n"
        f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }}\n'
        f"{_SHAPES.read_text(encoding='utf-8')}"
    )


def _declared(colours: Colours) -> str:
    return " ".join(
        f"--{name.replace('_', '-')}: {value};" for name, value in asdict(colours).items()
    )


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[n : n + 2], 16) / 255) for n in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
