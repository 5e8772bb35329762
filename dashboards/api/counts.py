"""How many posts and findings, over time and in all; the running configuration."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from msgspec import Struct

from bunco.model import Count, StoreStats
from dashboards.api.routing import Moment, Routes, TheDesk, answered, in_utc
from dashboards.errors import Invalid

MOST_BUCKETS = 5000

routes = Routes("counts")


class Counts(Struct, frozen=True, kw_only=True):
    """Counts in buckets of time; buckets with nothing in them are left out."""

    rows: list[Count]


class Settings(Struct, frozen=True, kw_only=True):
    """The running configuration."""

    version: str
    runs_pipeline: bool
    settings: dict[str, Any]
    """By table, as in docs/configuration.md; secrets hidden."""


@routes.get("/counts", Counts)
async def counts(
    request: Request,
    desk: TheDesk,
    what: Literal["posts", "findings"],
    step_hours: Annotated[int, Query(ge=1, le=24 * 366)] = 1,
    since: Moment = None,
    until: Moment = None,
) -> Response:
    """Count posts by source, or findings by detector, hour by hour; else the last seven days."""
    step = timedelta(hours=step_hours)
    end = in_utc(until) or desk.clock.now()
    start = in_utc(since) or _before(end, timedelta(days=7))
    if (end - start) / step > MOST_BUCKETS:
        raise Invalid(f"at most {MOST_BUCKETS:,} buckets: a longer step, or a shorter time")
    found = await desk.ask(desk.store.counts, what, step=step, since=start, until=in_utc(until))
    return answered(request, Counts(rows=list(found)))


@routes.get("/counts/minutes", Counts)
async def minutes(
    request: Request,
    desk: TheDesk,
    what: Literal["posts", "findings"],
    since: Moment = None,
    until: Moment = None,
) -> Response:
    """Count posts, or findings by detector, by the minute; else the last hour, a week at most."""
    end = in_utc(until) or desk.clock.now()
    start = in_utc(since) or _before(end, timedelta(hours=1))
    found = await desk.ask(desk.store.minutes, what, since=start, until=end)
    return answered(request, Counts(rows=list(found)))


@routes.get("/stats", StoreStats)
async def stats(request: Request, desk: TheDesk) -> Response:
    """Tell how much is in the store."""
    return answered(request, await desk.ask(desk.store.stats))


@routes.get("/settings", Settings, role="admin")
async def settings(request: Request, desk: TheDesk) -> Response:
    """Give the running configuration, secrets hidden."""
    return answered(
        request,
        Settings(
            version=desk.version,
            runs_pipeline=desk.accept is not None,
            settings=dict(desk.shown),
        ),
    )


def _before(end: datetime, by: timedelta) -> datetime:
    try:
        return end - by
    except OverflowError as error:
        raise Invalid("there is no such time") from error
