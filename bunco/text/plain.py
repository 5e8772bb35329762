"""Plain text out of HTML: words only, blocks kept apart by spaces."""

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser

LIMIT = 1_000_000
"""Characters of HTML looked at. Source: ours; above any post."""

_BLOCK = re.compile(
    r"<(?=/?(?:p|div|br|hr|li|ul|ol|dl|dt|dd|h[1-6]|tr|td|th|table|blockquote|pre|section|article"
    r"|header|footer|aside|nav|figure|figcaption|img|video|iframe|form|button|option|center)\b)",
    re.IGNORECASE,
)
"""Where an element begins or ends that a reader sees apart from the words beside it."""

_UNREAD = ["script", "style", "noscript", "template", "head"]


def plain(html: str) -> str:
    """Give the text of a piece of HTML, on one line, single spaces.

    Scripts, styles, comments and tags are gone, entities resolved.

    >>> plain("<p>Bread &amp; <b>b</b>utter</p><script>x()</script><p>Tea</p>")
    'Bread & butter Tea'
    """
    html = html[:LIMIT]
    if "<" not in html:
        return " ".join((unescape(html) if "&" in html else html).split())
    tree = LexborHTMLParser(_BLOCK.sub(" <", html).encode("utf-8", "replace").decode())
    tree.strip_tags(_UNREAD)
    root = tree.body or tree.root
    return " ".join(root.text(separator="").split()) if root else ""
