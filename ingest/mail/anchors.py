"""What an HTML mail links to, with the words around each link. Nothing is run or fetched."""

import re
from collections.abc import Iterator

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

HTML_LIMIT = 500_000
"""Characters of a mail's HTML that are looked at. Source: ours; Google's are below 100,000."""

_MOST_ANCHORS = 2000
_MOST_LINES = 12
_LINE_LIMIT = 2000
_TITLE_LIMIT = 4000
_HIGHEST = 12
"""Elements above a text that are looked at for what it is."""

_DEEPEST = 500
"""Elements inside elements; the time to parse grows with the square of it: 2 s at 16,000 (one
core, selectolax 0.4). Source: ours; mails made of tables nest some 50 deep."""

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_UNCLOSED = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
     "track", "wbr", "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "option",
     "colgroup", "html", "body", "head"}
)  # fmt: skip
"""Elements that end without an end tag."""

_UNREAD = frozenset({"script", "style", "head", "title", "template", "noscript"})
_INLINE = frozenset(
    {"a", "b", "i", "em", "strong", "span", "font", "u", "s", "small", "big", "mark", "wbr", "sub",
     "sup", "abbr", "cite", "code", "q"}
)  # fmt: skip
"""Elements that do not part the words on either side."""


class Anchor(Struct, kw_only=True):
    """One link of a mail, and what stands between it and the next one."""

    href: str
    title: str = ""
    """Its words; empty for a picture."""
    lines: list[str] = []
    """The texts after it, block by block."""
    told: dict[str, str] = {}
    """Those of them that say what they are, by their ``itemprop``."""


def anchors(html: str) -> list[Anchor]:
    """Give the links of an HTML mail, in its order."""
    found: list[Anchor] = []
    inside: int | None = None
    block = None
    for node in _nodes(html):
        if node.tag == "a" and (href := (node.attributes.get("href") or "").strip()):
            if len(found) == _MOST_ANCHORS:
                break
            title = " ".join((node.text(deep=True) or "").split())[:_TITLE_LIMIT]
            found.append(Anchor(href=href, title=title, lines=[], told={}))
            inside, block = node.mem_id, None
        elif node.tag == "-text" and found:
            above = list(_above(node))
            if inside in {one.mem_id for one in above} or any(one.tag in _UNREAD for one in above):
                continue
            block = _add(found[-1], node.text(deep=False) or "", above, block)
    return found


def scripts(html: str, scope: str) -> list[str]:
    """Give the JSON that a mail carries for machines, as text; nothing of it is run."""
    if scope not in html:
        return []
    tree = _tree(html)
    return [
        node.text()
        for node in (tree.css("script") if tree else ())
        if node.attributes.get("data-scope") == scope
        and node.attributes.get("type") == "application/json"
    ]


def is_deep(html: str) -> bool:
    """Tell whether elements are nested so deep that a parser would be long at it."""
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _UNCLOSED:
            depth += -1 if tag[1] else 1
            if depth > _DEEPEST:
                return True
            depth = max(depth, 0)
    return False


def _nodes(html: str) -> Iterator[LexborNode]:
    tree = _tree(html)
    if tree is not None and tree.root is not None:
        yield from tree.root.traverse(include_text=True)


def _tree(html: str) -> LexborHTMLParser | None:
    cut = html[:HTML_LIMIT]
    return None if is_deep(cut) else LexborHTMLParser(cut.encode("utf-8", "replace").decode())


def _above(node: LexborNode) -> Iterator[LexborNode]:
    at = node.parent
    for _ in range(_HIGHEST):
        if at is None:
            return
        yield at
        at = at.parent


def _add(anchor: Anchor, text: str, above: list[LexborNode], block: int | None) -> int | None:
    """Put a text to its link; give the block it stands in."""
    here = next((one.mem_id for one in above if one.tag not in _INLINE), None)
    if not text.strip():
        return block
    if here == block and anchor.lines:
        anchor.lines[-1] = (anchor.lines[-1] + text)[:_LINE_LIMIT]
    elif len(anchor.lines) < _MOST_LINES:
        anchor.lines.append(text[:_LINE_LIMIT])
    for prop in _props(above):
        anchor.told[prop] = (anchor.told.get(prop, "") + text)[:_LINE_LIMIT]
    return here


def _props(above: list[LexborNode]) -> set[str]:
    named = (one.attributes.get("itemprop") or "" for one in above)
    return {name for name in named if name in {"publisher", "description"}}
