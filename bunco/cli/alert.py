"""Try out, look at and run alerts."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.opening import existing_store
from bunco.cli.options import AsJson, ConfigFile, Since, StorePlace, Until
from bunco.cli.terminal import page, say, write_json
from bunco.clock import SystemClock
from bunco.errors import UsageError

if TYPE_CHECKING:
    from bunco.alert_preview import Sent, Totals
    from bunco.alerting import Entry, Note
    from bunco.config import Config
    from bunco.ports.stores import Store

alert = typer.Typer(
    help="Try out alerts, see what was sent and what was not, and why.", no_args_is_help=True
)

_LOG_LINES = 30

Rule = Annotated[str, typer.Option("--rule", metavar="NAME", help="Of this rule alone.")]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="FOLDER", help="Mails as .eml and .html.", show_default=False
    ),
]
Finding = Annotated[str, typer.Option("--finding", metavar="ID", help="What became of this one.")]
Lines = Annotated[int | None, typer.Option("--limit", "-n", metavar="N", min=1, help="Lines.")]


@alert.command("test")
def try_out(rule: Rule = "", config: ConfigFile = None) -> None:
    """Send a sample through each rule's channel, now: nothing is waited for or counted.

    Examples:
        bunco alert test
        bunco alert test --rule me
    """
    import asyncio

    from bunco import wiring

    settings = wiring.load_config(config)
    names = [one.name for one in settings.alerts if one.enabled and rule in {"", one.name}]
    if not names:
        raise UsageError(f"no rule {rule}" if rule else "no [[alert]] in the configuration")
    if failed := asyncio.run(_try_out(settings, names)):
        raise typer.Exit(1) from failed


@alert.command("preview")
def preview(
    since: Since = "7d",
    until: Until = None,
    out: OutFolder = None,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Tell what the rules would have sent: stored posts are played again, nothing is sent.

    Examples:
        bunco alert preview --since 7d
        bunco alert preview --since 2026-03-01 --until 2026-04-01 --out mails
    """
    from bunco import alert_preview, wiring
    from bunco.cli.moments import period

    settings = wiring.load_config(config)
    if not any(rule.enabled for rule in settings.alerts):
        raise UsageError("no [[alert]] in the configuration")
    with existing_store(store, config) as opened:
        asked = period(opened, since, until, now=SystemClock().now(), say=say)
        if asked.since is None:
            raise UsageError("--since says where to begin")
        posts = alert_preview.stored_posts(opened, asked.since, asked.until)
    totals = alert_preview.Totals()
    days: Counter[tuple[str, str]] = Counter()
    for number, sent in enumerate(alert_preview.preview(settings, posts, totals), start=1):
        days[f"{sent.alert.at:%Y-%m-%d}", sent.alert.rule] += 1
        if out is not None:
            _write(out, number, sent)
    _tell(days, totals, out)


@alert.command("log")
def log(
    rule: Rule = "",
    finding: Finding = "",
    limit: Lines = None,
    as_json: AsJson = False,
    config: ConfigFile = None,
) -> None:
    """Show what was sent, and with --finding what became of it; the latest first.

    Examples:
        bunco alert log
        bunco alert log --finding 0c5d9a7e
    """
    from contextlib import closing

    from bunco import alert_wiring, alert_writing, wiring

    settings = wiring.load_config(config)
    limit = limit or _LOG_LINES
    with (
        closing(wiring.open_store(settings)) as store,
        closing(alert_wiring.open_ledger(settings)) as ledger,
    ):
        subject_of = alert_writing.Subjects(settings, store, ledger)
        found = ledger.entries(rule=rule, finding=finding, limit=limit)
        entries = [(one, subject_of(one)) for one in found]
        notes = ledger.notes(finding=finding, rule=rule, limit=limit) if finding else ()
    _show_entries(entries, as_json=as_json)
    _show_notes(notes, as_json=as_json)
    if not entries and not notes and not as_json:
        say("No rule took it, or it has not been looked at." if finding else "Nothing was sent.")


@alert.command("run")
def run(config: ConfigFile = None) -> None:
    """Send alerts over a store that others fill, until Ctrl-C.

    "bunco run" sends them by itself. On its own this also tells when that run has stopped.

    Examples:
        bunco alert run
    """
    import asyncio

    from bunco import alert_wiring, wiring

    settings = wiring.load_config(config)
    if not alert_wiring.rules(settings):
        raise UsageError("no [[alert]] in the configuration")
    alert_wiring.check(settings)
    with existing_store(None, config) as store:
        asyncio.run(_run(settings, store))


async def _run(settings: "Config", store: "Store") -> None:
    import asyncio

    from bunco import alert_wiring, log
    from bunco.cli.stopping import stopped_by_signals

    stop = asyncio.Event()
    log.set_up(settings.log.level, as_json=settings.log.as_json)
    with stopped_by_signals(stop, "Stopping; once more ends at once."):
        await alert_wiring.run(settings, store, stop=stop)


async def _try_out(settings: "Config", names: list[str]) -> Exception | None:
    from bunco import alert_wiring, alert_writing
    from bunco.errors import SendError

    failed = None
    for name in names:
        rule = next(one for one in settings.alerts if one.name == name)
        channel = alert_wiring.notifiers(settings, [rule.through])[rule.through]
        try:
            for message in alert_writing.samples(settings, rule, SystemClock().now()):
                await channel.send(message)
                say(f"{name}: sent to {message.recipient or rule.through}.")
        except SendError as error:
            say(f"{name}: not sent: {error.reason}.")
            failed = error
        finally:
            await channel.close()
    return failed


def _write(folder: Path, number: int, sent: "Sent") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{number:04d}-{sent.alert.rule}-{sent.alert.kind}"
    (folder / f"{name}.eml").write_bytes(sent.message.mail)
    (folder / f"{name}.html").write_text(sent.message.page, encoding="utf-8")


def _tell(days: "Counter[tuple[str, str]]", totals: "Totals", out: Path | None) -> None:
    out_ = page()
    for (day, rule), count in sorted(days.items()):
        out_.print(f"{day}  {rule}  {count}", highlight=False)
    say(
        f"{days.total():,} alerts for {totals.growths:,} times that a finding opened or grew, "
        f"in {totals.posts:,} posts."
    )
    if out is not None and days:
        say(f"The mails are in {out}.")


def _show_entries(entries: "Sequence[tuple[Entry, str]]", *, as_json: bool) -> None:
    from msgspec.structs import asdict

    out = page()
    for entry, subject in entries:
        if as_json:
            write_json({**asdict(entry), "subject": subject})
            continue
        error = f"  {entry.error}" if entry.error else ""
        to = entry.recipient or entry.through
        line = f"{entry.decided_at:%Y-%m-%d %H:%M}  {entry.state:9} {entry.rule} → {to}  "
        out.print(line + subject + error, highlight=False, markup=False)


def _show_notes(notes: "Sequence[Note]", *, as_json: bool) -> None:
    out = page()
    for note in notes:
        if as_json:
            write_json(note)
            continue
        line = f"{note.at:%Y-%m-%d %H:%M}  {note.rule}  {note.outcome}: {note.reason}"
        out.print(line, highlight=False, markup=False)
