"""Tell whether all is well: the doctor's checks, and how the sources do."""

from typing import Annotated

import typer

from bunco.cli.opening import existing_store
from bunco.cli.options import AsJson, ConfigFile, StorePlace
from bunco.cli.terminal import page, write_json


def doctor(
    config: ConfigFile = None,
    offline: Annotated[bool, typer.Option("--offline", help="Ask no source.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check the installation: configuration, store, clock, sources, packages, disk.

    Each line is ok, warn or fail, with what to do. Ends with 1 when something fails.
    """
    import asyncio

    from bunco import log
    from bunco.cli import render
    from bunco.doctor import examine

    log.set_up("error")
    out = page()
    failed = False

    async def tell() -> None:
        nonlocal failed
        async for check in examine(config, offline=offline):
            failed |= check.verdict == "fail"
            if as_json:
                write_json(check)
            else:
                out.print(render.check_line(check))

    asyncio.run(tell())
    if failed:
        raise typer.Exit(1)


def sources(as_json: AsJson = False, store: StorePlace = None, config: ConfigFile = None) -> None:
    """Show every source with its health, as the last run left it."""
    from bunco import wiring
    from bunco.cli import render
    from bunco.health import health_word

    settings = wiring.load_config(config)
    kinds = {source.name: source.kind for source in settings.sources}
    with existing_store(store, config) as opened:
        states = opened.source_states()
    if not as_json:
        page().print(render.source_table(states, kinds))
        return
    for name in sorted({*states, *kinds}):
        state = states.get(name)
        write_json(
            {
                "source": name,
                "kind": kinds.get(name, ""),
                "health": health_word(state),
                "error": state.error if state else "",
                "polled_at": state.polled_at if state else None,
                "succeeded_at": state.succeeded_at if state else None,
                "next_at": state.next_at if state else None,
            }
        )
