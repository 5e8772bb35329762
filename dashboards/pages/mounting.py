"""Hang the pages into the application."""

from fastapi import FastAPI, Response
from nicegui import core, ui

from dashboards.desk import Desk
from dashboards.pages import (
    author,
    finding,
    findings,
    headline,
    live,
    search,
    settings,
    sources,
)
from dashboards.pages.board import Board
from dashboards.pages.frame import MARK, SCRIPT, STYLE

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def mount(app: FastAPI, desk: Desk) -> None:
    """Serve the pages below ``/``.

    NiceGUI is one for the whole process and its pages are known once: a page finds its desk
    in its request (``desk_of(ui.context.client.request)``), never in a variable of the module.
    What all viewers share is made anew here, for the latest application.
    """
    core.app.user_middleware.clear()  # of an application before
    core.app.middleware_stack = None
    _assets(app)
    live.register(Board(desk))
    for part in (author, finding, findings, headline, search, settings, sources):
        part.register()
    ui.run_with(
        app,
        title="bunco",
        favicon=_ICON,
        dark=None,
        language="en-US",
        tailwind=False,
        binding_refresh_interval=None,
        show_welcome_message=False,
        gzip_middleware_factory=None,
    )


def _assets(app: FastAPI) -> None:
    async def style() -> Response:
        return Response(STYLE, media_type="text/css; charset=utf-8", headers=_FOR_EVER)

    async def script() -> Response:
        return Response(SCRIPT, media_type="text/javascript; charset=utf-8", headers=_FOR_EVER)

    app.add_api_route(f"/assets/{MARK}/bunco.css", style, include_in_schema=False)
    app.add_api_route(f"/assets/{MARK}/bunco.js", script, include_in_schema=False)


_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#24508f"/>'
    '<path d="M7 24V14h4v10zm7 0V8h4v16zm7 0v-6h4v6z" fill="#fff"/></svg>'
)
