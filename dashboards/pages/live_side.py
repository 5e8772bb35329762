"""What stands beside the findings on the live page: pace, rankings, sources."""

import asyncio
from collections.abc import Mapping, Sequence

from dashboards.pages.board import Board, Minutes, Ranked, Rankings, Told
from dashboards.pages.cards import empty, marked
from dashboards.pages.charts import Bar, bars
from dashboards.pages.markup import Markup, h, joined, said, shortened
from dashboards.pages.panels import panel
from dashboards.pages.signs import SIGNS, TROUBLED, sign
from dashboards.pages.words import address, author_link, plural


async def side(board: Board) -> Mapping[str, Markup]:
    """Give all panels beside the findings, by the ids of their places."""
    minutes, rankings, sources = await asyncio.gather(
        board.minutes.get(), board.rankings.get(), board.sources.get()
    )
    return {
        "plots": plots(minutes),
        "worst": worst(rankings),
        "headlines": headlines(rankings),
        "strip": strip(sources),
    }


def plots(minutes: Minutes) -> Markup:
    """Give posts and findings a minute as two plots."""
    until = f"{minutes.until:%H:%M} UTC" if minutes.is_past else "now"
    parts = [
        h(
            "div",
            h("h3", f"{name} a minute"),
            bars(
                [Bar(parts=((painted, count),)) for count in counts],
                told=f"{name} a minute over an hour: {sum(counts):,} in all, "
                f"{max(counts, default=0):,} at most in a minute.",
                start="60 min before",
                end=until,
            ),
        )
        for name, painted, counts in (
            ("Posts", "b-posts", minutes.posts),
            ("Findings", "b-fill-medium", minutes.findings),
        )
    ]
    day = f"The last post is of {minutes.until:%Y-%m-%d}." if minutes.is_past else None
    return panel("Pace", h("div", *parts, class_="b-two"), about=day)


def worst(rankings: Rankings) -> Markup:
    """Give the worst authors of the last 24 hours, with what changed."""
    if not rankings.worst:
        return panel(
            "Worst authors",
            empty("Nobody", "No author has a finding in this time."),
            about=_period(rankings),
        )
    rows = [
        h(
            "li",
            author_link(one.author.author, one.author.name),
            h("strong", f"{one.author.points:.1f}", class_="b-number"),
            h(
                "span",
                difference(one),
                h(
                    "span",
                    ", ".join(
                        f"{shortened(kind, 30)} {count:,}"
                        for kind, count in sorted(one.author.detectors.items())
                    ),
                ),
                h("span", f"{plural(one.author.posts, 'post')} in all"),
                class_="b-meta",
            ),
        )
        for one in rankings.worst
    ]
    return panel("Worst authors", h("ol", *rows, class_="b-ranked"), about=_period(rankings))


def difference(one: Ranked) -> Markup:
    """Give how an author's points changed against the period before, by sign and word."""
    more = one.author.points - one.before
    if not one.before:
        return h("span", "▲ new", title="no points in the 24 h before")
    if abs(more) < 0.05:
        return h("span", "= as before", title=f"{one.before:.1f} in the 24 h before")
    sign = "▲ +" if more > 0 else "▼ −"
    return h("span", f"{sign}{abs(more):.1f}", title=f"{one.before:.1f} in the 24 h before")


def headlines(rankings: Rankings) -> Markup:
    """Give the headlines repeated most within 24 hours."""
    if not rankings.headlines:
        return panel(
            "Most repeated headlines",
            empty("None", "No headline was published twice in this time."),
            about=_period(rankings),
        )
    rows = []
    for one in rankings.headlines:
        first, more = next(iter(one.authors)), len(one.authors) - 1
        others = h("span", f"and {plural(more, 'other')}") if more > 0 else None
        rows.append(
            h(
                "li",
                h("a", marked(one.headline, 110), href=address("/headline", post=one.post)),
                h("strong", f"{one.posts:,} ×", class_="b-number"),
                h("span", author_link(first), others, class_="b-meta"),
            )
        )
    return panel(
        "Most repeated headlines", h("ol", *rows, class_="b-ranked"), about=_period(rankings)
    )


def strip(sources: Sequence[Told]) -> Markup:
    """Give each source with its health, those in trouble first."""
    if not sources:
        text = "Posts come from a replay, or through the API."
        return panel("Sources", empty("No sources are configured here", text))
    order = list(SIGNS)
    told = sorted(sources, key=lambda one: (order.index(one.health), one.name))
    rows = [
        h(
            "li",
            h("a", sign(one.health, " ", said(one.name, 40), ":"), href=f"/sources#{one.name}"),
        )
        for one in told
    ]
    bad = sum(one.health in TROUBLED for one in told)
    about = f"{bad} of {len(told)} need a look" if bad else "all well"
    return panel("Sources", h("ul", *rows, class_="b-strip"), about=about)


def _period(rankings: Rankings) -> Markup:
    if rankings.is_past:
        return joined("24 h up to ", f"{rankings.until:%Y-%m-%d %H:%M} UTC")
    return joined("last 24 h")
