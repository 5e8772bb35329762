"""Write HTML in which every text is escaped: only what ``h`` made passes as markup.

>>> h("p", "1 < 2", class_="small")
'<p class="small">1 &lt; 2</p>'
"""

import re
from collections.abc import Iterable
from html import escape
from typing import TypeAlias, Union

Value: TypeAlias = str | int | float | bool | None
"""Of an attribute: True stands alone, False and None leave it out."""

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "rect", "circle", "path", "line"})

_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
"""Characters of control, and marks that turn the direction of the text after them."""


class Markup(str):
    """HTML that was put together here. What is added to it or cut from it is plain text."""

    __slots__ = ()


Child: TypeAlias = Union[str, Markup, "Iterable[Child]", None]


def h(tag: str, *children: Child, **attributes: Value) -> Markup:
    """Give an element with its children; texts among them and all attributes are escaped.

    Args:
        tag: its name, ours.
        children: texts, markup, or several of them; None is nothing.
        attributes: ``class_`` for ``class``, ``aria_label`` for ``aria-label``.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(
            f"<{tag}{written}>"
            if tag in {"br", "hr", "img", "input", "link", "meta"}
            else f"<{tag}{written}/>"
        )
    return Markup(f"<{tag}{written}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Markup:
    """Give the children one after the other."""
    return Markup("".join(map(_written, children)))


def plain(text: str) -> str:
    """Give a stranger's text with nothing in it that acts: U+FFFD stands for what did."""
    return _HARMFUL.sub("\ufffd", text)


def said(text: str, most: int = 300, *, class_: str | None = None) -> Markup:
    """Give a stranger's text: harmless, cut, and turning no direction but its own."""
    return h("bdi", shortened(text, most), class_=class_)


def shortened(text: str, most: int) -> str:
    """Give the text on one line, cut at so many characters with an ellipsis."""
    text = " ".join(text[: most * 4].split()) if len(text) > most else " ".join(text.split())
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def _written(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return str(child)
    if isinstance(child, str):
        return escape(plain(child))
    return "".join(map(_written, child))


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(plain(str(value)))}"'
