"""What dead letters hold, as far as it can be told: they are seldom whole, or valid."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from bunco.model import DeadLetter, to_ms
from bunco.storage.removing import is_gone

MOST_BYTES = 65_536
"""Of a body; what is longer is cut. Source: ``bunco.model.dead_letter``."""
WAS_CUT = "it was cut at 64 KiB and cannot be replayed"

_TEXT = rb'"((?:[^"\\]|\\.?)*+)'
"""What follows a quotation mark, up to the next or the end. Each of them begins one, so that
a stray one misplaces nothing."""
_texts = re.compile(_TEXT, re.DOTALL).findall
_authors = re.compile(rb'"(?:author|subject)"\s*:\s*' + _TEXT, re.DOTALL).findall
_times = re.compile(rb'"(?:posted_at|first_at)"\s*:\s*' + _TEXT, re.DOTALL).findall
_text = msgspec.json.Decoder(str).decode
_time = msgspec.json.Decoder(datetime).decode


class Mentions(Struct, frozen=True, kw_only=True):
    """Whom and what a letter names."""

    posts: frozenset[str]
    """Ids among other texts."""
    authors: frozenset[str]
    first_ms: int | None
    """The earliest time of a post in it, else when it was set aside; None: not known."""

    def is_gone(self, erased: Collection[str], authors: Mapping[str, int | None]) -> bool:
        """Tell whether the letter holds what was removed. One that tells no time does.

        Args:
            erased: posts that were removed.
            authors: those who were removed, with the last ms that is gone; None: for good.
        """
        if not self.posts.isdisjoint(erased):
            return True
        if self.first_ms is None:
            return not self.authors.isdisjoint(authors)
        return any(is_gone(authors, author, self.first_ms) for author in self.authors)


def mentions(letter: DeadLetter) -> Mentions:
    """Give whom and what a letter names.

    >>> letter = DeadLetter(id="a", origin="hn", reason="odd", body=b'{"id": "hn:1", "author"')
    >>> "hn:1" in mentions(letter).posts
    True
    >>> letter = DeadLetter(id="a", origin="hn: hn:1", reason="odd", body=b"?")
    >>> "hn:1" in mentions(letter).posts
    True
    """
    times = [ms for raw in _times(letter.body) if (ms := _ms(raw)) is not None]
    if letter.at is not None and not times:
        times = [to_ms(letter.at)]
    authors = {letter.author, *map(_plain, _authors(letter.body))}
    return Mentions(
        posts=frozenset((letter.origin.partition(": ")[2], *map(_plain, _texts(letter.body))))
        - {""},
        authors=frozenset(authors - {""}),
        first_ms=min(times, default=None),
    )


def is_cut(body: bytes) -> bool:
    """Tell whether the body of a letter lacks the end of what was received."""
    return len(body) == MOST_BYTES


def _plain(raw: bytes) -> str:
    """Give the text that JSON spells so."""
    try:
        return _text(b'"' + raw + b'"')
    except (msgspec.DecodeError, UnicodeDecodeError):
        return raw.decode("utf-8", "replace")


def _ms(raw: bytes) -> int | None:
    try:
        moment = _time(b'"' + raw + b'"')
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return None if moment.tzinfo is None else to_ms(moment)
