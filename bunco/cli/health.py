"""Tell whether all is well: the doctor's checks, and how the sources do."""

from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.opening import existing_store
from bunco.cli.options import AsJson, ConfigFile, StorePlace
from bunco.cli.terminal import page, write_json

if TYPE_CHECKING:
    from datetime import datetime

    from bunco.model import SourceState


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
    from datetime import timedelta

    from bunco import wiring
    from bunco.cli import render
    from bunco.clock import SystemClock
    from bunco.health import RHYTHM, a_day, health_word

    settings = wiring.load_config(config)
    now = SystemClock().now()
    kinds = {source.name: source.kind for source in settings.sources}
    with existing_store(store, config) as opened:
        states = opened.source_states()
        counts = opened.counts("posts", step=timedelta(hours=1), since=now - RHYTHM)
    daily = a_day(counts, now)
    if not as_json:
        page().print(render.source_table(states, kinds, daily))
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
                "item_at": state.item_at if state else None,
                "lag_s": _lag_s(state, now),
                "items_a_day": round(daily.get(name, 0.0), 1),
            }
        )


def _lag_s(state: "SourceState | None", now: "datetime") -> int:
    """Give by how many seconds a reading is overdue."""
    if state is None or state.ended or state.next_at is None:
        return 0
    return max(round((now - state.next_at).total_seconds()), 0)
