"""How a route of the API is made: its role, what it takes and gives, told in OpenAPI too."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from bunco import codec
from bunco.options import TokenRole
from dashboards.desk import Desk, desk_of, person_of
from dashboards.errors import Invalid, WrongKind
from dashboards.problems import MEDIA_TYPE, Problem

Endpoint: TypeAlias = Callable[..., Awaitable[Response]]
Body = TypeVar("Body")

TheDesk: TypeAlias = Annotated[Desk, Depends(desk_of)]
After: TypeAlias = Annotated[
    str, Query(max_length=4000, description="The mark of the page before.")
]
Limit: TypeAlias = Annotated[int, Query(ge=1, le=500, description="Rows at most.")]
Moment: TypeAlias = Annotated[
    datetime | None, Query(description="RFC 3339; without a zone it is UTC.")
]

JSON, NDJSON = "application/json", "application/x-ndjson"
REF = "#/components/schemas/{name}"

_PROBLEMS = {401: "who asks is not known", 403: "the role does not reach", 422: "a wrong value"}


class Needs:
    """Hold that who asks has a role: a dependency of a route, found again by the tests."""

    def __init__(self, role: TokenRole) -> None:
        self.role: TokenRole = role

    def __call__(self, request: Request) -> None:
        """Hold it.

        Raises:
            Forbidden: they have not.
        """
        person_of(request).require(self.role)


class Routes:
    """The routes of one subject.

    Args:
        subject: what OpenAPI lists them under.
    """

    def __init__(self, subject: str) -> None:
        self.router = APIRouter(tags=[subject])
        self.records: list[Any] = []
        """What its answers and bodies are; their schemas go into OpenAPI."""

    def get(
        self,
        path: str,
        gives: Any,  # noqa: ANN401  # a type, generic ones too
        *,
        role: TokenRole = "viewer",
        may: Sequence[int] = (),
        media: str = JSON,
    ) -> Callable[[Endpoint], Endpoint]:
        """Make a route that reads.

        Args:
            path: below ``/api/v1``.
            gives: the record of the answer; None for one without a schema.
            role: who may.
            may: problems it may answer with beside the usual ones.
            media: the kind of the answer.
        """
        return self._made("GET", path, gives, role, may, media=media)

    def post(
        self,
        path: str,
        gives: Any,  # noqa: ANN401  # a type, generic ones too
        *,
        role: TokenRole,
        takes: Any = None,  # noqa: ANN401  # a type
        may: Sequence[int] = (),
    ) -> Callable[[Endpoint], Endpoint]:
        """Make a route that changes something.

        Args:
            path: below ``/api/v1``.
            gives: the record of the answer.
            role: who may.
            takes: the record of its body; several in a tuple: one of them, or an array.
            may: problems it may answer with beside the usual ones.
        """
        more = (404, 413, 415, 503, *may) if takes is not None else (404, 503, *may)
        return self._made("POST", path, gives, role, more, takes=takes)

    def _made(  # two callers, in this class
        self,
        method: str,
        path: str,
        gives: Any,  # noqa: ANN401  # a type
        role: TokenRole,
        may: Sequence[int],
        *,
        media: str = JSON,
        takes: Any = None,  # noqa: ANN401  # a type
    ) -> Callable[[Endpoint], Endpoint]:
        extra: dict[str, Any] = {"x-role": role}
        taken = takes if isinstance(takes, tuple) else () if takes is None else (takes,)
        self.records += [*taken, *([] if gives is None else [gives])]
        if taken:
            either = [schema_of(record) for record in taken]
            body = either[0]
            if isinstance(takes, tuple):
                body = {"anyOf": [*either, {"type": "array", "items": {"anyOf": either}}]}
            extra["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
        schema = {} if gives is None else {"schema": schema_of(gives)}
        responses: dict[int | str, dict[str, Any]] = {
            status: {
                "description": _PROBLEMS.get(status, "it cannot be answered"),
                "content": {MEDIA_TYPE: {"schema": schema_of(Problem)}},
            }
            for status in (*_PROBLEMS, *may)
        }
        responses[200] = {"description": "done", "content": {media: schema}}
        if method == "GET" and media == JSON:
            responses[304] = {"description": "as it was; see ETag"}

        def made(endpoint: Endpoint) -> Endpoint:
            self.router.add_api_route(
                path,
                endpoint,
                methods=[method],
                dependencies=[Depends(Needs(role))],
                response_class=Response,
                response_model=None,
                responses=responses,
                openapi_extra=extra,
            )
            return endpoint

        return made


def schema_of(record: Any) -> dict[str, Any]:  # noqa: ANN401  # a type
    """Give the JSON Schema of a record, by reference to its component."""
    (schema,), _ = msgspec.json.schema_components([record], ref_template=REF)
    return dict(schema)


def answered(request: Request, record: object) -> Response:
    """Give a record as JSON, or nothing where the one who asks has it already."""
    body = codec.encode(record)
    tag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or tag.removeprefix("W/") in known:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=JSON)


def done(record: object) -> Response:
    """Give what a change came to."""
    return Response(codec.encode(record), media_type=JSON)


async def read(request: Request, record: type[Body]) -> Body:
    """Read the body of a request.

    Raises:
        WrongKind: it is not said to be JSON.
        Invalid: it is no such record.
    """
    kind_of(request, JSON)
    body = await request.body()
    try:
        return msgspec.json.decode(body, type=record)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(str(error)[:500]) from error


def kind_of(request: Request, *kinds: str) -> str:
    """Give the kind of a body, one of those.

    Raises:
        WrongKind: it is another. A form that a page of another site may send is none of them.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in kinds:
        raise WrongKind(f"a body of the kind {' or '.join(kinds)}")
    return said


def in_utc(moment: datetime | None) -> datetime | None:
    """Give a time in UTC.

    Raises:
        Invalid: there is no such time in UTC.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise Invalid("there is no such time in UTC") from error
