"""Say what a finding is worth, and see what was said."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bunco.cli.opening import existing_store, the_author, the_finding
from bunco.cli.options import AsJson, ConfigFile, Limit, StorePlace
from bunco.cli.reading import the_word, verdict_fields
from bunco.cli.terminal import page, paged, say, write_json
from bunco.clock import SystemClock
from bunco.errors import UsageError
from bunco.model import Finding, Judged, Page, Verdict
from bunco.ports.queries import VerdictQuery

if TYPE_CHECKING:
    from bunco.config import Config
    from bunco.options import KafkaOptions

_MUTED = "7d"
_VERDICTS = 20
_EFFECTS = {
    "spam": "It counts for precision.",
    "fine": "It is quiet now, and so are later ones of this author about the same.",
    "mute": "All findings of this author are quiet until {until:%Y-%m-%d %H:%M} UTC.",
    "none": "What was said of it before no longer counts.",
}
_ALONE = "It is quiet now; its detector is not configured, so that it alone is."

Word = Annotated[str, typer.Argument(metavar="spam|fine|mute|none", help="The verdict.")]


def verdict(
    finding: Annotated[str, typer.Argument(metavar="FINDING", help="Its id, or how it begins.")],
    judged: Word,
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why.")] = "",
    lasting: Annotated[
        str | None,
        typer.Option("--for", metavar="TIME", help='Of mute: for so long; else "7d".'),
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who says so; else your login.")
    ] = None,
    kafka: Annotated[
        bool | None,
        typer.Option(
            "--kafka/--no-kafka",
            help="Tell the processors behind Kafka. Else where the configuration has a table "
            "kafka.",
            show_default=False,
        ),
    ] = None,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Judge a finding: spam, fine, mute its author for a time, or none of it any more.

    A later verdict on the same finding replaces this one; all are kept.

    Examples:
        bunco verdict 0c5d9a7e fine --because "their daily digest"
        bunco verdict 0c5d9a7e mute --for 30d
    """
    from bunco import wiring

    settings = wiring.load_config(config)
    word = the_word(judged)
    length = _length(word, lasting)
    with existing_store(store, config) as opened:
        found = the_finding(opened, finding)
        said = _signed(_said(found, word, length, settings), because, by)
        wiring.judge(opened, settings, [said], through=_through(settings, kafka))
    say(f"Judged {said.judged}: {found.detector} of {found.subject}. {found.reason}")
    effect = _ALONE if said.judged == "fine" and said.pattern is None else _EFFECTS[said.judged]
    say(effect.format(until=said.until))


def verdicts(
    finding: Annotated[str, typer.Option(metavar="FINDING", help="On this finding.")] = "",
    author: Annotated[str, typer.Option(metavar="AUTHOR", help="On findings about them.")] = "",
    detector: Annotated[str, typer.Option(metavar="KIND", help="On findings of it.")] = "",
    by: Annotated[str, typer.Option(metavar="NAME", help="Given by them.")] = "",
    judged: Annotated[
        str, typer.Option("--verdict", metavar="WORD", help="spam, fine, mute or none.")
    ] = "",
    limit: Limit = None,
    as_json: AsJson = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Show the verdicts, the latest first; those that were replaced since, too.

    The 20 latest, or all of them with --json.
    """
    with existing_store(store, config) as opened:
        query = VerdictQuery(
            finding=the_finding(opened, finding).id if finding else "",
            author=the_author(opened, author).author if author else "",
            detector=detector,
            by=by,
            judged=the_word(judged) if judged else "",
        )

        def fetch(most: int, after: str) -> Page[Verdict]:
            return opened.verdicts(query, limit=most, after=after)

        if as_json:
            for one in paged(fetch, limit):
                write_json(verdict_fields(one))
            return
        from bunco.cli import render_verdict

        out = page()
        shown = fetch(limit or _VERDICTS, "")
        for one in shown.rows:
            out.print(render_verdict.block(one, opened.finding(one.finding)))
        if not shown.rows:
            say("No verdicts.")
        if shown.after:
            say(f"The first {len(shown.rows):,} are shown: --limit N shows more, --json all.")


def _length(judged: str, lasting: str | None) -> timedelta | None:
    from bunco.values import parse_duration

    if judged != "mute":
        if lasting is not None:
            raise UsageError("--for goes with mute only: the others last until they are replaced")
        return None
    try:
        return parse_duration(lasting or _MUTED)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--for: {lasting!r} is no length of time: {error}") from error


def _said(found: Finding, word: Judged, lasting: timedelta | None, settings: "Config") -> Verdict:
    from bunco import wiring

    now = SystemClock().now()
    try:
        until = None if lasting is None else now + lasting
    except OverflowError as error:
        raise UsageError(f"--for: {lasting} from now is beyond all time") from error
    return Verdict(
        judged=word,
        finding=found.id,
        author=found.subject,
        detector=found.detector,
        at=now,
        until=until,
        first_at=found.first_at,
        pattern=wiring.pattern_of(settings, found),
    )


def _signed(said: Verdict, because: str, by: str | None) -> Verdict:
    from msgspec.structs import replace

    if len(because) > 2000 or len(by or "") > 200:
        raise UsageError("a reason has at most 2,000 characters, a name 200")
    return replace(said, because=because, by=login() if by is None else by)


def login() -> str:
    """Give the name of who is at the prompt; empty where there is none."""
    from getpass import getuser

    try:
        return getuser()[:200]
    except (OSError, KeyError, ImportError):  # a container's user without a name
        return ""


def _through(settings: "Config", kafka: bool | None) -> "KafkaOptions | None":
    return settings.kafka if (settings.distributed if kafka is None else kafka) else None
