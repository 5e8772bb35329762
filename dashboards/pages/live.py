"""The live page: findings as they come, and how things stand."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from nicegui import app, background_tasks

from bunco.errors import BuncoError
from bunco.model import Finding, SourceState
from dashboards.live import Change
from dashboards.pages import filtering
from dashboards.pages.board import Board, Minutes, Ranked, Rankings
from dashboards.pages.building import page
from dashboards.pages.cards import card, cards, empty, marked
from dashboards.pages.charts import Bar, bars
from dashboards.pages.frame import Sheet
from dashboards.pages.health import HEALTH, health_of
from dashboards.pages.markup import Markup, h, joined, said, shortened
from dashboards.pages.panels import panel
from dashboards.pages.visit import Visit
from dashboards.pages.words import address, author_link, plural

SHOWN = 40
"""Findings on the page when it is opened."""

_PACE_S = 0.2
"""A viewer is sent news at most so often: what came meanwhile comes together."""
_SIDE_S = 2.0
_MOST_PUSHED = 40
_AGAIN_S = 2.0


def register(board: Board) -> None:
    """Register the page; all its viewers share the board."""
    app.state.board = board
    page("/", build, filtered=refiltered, opened=follow)


async def build(visit: Visit) -> Sheet:
    """Give the page."""
    board: Board = app.state.board
    rows, side = await asyncio.gather(_rows(visit), _side(board, visit.now))
    body = h(
        "div",
        h(
            "section",
            h("h2", "Findings", id="feed-title", class_="b-hidden"),
            h("div", _listed(visit, rows), id="feed", class_="b-feed"),
            aria_labelledby="feed-title",
        ),
        h(
            "div",
            *(h("div", html, id=name) for name, html in side.items()),
            class_="b-stack b-side",
        ),
        class_="b-grid b-live",
    )
    return Sheet(
        title="Live",
        about="Findings as they come, newest first",
        top=_filters(visit),
        body=body,
        is_live=True,
    )


async def refiltered(visit: Visit) -> None:
    """Show what the filters ask for now."""
    visit.tell("feedAnew", _listed(visit, await _rows(visit)))


async def follow(visit: Visit) -> None:
    """Send what happens to an open page, for as long as it is open."""
    tasks = (
        background_tasks.create(_findings(visit), name="live findings"),
        background_tasks.create(_sides(visit), name="live sides"),
    )

    def end() -> None:
        for task in tasks:
            task.cancel()

    visit.client.on_delete(end)


async def _findings(visit: Visit) -> None:
    mark = ""
    while not visit.client.is_deleted:
        try:
            async for change in visit.desk.hub.follow(mark, beat_s=5.0):
                mark = change.mark
                _push(visit, change)
                if change.size:
                    await asyncio.sleep(_PACE_S)
        except BuncoError as error:
            visit.tell("stale", f"The store cannot be read: {error}. What is shown may be old.")
        await asyncio.sleep(_AGAIN_S)


def _push(visit: Visit, change: Change) -> None:
    query = filtering.query_of(visit.query)
    now = visit.now
    shown = [one for one in change.findings if filtering.fits(one, query)][-_MOST_PUSHED:]
    fitting = {one.id for one in shown}
    visit.tell(
        "push",
        [(one.id, card(one, now, may_judge=visit.may_judge)) for one in shown],
        [*change.removed, *(one.id for one in change.findings if one.id not in fitting)],
    )


async def _sides(visit: Visit) -> None:
    board: Board = app.state.board
    while not visit.client.is_deleted:
        await asyncio.sleep(_SIDE_S)
        try:
            side = await _side(board, visit.now)
        except BuncoError as error:
            visit.tell("stale", f"The store cannot be read: {error}. What is shown may be old.")
            continue
        for name, html in side.items():
            visit.fill(name, html)


async def _rows(visit: Visit) -> Sequence[Finding]:
    desk = visit.desk
    query = filtering.query_of(visit.query)
    return (await desk.ask(desk.store.findings, query, limit=SHOWN)).rows


def _listed(visit: Visit, rows: Sequence[Finding]) -> Markup:
    if rows:
        return cards(rows, visit.now, may_judge=visit.may_judge)
    if any(visit.query.values()):
        return empty("Nothing fits these filters", "Findings that fit appear here as they come.")
    return empty(
        "No findings yet",
        "They appear here as soon as somebody repeats a headline, posts far more than usual or "
        "puts the same thing into several places.",
    )


def _filters(visit: Visit) -> Markup:
    given, config = visit.query, visit.desk.config
    pause = h(
        "button",
        "Pause",
        type="button",
        id="pause",
        data_act="pause",
        aria_pressed="false",
        class_="b-button",
    )
    kinds = filtering.named(table.kind for table in config.detectors)
    sources = filtering.named(table.name for table in config.sources)
    return filtering.form(
        filtering.select("severity", "Severity", filtering.SEVERITIES, given.get("severity", "")),
        filtering.select("detector", "Detector", kinds, given.get("detector", "")),
        filtering.select("source", "Source", sources, given.get("source", "")),
        filtering.text("place", "Place", given.get("place", "")),
        filtering.text("words", "Words in the sentence", given.get("words", ""), is_wide=True),
        pause,
    )


async def _side(board: Board, now: datetime) -> Mapping[str, Markup]:
    minutes, rankings, sources = await asyncio.gather(
        board.minutes.get(), board.rankings.get(), board.sources.get()
    )
    return {
        "plots": plots(minutes),
        "worst": worst(rankings),
        "headlines": headlines(rankings),
        "strip": strip(sources, now),
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
                h("span", plural(one.author.posts, "post")),
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


def strip(states: Mapping[str, SourceState], now: datetime) -> Markup:
    """Give each source with its health, those in trouble first."""
    if not states:
        return panel(
            "Sources",
            empty(
                "No sources are configured here", "Posts come from a replay, or through the API."
            ),
        )
    told = sorted(
        ((health_of(state, now), name) for name, state in states.items()),
        key=lambda one: (list(HEALTH).index(one[0]), one[1]),
    )
    rows = [
        h(
            "li",
            h(
                "a",
                h("span", HEALTH[word][0], aria_hidden="true"),
                " ",
                said(name, 40),
                f": {HEALTH[word][1]}",
                href=address("/sources") + f"#{name}",
                class_=f"b-badge {HEALTH[word][2]}",
            ),
        )
        for word, name in told
    ]
    bad = sum(word in {"failing", "silent", "late"} for word, _ in told)
    about = f"{bad} of {len(told)} need a look" if bad else "all well"
    return panel("Sources", h("ul", *rows, class_="b-strip"), about=about)


def _period(rankings: Rankings) -> Markup:
    if rankings.is_past:
        return joined("24 h up to ", f"{rankings.until:%Y-%m-%d %H:%M} UTC")
    return joined("last 24 h, against the 24 h before")
