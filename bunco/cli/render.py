"""How findings, authors, posts and sources look to a person; no decision is made here.

Everything fits 80 columns and needs no colour: the words say it, colour repeats it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bunco.cli.render_verdict import SHORT_ID, beside
from bunco.cli.terminal import printable, when
from bunco.doctor import Check, Verdict
from bunco.health import health_word
from bunco.identity import Linked
from bunco.model import (
    AuthorSummary,
    DeadLetter,
    Finding,
    HistoryEntry,
    Severity,
    SourceState,
    StoredPost,
)

WIDE_COLUMNS = 140
"""From here on a table of authors has room for a sentence."""

_COLOURS: dict[Severity, str] = {"high": "bold red", "medium": "yellow", "low": "cyan"}
_VERDICTS: dict[Verdict, str] = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_CHECK_COLUMNS = 18
_DATE = len("2026-03-02")
_LOUD = 0.5
"""The sensational score that is worth a mark beside a post."""


def finding_block(finding: Finding) -> RenderableType:
    """Give a finding as a headline, and under it the sentence, when it was, what was said."""
    head = Text()
    head.append(f"{finding.severity:<6}", _COLOURS[finding.severity])
    head.append(f" {finding.score:.2f}  ")
    head.append(printable(finding.detector), "bold")
    head.append("  ")
    head.append(printable(finding.subject), "bold cyan")
    head.append(f"  {finding.id[:SHORT_ID]}", "dim")
    sentence = Text.assemble(printable(finding.reason), (f"  {_span(finding)}", "dim"))
    return Group(head, *(_indented(line, 7) for line in (sentence, *beside(finding))))


def author_table(authors: Sequence[AuthorSummary], console: Console) -> RenderableType:
    """Give a ranking: rank, author, findings by detector, points, posts, last post."""
    wide = console.width >= WIDE_COLUMNS
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("", justify="right", style="dim")
    table.add_column("author", overflow="fold", style="bold cyan", ratio=3 if wide else None)
    table.add_column("findings", overflow="fold", ratio=2 if wide else None)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("posts", justify="right", no_wrap=True)
    table.add_column("last post", no_wrap=True, style="dim")
    if wide:
        table.add_column("worst", ratio=5)
    for rank, author in enumerate(authors, start=1):
        row: list[RenderableType] = [
            str(rank),
            Text(_named(author)),
            Text(_by_detector(author.detectors)),
            f"{author.points:.1f}",
            f"{author.posts:,}",
            when(author.last_at)[: None if wide else _DATE],
        ]
        table.add_row(*row, *([Text(printable(author.worst))] if wide else []))
    return table


def author_header(author: AuthorSummary) -> RenderableType:
    """Give an author's summary: who, how much, since when, the worst of it."""
    lines = [Text(_named(author), "bold cyan")]
    span = f"{when(author.first_at)} to {when(author.last_at)} UTC"
    lines.append(Text(f"{_plural(author.posts, 'post')}, {span}" if author.posts else "no posts"))
    if author.findings:
        found = _by_detector(author.detectors)
        lines.append(
            Text(f"{_plural(author.findings, 'finding')}: {found} ({author.points:.1f} points)")
        )
    else:
        lines.append(Text("no findings"))
    if author.worst:
        lines.append(Text.assemble(("worst: ", "bold"), printable(author.worst)))
    return Group(*lines)


def history_lines(entries: Iterable[HistoryEntry]) -> Iterable[RenderableType]:
    """Give the lines of a history, in the order of the entries."""
    for entry in entries:
        if entry.finding is not None:
            yield _history_finding(entry.at, entry.finding)
        elif entry.post is not None:
            yield _post_line(entry.at, entry.post)


def post_block(found: StoredPost, *, with_author: bool) -> RenderableType:
    """Give a post as its time, author and place, with its words under it."""
    post = found.post
    head = Text(when(post.posted_at), "dim")
    if with_author:
        head.append("  ")
        head.append(printable(post.author), "bold cyan")
    if place := printable(post.place or post.source):
        head.append(f"  {place}")
    _mark(head, found.sensational)
    return Group(head, _indented(Text(_shortened(_words(found))), 2))


def candidates_table(authors: Sequence[AuthorSummary]) -> RenderableType:
    """Give the authors that a part of a name could mean."""
    table = Table.grid(padding=(0, 2))
    for author in authors:
        table.add_row(
            Text(_named(author), "bold cyan"),
            _plural(author.posts, "post"),
            _plural(author.findings, "finding"),
        )
    return _indented(table, 2)


