"""``/hooks/NAME``: where sources are pushed to.

The answer is given once what came is stored. Until then the sender keeps it: a pipeline that is
busy, a run that ends, a source that is paused are told by 503 with Retry-After.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Request, Response

from bunco.pushes import Push, Received
from dashboards.access.guard import HOOKS
from dashboards.desk import Desk, Hooks, desk_of
from dashboards.errors import Missing, Refused, Unavailable

AT_ONCE = 8
"""Pushes to one source that are in our hands at the same time, each with its body of at most
``most_bytes``; the next is told to come again. Source: ours."""
_BODY_S = 20
"""So long a body may take to come, in seconds."""
_NOT_HERE = "pushes are taken by the process that runs the pipeline: bunco run"


def routes() -> APIRouter:
    """Give ``/hooks/NAME``."""
    router = APIRouter(include_in_schema=False)
    taken: defaultdict[str, int] = defaultdict(int)

    @router.api_route(f"{HOOKS}{{name:path}}", methods=["GET", "POST"])
    async def pushed(request: Request, name: str) -> Response:
        hooks = _hooks(desk_of(request), name)
        async with _a_place(taken, name):
            push = await _push(request)
            received = await asyncio.to_thread(hooks.receivers[name].receive, push)
            if received.items or received.dead:
                await hooks.hand_over(name, received)
        return _answer(received)

    return router


def _hooks(desk: Desk, name: str) -> Hooks:
    if desk.hooks is not None and name in desk.hooks.receivers:
        return desk.hooks
    if desk.hooks is None and any(table.name == name for table in desk.config.sources):
        raise Unavailable(_NOT_HERE, {"Retry-After": "60"})
    raise Missing("there is no source of this name that is pushed to")


@asynccontextmanager
async def _a_place(taken: defaultdict[str, int], name: str) -> AsyncIterator[None]:
    if taken[name] >= AT_ONCE:
        raise Unavailable("too many at once", {"Retry-After": "5"})
    taken[name] += 1
    try:
        yield
    finally:
        taken[name] -= 1


async def _push(request: Request) -> Push:
    try:
        async with asyncio.timeout(_BODY_S):
            body = await request.body()
    except TimeoutError as error:
        raise _TooSlow("the body did not come in time") from error
    query: dict[str, str] = {}
    for key, value in request.query_params.multi_items():
        query.setdefault(key, value)
    return Push(
        method=request.method,
        query=query,
        headers={key.lower(): value for key, value in request.headers.items()},
        body=body,
    )


def _answer(received: Received) -> Response:
    reply = received.reply
    return Response(reply.body, reply.status, dict(reply.headers), media_type=reply.media)


class _TooSlow(Refused):
    """Say that a request took too long to come."""

    status, title = 408, "Request Timeout"
