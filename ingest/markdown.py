"""Plain text and addresses out of Markdown, as people write it on forums.

No parser: what is marked up is found by its marks, and what looks odd stays as it is.
"""

import re

from bunco.text.plain import plain
from ingest.limits import MOST_LINKS, URL_LIMIT

_LIMIT = 100_000
"""Characters of a text that are looked at."""

_LINK = re.compile(
    r"!?\[([^\[\]]{0,2000})\]\(\s*<?([^\s()<>]{1,4000}(?:\([^\s()]{0,200}\))?)>?[^()]{0,300}\)"
)
_BARE = re.compile(r"https?://[^\s<>\"'\]|]{1,4000}", re.IGNORECASE)
_AUTO = re.compile(r"<(https?://[^\s<>]{1,4000})>", re.IGNORECASE)
_FENCE = re.compile(r"^[ ]{0,3}(?:```|~~~)[^\n]{0,100}$", re.MULTILINE)
_LINE_MARK = re.compile(
    r"^[ \t]{0,3}(?:#{1,6}[ \t]+|>+[ \t]?|[-*+][ \t]+|={3,}$|-{3,}$)", re.MULTILINE
)
_EMPHASIS = tuple(
    re.compile(
        rf"(?<![\w{mark}\\]){marks}(?=[^\s{mark}])([^{mark}\n]{{1,1000}})(?<=[^\s\\]){marks}(?![\w{mark}])"
    )
    for mark, marks in (("*", r"\*{1,3}"), ("_", "_{1,3}"), ("~", "~~"), ("`", "`{1,2}"))
)
"""What is emphasised holds no mark of its kind: so a text of nothing but marks costs no time."""

_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!~>|-])")


def words(markdown: str) -> str:
    """Give the text without its marks, on one line, single spaces.

    >>> words("# **Big** [news](https://example.org/a)")
    'Big news'
    """
    text = _LINK.sub(r"\1", markdown[:_LIMIT])
    text = _AUTO.sub(r"\1", text)
    text = _LINE_MARK.sub("", _FENCE.sub("", text))
    for _ in range(2):  # one kind may stand inside another
        for emphasis in _EMPHASIS:
            text = emphasis.sub(r"\1", text)
    return plain(_ESCAPED.sub(r"\1", text))


def links(markdown: str, own: str = "") -> tuple[str, ...]:
    """Give the first web addresses in a text, in its order, each once, ``own`` left out.

    >>> links("see [this](https://example.org/a) or https://example.org/b.")
    ('https://example.org/a', 'https://example.org/b')
    """
    text = markdown[:_LIMIT]
    spots = [(match.start(), match[2]) for match in _LINK.finditer(text)]
    beside = _LINK.sub(lambda match: " " * len(match[0]), text)
    spots += [(match.start(), match[0].rstrip(".,;:!?)*_")) for match in _BARE.finditer(beside)]
    found: dict[str, None] = {}
    for _, target in sorted(spots):
        is_web = target.lower().startswith(("http://", "https://"))
        if is_web and target != own and len(target) <= URL_LIMIT:
            found[target] = None
    return tuple(found)[:MOST_LINKS]
