"""The page of one author: what a person needs to judge them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import Struct

from bunco.model import AuthorSummary, HistoryEntry
from bunco.ports.queries import VerdictQuery
from dashboards.pages import filtering
from dashboards.pages.author_parts import (
    facts,
    mix,
    rate_panel,
    repeated,
    rhythm_panel,
    timeline_panel,
    verdicts_panel,
)
from dashboards.pages.building import page
from dashboards.pages.cards import empty
from dashboards.pages.frame import Sheet
from dashboards.pages.listing import entry_list, post_list
from dashboards.pages.markup import Child, Markup, h, joined, said
from dashboards.pages.panels import panel
from dashboards.pages.visit import Visit
from dashboards.pages.words import address, joined_with_space, plural, when
from dashboards.views.author import AuthorView, author_view

MOST = 2000
"""Posts and findings that are loaded, the latest: what the charts are made of."""
LISTED = 100
"""Lines of the history that are shown."""

_PIECE, _VERDICTS, _FOUND = 500, 50, 50
_SPANS: filtering.Choices = (("", "all"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days"))


class Period(Struct, frozen=True, kw_only=True):
    """A time; without an end it goes on."""

    since: datetime | None = None
    until: datetime | None = None
    is_named: bool = False
    """Whether a link named it, such as that of a mail."""


def register() -> None:
    """Register the page."""
    page("/author", build, acts={"forget": forget})


async def build(visit: Visit) -> Sheet:
    """Give the page."""
    author = visit.query.get("id", "")
    summary = await visit.desk.ask(visit.desk.store.author, author) if author else None
    if summary is None:
        return Sheet(
            title="No such author",
            body=empty(
                "Nobody is known by this name",
                joined(
                    "Perhaps they were forgotten. ", h("a", "Search for authors", href="/search")
                ),
            ),
        )
    span = period(visit.query, summary.last_at)
    entries, is_cut = await history(visit, summary, span)
    verdicts = await visit.desk.ask(
        visit.desk.store.verdicts, VerdictQuery(author=author), limit=_VERDICTS
    )

    def everything() -> Markup:
        view = author_view(summary, entries, verdicts.rows, visit.zone, is_cut=is_cut)
        return h("div", _within(visit, span), _everything(visit, view), class_="b-stack")

    words = visit.query.get("words", "").strip()
    found = await _found(visit, author, words) if words else None
    name = summary.name if summary.name != author.partition(":")[2] else ""
    return Sheet(
        title=f"{author}",
        heading=joined_with_space(
            said(author, 120), said(name, 60, class_="b-muted") if name else None
        ),
        about=_tools(visit, author),
        top=_filters(visit),
        body=found if found is not None else await asyncio.to_thread(everything),
    )


def period(query: Mapping[str, str], last_at: datetime | None) -> Period:
    """Give the time that is shown: what a mail's link names, else days before the last post.

    Args:
        query: ``since`` and ``until`` as ISO 8601, or ``days``; what cannot be read is left out.
        last_at: when the author's last post was published.
    """
    since, until = _moment(query.get("since", "")), _moment(query.get("until", ""))
    days = query.get("days", "")
    if since is None and until is None and days.isdecimal() and last_at is not None:
        return Period(since=last_at - timedelta(days=min(int(days[:6]), 3650)))
    return Period(since=since, until=until, is_named=since is not None or until is not None)


async def history(
    visit: Visit, summary: AuthorSummary, span: Period
) -> tuple[Sequence[HistoryEntry], bool]:
    """Give an author's latest posts and findings of a time, and whether there is more of it."""
    desk = visit.desk
    entries: list[HistoryEntry] = []
    after = ""
    while len(entries) < MOST:
        found = await desk.ask(
            desk.store.history,
            summary.author,
            since=span.since,
            until=span.until,
            limit=_PIECE,
            after=after,
        )
        entries += found.rows
        if not (after := found.after):
            return entries, False
    return entries, True