def dead_block(letter: DeadLetter) -> RenderableType:
    """Give a dead letter as its id and origin, the reason, and the start of its body."""
    head = Text.assemble(
        (letter.id, "bold"), "  ", printable(letter.origin), (f"  {when(letter.at)}", "dim")
    )
    body = Text(_shortened(letter.body[:400].decode(errors="replace"), 120), "dim")
    return Group(head, _indented(Text(printable(letter.reason)), 2), _indented(body, 2))


def linked_line(linked: Linked) -> RenderableType:
    """Give another account of an author, and why it is one."""
    return Text.assemble("also ", (printable(linked.to), "cyan"), (f"  {linked.because}", "dim"))


def source_table(
    sources: Mapping[str, SourceState],
    configured: Mapping[str, str],
    daily: Mapping[str, float],
) -> RenderableType:
    """Give every source with its kind, how much it gives, and its health."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("source", overflow="fold", style="bold")
    table.add_column("kind")
    table.add_column("last read", no_wrap=True)
    table.add_column("due", no_wrap=True)
    table.add_column("a day", justify="right", no_wrap=True)
    table.add_column("health", ratio=1, overflow="fold")
    for name in sorted({*sources, *configured}):
        state = sources.get(name, SourceState(source=name))
        table.add_row(
            Text(printable(name)),
            Text(configured.get(name, "(not configured)")),
            when(state.polled_at),
            "–" if state.ended else when(state.next_at),
            f"{daily[name]:,.0f}" if name in daily else "–",
            health(state),
        )
    return table


def health(state: SourceState) -> Text:
    """Give the health of a source in words."""
    match health_word(state):
        case "failing":
            since = f" since {when(state.error_since)}" if state.error_since else ""
            return Text(f"failing{since}: {printable(state.error)}", "red")
        case "ended":
            return Text("read to its end", "dim")
        case "new":
            return Text("not read yet", "dim")
    words = Text("ok", "green")
    if state.notice:
        words.append(f"; {when(state.noticed_at)}: {printable(state.notice)}", "yellow")
    return words


def check_line(check: Check) -> RenderableType:
    """Give what the doctor found about one thing, and what to do about it."""
    line = Table.grid(padding=(0, 2), expand=True)
    line.add_column(width=4, style=_VERDICTS[check.verdict])
    line.add_column(width=_CHECK_COLUMNS, overflow="fold")
    line.add_column(ratio=1, overflow="fold")
    words = Text(printable(check.note))
    if check.advice:
        words.append(f"\n→ {printable(check.advice)}", "dim" if check.verdict == "ok" else "bold")
    line.add_row(check.verdict, Text(printable(check.name)), words)
    return line


def _history_finding(at: datetime, finding: Finding) -> RenderableType:
    head = Text(f"{when(at)}  ", "dim")
    head.append(f"▲ {finding.severity} {finding.score:.2f} ", _COLOURS[finding.severity])
    head.append(printable(finding.detector), "bold")
    if finding.first_at != finding.last_at:
        head.append(f"  since {when(finding.first_at)}", "dim")
    head.append(f"  {finding.id[:SHORT_ID]}", "dim")
    lines = (Text(printable(finding.reason)), *beside(finding))
    return Group(head, *(_indented(line, 20) for line in lines))


def _post_line(at: datetime, found: StoredPost) -> RenderableType:
    post = found.post
    line = Table.grid(padding=(0, 2), expand=True)
    line.add_column(no_wrap=True, style="dim", width=16)
    line.add_column(ratio=1)
    words = Text(_shortened(_words(found)))
    if post.kind != "post":
        words = Text.assemble((f"{post.kind}: ", "italic"), words)
    _mark(words, found.sensational)
    if place := printable(post.place or post.source):
        words.append(f"  [{place}]", "dim")
    line.add_row(when(at), words)
    return line


def _mark(line: Text, sensational: float) -> None:
    if sensational >= _LOUD:
        line.append(f"  sensational {sensational:.2f}", "magenta")


def _words(found: StoredPost) -> str:
    return found.post.title or found.headline or found.post.text


def _shortened(text: str, most: int = 200) -> str:
    text = printable(text)
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def _named(author: AuthorSummary) -> str:
    name = printable(author.name)
    known = printable(author.author)
    return f"{known} ({name})" if name and name != known.partition(":")[2] else known


def _by_detector(detectors: Mapping[str, int]) -> str:
    ranked = sorted(detectors.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{printable(kind)} {count:,}" for kind, count in ranked)


def _span(finding: Finding) -> str:
    first, last = when(finding.first_at), when(finding.last_at)
    if first == last:
        return first
    return f"{first} to {last[11:] if first[:10] == last[:10] else last}"


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _indented(what: RenderableType, columns: int) -> Padding:
    return Padding(what, (0, 0, 0, columns))
