"""Findings: listed, one alone, and what people say of them."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from fastapi import Depends, Query, Request, Response
from msgspec import Struct

from bunco.model import Judged, Severity
from bunco.ports.queries import FindingQuery
from dashboards import judging
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
from dashboards.desk import person_of
from dashboards.errors import Missing

routes = Routes("findings")

Word: TypeAlias = Annotated[str, Query(max_length=1000)]


def _query(
    detector: Annotated[list[str] | None, Query(description="Of any of these.")] = None,
    severity: Annotated[list[Severity] | None, Query(description="With any of these.")] = None,
    author: Word = "",
    since: Moment = None,
    until: Moment = None,
    least_score: Annotated[float, Query(ge=0, le=1)] = 0.0,
    source: Word = "",
    place: Word = "",
    words: Annotated[str, Query(max_length=1000, description="In the sentence.")] = "",
    verdict: Literal["", "spam", "fine", "mute", "none"] = "",
    with_quiet: bool = True,  # noqa: FBT001, FBT002  # a parameter of the query
) -> FindingQuery:
    return FindingQuery(
        detectors=tuple(detector or ()),
        severities=tuple(severity or ()),
        author=author,
        since=in_utc(since),
        until=in_utc(until),
        least_score=least_score,
        source=source,
        place=place,
        words=words,
        verdict=verdict,
        with_quiet=with_quiet,
    )


Filters: TypeAlias = Annotated[FindingQuery, Depends(_query)]


class Total(Struct, frozen=True, kw_only=True):
    """How many findings the filters find."""

    count: int
    most: int = judging.MOST
    """So many can be judged at once."""


class Bulk(Struct, frozen=True, kw_only=True):
    """A verdict on all findings that the filters of the address find."""

    judged: Judged
    because: str
    expected: int
    """What ``/findings/count`` gave: with another number by now nothing is judged."""
    until: datetime | None = None


class Given(Struct, frozen=True, kw_only=True):
    """What a verdict on many came to; ``at`` and ``findings`` take it back."""

    count: int
    at: datetime | None
    findings: list[str]


class Undo(Struct, frozen=True, kw_only=True):
    """Verdicts to take back: what you said of these findings then."""

    findings: list[str]
    at: datetime


@routes.get("/findings", shapes.Page[shapes.Finding])
async def findings(
    request: Request, desk: TheDesk, filters: Filters, limit: Limit = 100, after: After = ""
) -> Response:
    """List findings, the latest first; every filter narrows."""
    page = await desk.ask(desk.store.findings, filters, limit=limit, after=after)
    rows = [shapes.finding(one) for one in page.rows]
    return answered(request, shapes.Page(rows=rows, after=page.after))


@routes.get("/findings/count", Total)
async def count(request: Request, desk: TheDesk, filters: Filters) -> Response:
    """Count the findings that a verdict on all of them would reach."""
    found = await desk.ask(desk.store.count_findings, filters)
    return answered(request, Total(count=found))


@routes.post("/findings/verdicts", Given, role="reviewer", takes=Bulk, may=[409])
async def judge_all(request: Request, desk: TheDesk, filters: Filters) -> Response:
    """Judge all findings that the filters find; count them first."""
    bulk = await read(request, Bulk)
    said = judging.Said(judged=bulk.judged, because=bulk.because, until=in_utc(bulk.until))
    given = await judging.judge_all(desk, person_of(request), filters, said, expected=bulk.expected)
    at = given[0].at if given else None
    return done(Given(count=len(given), at=at, findings=[one.finding for one in given]))


@routes.post("/findings/verdicts/undo", Given, role="reviewer", takes=Undo)
async def undo(request: Request, desk: TheDesk) -> Response:
    """Take verdicts of yours back; what stood before stands again."""
    asked = await read(request, Undo)
    at = in_utc(asked.at) or asked.at
    given = await judging.undo(desk, person_of(request), asked.findings, at)
    at_now = given[0].at if given else None
    return done(Given(count=len(given), at=at_now, findings=[one.finding for one in given]))


@routes.get("/findings/{finding_id}", shapes.Finding, may=[404])
async def finding(request: Request, desk: TheDesk, finding_id: str) -> Response:
    """Give one finding."""
    found = await desk.ask(desk.store.finding, finding_id)
    if found is None:
        raise Missing("there is no such finding")
    return answered(request, shapes.finding(found))


@routes.post("/findings/{finding_id}/verdict", shapes.Verdict, role="reviewer", takes=judging.Said)
async def judge(request: Request, desk: TheDesk, finding_id: str) -> Response:
    """Judge one finding."""
    said = await read(request, judging.Said)
    given = await judging.judge(desk, person_of(request), finding_id, _in_utc(said))
    return done(shapes.verdict(given))


def _in_utc(said: judging.Said) -> judging.Said:
    return judging.Said(judged=said.judged, because=said.because, until=in_utc(said.until))
