import asyncio
import socket

import pytest
from aiohttp import ClientSession
from prometheus_client import CollectorRegistry, Counter

from bunco.errors import ConfigError
from bunco.streams.vitals import serve


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


async def asked(port: int, path: str) -> tuple[int, str]:
    async with ClientSession() as web, web.get(f"http://127.0.0.1:{port}{path}") as answer:
        return answer.status, await answer.text()


def test_health_readiness_and_figures_are_served() -> None:
    registry = CollectorRegistry()
    Counter("posts", "Posts", registry=registry).inc(3)
    port = free_port()

    async def answers(reason: str) -> list[tuple[int, str]]:
        async with serve("127.0.0.1", port, lambda: reason, registry):
            return [await asked(port, path) for path in ("/healthz", "/readyz", "/metrics")]

    good, bad = asyncio.run(answers("")), asyncio.run(answers("waiting: no store"))

    assert good[:2] == [(200, "alive\n"), (200, "ready\n")]
    assert good[2][0] == 200
    assert "posts_total 3.0" in good[2][1]
    assert bad[:2] == [(200, "alive\n"), (503, "waiting: no store\n")]


def test_port_zero_serves_nothing() -> None:
    async def passes() -> bool:
        async with serve("127.0.0.1", 0, lambda: "", CollectorRegistry()):
            return True

    assert asyncio.run(passes())


def test_a_port_that_is_taken_is_named() -> None:
    async def fails(port: int) -> None:
        async with serve("127.0.0.1", port, lambda: "", CollectorRegistry()):
            pass

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(ConfigError, match=str(port)):
            asyncio.run(fails(port))
