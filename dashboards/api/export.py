"""Write all of an author into a file, piece by piece."""

import csv
import io
from collections.abc import AsyncIterator, Iterable
from urllib.parse import quote

from bunco import codec
from bunco.model import AuthorSummary, HistoryEntry
from dashboards.api import shapes
from dashboards.desk import Desk

COLUMNS = (
    "id",
    "posted_at",
    "seen_at",
    "kind",
    "source",
    "place",
    "title",
    "text",
    "url",
    "links",
    "headline",
    "sensational",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would carry out. Source: OWASP, CSV injection."""
_PIECE = 500


async def as_json(desk: Desk, author: AuthorSummary) -> AsyncIterator[bytes]:
    """Give one JSON object: the author, then all entries, newest first."""
    yield b'{"author":' + codec.encode(author) + b',"entries":['
    comma = b""
    async for entries in _pieces(desk, author.author):
        rows = b",".join(codec.encode(shapes.entry(one)) for one in entries)
        yield comma + rows
        comma = b","
    yield b"]}\n"


async def as_csv(desk: Desk, author: str) -> AsyncIterator[bytes]:
    """Give the posts of an author, newest first, for a spreadsheet."""
    # The mark at the start tells spreadsheets that it is UTF-8.
    yield b"\xef\xbb\xbf" + _lines([COLUMNS])
    async for entries in _pieces(desk, author):
        posts = [shapes.post(one.post) for one in entries if one.post is not None]
        if posts:
            yield _lines([[_cell(getattr(post, name)) for name in COLUMNS] for post in posts])


def disposition(author: str, form: str) -> str:
    r"""Give the header that names the file; whatever the author's id holds.

    >>> disposition("web:example.org/a\r\nb", "csv")
    'attachment; filename="web_example.org_a_b.csv"; filename*=UTF-8\'\'web_example.org_a_b.csv'
    """
    words = "".join(c if c.isalnum() or c in "-." else " " for c in author)
    name = f"{'_'.join(words.split())[:80] or 'author'}.{form}"
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"


async def _pieces(desk: Desk, author: str) -> AsyncIterator[tuple[HistoryEntry, ...]]:
    after = ""
    while True:
        page = await desk.ask(desk.store.history, author, limit=_PIECE, after=after)
        if page.rows:
            yield page.rows
        after = page.after
        if not after or not page.rows:
            return


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str:
    if isinstance(value, tuple):
        value = " ".join(value)
    text = "" if value is None else str(value).replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) and isinstance(value, str) else text
