"""Bring what is in Kafka into the store, together with any number of others that do the same."""

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.options import ConfigFile
from bunco.cli.terminal import say

if TYPE_CHECKING:
    from bunco.config import Config
    from processors.sink.sink import Progress


def sink(
    port: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=65535,
            help="Of health and metrics; 0 for none.",
            show_default=False,
        ),
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Write posts, findings and dead letters from Kafka into the store until Ctrl-C.

    Start it as often as you like: each writes its share. While the store does not answer
    it waits; nothing is lost and nothing stored twice, however it ends.

    Examples:
        bunco sink --config /etc/bunco.toml
        bunco sink --port 8621
    """
    import asyncio

    from msgspec.structs import replace

    from bunco import wiring
    from bunco.streams import extra

    extra.require()

    settings = wiring.load_config(config)
    if port is not None:
        settings = replace(settings, sink=replace(settings.sink, port=port))
    started = time.monotonic()
    done = asyncio.run(_sink(settings))
    say(f"{status_line(done)} in {timedelta(seconds=round(time.monotonic() - started))}.")


def status_line(progress: "Progress") -> str:
    """Give the one line that tells how a sink does."""
    parts = [
        f"{progress.posts:,} posts",
        f"{progress.findings:,} times a finding opened or grew",
        f"{progress.commits:,} commits",
    ]
    if progress.removals:
        parts.append(f"{progress.removals:,} removals")
    if progress.dead:
        parts.append(f'{progress.dead:,} set aside (see "bunco dead")')
    if progress.behind:
        parts.append(f"{progress.behind:,} records to come")
    if progress.waiting:
        parts.append(f"waiting: {progress.waiting}")
    return ", ".join(parts)


async def _sink(settings: "Config") -> "Progress":
    import asyncio

    from bunco import log, run_wiring
    from bunco.cli.progress import member_status
    from bunco.cli.stopping import stopped_by_signals

    stop = asyncio.Event()
    with (
        stopped_by_signals(stop),
        member_status(_on_screen) as (
            on_step,
            on_screen,
        ),
    ):
        level = "warning" if on_screen else settings.log.level
        log.set_up(level, as_json=settings.log.as_json)  # now: its lines go above the status
        return await run_wiring.sink(settings, stop=stop, on_step=on_step)


def _on_screen(progress: "Progress") -> str:
    return f"{status_line(progress)}; Ctrl-C stops"
