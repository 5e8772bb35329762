"""Change what is stored: forget an author, look after what was set aside."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.opening import existing_store, the_author
from bunco.cli.options import AsJson, ConfigFile, Limit, StorePlace
from bunco.cli.terminal import page, paged, say, write_json
from bunco.clock import SystemClock
from bunco.errors import UsageError
from bunco.model import DeadLetter, Page
from bunco.ports.stores import Store

if TYPE_CHECKING:
    from bunco.options import KafkaOptions

_LETTERS = 20

dead = typer.Typer(
    help="Look after the dead letters: what could not be read or stored, and why.",
    invoke_without_command=True,
)

Ids = Annotated[list[str] | None, typer.Argument(metavar="ID", help="Which letters.")]
All = Annotated[bool, typer.Option("--all", help="Every letter there is.")]
ThroughKafka = Annotated[
    bool | None,
    typer.Option(
        "--kafka/--no-kafka",
        help="Tell the processors behind Kafka. Else where the configuration has a table kafka.",
        show_default=False,
    ),
]


def forget(
    author: Annotated[
        str, typer.Argument(metavar="AUTHOR", help="Its id, or a part of its id or name.")
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    kafka: ThroughKafka = None,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Erase an author: posts, findings, states and all text, for good.

    Posts of theirs published up to now will not be taken again.
    """
    from bunco import alert_wiring, wiring

    through = _through(kafka, config)
    with existing_store(store, config) as opened:
        found = the_author(opened, author)
        what = f"{found.author}: {found.posts:,} posts and {found.findings:,} findings"
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError(f"this would erase {what}; say --yes to do it")
            say(f"This erases {what}. It cannot be undone.")
            if not typer.confirm("Go on?", err=True):
                say("Nothing was erased.")
                raise typer.Exit(1)
        if store is None:
            alert_wiring.forget(wiring.load_config(config), found.author)
        wiring.forget(opened, found.author, SystemClock().now(), through=through)
    say(f"Erased {what}.")


@dead.callback()
def dead_letters(
    context: typer.Context,
    limit: Limit = None,
    as_json: AsJson = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """List the dead letters where no other command is given."""
    if context.invoked_subcommand is None:
        listed(limit, as_json=as_json, store=store, config=config)


@dead.command("list")
def listed(
    limit: Limit = None,
    *,
    as_json: AsJson = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """List the dead letters, newest first: id, origin, reason, start of the body."""
    with existing_store(store, config) as opened:

        def fetch(most: int, after: str) -> Page[DeadLetter]:
            return opened.dead(limit=most, after=after)

        if as_json:
            for letter in paged(fetch, limit):
                body = letter.body.decode(errors="replace")
                write_json({**_fields(letter), "body": body})
            return
        from bunco.cli import render

        out = page()
        shown = fetch(limit or _LETTERS, "")
        for letter in shown.rows:
            out.print(render.dead_block(letter))
        if not shown.rows:
            say("No dead letters.")
        if shown.after:
            say(f"The first {len(shown.rows):,} are shown: --limit N shows more, --json all.")


@dead.command("replay")
def dead_replay(
    ids: Ids = None,
    *,
    everything: All = False,
    kafka: ThroughKafka = None,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Play dead letters again; those that go through now are dropped from the list."""
    from bunco import wiring

    through = _through(kafka, config)
    with existing_store(store, config) as opened:
        wanted = _wanted(opened, ids, everything=everything)
        done = wiring.replay_dead(opened, wiring.load_config(config), wanted, through=through)
    say(f"{done.mended:,} went through, {done.failed:,} failed again.")
    for reason in done.reasons:
        say(f"  {reason}")
    if done.failed:
        raise typer.Exit(1)


@dead.command("drop")
def dead_drop(
    ids: Ids = None,
    *,
    everything: All = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Give dead letters up: forget them."""
    with existing_store(store, config) as opened:
        dropped = opened.drop_dead(_wanted(opened, ids, everything=everything))
    say(f"{dropped:,} dead letters dropped.")


def _through(kafka: bool | None, config: Path | None) -> "KafkaOptions | None":
    """Give the Kafka to go through; None in an embedded run."""
    from bunco import wiring

    settings = wiring.load_config(config)
    return settings.kafka if (settings.distributed if kafka is None else kafka) else None


def _wanted(store: Store, ids: Sequence[str] | None, *, everything: bool) -> list[str]:
    """Give the ids of letters that are there.

    Raises:
        UsageError: none is named, or one that is not there.
    """
    if not ids and not everything:
        raise UsageError('name the letters (see "bunco dead") or say --all')
    there = [letter.id for letter in paged(lambda n, after: store.dead(limit=n, after=after), None)]
    if everything:
        return there
    if missing := sorted(set(ids or ()) - set(there)):
        raise UsageError(f"no dead letter {', '.join(missing)}")
    return list(ids or ())


def _fields(letter: DeadLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "origin": letter.origin,
        "reason": letter.reason,
        "source": letter.source,
        "author": letter.author,
        "at": letter.at,
    }
