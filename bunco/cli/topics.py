"""Make Kafka's topics, check them, and show how far their readers have come."""

from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.options import AsJson, ConfigFile
from bunco.cli.terminal import page, say, write_json

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bunco.options import KafkaOptions
    from bunco.streams.lag import Contents, Lag, Members
    from bunco.streams.topic_state import TopicSpec

topics = typer.Typer(
    help="Look after the topics of the distributed run, in the Kafka that \\[kafka] names.",
    no_args_is_help=True,
)

Adjust = Annotated[
    bool, typer.Option("--adjust", help="Also set the settings of topics that are there.")
]


@topics.command("create")
def create(adjust: Adjust = False, config: ConfigFile = None) -> None:
    """Make the topics that are missing; the same again changes nothing.

    Partitions and copies of a topic that is there stay as they are.
    """
    options = _options(config)
    from bunco.streams import topics as kept

    made = kept.create(options, _tell_made)
    if adjust:
        kept.adjust(options, lambda *changed: say("Set {}: {} = {}.".format(*changed)))
    left = kept.differences(options)
    for one in left:
        say(f"{one.note}: {one.advice}")
    if not made and not left:
        say("All topics are there.")
    if any(one.grave for one in left):
        raise typer.Exit(1)


@topics.command("check")
def check(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Tell where topics differ from the configuration; ends with 1 if one does."""
    options = _options(config)
    from bunco.streams.topics import differences

    found = differences(options)
    for one in found:
        if as_json:
            write_json({"note": one.note, "advice": one.advice, "grave": one.grave})
        else:
            page().print(f"{one.note}: {one.advice}", markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    say("All topics are as they should be.")


@topics.command("describe")
def describe(config: ConfigFile = None, as_json: AsJson = False) -> None:
    """Show what the topics hold, how far their readers have come, and how many there are.

    Records are counted, not posts: a record of posts holds many. Partitions that never held
    any are left out.
    """
    options = _options(config)
    from bunco.streams.lag import contents, lag, members

    held, behind, readers = contents(options), lag(options), members(options)
    if as_json:
        for row in (*held, *behind, *readers):
            write_json(row)
        return
    if not held:
        say('No topics yet: "bunco topics create" makes them.')
        return
    page().print(_held_table(held))
    if shown := [one for one in behind if one.end]:
        page().print()
        page().print(_lag_table(shown))
    page().print()
    page().print(_members_table(readers))


def _options(config: ConfigFile) -> "KafkaOptions":
    from bunco import wiring
    from bunco.streams import extra

    extra.require()
    return wiring.load_config(config).kafka


def _tell_made(spec: "TopicSpec") -> None:
    partitions = f"{spec.partitions} partition{'' if spec.partitions == 1 else 's'}"
    say(f"Made {spec.name}: {partitions}, replication {spec.replication}.")


def _held_table(held: "list[Contents]") -> "RenderableType":
    from rich.filesize import decimal
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("topic", overflow="fold", style="bold")
    for name in ("partitions", "records", "size"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in held:
        size = "–" if one.size_bytes is None else decimal(one.size_bytes)
        table.add_row(one.topic, str(one.partitions), f"{one.records:,}", size)
    return table


def _lag_table(behind: "list[Lag]") -> "RenderableType":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("group", overflow="fold", style="bold")
    table.add_column("topic", overflow="fold")
    for name in ("partition", "read to", "end", "behind", "lost"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in behind:
        at = "–" if one.committed is None else f"{one.committed:,}"
        lost = f"{one.lost:,}" if one.lost else ""
        numbers = (str(one.partition), at, f"{one.end:,}", f"{one.lag:,}", lost)
        table.add_row(one.group, one.topic, *numbers)
    return table


def _members_table(readers: "list[Members]") -> "RenderableType":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("group", overflow="fold", style="bold")
    table.add_column("members", justify="right", no_wrap=True)
    for one in readers:
        table.add_row(one.group, "–" if one.members is None else str(one.members))
    return table
