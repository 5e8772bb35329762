"""Sources: how each does, its log, and what steers it."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from fastapi import Query, Request, Response
from msgspec import Struct

from bunco.model import Poll, SourceState
from bunco.ports import SourceControl
from dashboards.api.routing import Limit, Routes, TheDesk, answered, done
from dashboards.desk import Desk
from dashboards.errors import Missing, Unavailable

routes = Routes("sources")

Name: TypeAlias = Annotated[str, Query(min_length=1, max_length=1000)]
Health: TypeAlias = Literal["new", "ok", "failing", "ended", "paused", "off"]


class Source(Struct, frozen=True, kw_only=True):
    """One configured source."""

    name: str
    kind: str
    enabled: bool
    health: Health
    next_at: datetime | None
    failures: float
    error: str
    error_since: datetime | None
    polled_at: datetime | None
    succeeded_at: datetime | None
    item_at: datetime | None


class Sources(Struct, frozen=True, kw_only=True):
    """All configured sources, in the order of the file."""

    rows: list[Source]
    can_control: bool
    """Whether they can be paused here: only where the pipeline runs."""


class Polls(Struct, frozen=True, kw_only=True):
    """Lines of a source's log, newest first."""

    rows: list[Poll]


async def shown(desk: Desk) -> Sources:
    """Give how all sources do."""
    states = await desk.source_states()
    paused = desk.control.paused() if desk.control else frozenset()
    rows = [
        Source(
            name=table.name,
            kind=table.kind,
            enabled=table.enabled,
            health=_health(states[table.name], table.enabled, table.name in paused),
            **{field: getattr(states[table.name], field) for field in Source.__struct_fields__[4:]},
        )
        for table in desk.config.sources
    ]
    return Sources(rows=rows, can_control=desk.control is not None)


@routes.get("/sources", Sources)
async def sources(request: Request, desk: TheDesk) -> Response:
    """List the sources with their health."""
    return answered(request, await shown(desk))


@routes.get("/sources/log", Polls, may=[404])
async def log(request: Request, desk: TheDesk, name: Name, limit: Limit = 30) -> Response:
    """Give the latest readings of a source."""
    if name not in {table.name for table in desk.config.sources}:
        raise Missing("there is no such source")
    found = await desk.ask(desk.store.polls, name, limit=limit)
    return answered(request, Polls(rows=list(found)))


@routes.post("/sources/pause", Sources, role="admin")
async def pause(desk: TheDesk, name: Name) -> Response:
    """Read a source no more, until it is resumed or the run starts again."""
    await _control(desk, name).pause(name)
    return done(await shown(desk))


@routes.post("/sources/resume", Sources, role="admin")
async def resume(desk: TheDesk, name: Name) -> Response:
    """Read a paused source again, when it is due."""
    await _control(desk, name).resume(name)
    return done(await shown(desk))


@routes.post("/sources/try", Sources, role="admin")
async def try_now(desk: TheDesk, name: Name) -> Response:
    """Read a source at once; a paused one is resumed."""
    await _control(desk, name).try_now(name)
    return done(await shown(desk))


def _control(desk: Desk, name: str) -> SourceControl:
    if name not in {table.name for table in desk.config.sources if table.enabled}:
        raise Missing("there is no such source, or it is not enabled")
    if desk.control is None:
        raise Unavailable("sources are steered where they are read: in bunco run")
    return desk.control


def _health(state: SourceState, enabled: bool, paused: bool) -> Health:  # noqa: FBT001  # two that are said
    if not enabled:
        return "off"
    if paused:
        return "paused"
    if state.polled_at is None and not state.cursor:
        return "new"
    if state.error:
        return "failing"
    return "ended" if state.ended else "ok"
