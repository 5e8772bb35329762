"""Authors: ranked, found, one with all of theirs; exported, forgotten."""

from typing import Annotated, Literal, TypeAlias

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse
from msgspec import Struct

from bunco.model import AuthorSummary
from dashboards.api import export as exporting
from dashboards.api import shapes
from dashboards.api.routing import (
    After,
    Limit,
    Moment,
    Routes,
    TheDesk,
    answered,
    done,
    in_utc,
    read,
)
from dashboards.desk import Desk
from dashboards.errors import Missing

routes = Routes("authors")

Id: TypeAlias = Annotated[
    str, Query(min_length=1, max_length=1024, description="For example web:example.org.")
]


class Authors(Struct, frozen=True, kw_only=True):
    """Some authors."""

    rows: list[AuthorSummary]


class Forget(Struct, frozen=True, kw_only=True):
    """An author to forget, for good."""

    id: str


class Forgotten(Struct, frozen=True, kw_only=True):
    """Who was forgotten, with how much."""

    id: str
    posts: int
    findings: int


@routes.get("/authors", Authors)
async def authors(
    request: Request,
    desk: TheDesk,
    since: Moment = None,
    until: Moment = None,
    limit: Limit = 20,
) -> Response:
    """Rank authors by the scores of their findings in a period, the worst first."""
    found = await desk.ask(
        desk.store.authors, since=in_utc(since), until=in_utc(until), limit=limit
    )
    return answered(request, Authors(rows=list(found)))


@routes.get("/authors/find", Authors)
async def find(
    request: Request,
    desk: TheDesk,
    part: Annotated[str, Query(min_length=1, max_length=1000)],
    limit: Limit = 20,
) -> Response:
    """Find authors whose id or name has this part, in any case."""
    found = await desk.ask(desk.store.find_authors, part, limit=limit)
    return answered(request, Authors(rows=list(found)))


@routes.get("/author", AuthorSummary, may=[404])
async def author(request: Request, desk: TheDesk, id: Id) -> Response:  # noqa: A002  # its name
    """Give one author over all time."""
    return answered(request, await _known(desk, id))


@routes.get("/author/history", shapes.Page[shapes.HistoryEntry], may=[404])
async def history(
    request: Request,
    desk: TheDesk,
    id: Id,  # noqa: A002  # its name
    since: Moment = None,
    until: Moment = None,
    limit: Limit = 100,
    after: After = "",
) -> Response:
    """Give an author's posts and findings on one line of time, newest first."""
    known = await _known(desk, id)
    page = await desk.ask(
        desk.store.history,
        known.author,
        since=in_utc(since),
        until=in_utc(until),
        limit=limit,
        after=after,
    )
    rows = [shapes.entry(one) for one in page.rows]
    return answered(request, shapes.Page(rows=rows, after=page.after))


@routes.get("/author/export", None, may=[404], media="*/*")
async def export(
    desk: TheDesk,
    id: Id,  # noqa: A002  # its name
    form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Response:
    """Export all of an author: as JSON with findings, or the posts as CSV."""
    known = await _known(desk, id)
    headers = {"Content-Disposition": exporting.disposition(known.author, form)}
    if form == "csv":
        pieces = exporting.as_csv(desk, known.author)
        return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)
    pieces = exporting.as_json(desk, known)
    return StreamingResponse(pieces, media_type="application/json", headers=headers)


@routes.post("/author/forget", Forgotten, role="admin", takes=Forget)
async def forget(request: Request, desk: TheDesk) -> Response:
    """Erase an author with posts, findings, states and all text, for good."""
    asked = await read(request, Forget)
    known = await _known(desk, asked.id)
    await desk.forget(known.author)
    return done(Forgotten(id=known.author, posts=known.posts, findings=known.findings))


async def _known(desk: Desk, author_id: str) -> AuthorSummary:
    found = await desk.ask(desk.store.author, author_id)
    if found is None:
        raise Missing("there is no such author")
    return found
