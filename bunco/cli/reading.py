"""Ask the store: findings, the history of an author, the worst authors, posts by words."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from bunco.cli.moments import Period, period
from bunco.cli.opening import existing_store, the_author
from bunco.cli.options import AsJson, ConfigFile, Limit, Since, StorePlace, Until
from bunco.cli.terminal import page, paged, say, write_json
from bunco.clock import SystemClock
from bunco.errors import UsageError
from bunco.identity import Linked, linked
from bunco.model import Finding, HistoryEntry, Judged, Page, Quote, StoredPost, Verdict
from bunco.ports.queries import FindingQuery
from bunco.ports.stores import Store

_FINDINGS = 20
_HISTORY = 50
_AUTHORS = 20
_POSTS = 20
_ALL_AUTHORS = 1_000_000_000


def findings(
    detector: Annotated[str, typer.Option(metavar="KIND", help="Of this detector.")] = "",
    author: Annotated[str, typer.Option(metavar="AUTHOR", help="About this author.")] = "",
    since: Since = None,
    until: Until = None,
    min_score: Annotated[
        float, typer.Option(metavar="S", min=0, max=1, help="Scored at least so, 0…1.")
    ] = 0.0,
    source: Annotated[str, typer.Option(metavar="NAME", help="With posts of it.")] = "",
    place: Annotated[str, typer.Option(metavar="PLACE", help="With posts in it.")] = "",
    verdict: Annotated[
        str, typer.Option(metavar="WORD", help="Judged so last: spam, fine, mute or none.")
    ] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Those that verdicts keep quiet, too.")
    ] = False,
    limit: Limit = None,
    as_json: AsJson = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Show what the detectors found, the latest first.

    The 20 latest, or all of them with --json; without those that verdicts keep quiet.

    Examples:
        bunco findings --detector repeats --since 7d --min-score 0.8
        bunco findings --author web:example.org --json | jq .reason
    """
    from bunco.registry import kinds

    if detector and detector not in (there := kinds("processors.detectors")):
        raise UsageError(f"no detector is called {detector}; there are: {', '.join(there)}")
    word = the_word(verdict) if verdict else ""
    with existing_store(store, config) as opened:
        asked = _asked(opened, since, until)
        query = FindingQuery(
            detector=detector,
            author=the_author(opened, author).author if author else "",
            since=asked.since,
            until=asked.until,
            least_score=min_score,
            source=source,
            place=place,
            verdict=word,
            with_quiet=everything or word in {"fine", "mute"},
        )

        def fetch(most: int, after: str) -> Page[Finding]:
            return opened.findings(query, limit=most, after=after)

        if as_json:
            for finding in paged(fetch, limit):
                write_json(finding_fields(finding))
        else:
            _show_findings(fetch, limit or _FINDINGS)


