"""How the health of a source is shown: sign, words and colour, what needs a look first."""

from bunco.health import Health
from dashboards.pages.markup import Child, Markup, h

SIGNS: dict[Health, tuple[str, str, str]] = {
    "failing": ("✕", "failing", "b-high"),
    "late": ("◔", "late", "b-medium"),
    "silent": ("○", "silent", "b-medium"),
    "paused": ("❚❚", "paused", "b-none"),
    "new": ("·", "not read yet", "b-none"),
    "ended": ("■", "read to its end", "b-none"),
    "ok": ("✓", "ok", "b-good"),
}

TROUBLED: frozenset[Health] = frozenset({"failing", "late", "silent"})


def sign(word: Health, *before: Child) -> Markup:
    """Give the health of a source as shape and words, and what stands between them."""
    shape, words, colour = SIGNS[word]
    return h(
        "span",
        h("span", shape, aria_hidden="true"),
        *before,
        f" {words}",
        class_=f"b-badge {colour}",
    )
