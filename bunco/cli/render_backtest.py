"""How a backtest looks to a person: sums, days as bars, examples, authors."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from bunco.cli.render import finding_block
from bunco.cli.terminal import printable, when
from bunco.evaluation.matching import DIFFERENT, Difference, Different
from bunco.evaluation.summary import Summary
from bunco.evaluation.tally import SEVERITIES, Concerned, Day, Tally
from bunco.model import Severity, from_ms
from bunco.windows import DAY_MS

_DAYS_SHOWN = 31
"""More days than these are shown as weeks."""
_BAR = 40
_BOTH, _BEFORE, _AFTER = "█", "░", "▒"
_STYLES: dict[Different, str] = {"new": "bold red", "gone": "green", "changed": "yellow"}
_WORDS: dict[Different, str] = {
    "new": "New: only with the change",
    "gone": "Gone: only under the running settings",
    "changed": "Changed: another score",
}


def parts(told: Summary, tally: Tally) -> Iterator[RenderableType]:
    """Give all of the answer, part by part."""
    for sentence in _sentences(told):
        yield Text(sentence)
    if told.first_at is None:
        return
    yield ""
    yield _sums(told)
    if days := list(tally.days()):
        by_week = len(days) > _DAYS_SHOWN
        yield ""
        yield _days(_by_week(days), "week of") if by_week else _days(days, "opened on")
    for change in DIFFERENT:
        yield from _examples(change, told, tally.examples[change])
    if tally.concerned:
        yield Text("\nThe authors with most differences\n", "bold")
        yield _authors(tally.concerned)


def _sentences(told: Summary) -> Iterator[str]:
    """Say what was tried, on what, and how far history reaches."""
    if told.settings:
        yield f"Tried: {printable(', '.join(told.settings))}."
    else:
        yield "No setting is changed: both sides are the running settings."
    if told.first_at is None or told.history_from is None:
        yield "There are no posts in that time."
        return
    posts = _many(told.posts - told.warm_up_posts, "post")
    whose = printable(told.author) if told.author else _many(told.authors, "author")
    warming = f"; {told.warm_up_posts:,} before that to warm up." if told.since else "."
    yield f"{posts} of {whose}, {when(told.first_at)} to {when(told.last_at)} UTC{warming}"
    yield f"History reaches back to {when(told.history_from)}." + _missing(told.missing_posts)
    reaches = (told.since - told.history_from).total_seconds() if told.since else told.warm_up_s
    if reaches < told.warm_up_s:
        yield (
            f"Only {max(0, reaches) / 86400:.1f} days before it are stored: at the beginning, "
            "what is usual for an author is known less well."
        )


def _missing(posts: int | None) -> str:
    return f" Removed or dropped since, and not played: {_many(posts, 'post')}." if posts else ""


def _sums(told: Summary) -> Table:
    """Give the table of findings by detector and severity."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("findings", no_wrap=True)
    for name in ("before", "after", *DIFFERENT):
        table.add_column(name, justify="right", no_wrap=True, min_width=7)
    for line in told.detectors:
        table.add_row(
            Text(printable(line.detector), "bold"),
            _count(sum(line.before.values())),
            _count(sum(line.after.values())),
            *(_coloured(change, int(getattr(line, change))) for change in DIFFERENT),
        )
        for name in SEVERITIES:
            if line.before[name] or line.after[name]:
                table.add_row(f"  {name}", _count(line.before[name]), _count(line.after[name]))
    table.add_row(
        "all",
        *(_count(told.findings[side]) for side in ("before", "after")),
        *(_coloured(change, told.changed(change)) for change in DIFFERENT),
    )
    table.add_row("a day", *(f"{told.per_day[side]:,.2f}" for side in ("before", "after")))
    table.add_row(
        "authors",
        *(_count(told.authors_with_findings[side]) for side in ("before", "after")),
        *(_coloured(change, told.authors_with[change]) for change in DIFFERENT),
    )
    return table


def _days(days: Sequence[Day], opening: str) -> Table:
    """Give how many findings opened on each day, or in each week, as bars."""
    most = max((max(_sum(day.before), _sum(day.after)) for day in days), default=0)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(opening, no_wrap=True)
    for name in ("before", "after"):
        table.add_column(name, justify="right", no_wrap=True)
        table.add_column("high", justify="right", no_wrap=True, style="dim")
    table.add_column(f"{_BOTH} both  {_BEFORE} before only  {_AFTER} after only", no_wrap=True)
    for day in days:
        before, after = _sum(day.before), _sum(day.after)
        table.add_row(
            f"{from_ms(day.start_ms):%Y-%m-%d}",
            _count(before),
            _count(day.before["high"]),
            _count(after),
            _count(day.after["high"]),
            _bar(before, after, most),
        )
    return table


def _bar(before: int, after: int, most: int) -> str:
    """Give a bar of up to 40 columns: what both sides count, then what one counts more.

    >>> _bar(4, 2, 4), _bar(1, 3, 4)
    ('██░░', '█▒▒')
    """
    scale = min(1.0, _BAR / most) if most else 1.0
    both, longer = (
        max(round(count * scale), bool(count)) for count in (min(before, after), max(before, after))
    )
    return _BOTH * both + (_BEFORE if before > after else _AFTER) * (longer - both)


def _by_week(days: Sequence[Day]) -> Sequence[Day]:
    """Give the same by weeks, from Monday on."""
    weeks: dict[int, Day] = {}
    for day in days:
        start = day.start_ms - from_ms(day.start_ms).weekday() * DAY_MS
        week = weeks.get(start) or Day(start, 0, {}, {})
        before, after = _added(week.before, day.before), _added(week.after, day.after)
        weeks[start] = Day(start, week.posts + day.posts, before, after)
    return list(weeks.values())


def _examples(
    change: Different, told: Summary, found: Sequence[Difference]
) -> Iterator[RenderableType]:
    """Give the loudest findings of one change, each with its sentence and author."""
    count = told.changed(change)
    if not count:
        return
    whose = _many(told.authors_with[change], "author")
    words = f"\n{_WORDS[change]}. {_many(count, 'finding')} of {whose}"
    shown = f"; the first {len(found):,}:\n" if len(found) < count else ":\n"
    yield Text(words + (shown if found else "."), "bold")
    for one in found:
        yield Group(finding_block(one.shown), *_remarks(one))


def _remarks(found: Difference) -> Iterator[RenderableType]:
    if found.change == "changed" and found.before is not None:
        was = found.before.finding
        yield Padding(Text(f"was {was.severity} {was.score:.2f}", "dim"), (0, 0, 0, 7))
    if found.beside:
        other = "running" if found.change == "new" else "changed"
        words = f"a finding of the {other} settings tells of some of these posts"
        yield Padding(Text(words, "dim"), (0, 0, 0, 7))


def _authors(concerned: Sequence[Concerned]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("author", overflow="fold", style="bold cyan")
    for name in DIFFERENT:
        table.add_column(name, justify="right", no_wrap=True)
    for one in concerned:
        counts = (_coloured(change, one.changes.get(change, 0)) for change in DIFFERENT)
        table.add_row(Text(printable(one.author)), *counts)
    return table


def _added(one: Mapping[Severity, int], other: Mapping[Severity, int]) -> dict[Severity, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in SEVERITIES}


def _sum(counts: Mapping[Severity, int]) -> int:
    return sum(counts.values())


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _count(count: int) -> str:
    return f"{count:,}" if count else "·"


def _coloured(change: Different, count: int) -> Text:
    return Text(_count(count), _STYLES[change] if count else "dim")
