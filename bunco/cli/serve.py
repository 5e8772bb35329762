"""Serve the dashboard over a store that others fill."""

from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.opening import existing_store
from bunco.cli.options import ConfigFile, StorePlace
from bunco.cli.terminal import say

if TYPE_CHECKING:
    from bunco.config import Config
    from bunco.ports.stores import Store

Host = Annotated[
    str | None,
    typer.Option(
        "--host", metavar="ADDRESS", help="Where to listen, else 127.0.0.1.", show_default=False
    ),
]
Port = Annotated[
    int | None,
    typer.Option(
        "--port", metavar="N", min=0, max=65535, help="Else 8600; 0: any.", show_default=False
    ),
]


def serve(
    host: Host = None,
    port: Port = None,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Serve the dashboard over a store that is filled by others, until Ctrl-C.

    "bunco run" serves it by itself. Any address but loopback needs users or tokens in
    bunco.toml: see docs/dashboard.md.

    Examples:
        bunco serve
        bunco serve --store elastic://localhost:9200 --port 8080
    """
    import asyncio

    from bunco import wiring

    settings = at(wiring.load_config(config), host, port)
    with existing_store(store, config) as opened:
        asyncio.run(_serve(settings, opened))


def at(settings: "Config", host: str | None, port: int | None) -> "Config":
    """Give the configuration with the dashboard at that host and port."""
    from msgspec.structs import replace

    named = {"host": host, "port": port}
    given = {name: value for name, value in named.items() if value is not None}
    return replace(settings, dashboard=replace(settings.dashboard, **given))


async def _serve(settings: "Config", store: "Store") -> None:
    import asyncio

    from bunco import log, serving
    from bunco.cli.stopping import stopped_by_signals

    stop = asyncio.Event()
    log.set_up(settings.log.level, as_json=settings.log.as_json)
    with stopped_by_signals(stop, "Stopping; once more ends at once."):
        await serving.serve(settings, store, stop=stop, say=say)
