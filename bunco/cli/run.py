"""Run the main job: live from the configured sources, or again from files."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.opening import any_store
from bunco.cli.options import ConfigFile, StorePlace
from bunco.cli.terminal import say
from bunco.errors import StoreError, UsageError

if TYPE_CHECKING:
    import asyncio

    from bunco import wiring
    from bunco.cli.progress import Show
    from bunco.config import Config
    from bunco.model import SourceState
    from bunco.ports.stores import Store
    from processors import flow

_STANDARD_INPUT = "-"
_INTERRUPTED = 130
"""The exit code of what Ctrl-C ended before it was done, as shells have it."""

_WATCH_EVERY_S = 1.0


def run(config: ConfigFile = None) -> None:
    """Read your sources until Ctrl-C, as bunco.toml says.

    Without a bunco.toml it writes one to start from, and says what to edit.

    Examples:
        bunco run
        bunco run --config /etc/bunco.toml
    """
    import asyncio

    from bunco import wiring

    path = config or wiring.DEFAULT_CONFIG
    if config is None and not path.exists():
        _write_starter(path)
    settings = wiring.load_config(path)
    if not any(source.enabled for source in settings.sources):
        raise UsageError(
            f'{path}: no source to read; add a [[source]] table, or feeds with "bunco import"'
        )
    started = time.monotonic()
    done = asyncio.run(_run(settings))
    say(f"{_summary(done)} in {timedelta(seconds=round(time.monotonic() - started))}.")


def replay(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Posts, a JSON object a line; - is standard input."),
    ],
    speed: Annotated[
        float | None,
        typer.Option(
            metavar="N",
            min=0.001,
            help="N times as fast as life; else as fast as it goes.",
            show_default=False,
        ),
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve the dashboard meanwhile, and on until Ctrl-C.")
    ] = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Play files of posts through the detectors into a store.

    Started again on the same files and store it goes on where it was. Files may be
    .gz or .zst. The form of a line is in docs/wire-form.md.

    Examples:
        bunco replay posts.jsonl.gz --store posts.db
        bunco replay posts.jsonl --store posts.db --speed 1000 --serve
    """
    import asyncio

    from bunco import wiring

    settings = wiring.load_config(config)
    paths = _readable(files)
    with any_store(store, config) as opened:
        _say_where_it_goes_on(paths, opened.source_states())
        asyncio.run(play(paths, opened, settings, speed=speed, serve=serve))


async def play(
    files: Sequence[Path],
    store: "Store",
    settings: "Config",
    *,
    speed: float | None = None,
    serve: bool = False,
    verb: str = "replaying",
) -> None:
    """Play files into a store with progress, until the end or a signal; tell the totals.

    Args:
        files: in the wire form.
        store: stays open.
        settings: its detectors and pipeline are used.
        speed: event time per time; absent for as fast as it goes.
        serve: whether to serve the dashboard meanwhile, and on until a signal.
        verb: what the progress calls it.

    Raises:
        typer.Exit: a signal ended it before the files did.
    """
    import asyncio

    from bunco import log, wiring
    from bunco.cli.progress import replay_progress
    from bunco.cli.stopping import stopped_by_signals

    stop = asyncio.Event()
    started = ended_at = time.monotonic()
    whole: list[bool] = []

    with stopped_by_signals(stop), replay_progress(verb) as show:

        def on_step(progress: "flow.Progress") -> None:
            nonlocal ended_at
            ended_at = time.monotonic()
            show(progress)

        log.set_up("warning", as_json=settings.log.as_json)  # now: its lines go above the bar
        done = await wiring.replay(
            files,
            store,
            settings,
            speed=speed,
            stop=stop,
            on_step=on_step,
            beside=_staying(settings, stop, whole) if serve else wiring.alone,
        )
    seconds = ended_at - started
    rate = f", {done.posts / seconds:,.0f} posts/s" if done.posts else ""
    say(f"{_summary(done)} in {seconds:,.1f} s{rate}.")
    if stop.is_set() and not whole:
        again = "" if _STANDARD_INPUT in map(str, files) else "; the same command goes on from here"
        say(f"Stopped before the end{again}.")
        raise typer.Exit(_INTERRUPTED)


