"""Assemble the command line: one command a function, errors as one clear line.

Ends with 0 when done, 1 when something failed, 2 for wrong use or configuration. Commands
import what they need when they are called, so that help and completion come at once.
"""

import inspect
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bunco.cli import (
    alert,
    backtest,
    demo,
    documents,
    evaluate,
    health,
    index,
    ingest,
    kibana,
    password,
    process,
    reading,
    run,
    serve,
    silence,
    simulate,
    sink,
    source,
    texts,
    topics,
    upkeep,
    verdict,
)
from bunco.errors import BuncoError, ConfigError, UsageError

_LIVE, _MANY, _ASK = "Run", "Run on many machines", "Read and judge"
_APART, _KEEP = "Work without a store", "Set up and look after"
_EPILOG = (
    'Start with "bunco demo", or with your own feeds: "bunco import feeds.opml", "bunco run", '
    'then "bunco authors" and "bunco history AUTHOR".'
)


class Commands(TyperGroup):
    """The commands, with the errors that they raise on purpose turned into words."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401  # typer keeps its context's class private
        """Run one command; give what it gives.

        Raises:
            typer.Exit: it could not be done: 2 for the one at the prompt to mend, else 1.
        """
        try:
            done = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _drop_output()
            raise typer.Exit(0) from None
        except (BuncoError, OSError, ImportError) as error:
            if ctx.find_root().params.get("debug"):
                raise
            _tell(error)
            wrong_use = isinstance(error, UsageError | ConfigError)
            raise typer.Exit(2 if wrong_use else 1) from error
        return done


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=_EPILOG,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"bunco {version('bunco')}")
        raise typer.Exit


@app.callback()
def bunco(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Watch feeds and streams of posts; show who repeats headlines and who bursts."""
    del version, debug


def _add(command: Callable[..., None], panel: str, name: str | None = None) -> None:
    app.command(name, help=_help(command), rich_help_panel=panel)(command)


def _help(command: Callable[..., None]) -> str:
    """Give a docstring as help: its paragraphs in one line each, examples as they are.

    Square brackets would else be read as markup.
    """
    text = inspect.cleandoc(command.__doc__ or "").replace("[", r"\[")
    paragraphs = text.split("\n\n")
    return "\n\n".join(
        paragraph if "\n    " in paragraph else paragraph.replace("\n", " ")
        for paragraph in paragraphs
    )


_add(run.run, _LIVE)
_add(run.replay, _LIVE)
_add(demo.demo, _LIVE)
_add(serve.serve, _LIVE)
_add(ingest.ingest, _MANY)
_add(process.process, _MANY)
_add(sink.sink, _MANY)
_add(reading.authors, _ASK)
_add(reading.findings, _ASK)
_add(reading.history, _ASK)
_add(reading.search, _ASK)
_add(backtest.backtest, _ASK)
_add(verdict.verdict, _ASK)
_add(verdict.verdicts, _ASK)
_add(texts.score, _APART)
_add(texts.compare, _APART)
_add(documents.parse, _APART)
_add(evaluate.evaluate, _APART)
_add(simulate.simulate, _APART)
_add(documents.import_feeds, _KEEP, "import")
_add(documents.export_feeds, _KEEP, "export")
_add(health.sources, _KEEP)
_add(health.doctor, _KEEP)
_add(password.password, _KEEP)
_add(upkeep.forget, _KEEP)
app.add_typer(alert.alert, name="alert", rich_help_panel=_LIVE)
app.add_typer(silence.silence, name="silence", rich_help_panel=_ASK)
app.add_typer(source.source, name="source", rich_help_panel=_KEEP)
app.add_typer(upkeep.dead, name="dead", rich_help_panel=_KEEP)
app.add_typer(topics.topics, name="topics", rich_help_panel=_MANY)
app.add_typer(index.index, name="index", rich_help_panel=_MANY)
app.add_typer(kibana.kibana, name="kibana", rich_help_panel=_MANY)


def main() -> None:
    """Run the command line: the entry point of ``bunco`` and ``python -m bunco``."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stream that somebody put there may lack it
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # see above
    app(prog_name="bunco")


def _tell(error: Exception) -> None:
    from bunco.cli.terminal import say

    hint = '; "bunco doctor" may tell why' if isinstance(error, ImportError) else ""
    say(f"bunco: {error}{hint}")


def _drop_output() -> None:
    """Send what is still to be written nowhere: nobody listens any more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
