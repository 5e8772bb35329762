"""Charts as SVG: drawn here, painted by the style sheet, told in words to who cannot see them.

They hold numbers and times only, never a stranger's text.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bunco.model import Finding, Severity
from dashboards.pages.markup import Markup, h, joined, said
from dashboards.pages.words import plural
from dashboards.views.author_mix import Period, Tally
from dashboards.views.author_rate import Day
from dashboards.views.author_rhythm import DAYS, HOURS, Rhythm

WIDTH, HEIGHT = 1000.0, 100.0
_BINS = 240
"""Of a timeline: as many as a phone can tell apart."""
_LANE = 14.0
_TALL: dict[Severity, float] = {"high": 11.0, "medium": 7.5, "low": 4.0}
"""Severity is told by height too, not by colour alone."""
_LEVELS = 5


class Bar(Struct, frozen=True, kw_only=True):
    """One bar, of one part or several on top of each other."""

    parts: tuple[tuple[str, float], ...]
    """How each is painted (a class), and how high it is, from below."""
    tip: str = ""
    usual: float | None = None
    """A line across it: what was to be expected."""
    is_marked: bool = False


def bars(points: Sequence[Bar], *, told: str, start: str = "", end: str = "") -> Markup:
    """Give a bar chart with its scale.

    Args:
        points: from left to right.
        told: what it shows, in a sentence.
        start: what stands under the first bar.
        end: what stands under the last.
    """
    if not any(height for one in points for _, height in one.parts):
        return h("p", "Nothing in this time.", class_="b-nothing", title=told)
    top = max(
        (max(sum(height for _, height in one.parts), one.usual or 0) for one in points), default=0
    )
    scale, step = HEIGHT / (top or 1), WIDTH / max(len(points), 1)
    drawn = [_bar(one, n * step, step, scale) for n, one in enumerate(points)]
    return h(
        "figure",
        h(
            "div",
            h("span", f"{top:,.0f}" if top >= 1 else ""),
            class_="b-scale",
            aria_hidden="true",
        ),
        _canvas(HEIGHT, told, *drawn),
        h("div", h("span", start), h("span", end), class_="b-axis", aria_hidden="true"),
        class_="b-chart",
    )


def timeline(times: Sequence[datetime], findings: Sequence[Finding], *, told: str) -> Markup:
    """Give posts as bars over time, and under them a lane of findings for each detector.

    Args:
        times: when there was a post.
        findings: drawn from first to last post, by severity.
        told: what it shows, in a sentence.
    """
    moments = [*times, *(at for one in findings for at in (one.first_at, one.last_at))]
    if not moments:
        return Markup("")
    first, length = min(moments), max(moments) - min(moments) or timedelta(seconds=1)
    lanes = sorted({one.detector for one in findings})
    counts = [0] * _BINS
    for at in times:
        counts[min(int((at - first) / length * _BINS), _BINS - 1)] += 1
    step, scale = WIDTH / _BINS, HEIGHT / (max(counts) or 1)
    drawn = [
        h(
            "rect",
            x=_n(n * step),
            y=_n(HEIGHT - count * scale),
            width=_n(step * 0.85),
            height=_n(count * scale),
            class_="b-posts",
        )
        for n, count in enumerate(counts)
        if count
    ]
    for one in findings:
        x = (one.first_at - first) / length * WIDTH
        tall = _TALL[one.severity]
        wide = max((one.last_at - one.first_at) / length * WIDTH, 5)
        drawn.append(
            h(
                "rect",
                h("title", f"{one.detector}, {one.severity}"),
                x=_n(min(x, WIDTH - wide)),
                y=_n(HEIGHT + 4 + (lanes.index(one.detector) + 1) * _LANE - tall),
                width=_n(wide),
                height=_n(tall),
                rx="2",
                class_=f"b-fill-{one.severity}",
            )
        )
    names = [h("li", lane) for lane in lanes]
    return h(
        "figure",
        _canvas(HEIGHT + 6 + len(lanes) * _LANE, told, *drawn),
        h(
            "div",
            h("span", f"{first:%Y-%m-%d}"),
            h("span", f"{max(moments):%Y-%m-%d}"),
            class_="b-axis",
            aria_hidden="true",
        ),
        h(
            "div",
            "Bars: posts. Under them findings, the higher the more severe, from top: ",
            h("ul", *names, class_="b-inline"),
            class_="b-muted b-small",
        )
        if lanes
        else None,
        class_="b-chart b-timeline",
    )


def rate_chart(days: Sequence[Day]) -> Markup:
    """Give posts a day against what was usual, days within a burst marked."""
    points = [
        Bar(
            parts=(("b-fill-high" if one.bursts else "b-posts", one.posts),),
            usual=one.usual,
            is_marked=bool(one.bursts),
            tip=f"{one.day:%Y-%m-%d}: {plural(one.posts, 'post')}"
            + ("" if one.usual is None else f", usual {one.usual:.1f}")
            + (", burst" if one.bursts else ""),
        )
        for one in days
    ]
    bursts = sum(bool(one.bursts) for one in days)
    told = f"Posts a day over {plural(len(days), 'day')}; {plural(bursts, 'day')} within a burst."
    return bars(points, told=told, start=f"{days[0].day}", end=f"{days[-1].day}")


def kinds_chart(periods: Sequence[Period]) -> Markup:
    """Give posts, replies and reposts over time."""
    points = [
        Bar(
            parts=(("b-replies", one.replies), ("b-reposts", one.reposts), ("b-posts", one.posts)),
            tip=f"{one.start}: {plural(one.posts, 'post')}, "
            f"{plural(one.replies, 'reply', 'replies')}, {plural(one.reposts, 'repost')}",
        )
        for one in periods
    ]
    return bars(
        points,
        told="Replies, reposts and posts over time.",
        start=f"{periods[0].start}",
        end=f"{periods[-1].start}",
    )


def loud_chart(periods: Sequence[Period]) -> Markup:
    """Give the share of sensational headlines over time, in percent."""
    points = [
        Bar(
            parts=(("b-fill-medium", 100 * one.loud / one.headlines if one.headlines else 0),),
            tip=f"{one.start}: {one.loud} of {plural(one.headlines, 'headline')}",
        )
        for one in periods
    ]
    return bars(
        points,
        told="Share of sensational headlines over time, in percent.",
        start=f"{periods[0].start}",
        end=f"{periods[-1].start}",
    )


def heat(week: Rhythm) -> Markup:
    """Give the week as a table, hour by hour, the busier the stronger."""
    head = h(
        "tr",
        h("td"),
        *(
            h(
                "th",
                f"{hour:02}" if hour % 3 == 0 else h("span", f"{hour:02}", class_="b-hidden"),
                scope="col",
            )
            for hour in range(HOURS)
        ),
    )
    rows = [
        h(
            "tr",
            h("th", name[:3], scope="row", title=name),
            *(
                h(
                    "td",
                    h("span", str(count), class_="b-hidden"),
                    class_=f"b-heat{_level(count, week)}",
                    title=f"{name} {hour:02}:00, {plural(count, 'post')}",
                )
                for hour, count in enumerate(week.counts[number])
            ),
        )
        for number, name in enumerate(DAYS)
    ]
    caption = h("caption", "Posts by hour of the week", class_="b-hidden")
    return h("table", caption, h("thead", head), h("tbody", *rows), class_="b-heat")


def tally_list(tallies: Sequence[Tally], *, most: int = 8) -> Markup:
    """Give what is used most, each with its share as a bar."""
    top = max((one.share for one in tallies), default=1)
    rows = [
        h(
            "li",
            said(one.name, 60),
            h("span", f"{one.count:,}", class_="b-number"),
            h(
                "svg",
                h(
                    "rect",
                    x="0",
                    y="0",
                    width=_n(WIDTH * one.share / top),
                    height="10",
                    class_="b-posts",
                ),
                viewBox=f"0 0 {WIDTH:.0f} 10",
                preserveAspectRatio="none",
                aria_hidden="true",
            ),
        )
        for one in tallies[:most]
    ]
    more = len(tallies) - most
    return joined(
        h("ol", *rows, class_="b-tally"),
        h("p", f"and {more:,} more", class_="b-muted b-small") if more > 0 else None,
    )


def _bar(one: Bar, x: float, step: float, scale: float) -> Markup:
    drawn: list[Markup] = []
    base = HEIGHT
    for painted, height in one.parts:
        if height > 0:
            base -= height * scale
            drawn.append(
                h(
                    "rect",
                    x=_n(x + step * 0.08),
                    y=_n(base),
                    width=_n(step * 0.84),
                    height=_n(height * scale),
                    class_=painted,
                )
            )
    if one.usual is not None:
        y = _n(HEIGHT - one.usual * scale)
        drawn.append(h("line", x1=_n(x), x2=_n(x + step), y1=y, y2=y, class_="b-usual"))
    if one.is_marked:
        drawn.append(
            h("rect", x=_n(x), y="0", width=_n(step), height=_n(HEIGHT), class_="b-marked")
        )
    drawn.append(h("rect", x=_n(x), y="0", width=_n(step), height=_n(HEIGHT), class_="b-touch"))
    return h("g", h("title", one.tip) if one.tip else None, *drawn)


def _canvas(height: float, told: str, *drawn: Markup) -> Markup:
    return h(
        "svg",
        *drawn,
        viewBox=f"0 0 {WIDTH:.0f} {height:.0f}",
        preserveAspectRatio="none",
        role="img",
        aria_label=told,
    )


def _level(count: int, week: Rhythm) -> int:
    return 0 if not count else 1 + min(int((_LEVELS - 1) * count / week.most), _LEVELS - 1)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
