"""An author's whole history as a file, written while it is read."""

import csv
import io
from collections.abc import AsyncIterator, Sequence

from fastapi import FastAPI, Response
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse

from bunco import codec
from bunco.model import HistoryEntry
from dashboards.desk import Desk, desk_of

_PIECE = 500
_COLUMNS = (
    "at",
    "what",
    "id",
    "author",
    "source",
    "place",
    "kind",
    "title",
    "text",
    "url",
    "links",
    "sensational",
    "detector",
    "severity",
    "score",
    "sentence",
    "verdict",
)
_TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def add(app: FastAPI) -> None:
    """Add the address ``/export/author``."""
    app.add_api_route("/export/author", export, methods=["GET"], include_in_schema=False)


async def export(request: Request, id: str = "", form: str = "json") -> Response:  # noqa: A002  # names in the address
    """Give an author's posts and findings, newest first, as JSON or CSV."""
    desk = desk_of(request)
    if form not in _TYPES or await desk.ask(desk.store.author, id) is None:
        return PlainTextResponse("There is no such author, or no such form.", status_code=404)
    pieces = as_json(history(desk, id)) if form == "json" else as_csv(history(desk, id))
    name = "".join(one if one.isascii() and one.isalnum() else "-" for one in id)[:80]
    return StreamingResponse(
        pieces,
        media_type=_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="{name}.{form}"'},
    )


async def history(desk: Desk, author: str) -> AsyncIterator[Sequence[HistoryEntry]]:
    """Give the history in pieces, newest first."""
    after = ""
    while True:
        page = await desk.ask(desk.store.history, author, limit=_PIECE, after=after)
        yield page.rows
        if not (after := page.after):
            return


async def as_json(pieces: AsyncIterator[Sequence[HistoryEntry]]) -> AsyncIterator[bytes]:
    """Write one JSON array."""
    before = b"["
    async for rows in pieces:
        for row in rows:
            yield before + codec.encode(row)
            before = b",\n"
    yield b"]\n" if before != b"[" else b"[]\n"


async def as_csv(pieces: AsyncIterator[Sequence[HistoryEntry]]) -> AsyncIterator[str]:
    """Write a table with a line of names; no cell of it is a formula to a spreadsheet."""
    yield _line(_COLUMNS)
    async for rows in pieces:
        yield "".join(_line(_cells(row)) for row in rows)


def harmless(cell: str) -> str:
    """Give a cell that a spreadsheet takes as text.

    Source: OWASP, CSV injection.

    >>> harmless("=1+1"), harmless("one")
    ("'=1+1", 'one')
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(cell.replace("\0", "\ufffd")) for cell in cells])
    return out.getvalue()


def _cells(entry: HistoryEntry) -> Sequence[str]:
    at = entry.at.isoformat()
    if (found := entry.post) is not None:
        post = found.post
        return (
            at,
            "post",
            post.id,
            post.author,
            post.source,
            post.place,
            post.kind,
            post.title,
            post.text,
            post.url,
            " ".join(post.links),
            f"{found.sensational}",
            "",
            "",
            "",
            "",
            "",
        )
    one = entry.finding
    if one is None:
        return (at,)
    verdict = f"{one.verdict.judged}: {one.verdict.because}" if one.verdict else ""
    return (
        at,
        "finding",
        one.id,
        one.subject,
        " ".join(one.sources),
        ", ".join(one.places),
        "",
        "",
        "",
        "",
        "",
        f"{one.sensational}",
        one.detector,
        one.severity,
        f"{one.score}",
        one.reason,
        verdict,
    )
