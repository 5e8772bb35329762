"""The application under ``/api/v1``: its routes, its errors, its description."""

from collections.abc import Iterable
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi

from dashboards.api import authors, counts, events, findings, headlines, posts, sources, verdicts
from dashboards.api.routing import REF, Routes, answered
from dashboards.desk import Desk, person_of
from dashboards.problems import Problem, tell_problems

SUBJECTS: tuple[Routes, ...] = (
    findings.routes,
    authors.routes,
    headlines.routes,
    posts.routes,
    verdicts.routes,
    sources.routes,
    counts.routes,
    events.routes,
)
_ABOUT = """Findings, authors and posts of a bunco, and verdicts on them.

Lists come in pages: ask again with `after` of the page before. Answers carry an `ETag`; errors are
problems as of RFC 9457. Programs come with `Authorization: Bearer TOKEN`."""


def application(desk: Desk) -> FastAPI:
    """Give the application; it is mounted at ``/api/v1``."""
    api = FastAPI(title="bunco", version="1", docs_url=None, redoc_url=None, openapi_url=None)
    tell_problems(api)
    for subject in SUBJECTS:
        api.include_router(subject.router)
    document = described(api, desk.version)

    @api.get("/openapi.json", include_in_schema=False)
    async def openapi(request: Request) -> Response:
        """Give the description of the API."""
        person_of(request).require("viewer")
        return answered(request, document)

    return api


def described(api: FastAPI, version: str = "") -> dict[str, Any]:
    """Give the OpenAPI document of the application."""
    document = get_openapi(
        title="bunco",
        version=version or "1",
        description=_ABOUT,
        routes=api.routes,
        servers=[{"url": "/api/v1"}],
    )
    records = [record for subject in SUBJECTS for record in subject.records]
    components = document.setdefault("components", {})
    components["schemas"] = _schemas([*records, Problem])
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    return document


def _schemas(records: Iterable[Any]) -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components(records, ref_template=REF)
    return schemas
