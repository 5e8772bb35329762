"""Read sources into Kafka, together with any number of others that do the same."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.options import ConfigFile
from bunco.cli.terminal import say
from bunco.errors import UsageError

if TYPE_CHECKING:
    from bunco.config import Config
    from ingest.sharing.ingester import Progress


def ingest(
    config: ConfigFile = None,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End when every source of our share has ended.")
    ] = False,
) -> None:
    """Read your sources into Kafka until Ctrl-C, as bunco.toml says.

    Start it as often as you like, on as many machines: each reads its share of the sources,
    and goes on with the share of one that is gone.

    Examples:
        bunco ingest
        bunco ingest --config /etc/bunco.toml
    """
    import asyncio

    from bunco import wiring
    from bunco.streams import extra

    extra.require()

    path = config or wiring.DEFAULT_CONFIG
    settings = wiring.load_config(path)
    if not any(source.enabled for source in settings.sources):
        raise UsageError(f"{path}: no source to read; add a [[source]] table")
    started = time.monotonic()
    done = asyncio.run(_ingest(settings, once=once))
    seconds = time.monotonic() - started
    say(f"{summary(done)} in {timedelta(seconds=round(seconds))}.")


def summary(progress: "Progress") -> str:
    """Give what an ingester has done, in one line."""
    parts = [
        f"{progress.posts:,} posts in {progress.records:,} records",
        f"{progress.acknowledged:,} acknowledged",
    ]
    if progress.dead:
        parts.append(f"{progress.dead:,} set aside")
    return ", ".join(parts)


async def _ingest(settings: "Config", *, once: bool) -> "Progress":
    import asyncio
    import logging

    from bunco import log, run_wiring
    from bunco.cli.progress import member_status
    from bunco.cli.stopping import stopped_by_signals

    # The client tells of each attempt to connect; what matters of it we log ourselves.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
    stop = asyncio.Event()
    with stopped_by_signals(stop), member_status(_status_line) as (on_step, on_screen):
        level = "warning" if on_screen else settings.log.level
        log.set_up(level, as_json=settings.log.as_json)  # now: its lines go above the status
        return await run_wiring.ingest(settings, stop=stop, on_step=on_step, until_ended=once)


def _status_line(progress: "Progress") -> str:
    share = f"{progress.held:,} of {progress.sources:,} sources ours"
    return f"{summary(progress)}, {share}; Ctrl-C stops"
