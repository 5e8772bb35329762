"""The page where one signs in, and what signs one out. It works without scripts."""

from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from dashboards.access.gate import Gate
from dashboards.access.plain_page import plain_page
from dashboards.access.plain_page import shown as shown_text
from dashboards.desk import person_of
from dashboards.errors import Refused

_MOST_BYTES = 8192

_FORM = Template(Path(__file__).with_name("login.html").read_text(encoding="utf-8"))


def routes(gate: Gate) -> APIRouter:
    """Give ``/login`` and ``/logout``."""
    router = APIRouter(include_in_schema=False)

    @router.get("/login")
    async def shown(request: Request) -> Response:
        back = local_path(request.query_params.get("next", ""))
        if not gate.accounts.has_users or person_of(request).is_signed_in:
            return RedirectResponse(back, 303)
        return _page(request, back)

    @router.post("/login")
    async def signed_in(request: Request) -> Response:
        fields = await _fields(request)
        back, name = local_path(fields.get("next", "")), fields.get("name", "")[:100]
        password = fields.get("password", "")
        try:
            word = await gate.sign_in(request.scope, request.headers, name, password)
        except Refused as error:
            answer = _page(request, back, name=name, note=f"{error.detail.capitalize()}.")
            answer.status_code = error.status
            answer.headers.update(error.headers)
            return answer
        return _to(back, gate.cookie(request.scope, request.headers, word))

    @router.post("/logout")
    async def signed_out(request: Request) -> Response:
        gate.sign_out(person_of(request))
        return _to("/login", gate.cookie(request.scope, request.headers, ""))

    return router


def local_path(path: str) -> str:
    r"""Give where to go after signing in: a path of ours, whatever was asked for.

    >>> local_path("/authors?page=2"), local_path("//evil.example"), local_path("/\\evil.example")
    ('/authors?page=2', '/', '/')
    """
    is_plain = path.isprintable() and path.isascii() and "\\" not in path
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    is_local = path.startswith("/") and not path.startswith("//") and not parts.netloc
    return path if is_plain and is_local else "/"


def _page(request: Request, back: str, *, name: str = "", note: str = "") -> Response:
    body = _FORM.substitute(
        note=f'<p class="bad" role="alert">{escape(note)}</p>\n' if note else "",
        next=escape(back),
        name=shown_text(name),
        focus_name="" if name else "autofocus",
        focus_password="autofocus" if name else "",
    )
    return plain_page(request, "Sign in", body)


def _to(path: str, cookie: str) -> Response:
    answer = RedirectResponse(path, 303)
    answer.headers["Set-Cookie"] = cookie
    return answer


async def _fields(request: Request) -> dict[str, str]:
    body = (await request.body())[:_MOST_BYTES]
    try:
        fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=10)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
