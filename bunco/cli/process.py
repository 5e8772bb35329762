"""Run the detectors over Kafka."""

from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.options import ConfigFile
from bunco.cli.terminal import say

if TYPE_CHECKING:
    from bunco.config import Config
    from processors.distributed.worker import Applied


def process(
    instance: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="This worker among the others; the same after a restart."
        ),
    ] = None,
    data: Annotated[
        str | None, typer.Option(metavar="DIR", help="The folder of its author states.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(metavar="N", help="Of health and metrics; 0 for none.")
    ] = None,
    config: ConfigFile = None,
) -> None:
    """Find repeats, bursts and cross-posts in the posts that ingesters bring to Kafka.

    Start as many as there is work for, each under its own name, no more than the topic of
    posts has partitions. Needs the extra "distributed" and topics ("bunco topics create").

    Examples:
        bunco process --config bunco.toml
        bunco process --instance b --data /var/lib/bunco/b --port 8611
    """
    import asyncio

    from msgspec.structs import replace

    from bunco import wiring
    from bunco.streams import extra

    extra.require()
    settings = wiring.load_config(config)
    given = {"instance": instance, "data": data, "port": port}
    changed = {name: value for name, value in given.items() if value is not None}
    settings = replace(settings, process=replace(settings.process, **changed))
    asyncio.run(_process(settings))


async def _process(settings: "Config") -> None:
    import asyncio

    from bunco import log, run_wiring
    from bunco.cli.progress import counted
    from bunco.cli.stopping import stopped_by_signals

    stop = asyncio.Event()
    posts = findings = repeated = 0
    log.set_up(settings.log.level, as_json=settings.log.as_json)
    with stopped_by_signals(stop), counted("processing") as show:

        def on_applied(applied: "Applied") -> None:
            nonlocal posts, findings, repeated
            posts += applied.posts
            findings += applied.findings
            repeated += applied.repeated
            show(f"{posts:,} posts, {findings:,} times a finding opened or grew")

        await run_wiring.process(settings, stop=stop, on_applied=on_applied)
    seen = f", {repeated:,} seen before" if repeated else ""
    say(f"{posts:,} posts{seen}, {findings:,} times a finding opened or grew.")
