"""The live page: findings as they come, and how things stand."""

import asyncio
from collections.abc import Sequence

from nicegui import app, background_tasks

from bunco.errors import BuncoError, UsageError
from bunco.model import Finding
from dashboards.live import Change
from dashboards.pages import filtering
from dashboards.pages.board import Board
from dashboards.pages.building import page
from dashboards.pages.cards import card, cards, empty
from dashboards.pages.frame import Sheet
from dashboards.pages.live_side import side
from dashboards.pages.markup import Markup, h
from dashboards.pages.visit import Visit

SHOWN = 40
"""Findings on the page when it is opened."""

_PACE_S = 0.2
"""A viewer is sent news at most so often: what came meanwhile comes together."""
_SIDE_S, _BEAT_S = 2.0, 5.0
_MOST_PUSHED = 40
_AGAIN_S = 2.0


def register(board: Board) -> None:
    """Register the page; all its viewers share the board."""
    app.state.board = board
    page("/", build, filtered=refiltered, opened=follow)


async def build(visit: Visit) -> Sheet:
    """Give the page."""
    board: Board = app.state.board
    visit.mark = await visit.desk.ask(visit.desk.store.changes_mark)
    rows, sides = await asyncio.gather(_rows(visit), side(board))
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
            *(h("div", html, id=name) for name, html in sides.items()),
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
    while not visit.client.is_deleted:
        try:
            # From the mark on, not from now: what came while the browser connected comes too.
            async for change in visit.desk.hub.follow(visit.mark, beat_s=_BEAT_S):
                visit.mark = change.mark
                _push(visit, change)
                if change.size:
                    await asyncio.sleep(_PACE_S)
        except UsageError:  # the store was made anew meanwhile
            visit.mark = ""
            await refiltered(visit)
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
            sides = await side(board)
        except BuncoError as error:
            visit.tell("stale", f"The store cannot be read: {error}. What is shown may be old.")
            continue
        for name, html in sides.items():
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
