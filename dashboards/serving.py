"""Serve the dashboard inside a running event loop: start, stop cleanly, say what is in the way."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from bunco.errors import BuncoError
from dashboards.live import Hub

_GOODBYE_S = 3
"""How long open requests may take to end at the stop, in seconds."""
_BACKLOG = 512


class PortTakenError(BuncoError):
    """Say that somebody else listens there."""


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def bound(host: str, port: int) -> socket.socket:
    """Give a socket that listens there, so that nothing is started in vain.

    Raises:
        PortTakenError: somebody else listens there.
        BuncoError: there is no such address, or it needs rights we do not have.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise BuncoError(f"cannot listen at {host}: {error.strerror or error}") from error
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
        listening.settimeout(0)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTakenError(f"{host}:{port} is taken by another program") from error
        raise BuncoError(f"cannot listen at {host}:{port}: {error.strerror or error}") from error
    return listening


def address_of(listening: socket.socket) -> str:
    """Give the address of a socket as one types it into a browser."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104  # compared, not bound
    return f"http://{shown or (f'[{host}]' if ':' in host else host)}:{port}"


@asynccontextmanager
async def served(app: ASGIApp, listening: socket.socket, hub: Hub) -> AsyncIterator[None]:
    """Serve an application at a socket while the block runs; the socket is closed after it.

    Raises:
        BuncoError: the application did not start.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        proxy_headers=False,  # the guard reads them, from proxies that are trusted
        server_header=False,
        date_header=True,
        timeout_graceful_shutdown=_GOODBYE_S,
        ws_max_size=1 << 20,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]), name="dashboard")
    try:
        while not server.started:
            if serving.done():
                serving.result()
                raise BuncoError("the dashboard did not start")
            await asyncio.sleep(0.01)
        yield
    finally:
        hub.close()  # streams end, so that nobody has to be waited for
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        listening.close()
