"""Show how a long-running process is: ``/healthz``, ``/readyz`` and ``/metrics`` over HTTP."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from bunco.errors import ConfigError
from bunco.log import logger

_log = logger(__name__)


@asynccontextmanager
async def serve(
    host: str, port: int, ready: Callable[[], str], registry: CollectorRegistry
) -> AsyncIterator[None]:
    """Answer questions about this process while the block runs; port 0 for none.

    * ``/healthz``: 200 while the process lives.
    * ``/readyz``: 200 while it does its work, else 503 with the reason in words.
    * ``/metrics``: the figures, in the text form of Prometheus.

    Args:
        host: the address to listen at.
        port: the port; 0: nothing is served.
        ready: gives why it cannot work now; empty when it can.
        registry: what the figures stand in.

    Raises:
        ConfigError: the port cannot be opened.
    """
    if not port:
        yield
        return
    runner = web.AppRunner(_app(ready, registry), access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            found = f"{host}:{port} ({error.strerror or error})"
            raise ConfigError("configuration", "port", found, "a free port, or 0") from error
        _log.info("serving vitals", host=host, port=port)
        yield
    finally:
        await runner.cleanup()


def _app(ready: Callable[[], str], registry: CollectorRegistry) -> web.Application:
    async def health(request: web.Request) -> web.Response:
        del request
        return web.Response(text="alive\n")

    async def readiness(request: web.Request) -> web.Response:
        del request
        reason = ready()
        return web.Response(text=f"{reason or 'ready'}\n", status=503 if reason else 200)

    async def metrics(request: web.Request) -> web.Response:
        del request
        shown = generate_latest(registry)
        return web.Response(body=shown, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app = web.Application()
    app.router.add_get("/healthz", health)
    app.router.add_get("/readyz", readiness)
    app.router.add_get("/metrics", metrics)
    return app
