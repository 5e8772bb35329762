"""Try other settings of the detectors on stored history, before anything is saved."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bunco.cli.moments import period
from bunco.cli.opening import existing_store, the_author
from bunco.cli.options import AsJson, ConfigFile, Since, StorePlace, Until
from bunco.cli.terminal import page, say, write_json
from bunco.clock import SystemClock
from bunco.errors import UsageError
from bunco.model import from_ms
from bunco.ports.stores import Store

if TYPE_CHECKING:
    from bunco.evaluation.backtest import Span, Trial
    from bunco.evaluation.matching import Difference, Told
    from bunco.evaluation.tally import Tally

_EXAMPLES = 5
_INTERRUPTED = 130
"""The exit code of what Ctrl-C ended before it was done, as shells have it."""


def backtest(
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Try this, such as repeats.min_count=4; may be given again.",
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against",
            metavar="FILE",
            help="Try the detectors of this configuration.",
            show_default=False,
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    warm_up: Annotated[
        str | None,
        typer.Option(
            "--warm-up",
            metavar="LENGTH",
            help="Play so much before --since, uncounted. Else as far as detectors look back.",
            show_default=False,
        ),
    ] = None,
    author: Annotated[str, typer.Option(metavar="AUTHOR", help="Posts of this author.")] = "",
    examples: Annotated[
        int, typer.Option(metavar="N", min=0, help="So many of each kind are shown.")
    ] = _EXAMPLES,
    as_json: AsJson = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Try other settings of the detectors on the stored posts; nothing is saved.

    Plays the posts under the running settings and under the changed ones, and shows how many
    findings open a day, which are new, which are gone and which score otherwise.

    Examples:
        bunco backtest --set repeats.min_count=4
        bunco backtest --set bursts.budget=0.2 --set repeats.enabled=false --since 30d
        bunco backtest --against other.toml --json
    """
    from bunco import log, wiring
    from bunco.evaluation import settings as tried
    from bunco.evaluation.backtest import Span
    from bunco.evaluation.summary import summary

    running = wiring.load_config(config)
    other = tried.changed(config, settings or (), against=against)
    trials = tried.trials(running, other)
    length = tried.warm_up(running, other) if warm_up is None else _length(warm_up)
    log.set_up("warning", as_json=running.log.as_json)
    with existing_store(store, config) as opened, _interruptible():
        asked = period(opened, since, until, now=SystemClock().now(), say=say)
        whose = the_author(opened, author).author if author else ""
        span = Span(since=asked.since, until=asked.until, warm_up=length, author=whose)
        tally = _played(opened, trials, span, examples, _write if as_json else _pass)
        names = (*([f"all of {against}"] if against else ()), *(settings or ()))
        told = summary(opened, span, tally, names)
        if as_json:
            _write_sums(tally)
            write_json({"kind": "summary"} | _plain(told))
            return
        from bunco.cli import render_backtest

        out = page()
        for part in render_backtest.parts(told, tally):
            out.print(part)


def _played(
    store: Store,
    trials: "list[Trial]",
    span: "Span",
    examples: int,
    on_found: "Callable[[Difference], None]",
) -> "Tally":
    """Play all there is, with progress; tell how long it took."""
    from bunco.cli.progress import counted
    from bunco.evaluation.backtest import backtest as outcomes
    from bunco.evaluation.tally import Tally
    from bunco.model import to_ms

    tally = Tally(None if span.since is None else to_ms(span.since), examples)
    started = time.monotonic()
    with counted("playing again") as on_counts:
        for outcome in outcomes(store, trials, span):
            tally.add(outcome)
            for found in outcome.differences:
                on_found(found)
            on_counts(f"{tally.posts:,} posts of {tally.authors:,} authors")
    seconds = time.monotonic() - started
    say(f"{tally.posts:,} posts played in {seconds:,.1f} s, {tally.posts / seconds:,.0f} posts/s.")
    if tally.failed:
        say(f"{tally.failed:,} times a detector failed on a post; these posts are not judged.")
    return tally


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end it in words: nothing was written, and half of it tells nothing."""
    try:
        yield
    except KeyboardInterrupt:
        say("Stopped before the end; nothing was changed.")
        raise typer.Exit(_INTERRUPTED) from None


def _length(text: str) -> timedelta:
    from bunco.values import parse_duration

    try:
        return parse_duration(text)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f'--warm-up: {text!r} is no length of time; write "14d" or "36h"'
        ) from error


def _pass(_: "Difference") -> None:
    """Leave it to the examples."""


def _write(found: "Difference") -> None:
    """Write an episode that differs as a line of JSON."""
    if found.change == "same":
        return
    write_json(
        {
            "kind": found.change,
            "detector": found.shown.detector,
            "author": found.shown.subject,
            "before": _fields(found.before),
            "after": _fields(found.after),
            "beside": found.beside,
        }
    )


def _write_sums(tally: "Tally") -> None:
    for day in tally.days():
        write_json(
            {
                "kind": "day",
                "day": f"{from_ms(day.start_ms):%Y-%m-%d}",
                "posts": day.posts,
                "before": day.before,
                "after": day.after,
            }
        )


def _fields(told: "Told | None") -> dict[str, Any] | None:
    from bunco.cli.reading import finding_fields

    if told is None:
        return None
    return finding_fields(told.finding) | {"opened_at": from_ms(told.opened_ms)}


def _plain(record: object) -> dict[str, Any]:
    from bunco import codec

    plain: dict[str, Any] = codec.to_json(record)
    return plain
