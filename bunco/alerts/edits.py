"""Mark what differs between two forms of a headline, word by word."""

import re
from difflib import SequenceMatcher
from typing import Literal, TypeAlias

from msgspec import Struct

How: TypeAlias = Literal["same", "added", "dropped"]
_LIKE = 0.5
"""With a smaller share of its letters in words of the first, a text is no form of it but another
one, as those of a burst are. Source: ours."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]+")


class Run(Struct, frozen=True):
    """A stretch of text, and whether it is in both forms."""

    how: How
    text: str


def edits(first: str, other: str) -> tuple[Run, ...]:
    """Give another form of a headline with what was added and dropped marked.

    Nothing is marked in what is another text.

    >>> [(run.how, run.text) for run in edits("Earn 500 a day", "Earn 900 a day")]
    [('same', 'Earn '), ('dropped', '500'), ('added', '900'), ('same', ' a day')]
    """
    a, b = _WORDS.findall(first), _WORDS.findall(other)
    runs: list[Run] = []
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Run("same", "".join(b[k:m])))
            continue
        if j > i:
            runs.append(Run("dropped", "".join(a[i:j])))
        if m > k:
            runs.append(Run("added", "".join(b[k:m])))
    kept = sum(len(run.text.strip()) for run in runs if run.how == "same")
    return tuple(runs) if kept >= _LIKE * len(other) else (Run("same", other),)