async def _run(settings: "Config") -> "flow.Progress":
    import asyncio

    from bunco import log, wiring
    from bunco.cli.progress import run_status
    from bunco.cli.stopping import stopped_by_signals
    from processors import flow

    stop = asyncio.Event()
    latest = flow.Progress()

    def on_step(progress: flow.Progress) -> None:
        nonlocal latest
        latest = progress

    with stopped_by_signals(stop), run_status() as show:
        level = "warning" if show else settings.log.level
        log.set_up(level, as_json=settings.log.as_json)  # now: its lines go above the status
        watching = asyncio.create_task(_watch(settings, lambda: latest, show))
        try:
            return await wiring.run(settings, stop=stop, on_step=on_step, beside=_beside(settings))
        finally:
            watching.cancel()


def _beside(settings: "Config") -> "wiring.Beside":
    """Give what runs beside the pipeline: the dashboard, and alerts where there are rules."""
    if not any(rule.enabled for rule in settings.alerts):
        return _dashboard(settings)
    from bunco import alert_wiring

    return alert_wiring.beside(settings, _dashboard(settings))


def _dashboard(settings: "Config") -> "wiring.Beside":
    """Give what serves the dashboard beside a run, where it is enabled."""
    from bunco import wiring

    if not settings.dashboard.enabled:
        return wiring.alone
    from bunco import serving

    return serving.beside(settings, say)


def _staying(settings: "Config", stop: "asyncio.Event", whole: list[bool]) -> "wiring.Beside":
    """Give what serves the dashboard beside a replay, and stays when that is done.

    Args:
        settings: say where.
        stop: ends the replay, and the stay.
        whole: gets a True when all was played.
    """
    from bunco import serving

    async def stay() -> None:
        if not stop.is_set():
            whole.append(True)
            say("Played to the end; the dashboard stays until Ctrl-C.")
            await stop.wait()

    return serving.beside(settings, say, stay=stay)


async def _watch(
    settings: "Config", latest: "Callable[[], flow.Progress]", show: "Show | None"
) -> None:
    """Keep the line on the screen up to date with the run and the health of its sources."""
    import asyncio

    while show is not None:
        show(latest(), await asyncio.to_thread(_states, settings))
        await asyncio.sleep(_WATCH_EVERY_S)


def _states(settings: "Config") -> "Mapping[str, SourceState]":
    """Give the states of the configured sources; none where the store cannot be shared."""
    from bunco import wiring
    from bunco.model import SourceState

    if settings.store.kind == "memory":
        return {}
    names = {source.name for source in settings.sources if source.enabled}
    try:
        with closing(wiring.open_store(settings)) as store:
            known = store.source_states()
    except StoreError:
        return {}
    return {name: known.get(name, SourceState(source=name)) for name in names}


def _write_starter(path: Path) -> None:
    from bunco.cli.starter import STARTER

    path.write_text(STARTER, encoding="utf-8")
    raise UsageError(
        f"there was no {path}; a commented one is there now: put your sources in under "
        '[[source]] (or "bunco import feeds.opml"), then start again'
    )


def _readable(files: Sequence[str]) -> list[Path]:
    paths = [Path(name) for name in files]
    for path in paths:
        if str(path) != _STANDARD_INPUT and not path.is_file():
            what = "no file; a pipe is read with -" if path.exists() else "no such file"
            raise UsageError(f"{path}: {what}")
    return paths


def _say_where_it_goes_on(paths: Sequence[Path], states: "Mapping[str, SourceState]") -> None:
    for path in paths:
        state = states.get(f"file:{path.resolve()}")
        if state is None or not state.cursor:
            continue
        if state.ended:
            say(f"{path} was played to its end; only what was added since will be.")
        else:
            say(f"{path} was played in part; going on where it was.")


def _summary(done: "flow.Progress") -> str:
    parts = [
        f"{done.posts:,} posts",
        f"{done.findings:,} times a finding opened or grew",
    ]
    if done.repeated:
        parts.insert(1, f"{done.repeated:,} seen before")
    if done.removals:
        parts.append(f"{done.removals:,} removals")
    if done.dead:
        parts.append(f'{done.dead:,} set aside (see "bunco dead")')
    return ", ".join(parts)
