"""How this process is: ``/healthz``, ``/readyz``, ``/metrics``."""

import asyncio
from time import monotonic

from fastapi import APIRouter, Request, Response

from bunco.errors import StoreError
from dashboards.api.metrics import CONTENT_TYPE, Figures
from dashboards.api.sources import shown
from dashboards.desk import Desk, desk_of

_READY_S = 1.0
"""An answer to ``/readyz`` holds for so long: everybody may ask."""
_STATS_S = 15.0
_PATIENCE_S = 5.0


class Readiness:
    """Tell whether the store answers; asked often, it is asked seldom."""

    def __init__(self) -> None:
        self._asked_at = -_READY_S
        self._reason = ""
        self._lock = asyncio.Lock()

    async def reason(self, desk: Desk) -> str:
        """Give why it does not; empty where it does."""
        async with self._lock:
            if monotonic() - self._asked_at >= _READY_S:
                self._reason = await self._look(desk)
                self._asked_at = monotonic()
        return self._reason

    async def _look(self, desk: Desk) -> str:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await desk.ask(desk.store.source_states)
        except (StoreError, TimeoutError):
            return "the store does not answer"
        return ""


def routes(figures: Figures) -> APIRouter:
    """Give the routes; ``/metrics`` takes the role viewer, the others nothing."""
    router = APIRouter(include_in_schema=False)
    readiness = Readiness()

    @router.get("/healthz")
    async def health() -> Response:
        return Response("alive\n", media_type="text/plain")

    @router.get("/readyz")
    async def ready(request: Request) -> Response:
        reason = await readiness.reason(desk_of(request))
        return Response(f"{reason or 'ready'}\n", 503 if reason else 200, media_type="text/plain")

    @router.get("/metrics")
    async def metrics(request: Request) -> Response:
        desk = desk_of(request)
        figures.viewers(desk.hub.viewers, desk.hub.stale_s)
        figures.committed(desk.progress)
        try:
            figures.sources([one.health for one in (await shown(desk, with_rhythm=False)).rows])
            if figures.stats_age_s() > _STATS_S:
                figures.stats(await desk.ask(desk.store.stats))
        except StoreError:
            figures.store_failed()
        return Response(figures.text(), media_type=CONTENT_TYPE)

    return router
