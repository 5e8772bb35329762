"""What a removal reaches: which findings name a post, which letters hold it, who is gone."""

import json
import re
from collections.abc import Callable, Collection, Mapping

from bunco.model import DeadLetter, Finding


def quoted(finding: Finding) -> set[str]:
    """Give the ids of all posts that a finding names."""
    return {*finding.evidence, *(quote.post for quote in finding.quotes)}


def is_gone(gone: Mapping[str, int | None], author: str, at_ms: int) -> bool:
    """Tell whether something of an author's from then was removed with the author.

    Args:
        gone: removed authors, with the last ms that is gone; None: all there will ever be.
        author: whose it is.
        at_ms: when it was published, or when a finding began.
    """
    if author not in gone:
        return False
    until = gone[author]
    return until is None or at_ms <= until


def naming(ids: Collection[str], authors: Collection[str]) -> Callable[[DeadLetter], bool]:
    """Give a test for dead letters that hold removed posts or are of removed authors.

    >>> is_theirs = naming(["hn:1"], [])
    >>> letter = DeadLetter(id="a", origin="hn", reason="odd", body=b'{"id": "hn:1"}')
    >>> is_theirs(letter)
    True
    >>> is_theirs(DeadLetter(id="b", origin="hn: hn:1", reason="odd", body=b"?"))
    True
    """
    spelled = [spelling for name in {*ids, *authors} for spelling in _spellings(name)]

    def is_theirs(letter: DeadLetter) -> bool:
        held = letter.body + b"\n" + letter.origin.encode("utf-8", "replace")
        return letter.author in authors or any(
            spelling in held and _names(held, spelling) for spelling in spelled
        )

    return is_theirs


def _spellings(name: str) -> set[bytes]:
    """Give the ways in which JSON may spell an id."""
    escaped = json.dumps(name)[1:-1]
    spelled = {name, escaped, escaped.replace("/", "\\/")}
    return {spelling.encode("utf-8", "replace") for spelling in spelled}


def _names(body: bytes, spelling: bytes) -> bool:
    """Tell whether the body holds the id itself, not a longer one that begins alike."""
    return bool(re.search(rb"(?<![\w:/@-])" + re.escape(spelling) + rb"(?![\w:/@-])", body))
