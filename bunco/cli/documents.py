"""Saved documents and lists of feeds: parse, import, export."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bunco.cli.options import ConfigFile
from bunco.cli.terminal import say, standard_input, write_json
from bunco.clock import SystemClock
from bunco.errors import BadInput, UsageError

if TYPE_CHECKING:
    from bunco.config import Config
    from bunco.ports.parts import Parsed

STANDARD_INPUT = Path("-")


def parse(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="A kind of source, such as rss.")],
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Saved documents; - is standard input.")
    ],
    url: Annotated[str, typer.Option(metavar="URL", help="Where the documents came from.")] = "",
) -> None:
    """Show what a source of that kind makes of saved documents.

    One post a line, in the wire form, with the document's path. A document that is
    refused is named on standard error with the reason, and the command ends with 1. A file's
    time of change stands in for the time it was fetched.

    Examples:
        bunco parse rss saved/*.xml --url https://example.org/feed.xml
    """
    refused = False
    for path in files:
        try:
            parsed = _parsed(kind, path, url)
        except BadInput as error:
            refused = True
            say(f"{path}: {error}")
            continue
        for letter in parsed.dead:
            say(f"{path}: {letter.origin}: {letter.reason}")
        refused |= bool(parsed.dead) and not parsed.items
        for fields in _posts(parsed, path):
            write_json(fields)
    if refused:
        raise typer.Exit(1)


def import_feeds(
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="- is standard input.")],
    config: ConfigFile = None,
) -> None:
    """Add the feeds of an OPML file to the configuration.

    Feeds that are there already are left alone, and so is every line of the file.
    """
    from bunco.cli.feeds import with_feeds
    from bunco.cli.rewriting import rewrite
    from bunco.wiring import DEFAULT_CONFIG
    from ingest import opml

    path = config or DEFAULT_CONFIG
    outlines = opml.read(_content(file))
    merged = with_feeds(path, outlines)
    if merged.added:
        rewrite(path, merged.content)
    say(
        f"{path}: {merged.added:,} feeds added, {len(outlines) - merged.added:,} "
        "were there already."
    )
    if merged.added:
        say('Next: "bunco run" reads them; "bunco doctor" tells which ones answer.')


def export_feeds(
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="PATH", help="Where to; - is standard output.")
    ] = STANDARD_INPUT,
    config: ConfigFile = None,
) -> None:
    """Write the configured feeds as OPML, for any feed reader."""
    from bunco import wiring
    from bunco.cli.rewriting import rewrite
    from ingest import opml

    outlines = _outlines(wiring.load_config(config))
    document = opml.write(outlines, title="bunco", at=SystemClock().now())
    if out == STANDARD_INPUT:
        sys.stdout.buffer.write(document)
        return
    rewrite(out, document)
    say(f"{out}: {len(outlines):,} feeds.")


def _parsed(kind: str, path: Path, url: str) -> "Parsed":
    from bunco import wiring

    document = _content(path)
    changed = SystemClock().now()
    if path != STANDARD_INPUT:
        changed = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return wiring.parse_document(kind, document, url, changed)


def _posts(parsed: "Parsed", path: Path) -> Iterator[dict[str, Any]]:
    from bunco import codec

    for item in parsed.items:
        yield codec.to_json(item) | {"document": str(path)}


def _content(path: Path) -> bytes:
    if path == STANDARD_INPUT:
        return standard_input().read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput((error.strerror or str(error)).lower()) from error


def _outlines(settings: "Config") -> list[Any]:
    from ingest.opml import Outline

    feeds = [source for source in settings.sources if source.kind == "rss"]
    if not feeds:
        raise UsageError("there are no sources of kind rss in the configuration")
    return [
        Outline(title=source.name, url=str(source.options.get("url", "")), folder="")
        for source in feeds
    ]
