"""Verdicts: what was said, by whom and why."""

from typing import Annotated, Literal

from fastapi import Query, Request, Response

from bunco.ports.queries import VerdictQuery
from dashboards.api import shapes
from dashboards.api.routing import After, Limit, Routes, TheDesk, answered

routes = Routes("verdicts")

_Text = Annotated[str, Query(max_length=1024)]


@routes.get("/verdicts", shapes.Page[shapes.Verdict])
async def verdicts(
    request: Request,
    desk: TheDesk,
    finding: _Text = "",
    author: _Text = "",
    detector: _Text = "",
    by: _Text = "",
    judged: Literal["", "spam", "fine", "mute", "none"] = "",
    limit: Limit = 100,
    after: After = "",
) -> Response:
    """List verdicts, the latest first; those that were replaced since, too."""
    query = VerdictQuery(finding=finding, author=author, detector=detector, by=by, judged=judged)
    page = await desk.ask(desk.store.verdicts, query, limit=limit, after=after)
    rows = [shapes.verdict(one) for one in page.rows]
    return answered(request, shapes.Page(rows=rows, after=page.after))
