"""Put the application together: guard, API, pages."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from dashboards import hooks, mail_links
from dashboards.access import login
from dashboards.access.gate import Gate
from dashboards.access.guard import Guard
from dashboards.api import vitals
from dashboards.api.application import application
from dashboards.api.metrics import Figures, Measured
from dashboards.desk import Desk
from dashboards.problems import tell_problems


def build(desk: Desk, gate: Gate, *, with_pages: bool = True) -> ASGIApp:
    """Give the application of a desk.

    Args:
        desk: what it shows and may do.
        gate: knows who asks.
        with_pages: whether people are served too, or programs alone. NiceGUI is one for the
            whole process: the latest application with pages is the one that has them.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        following = asyncio.create_task(desk.hub.run(), name="hub")
        try:
            yield
        finally:
            desk.hub.close()
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
            gate.close()

    figures = Figures()
    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    tell_problems(app)
    app.include_router(login.routes(gate))
    app.include_router(mail_links.routes())
    app.include_router(hooks.routes())
    app.include_router(vitals.routes(figures))
    app.mount("/api/v1", application(desk))
    if with_pages:
        with _hidden("kafka"):
            from dashboards.pages.mounting import mount  # noqa: PLC0415  # NiceGUI takes a second

        mount(app, desk)
    return Measured(Guard(app, desk, gate), figures)


@contextmanager
def _hidden(library: str) -> Iterator[None]:
    """Let a library look as if it were not installed.

    NiceGUI's WebSocket library loads every broker it could work with, where it is there.
    Source: socketio/kafka_manager.py of python-socketio 5.
    """
    if library in sys.modules:
        yield
        return
    sys.modules[library] = None  # type: ignore[assignment]  # importlib's word for: not there
    try:
        yield
    finally:
        del sys.modules[library]
