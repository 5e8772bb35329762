"""Posts: searched, one alone, and brought in from outside."""

from typing import Annotated

import msgspec
from fastapi import Query, Request, Response
from msgspec import Struct
from msgspec.structs import replace

from bunco import codec
from bunco.errors import BadInput
from bunco.model import Item, Post, Removal, Verdict
from dashboards.api import shapes
from dashboards.api.routing import (
    JSON,
    NDJSON,
    After,
    Limit,
    Routes,
    TheDesk,
    answered,
    done,
    kind_of,
)
from dashboards.errors import Faulty, Missing, Unavailable

MOST = 5000
"""Items of one request: about two commits of the pipeline. Source: ours."""
SOURCE = "api"
"""The source of posts that name none."""
_MOST_FAULTS = 20

routes = Routes("posts")


class Taken(Struct, frozen=True, kw_only=True):
    """How many items are safe now; those that were known before are among them."""

    taken: int


@routes.get("/search", shapes.Page[shapes.StoredPost])
async def search(
    request: Request,
    desk: TheDesk,
    words: Annotated[str, Query(max_length=1000, description='All of them; "a phrase", pre*.')],
    author: Annotated[str, Query(max_length=1024)] = "",
    limit: Limit = 50,
    after: After = "",
) -> Response:
    """Find posts by their words, newest first."""
    page = await desk.ask(desk.store.search, words, author=author, limit=limit, after=after)
    rows = [shapes.post(one) for one in page.rows]
    return answered(request, shapes.Page(rows=rows, after=page.after))


@routes.get("/post", shapes.StoredPost, may=[404])
async def post(
    request: Request,
    desk: TheDesk,
    id: Annotated[str, Query(min_length=1, max_length=1024)],  # noqa: A002  # its name
) -> Response:
    """Give one post."""
    found = await desk.ask(desk.store.post, id)
    if found is None:
        raise Missing("there is no such post")
    return answered(request, shapes.post(found))


@routes.post("/posts", Taken, role="pusher", takes=(Post, Removal))
async def push(request: Request, desk: TheDesk) -> Response:
    """Bring posts and removals in: one object, an array, or NDJSON (a line each).

    All or none: where one item is wrong, nothing is taken. They are stored when it is
    answered; sent again they change nothing.
    """
    kind = kind_of(request, JSON, NDJSON)
    body = await request.body()
    if desk.accept is None:
        raise Unavailable("posts are taken by the process that runs the pipeline: bunco run")
    items = read_items(body, is_lines=kind == NDJSON)
    if items:
        await desk.accept(items)
    return done(Taken(taken=len(items)))


def read_items(body: bytes, *, is_lines: bool) -> list[Item]:
    """Read items in the wire form.

    Raises:
        Faulty: some are wrong; names the first of them.
    """
    parts = _parts(body, is_lines=is_lines)
    if len(parts) > MOST:
        raise Faulty(f"at most {MOST:,} items at once", ())
    items: list[Item] = []
    faults: list[tuple[str, str]] = []
    for number, part in enumerate(parts):
        try:
            item = codec.decode_item(part)
        except BadInput as error:
            faults.append((f"body[{number}]", str(error)))
            continue
        if isinstance(item, Verdict):
            faults.append((f"body[{number}]", "verdicts are given at /findings/{id}/verdict"))
            continue
        items.append(item if item.source else replace(item, source=SOURCE))
    if faults:
        raise Faulty(f"{len(faults):,} of {len(parts):,} items are wrong", faults[:_MOST_FAULTS])
    return items


def _parts(body: bytes, *, is_lines: bool) -> list[bytes]:
    if is_lines:
        return [line for line in body.split(b"\n") if line.strip()]
    if body.lstrip()[:1] != b"[":
        return [body]
    try:
        return [bytes(raw) for raw in msgspec.json.decode(body, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Faulty("no JSON", [("body", str(error))]) from error
