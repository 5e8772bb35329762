"""The tokens of a headline as print has them: words with their accents, numbers, marks.

``wording`` makes disguises of one text equal and so drops accents and marks. Here they stay:
*que* tells and *qué* asks, and a colon before a question sells. What would tell the outlet
rather than the tone is made one: addresses go, every number is ``_n``, every mention ``_at``,
every hashtag ``_tag``.
"""

import re

NUMBER, MENTION, TAG = "_n", "_at", "_tag"
START, END, GAP = "_start", "_end", "_"
"""Names that are no token: a lone ``_`` is none."""

TOKEN = re.compile(
    r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\d+(?:[.,]\d+)*|[@#]\w+|[^\w\s\ufe0f\u200d\U0001f3fb-\U0001f3ff]"
)
"""One token; the second group of marks would be skin tones and joiners, which say nothing."""

ADDRESS = re.compile(r"https?://\S+")
_TYPOGRAPHY = tuple(
    zip("\u201c\u201d\u00ab\u00bb\u2018\u2019\u2013\u2014", '""""\'\'--', strict=True)
)
"""One ``replace`` each: ``translate`` is five times slower on text that is not ASCII."""


def plain(text: str) -> str:
    """Give the text without addresses, quotes and dashes in one form; offsets stay.

    >>> plain("¿Qué? https://example.org/a — “sí”")
    '¿Qué?                       - "sí"'
    """
    if not text.isascii():
        for sign, ascii_sign in _TYPOGRAPHY:
            text = text.replace(sign, ascii_sign)
    if "://" in text:
        text = ADDRESS.sub(lambda found: " " * len(found[0]), text)
    return text


def tokens(text: str) -> list[str]:
    """Give the tokens of what ``plain`` gave, in their case.

    >>> tokens('#Liga | 1,5 millones: "no" @ann')
    ['_tag', '|', '_n', 'millones', ':', '"', 'no', '"', '_at']
    """
    return [token if token[0].isalpha() else named(token) for token in TOKEN.findall(text)]


def named(token: str) -> str:
    """Give the name of a number, mention or hashtag; any other token as it is."""
    first = token[0]
    if first.isdigit():
        return NUMBER
    if first in "@#" and len(token) > 1:
        return MENTION if first == "@" else TAG
    return token
