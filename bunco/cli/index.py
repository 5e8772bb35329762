"""Look after the indices of a store in Elasticsearch: make, compare, build anew."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bunco.cli.opening import any_store
from bunco.cli.options import ConfigFile, StorePlace
from bunco.cli.terminal import say
from bunco.errors import UsageError

if TYPE_CHECKING:
    from bunco.stores_elastic.upkeep import Upkeep

index = typer.Typer(
    help="Look after the indices of a store in Elasticsearch.", no_args_is_help=True
)


@index.command("create")
def index_create(store: StorePlace = None, config: ConfigFile = None) -> None:
    """Install index templates and make the indices that are missing.

    Writing the first batch does it too; do it before to find out early what is not allowed.
    """
    with _upkeep(store, config) as upkeep:
        made = upkeep.create()
    say(f"Made {', '.join(made)}." if made else "Everything is there already.")


@index.command("check")
def index_check(store: StorePlace = None, config: ConfigFile = None) -> None:
    """Compare templates and indices with what they should be; end with 1 if they differ."""
    with _upkeep(store, config) as upkeep:
        found = upkeep.check()
    _tell(found)


@index.command("upgrade")
def index_upgrade(store: StorePlace = None, config: ConfigFile = None) -> None:
    """Build indices of an older bunco anew, each in its turn.

    Sinks wait meanwhile, readers go on. Cut off, the same command goes on where it was.
    """
    with _upkeep(store, config) as upkeep:
        made = upkeep.upgrade(_on_progress)
    say(f"Built {', '.join(made)}." if made else "Everything has the present form.")


@contextmanager
def _upkeep(store: str | None, config: Path | None) -> Iterator["Upkeep"]:
    """Open a store that has indices.

    Raises:
        UsageError: it has none.
    """
    with any_store(store, config) as opened:
        found: Upkeep | None = getattr(opened, "upkeep", None)
        if found is None:
            raise UsageError(
                "this store has no indices: they are for a store of kind elastic "
                "(--store elastic://HOST:PORT, or in the configuration)"
            )
        yield found


def _tell(faults: Sequence[str]) -> None:
    for fault in faults:
        say(fault)
    if faults:
        raise typer.Exit(1)
    say("Templates and indices are as they should be.")


def _on_progress(name: str, done: int, total: int) -> None:
    say(f"{name}: {done:,} of {total:,} documents")
