"""Headlines: those published most often, and who published one."""

from typing import Annotated, TypeAlias

from fastapi import Query, Request, Response
from msgspec import Struct

from bunco.model import RepeatedHeadline
from dashboards.api import shapes
from dashboards.api.routing import After, Limit, Moment, Routes, TheDesk, answered, in_utc

routes = Routes("headlines")

Headline: TypeAlias = Annotated[
    str, Query(min_length=1, max_length=4000, description="As published.")
]


class Headlines(Struct, frozen=True, kw_only=True):
    """Headlines, those published most often first."""

    rows: list[RepeatedHeadline]


class Posts(Struct, frozen=True, kw_only=True):
    """Some posts."""

    rows: list[shapes.StoredPost]


@routes.get("/headlines", Headlines)
async def headlines(
    request: Request,
    desk: TheDesk,
    since: Moment = None,
    until: Moment = None,
    limit: Limit = 100,
) -> Response:
    """List the headlines published more than once in a period."""
    found = await desk.ask(
        desk.store.repeated, since=in_utc(since), until=in_utc(until), limit=limit
    )
    return answered(request, Headlines(rows=list(found)))


@routes.get("/headline/copies", shapes.Page[shapes.StoredPost])
async def copies(
    request: Request, desk: TheDesk, headline: Headline, limit: Limit = 100, after: After = ""
) -> Response:
    """List everybody who published a headline in the same words, the first first."""
    page = await desk.ask(desk.store.copies, headline, limit=limit, after=after)
    rows = [shapes.post(one) for one in page.rows]
    return answered(request, shapes.Page(rows=rows, after=page.after))


@routes.get("/headline/near", Posts)
async def near(request: Request, desk: TheDesk, headline: Headline, limit: Limit = 100) -> Response:
    """List posts that have some of the long words of a headline: near copies are among them."""
    found = await desk.ask(desk.store.near, headline, limit=limit)
    return answered(request, Posts(rows=[shapes.post(one) for one in found]))