async def forget(visit: Visit, given: dict[str, Any]) -> None:
    """Erase the author, once it was confirmed."""
    visit.person.require("admin")
    author = visit.query.get("id", "")
    if given.get("sure") != "yes" or not author:
        visit.tell("note", "Nothing was erased: it was not confirmed.")
        return
    await visit.desk.forget(author)
    visit.tell("go", address("/author", id=author))  # its name in the heading is to go as well


async def _found(visit: Visit, author: str, words: str) -> Markup:
    store = visit.desk.store
    found = await visit.desk.ask(store.search, words, author=author, limit=_FOUND)
    if not found.rows:
        return empty("No post of this author has these words", "All words must be in one post.")
    more = "the newest" if found.after else plural(len(found.rows), "post")
    return panel("Found", post_list(found.rows, visit.now, with_author=False), about=more)


def _everything(visit: Visit, view: AuthorView) -> Markup:
    now = visit.now
    more = f"the latest {len(view.entries):,}; older ones are not in these charts"
    return h(
        "div",
        facts(view, now),
        h("p", more, class_="b-banner") if view.is_cut else None,
        timeline_panel(view),
        h("div", rate_panel(view), rhythm_panel(view), class_="b-two"),
        repeated(view, now, may_judge=visit.may_judge),
        mix(view),
        verdicts_panel(view, now),
        panel(
            "History",
            entry_list(view.entries[:LISTED], now, may_judge=visit.may_judge),
            about=f"the latest {min(LISTED, len(view.entries))} of {len(view.entries):,}, "
            "posts and findings, newest first",
        ),
        class_="b-stack",
        data_zoned=True,
    )


def _within(visit: Visit, span: Period) -> Markup | None:
    """Give the line that says which time is shown, where a link named it."""
    if not span.is_named:
        return None
    words = [
        joined_with_space(word, when(at, visit.now))
        for word, at in (("from", span.since), ("to", span.until))
        if at is not None
    ]
    everything = address("/author", id=visit.query.get("id", ""))
    return h(
        "p",
        joined_with_space("Shown is the time", *words, h("a", "Show everything", href=everything)),
        class_="b-banner",
    )


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _filters(visit: Visit) -> Markup:
    given = visit.query
    return filtering.form(
        h("input", type="hidden", name="id", value=given.get("id", "")),
        filtering.select("days", "Time before the last post", _SPANS, given.get("days", "")),
        filtering.text("words", "Search their posts", given.get("words", ""), is_wide=True),
    )


def _tools(visit: Visit, author: str) -> Child:
    links = [
        h(
            "a",
            f"Export {name}",
            href=address("/api/v1/author/export", id=author, format=name.lower()),
            class_="b-button b-ghost",
            download=True,
        )
        for name in ("JSON", "CSV")
    ]
    if not visit.person.may("admin"):
        return h("span", *links, class_="b-actions")
    button = h(
        "button",
        "Forget…",
        type="button",
        data_act="open",
        data_id="forget",
        class_="b-button b-ghost b-danger",
    )
    return h("span", *links, button, _confirmation(author), class_="b-actions")


def _confirmation(author: str) -> Markup:
    form = h(
        "form",
        h("h2", "Forget this author?", id="forget-title"),
        h(
            "div",
            "All posts, findings and verdicts of ",
            said(author, 100),
            " are erased, from the search index too. This cannot be undone. Counts over time stay.",
        ),
        h(
            "label",
            h("input", type="checkbox", name="sure", value="yes", required=True),
            "Yes, erase everything",
            class_="b-choice",
        ),
        h(
            "div",
            h("button", "Cancel", type="button", data_act="close", class_="b-button"),
            h("button", "Erase", type="submit", class_="b-button b-danger"),
            class_="b-buttons",
        ),
        data_send="forget",
    )
    return h("dialog", form, id="forget", aria_labelledby="forget-title")
