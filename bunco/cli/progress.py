"""How far a run has come: a bar or a status line on a screen, now and then a line elsewhere."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.status import Status

from bunco.cli.terminal import notes, say
from bunco.health import health_word
from bunco.model import SourceState
from processors import flow

OnStep: TypeAlias = Callable[[flow.Progress], None]
Show: TypeAlias = Callable[[flow.Progress, Mapping[str, SourceState]], None]

Member = TypeVar("Member")

_LINE_EVERY_S = 10.0


@contextmanager
def replay_progress(verb: str) -> Iterator[OnStep]:
    """Give what to call after each commit of a replay.

    On a screen it moves a bar (of bytes); elsewhere it writes a line every ten seconds.
    """
    console = notes()
    if not console.is_terminal:
        yield _spoken(verb)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TextColumn("{task.fields[counts]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, transient=True, expand=True) as bar:
        task = bar.add_task(verb, total=None, counts="")

        def on_step(progress: flow.Progress) -> None:
            bar.update(
                task,
                completed=progress.done_bytes,
                total=progress.total_bytes or None,
                counts=f"{progress.posts:,} posts, {progress.findings:,} findings",
            )

        yield on_step


@contextmanager
def row_progress(verb: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Give what to call with the count of rows done; it moves a bar on a screen."""
    console = notes()
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(verb, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def member_status(
    line: Callable[[Member], str],
) -> Iterator[tuple[Callable[[Member], None], bool]]:
    """Give what to call with the progress of a member of a group, and whether a screen shows it.

    Args:
        line: what the screen says of it.
    """
    console = notes()
    if not console.is_terminal:
        yield (lambda _: None), False
        return
    with console.status("joining …") as status:
        yield (lambda progress: status.update(line(progress))), True


@contextmanager
def counted(verb: str) -> Iterator[Callable[[str], None]]:
    """Give what to call with the counts so far: a status line, or a line every ten seconds."""
    console = notes()
    if console.is_terminal:
        with Status(f"{verb} …", console=console) as status:
            yield lambda counts: status.update(f"{verb}: {counts}; Ctrl-C stops")
        return
    said_at = time.monotonic()

    def on_counts(counts: str) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= _LINE_EVERY_S:
            said_at = time.monotonic()
            say(f"{verb}: {counts}")

    yield on_counts


@contextmanager
def run_status() -> Iterator[Show | None]:
    """Give what to call to bring the line on the screen up to date; None without a screen."""
    console = notes()
    if not console.is_terminal:
        yield None
        return
    with Status("reading …", console=console) as status:

        def show(progress: flow.Progress, states: Mapping[str, SourceState]) -> None:
            status.update(f"{status_line(progress, states)}; Ctrl-C stops")

        yield show


def status_line(progress: flow.Progress, states: Mapping[str, SourceState]) -> str:
    """Give the one line that tells how a run goes."""
    health = Counter(health_word(state) for state in states.values())
    parts = [
        f"{progress.posts:,} posts",
        f"{progress.findings:,} findings",
        f"{health['ok'] + health['ended']:,} sources ok",
    ]
    if health["failing"]:
        parts.append(f"{health['failing']:,} failing")
    if health["new"]:
        parts.append(f"{health['new']:,} not read yet")
    if progress.dead:
        parts.append(f"{progress.dead:,} set aside")
    return ", ".join(parts)


def _spoken(verb: str) -> OnStep:
    said_at = time.monotonic()

    def on_step(progress: flow.Progress) -> None:
        nonlocal said_at
        if time.monotonic() - said_at < _LINE_EVERY_S:
            return
        said_at = time.monotonic()
        share = progress.done_bytes / progress.total_bytes if progress.total_bytes else None
        far = f" ({share:.0%})" if share is not None else ""
        say(f"{verb}: {progress.posts:,} posts, {progress.findings:,} findings{far}")

    return on_step