def history(
    author: Annotated[
        str, typer.Argument(metavar="AUTHOR", help="Its id, or a part of its id or name.")
    ],
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    as_json: AsJson = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Show an author's posts and findings in time order, newest first.

    The 50 newest, or all of them with --json.

    Examples:
        bunco history web:example.org
        bunco history "daily deals" --since 7d
    """
    with existing_store(store, config) as opened:
        found = the_author(opened, author)
        asked = _asked(opened, since, until)

        def fetch(most: int, after: str) -> Page[HistoryEntry]:
            return opened.history(
                found.author, since=asked.since, until=asked.until, limit=most, after=after
            )

        if as_json:
            for entry in paged(fetch, limit):
                write_json(_entry_fields(entry))
            return
        from bunco.cli import render

        out = page()
        out.print(render.author_header(found))
        for one in _elsewhere(opened, found.author, config):
            out.print(render.linked_line(one))
        out.print()
        shown = fetch(limit or _HISTORY, "")
        for line in render.history_lines(shown.rows):
            out.print(line)
        if not shown.rows:
            say("Nothing in that time.")
        _more(shown.after, len(shown.rows))


def _elsewhere(opened: Store, author: str, config: Path | None) -> list[Linked]:
    """Give other accounts of an author: of those with an id of ours, the ones that are stored."""
    from bunco import wiring

    if not linked(author):
        return []
    return [
        one
        for one in linked(author, wiring.load_config(config).identity.never)
        if one.to.startswith(("https://", "nostr:npub1")) or opened.author(one.to) is not None
    ]


def authors(
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    as_json: AsJson = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Rank the authors, the worst first.

    Points are the sum of the scores of an author's findings in the period.

    Examples:
        bunco authors --since 7d
        bunco authors --json --limit 100
    """
    with existing_store(store, config) as opened:
        asked = _asked(opened, since, until)
        most = limit or (_ALL_AUTHORS if as_json else _AUTHORS)
        ranked = opened.authors(since=asked.since, until=asked.until, limit=most)
        if as_json:
            for author in ranked:
                write_json(author)
            return
        from bunco.cli import render

        if not ranked:
            say("No author has a finding in that time.")
            return
        out = page()
        out.print(render.author_table(ranked, out))


def search(
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", help='All of them; "a phrase", pre*.')
    ],
    author: Annotated[str, typer.Option(metavar="AUTHOR", help="Posts of this author.")] = "",
    limit: Limit = None,
    as_json: AsJson = False,
    store: StorePlace = None,
    config: ConfigFile = None,
) -> None:
    """Find posts by their words, newest first.

    The 20 newest, or all of them with --json.

    Examples:
        bunco search miracle cure
        bunco search '"miracle cure"' 'doctor*' --author web:example.org
    """
    with existing_store(store, config) as opened:
        whose = the_author(opened, author).author if author else ""

        def fetch(most: int, after: str) -> Page[StoredPost]:
            return opened.search(" ".join(words), author=whose, limit=most, after=after)

        if as_json:
            for found in paged(fetch, limit):
                write_json(post_fields(found))
            return
        from bunco.cli import render

        out = page()
        shown = fetch(limit or _POSTS, "")
        for found in shown.rows:
            out.print(render.post_block(found, with_author=not whose))
        if not shown.rows:
            say("No post has all of these words.")
        _more(shown.after, len(shown.rows))


def finding_fields(finding: Finding) -> dict[str, Any]:
    """Give the fields of a finding as ``--json`` prints them."""
    from bunco import codec

    fields: dict[str, Any] = codec.to_json(finding)
    quotes = [dict(zip(Quote.__struct_fields__, quote, strict=True)) for quote in fields["quotes"]]
    said = verdict_fields(finding.verdict) if finding.verdict else None
    return fields | {"quotes": quotes, "severity": finding.severity, "verdict": said}


def verdict_fields(said: Verdict) -> dict[str, Any]:
    """Give the wire form of a verdict, and its id."""
    from bunco import codec

    fields: dict[str, Any] = codec.to_json(said)
    return {"id": said.id} | fields


def the_word(text: str) -> Judged:
    """Give the verdict that was typed.

    Raises:
        UsageError: it is none.
    """
    for word in get_args(Judged):
        if text == word:
            found: Judged = word
            return found
    raise UsageError(f"{text!r} is no verdict: say spam, fine, mute or none")


def post_fields(found: StoredPost) -> dict[str, Any]:
    """Give the wire form of a stored post, and what enrichment made of it."""
    from bunco import codec

    fields: dict[str, Any] = codec.to_json(found.post)
    return fields | {"headline": found.headline, "sensational": found.sensational}


def _entry_fields(entry: HistoryEntry) -> dict[str, Any]:
    if entry.finding is not None:
        return {"at": entry.at, "finding": finding_fields(entry.finding)}
    return {"at": entry.at, "post": post_fields(entry.post) if entry.post else None}


def _show_findings(fetch: Callable[[int, str], Page[Finding]], limit: int) -> None:
    from bunco.cli import render

    out = page()
    shown = fetch(limit, "")
    for finding in shown.rows:
        out.print(render.finding_block(finding))
    if not shown.rows:
        say("No findings.")
    _more(shown.after, len(shown.rows))


def _asked(store: Store, since: str | None, until: str | None) -> Period:
    return period(store, since, until, now=SystemClock().now(), say=say)


def _more(after: str, shown: int) -> None:
    if after:
        say(f"The first {shown:,} are shown: --limit N shows more, --json all.")
