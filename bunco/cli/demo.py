"""Show the main job on a built-in scenario: no feeds, no network, nothing to set up."""

import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from bunco.cli.opening import path_of
from bunco.cli.options import ConfigFile
from bunco.cli.terminal import page
from bunco.errors import UsageError
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store

_AUTHORS = 8
_FINDINGS = 6
_SPEED = 10_000.0
"""Times as fast as life: the 18 days of the scenario in under three minutes."""


def demo(
    store: Annotated[
        str | None,
        typer.Option(
            "--store",
            metavar="PATH",
            help="Keep the demo's store here; else in the temporary folder.",
            show_default=False,
        ),
    ] = None,
    serve: Annotated[
        bool,
        typer.Option("--serve", help="Play it in some minutes, for the dashboard to be watched."),
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Play a built-in scenario through the detectors, and show what they found.

    Needs no network. The scenario is the same each time: people, news outlets, podcasts, and
    a few who repeat, burst and pitch.

    Examples:
        bunco demo
        bunco demo --serve
    """
    from bunco import wiring

    with tempfile.TemporaryDirectory(prefix="bunco-") as folder:
        place = store or str(Path(tempfile.mkdtemp(prefix="bunco-demo-")) / "demo.db")
        path = path_of(place)
        if path is not None and path.exists():
            raise UsageError(f"{path} is there already; the demo wants a store of its own")
        posts = Path(folder) / "demo.jsonl"
        _write_posts(posts)
        opened = wiring.open_store_at(place)
        try:
            _play(posts, opened, config, serve=serve)
            _show(opened, place)
        finally:
            opened.close()


def _write_posts(path: Path) -> None:
    from bunco.cli.simulate import write
    from bunco.simulation.plan import DEMO

    write(DEMO, path, None)


def _play(posts: Path, store: Store, config: Path | None, *, serve: bool) -> None:
    import asyncio

    from bunco import wiring
    from bunco.cli.run import play
    from bunco.config import from_tables

    plain = from_tables({}, where="demo", environment={})
    settings = wiring.load_config(config) if config else plain
    speed = _SPEED if serve else None
    asyncio.run(play([posts], store, settings, speed=speed, serve=serve, verb="playing"))


def _show(store: Store, place: str) -> None:
    """Show the worst authors, the loudest findings, and how to go on from there."""
    from bunco.cli import render

    out = page()
    worst = store.authors(limit=_AUTHORS)
    out.print("\nThe worst authors\n", style="bold")
    out.print(render.author_table(worst, out))
    out.print("\nThe loudest findings\n", style="bold")
    loudest = sorted(
        store.findings(FindingQuery(), limit=1000).rows, key=lambda f: (-f.score, f.id)
    )
    told: set[tuple[str, str]] = set()
    for finding in loudest:
        if (finding.subject, finding.detector) in told or len(told) >= _FINDINGS:
            continue
        told.add((finding.subject, finding.detector))
        out.print(render.finding_block(finding))
    if worst:
        out.print("\nEverything about the worst of them:\n", style="bold")
        author, where = shlex.quote(worst[0].author), shlex.quote(place)
        command = f"  {_this_command()} history {author} --store {where}"
        out.print(command, soft_wrap=True, markup=False)


def _this_command() -> str:
    """Give what to type for this very command: ``bunco`` only where the shell finds it."""
    started = Path(sys.argv[0])
    if started.name != "bunco":
        return f"{shlex.quote(sys.executable)} -m bunco"
    if (found := shutil.which("bunco")) and Path(found).samefile(started):
        return "bunco"
    return shlex.quote(os.path.relpath(started))
