"""Open the store that a command reads or writes, and find an author in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bunco.errors import UsageError
from bunco.model import AuthorSummary, Finding
from bunco.ports.stores import Store

if TYPE_CHECKING:
    from bunco.stores_elastic.upkeep import Upkeep

_CANDIDATES = 20
_USED_WRONGLY = 2


@contextmanager
def existing_store(place: str | None, config: Path | None) -> Iterator[Store]:
    """Open a store that is there already; none is made by asking it something.

    Args:
        place: what ``--store`` said.
        config: what ``--config`` said; its store is taken where ``place`` is absent.

    Raises:
        UsageError: there is no such store.
        StoreError: it cannot be opened.
    """
    with _opened(place, config, must_exist=True) as store:
        yield store


@contextmanager
def any_store(place: str | None, config: Path | None) -> Iterator[Store]:
    """Open a store to write to; it is made where it is not there yet."""
    with _opened(place, config, must_exist=False) as store:
        yield store


def path_of(place: str) -> Path | None:
    """Give the file that ``--store`` names; None for a store without one."""
    kind, colon, rest = place.partition(":")
    if not colon or len(kind) < 2 or not kind.isalpha():
        return Path(place)
    return Path(rest) if kind == "sqlite" and rest else None


def the_author(store: Store, asked: str) -> AuthorSummary:
    """Give the author of this id, or the only one whose id or name has this part.

    Raises:
        typer.Exit: none fits (1) or several do (2, they are listed).
    """
    from bunco.cli import render
    from bunco.cli.terminal import notes, say

    if (author := store.author(asked)) is not None:
        return author
    found = store.find_authors(asked, limit=_CANDIDATES + 1)
    if len(found) == 1:
        say(f'"{asked}" is taken for {found[0].author}.')
        return found[0]
    if not found:
        say(_why_nobody(store, asked))
        raise typer.Exit(1)
    many = f"more than {_CANDIDATES}" if len(found) > _CANDIDATES else str(len(found))
    say(f'"{asked}" fits {many} authors; say which one:')
    notes().print(render.candidates_table(found[:_CANDIDATES]))
    raise typer.Exit(_USED_WRONGLY)


def the_finding(store: Store, asked: str) -> Finding:
    """Give the finding of this id, or the only one whose id begins so.

    Raises:
        typer.Exit: none fits (1) or several do (2, they are listed).
    """
    from bunco.cli.terminal import say

    if (finding := store.finding(asked)) is not None:
        return finding
    names = store.finding_ids(asked, limit=_CANDIDATES + 1) if asked else []
    found = [finding for name in names if (finding := store.finding(name)) is not None]
    if len(found) == 1:
        return found[0]
    if not found:
        say(f'No finding has an id that begins with "{asked}". See "bunco findings".')
        raise typer.Exit(1)
    many = f"more than {_CANDIDATES}" if len(found) > _CANDIDATES else str(len(found))
    say(f'"{asked}" begins the ids of {many} findings; say more of it:')
    for finding in found[:_CANDIDATES]:
        say(f"  {finding.id}  {finding.detector} of {finding.subject}")
    raise typer.Exit(_USED_WRONGLY)


@contextmanager
def _opened(place: str | None, config: Path | None, *, must_exist: bool) -> Iterator[Store]:
    from bunco import wiring
    from bunco.doctor import store_file

    if place is None:
        settings = wiring.load_config(config)
        if must_exist:
            _require(store_file(settings))
        store = wiring.open_store(settings)
    else:
        if must_exist:
            _require(path_of(place))
        store = wiring.open_store_at(place)
    try:
        if must_exist:
            _require_indices(store)
        yield store
    finally:
        store.close()


def _require(path: Path | None) -> None:
    if path is not None and not path.exists():
        raise UsageError(
            f'no store at {path}: make one with "bunco run" or "bunco replay", '
            "or say where it is with --store"
        )


def _require_indices(store: Store) -> None:
    upkeep: Upkeep | None = getattr(store, "upkeep", None)
    if upkeep is not None and not upkeep.exists():
        raise UsageError(
            f'no store at {upkeep.place}: make one with "bunco index create", '
            "or say where it is with --store"
        )


def _why_nobody(store: Store, asked: str) -> str:
    if asked in store.removed_authors([asked]):
        return f'"{asked}" was forgotten: nothing of theirs is kept.'
    return f'No author has "{asked}" in the id or name. See "bunco authors" or "bunco search".'
