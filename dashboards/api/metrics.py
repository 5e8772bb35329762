"""Figures for Prometheus: few labels, none with a word of strangers."""

from collections import Counter as Tally
from collections.abc import Iterable
from time import monotonic
from typing import get_args

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bunco.health import Health
from bunco.model import StoreStats
from dashboards.api.sources import Told
from dashboards.desk import Progress

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10)
_METHODS = frozenset({"GET", "POST", "HEAD"})


class Figures:
    """What ``/metrics`` shows."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which nobody asks for
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "bunco_http_requests",
            "Requests.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "bunco_http_request_seconds",
            "Time to the end of an answer; live events not counted.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._viewers = self._gauge("bunco_viewers", "Who follows live.")
        self._stale = self._gauge("bunco_live_stale_seconds", "Since the store could be followed.")
        self._progress = {
            name: self._gauge(f"bunco_run_{name}", f"{name.capitalize()} since the run began.")
            for name in Progress.__struct_fields__
        }
        self._stats = {
            name: self._gauge(f"bunco_store_{name}", f"{name.capitalize()} in the store.")
            for name in ("posts", "authors", "findings", "dead")
        }
        self._store_failed = self._gauge("bunco_store_failed", "1 while the store cannot be read.")
        self._sources = Gauge(
            "bunco_sources", "Sources by health.", ("health",), registry=self._registry
        )
        self._stats_at = -1e9

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        if route != "/api/v1/events":
            self._seconds.labels(route).observe(seconds)

    def viewers(self, count: int, stale_s: float) -> None:
        """Take how many look on."""
        self._viewers.set(count)
        self._stale.set(stale_s)

    def committed(self, progress: Progress) -> None:
        """Take how far the run beside us has come."""
        for name, gauge in self._progress.items():
            gauge.set(getattr(progress, name))

    def sources(self, healths: Iterable[Told]) -> None:
        """Take the health of all sources."""
        tally = Tally(healths)
        for health in (*get_args(Health), "off"):
            self._sources.labels(health).set(tally[health])
        self._store_failed.set(0)

    def stats(self, stats: StoreStats) -> None:
        """Take how much is in the store."""
        for name, gauge in self._stats.items():
            gauge.set(getattr(stats, name))
        self._stats_at = monotonic()

    def stats_age_s(self) -> float:
        """Give how old that is, in seconds."""
        return monotonic() - self._stats_at

    def store_failed(self) -> None:
        """Take that the store cannot be read."""
        self._store_failed.set(1)

    def text(self) -> bytes:
        """Give all of it in the text form of Prometheus."""
        return generate_latest(self._registry)

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(name, about, registry=self._registry)


class Measured:
    """Count and time all requests, those that the guard refuses too.

    Args:
        app: what answers.
        figures: where it is counted.
    """

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self.app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = monotonic(), 500

        async def counted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, counted)
        finally:
            route = _route(scope)
            self._figures.answered(scope["method"], route, status, monotonic() - began)


def _route(scope: Scope) -> str:
    """Give the route as it is written in the code: never what was asked for."""
    path: str = getattr(scope.get("route"), "path", "")
    if not path:
        return "none"
    return f"/api/v1{path}" if scope.get("root_path", "").endswith("/api/v1") else path
