"""Write a made-up stream of posts, and what is true about it."""

import gzip
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from bunco.cli.terminal import say
from bunco.errors import UsageError

if TYPE_CHECKING:
    from bunco.simulation.plan import Plan

STANDARD_OUTPUT = Path("-")

_PROGRESS_EVERY = 500


def simulate(  # each option of a plan
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="PATH", help="Posts; .gz and .zst are compressed."),
    ] = STANDARD_OUTPUT,
    truth: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Who does what, as JSON lines.", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed, the same stream.")] = 1,
    days: Annotated[int, typer.Option(metavar="N", help="How long it goes on.")] = 14,
    authors: Annotated[int, typer.Option(metavar="N", help="How many publish.")] = 200,
    posts: Annotated[int, typer.Option(metavar="N", help="How many posts.")] = 10_000,
    late: Annotated[int, typer.Option(metavar="PERCENT", help="How many arrive late.")] = 3,
    duplicates: Annotated[int, typer.Option(metavar="N", help="Posts told twice.")] = 0,
    removals: Annotated[int, typer.Option(metavar="N", help="Posts taken back.")] = 0,
) -> None:
    """Write a made-up stream of posts, with the truth about it.

    Ordinary people, news outlets, podcasts, a declared bot, an importer, and promoters who
    repeat sensational headlines with edits across places, burst, and pass on chain letters.
    The same options give the same bytes.

    Examples:
        bunco simulate --out posts.jsonl.gz --truth truth.jsonl --posts 100000
        bunco simulate --seed 7 | bunco replay - --store made-up.db
    """
    from bunco.simulation.plan import Plan, checked

    plan = checked(
        Plan(
            seed=seed,
            days=days,
            authors=authors,
            posts=posts,
            late_percent=late,
            duplicates=duplicates,
            removals=removals,
        )
    )
    write(plan, out, truth)
    if out != STANDARD_OUTPUT:
        say(f"{out}: {posts:,} posts of {authors:,} authors in {days:,} days.")


def write(plan: "Plan", out: Path, truth: Path | None) -> None:
    """Write the posts of a plan, and what is true about them, with progress.

    Raises:
        UsageError: a file cannot be written.
    """
    from bunco import codec
    from bunco.cli.progress import row_progress
    from bunco.simulation.stream import simulate as told_by

    with (
        _opened(out) as posts,
        _opened(truth) if truth else nullcontext() as truths,
        row_progress("writing", plan.posts) as on_row,
    ):
        for row, told in enumerate(told_by(plan), start=1):
            posts.write(codec.encode(told.item) + b"\n")
            if truths is not None:
                truths.writelines(codec.encode(record) + b"\n" for record in told.truths)
            if row % _PROGRESS_EVERY == 0:
                on_row(row)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to write, compressed as its name says."""
    if path == STANDARD_OUTPUT:
        yield sys.stdout.buffer
        return
    try:
        file = path.open("wb")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    with file:
        if path.suffix == ".gz":
            # Neither name nor time inside: the same plan gives the same bytes.
            with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
                yield packed  # type: ignore[misc]  # writes bytes like one
        elif path.suffix == ".zst":
            import zstandard

            with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as packed_too:
                yield packed_too
        else:
            yield file
