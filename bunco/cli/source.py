"""Add a source to the configuration by its address."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.options import ConfigFile
from bunco.cli.terminal import printable, say

if TYPE_CHECKING:
    from bunco.config import Config
    from ingest.recognition.recognised import Recognised

source = typer.Typer(no_args_is_help=True, help="Add what is to be read.")


@source.command("add")
def add(
    address: Annotated[
        str, typer.Argument(metavar="ADDRESS", help="A URL, a handle, r/NAME, a file, a mailbox.")
    ],
    name: Annotated[
        str, typer.Option(metavar="NAME", help="Its name; else one is made.", show_default=False)
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the table and change nothing.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="It may stand at a private address.")
    ] = False,
    config: ConfigFile = None,
) -> None:
    """Find out what an address is, and add it to the configuration.

    Feeds and pages that name one, channels and playlists of YouTube, subreddits, Hacker News,
    servers of Mastodon, Lemmy and Discourse, accounts of Bluesky, relays of Nostr, mailboxes,
    files of posts.
    Every line of the file stays as it is; a source that is there is not added again. An
    address that is itself a secret goes into a file of its own beside the configuration.

    Examples:
        bunco source add https://www.example.org/blog
        bunco source add r/python --name snakes
        bunco source add @ann.bsky.social --dry-run
    """
    import asyncio

    from bunco import wiring
    from bunco.cli.source_table import name_for, table_of

    path = config or wiring.DEFAULT_CONFIG
    settings = wiring.load_config(path if path.exists() else None)
    found = asyncio.run(_recognised(settings, address.strip(), allow_private=allow_private))
    chosen = name_for(found, name, settings.sources)
    folder = path.resolve().parent
    files = {key: str(folder / f"{chosen}.{key.replace('_', '-')}") for key in found.secrets}
    table = table_of(found, chosen, files)
    if dry_run:
        typer.echo(table.lstrip("\n"), nl=False)
        _explain(found, f"{path} is left as it is")
        return
    _write(path, table, found, files)
    _explain(found, f"{path}: the source {chosen} was added")


async def _recognised(settings: "Config", address: str, *, allow_private: bool) -> "Recognised":
    from bunco import wiring
    from bunco.clock import SystemClock
    from ingest.recognition.families import recognise
    from ingest.recognition.recognised import Asked

    async with wiring.asking_web(settings, SystemClock()) as web:
        return await recognise(Asked(text=address, web=web, allow_private=allow_private))


def _write(path: Path, table: str, found: "Recognised", files: dict[str, str]) -> None:
    """Write secrets first, each readable by us alone, then the table.

    Raises:
        ConfigError: the table does not fit into the file; nothing was written.
        UsageError: a file for a secret is there already.
    """
    import tomllib

    from bunco import registry
    from bunco.cli.rewriting import rewrite
    from bunco.cli.starter import HEADER
    from bunco.config import from_tables
    from bunco.errors import ConfigError, UsageError

    content = path.read_bytes() if path.exists() else HEADER.encode()
    ending = b"" if not content or content.endswith(b"\n") else b"\n"
    merged = content + ending + table.encode()
    try:
        made = from_tables(tomllib.loads(merged.decode()), where=str(path)).sources[-1]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        allowed = "TOML with its sources as [[source]] tables"
        raise ConfigError(str(path), "(file)", str(error), allowed) from error
    part = registry.part("ingest.sources", made.kind, where=str(path), key=f"{made.key}.kind")
    written = []
    try:
        for key, place in files.items():
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            written.append(Path(place))
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(found.secrets[key] + "\n")
        if found.is_ready:
            registry.options(part, made)
        rewrite(path, merged)
    except FileExistsError as error:
        raise UsageError(f"{error.filename} is there already: choose another --name") from error
    except BaseException:
        for made_file in written:
            made_file.unlink(missing_ok=True)
        raise


def _explain(found: "Recognised", done: str) -> None:
    say(f"{printable(found.found)}.")
    say(f"{done}.")
    if not found.is_ready:
        say("It is turned off until what is missing is filled in; then take out enabled = false.")
    for line, why in found.missing:
        say(f"To fill in: {line} – {why}")
    for hint in found.hints:
        say(printable(hint))
