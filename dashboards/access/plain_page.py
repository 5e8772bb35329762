"""A page without scripts, for those who are not signed in."""

from html import escape
from pathlib import Path
from string import Template

from fastapi import Request, Response

from dashboards.access.guard import NONCE
from dashboards.access.headers import form_policy

_PAGE = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))


def plain_page(request: Request, title: str, body: str, status: int = 200) -> Response:
    """Give the page; ``body`` is HTML, the title is text."""
    nonce = request.scope[NONCE]
    return Response(
        _PAGE.substitute(nonce=nonce, title=shown(title), body=body),
        status_code=status,
        headers={"Content-Security-Policy": form_policy(nonce).decode()},
        media_type="text/html; charset=utf-8",
    )


def shown(text: str) -> str:
    """Give a text as HTML, whatever is in it."""
    return escape(text.encode("utf-8", "replace").decode())
