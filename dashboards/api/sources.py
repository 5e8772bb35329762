"""Sources: how each does, its log, and what steers it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Literal, TypeAlias

from fastapi import Query, Request, Response
from msgspec import Struct

from bunco.health import RHYTHM, Health, health_word, usual_gaps
from bunco.model import Poll
from bunco.ports.sources import SourceControl
from dashboards.api.routing import Limit, Routes, TheDesk, answered, done
from dashboards.desk import Desk
from dashboards.errors import Missing, Unavailable

routes = Routes("sources")

Name: TypeAlias = Annotated[str, Query(min_length=1, max_length=1000)]
Told: TypeAlias = Health | Literal["off"]
"""A source that is not enabled is off."""


class Source(Struct, frozen=True, kw_only=True):
    """One configured source."""

    name: str
    kind: str
    enabled: bool
    health: Told
    next_at: datetime | None
    failures: float
    error: str
    error_since: datetime | None
    polled_at: datetime | None
    succeeded_at: datetime | None
    item_at: datetime | None
    notice: str
    noticed_at: datetime | None


class Sources(Struct, frozen=True, kw_only=True):
    """All configured sources, in the order of the file."""

    rows: list[Source]
    can_control: bool
    """Whether they can be paused here: only where the pipeline runs."""


class Polls(Struct, frozen=True, kw_only=True):
    """Lines of a source's log, newest first."""

    rows: list[Poll]


async def shown(desk: Desk, *, with_rhythm: bool = True) -> Sources:
    """Give how all sources do.

    Args:
        desk: whose.
        with_rhythm: whether silence is noticed, which takes the counts of two weeks.
    """
    states = await desk.source_states()
    paused = desk.control.paused() if desk.control else None
    now = desk.clock.now()
    gaps: Mapping[str, timedelta] = {}
    if with_rhythm:
        hour = timedelta(hours=1)
        gaps = usual_gaps(await desk.ask(desk.store.counts, "posts", step=hour, since=now - RHYTHM))
    rows = []
    for table in desk.config.sources:
        state = states[table.name]
        word = health_word(
            state,
            now=now,
            usual_gap=gaps.get(table.name),
            is_paused=None if paused is None else table.name in paused,
        )
        fields = {name: getattr(state, name) for name in Source.__struct_fields__[4:]}
        health: Told = word if table.enabled else "off"
        rows.append(
            Source(name=table.name, kind=table.kind, enabled=table.enabled, health=health, **fields)
        )
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
