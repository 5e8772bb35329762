"""Errors over HTTP: one form for all, ``application/problem+json`` (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from msgspec import Struct
from starlette.exceptions import HTTPException

from bunco import codec
from bunco.errors import BrokerError, StoreError, UsageError
from dashboards.errors import Faulty, Refused, Unavailable

MEDIA_TYPE = "application/problem+json"


class Fault(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing in a request that is wrong."""

    at: str
    """Where, for example ``query.limit`` or ``body[3]``."""
    reason: str


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not answered. Source: RFC 9457."""

    status: int
    title: str
    """The same for all problems of a status."""
    detail: str = ""
    """What is wrong here, in words."""
    instance: str = ""
    """The path that was asked for."""
    errors: tuple[Fault, ...] = ()


def problem_body(error: Refused, path: str) -> bytes:
    """Give the body that tells of a refusal."""
    return codec.encode(
        Problem(status=error.status, title=error.title, detail=error.detail, instance=_plain(path))
    )


def answer(
    request: Request,
    status: int,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    errors: tuple[Fault, ...] = (),
) -> Response:
    """Give the answer that tells of a problem."""
    problem = Problem(
        status=status,
        title=HTTPStatus(status).phrase,
        detail=detail,
        instance=_plain(request.scope["path"]),
        errors=errors,
    )
    return Response(codec.encode(problem), status, dict(headers or {}), media_type=MEDIA_TYPE)


def tell_problems(app: FastAPI) -> None:
    """Let an application tell all its errors in this form."""

    async def on_refused(request: Request, error: Exception) -> Response:
        refused = cast("Refused", error)
        faults = refused.faults if isinstance(refused, Faulty) else ()
        return answer(
            request,
            refused.status,
            refused.detail,
            headers=refused.headers,
            errors=tuple(Fault(at=at, reason=_plain(reason)) for at, reason in faults),
        )

    async def on_http(request: Request, error: Exception) -> Response:
        known = cast("HTTPException", error)
        detail = "" if known.detail == HTTPStatus(known.status_code).phrase else known.detail
        return answer(request, known.status_code, detail, headers=known.headers)

    async def on_invalid(request: Request, error: Exception) -> Response:
        faults = tuple(_fault(one) for one in cast("RequestValidationError", error).errors())
        return answer(request, 422, "the request is not as it should be", errors=faults)

    async def on_store(request: Request, error: Exception) -> Response:
        del error  # it may name files and hosts
        refused = Unavailable("the store does not answer now", {"Retry-After": "5"})
        return await on_refused(request, refused)

    async def on_usage(request: Request, error: Exception) -> Response:
        return answer(request, 422, _plain(str(error)))

    app.add_exception_handler(Refused, on_refused)
    app.add_exception_handler(UsageError, on_usage)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(StoreError, on_store)
    app.add_exception_handler(BrokerError, on_store)


def _fault(error: Mapping[str, Any]) -> Fault:
    at = ".".join(str(step) for step in error["loc"])
    return Fault(at=_plain(at), reason=_plain(str(error["msg"])))


def _plain(text: str) -> str:
    """Give a text that can be written as JSON, whatever was asked for."""
    return text.encode("utf-8", "replace").decode()[:500]
