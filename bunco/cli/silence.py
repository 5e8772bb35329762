"""Keep alerts about something quiet for a time."""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.options import AsJson, ConfigFile
from bunco.cli.terminal import page, say, write_json
from bunco.cli.verdict import login
from bunco.clock import SystemClock
from bunco.errors import UsageError

if TYPE_CHECKING:
    from datetime import timedelta

    from bunco.alerting import SilenceWhat

silence = typer.Typer(
    help="Keep alerts about an author, headline, source or rule quiet for a time.",
    no_args_is_help=True,
)


@silence.command("add")
def add(  # each option is one
    what: Annotated[str, typer.Argument(metavar="author|headline|source|rule", help="What.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Which one.")],
    lasting: Annotated[str, typer.Option("--for", metavar="TIME", help="For so long.")] = "7d",
    rule: Annotated[str, typer.Option("--rule", metavar="NAME", help="Under it alone.")] = "",
    because: Annotated[str, typer.Option("--because", metavar="TEXT", help="Why.")] = "",
    config: ConfigFile = None,
) -> None:
    """Keep alerts about something quiet. What comes meanwhile is counted in the next alert.

    Examples:
        bunco silence add author reddit:dealqueen --for 7d
        bunco silence add headline "This one trick saves 400 a month" --for 30d --rule me
    """
    from bunco import alert_wiring, wiring
    from bunco.alerting import Silence, silence_id
    from bunco.text.wording import opening

    word, length = _what(what), _length(lasting)
    value = opening(value) if word == "headline" else value.strip()
    if not value:
        raise UsageError(f"{what}: say which one")
    now = SystemClock().now()
    made = Silence(
        id=silence_id(word, value, rule),
        what=word,
        value=value,
        until=now + length,
        rule=rule,
        by=login(),
        because=because,
        at=now,
    )
    with closing(alert_wiring.open_ledger(wiring.load_config(config))) as ledger:
        ledger.silence(made)
    say(f"No alerts about the {word} {value} until {made.until:%Y-%m-%d %H:%M} UTC.")


@silence.command("list")
def list_silences(
    all_: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
    as_json: AsJson = False,
    config: ConfigFile = None,
) -> None:
    """Show what is kept quiet, and until when."""
    from bunco import alert_wiring, wiring

    now, out = SystemClock().now(), page()
    with closing(alert_wiring.open_ledger(wiring.load_config(config))) as ledger:
        found = [one for one in ledger.silences() if all_ or one.until > now]
    for one in found:
        if as_json:
            write_json(one)
            continue
        under = f" under {one.rule}" if one.rule else ""
        why = f", by {one.by}" * bool(one.by) + f": {one.because}" * bool(one.because)
        line = f"{one.id}  {one.what} {one.value}{under} until {one.until:%Y-%m-%d %H:%M} UTC{why}"
        out.print(line, highlight=False, markup=False)
    if not found and not as_json:
        say("Nothing is silenced.")


@silence.command("end")
def end(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="As the list shows them.")],
    config: ConfigFile = None,
) -> None:
    """End silences now; what grows from here on is told again."""
    from bunco import alert_wiring, wiring

    with closing(alert_wiring.open_ledger(wiring.load_config(config))) as ledger:
        count = ledger.unsilence(ids)
    say(f"{count} ended.")
    if not count:
        raise typer.Exit(1)


def _what(word: str) -> "SilenceWhat":
    match word:
        case "author" | "headline" | "source" | "rule":
            return word
    raise UsageError(f"{word!r}: author, headline, source or rule")


def _length(text: str) -> "timedelta":
    from bunco.values import parse_duration

    try:
        return min(parse_duration(text), parse_duration("3650d"))
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--for: {text!r} is no length of time: {error}") from error
