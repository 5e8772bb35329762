"""Search over everything: authors, posts, findings."""

import asyncio

from bunco.ports.queries import FindingQuery
from dashboards.pages import filtering
from dashboards.pages.building import page
from dashboards.pages.cards import cards, empty
from dashboards.pages.frame import Sheet
from dashboards.pages.listing import author_list, post_list
from dashboards.pages.markup import Markup, h
from dashboards.pages.panels import panel
from dashboards.pages.visit import Visit
from dashboards.pages.words import address, plural

_AUTHORS, _POSTS, _FINDINGS = 12, 30, 10


def register() -> None:
    """Register the page."""
    page("/search", build)


async def build(visit: Visit) -> Sheet:
    """Give the page."""
    words = visit.query.get("q", "").strip()
    form = filtering.form(
        filtering.text("q", "Words, an author's id or name", words, is_wide=True),
        h("button", "Search", type="submit", class_="b-button b-main"),
    )
    return Sheet(title="Search", top=form, body=await _found(visit, words) if words else _hint())


async def _found(visit: Visit, words: str) -> Markup:
    desk, now = visit.desk, visit.now
    authors, posts, findings = await asyncio.gather(
        desk.ask(desk.store.find_authors, words, limit=_AUTHORS),
        desk.ask(desk.store.search, words, limit=_POSTS, after=visit.query.get("after", "")),
        desk.ask(desk.store.findings, FindingQuery(words=words), limit=_FINDINGS),
    )
    if not authors and not posts.rows and not findings.rows:
        return empty(
            "Nothing was found", "Search needs whole words; a word and * finds what begins so."
        )
    more = (
        h(
            "a",
            "Older posts",
            href=address("/search", q=words, after=posts.after),
            class_="b-button",
        )
        if posts.after
        else None
    )
    all_findings = h("a", "All of them as a table", href=address("/findings", words=words))
    nothing = h("p", "None.", class_="b-muted")
    return h(
        "div",
        h(
            "div",
            panel(
                "Authors",
                author_list(authors) if authors else nothing,
                about=plural(len(authors), "author"),
            ),
            panel(
                "Findings",
                cards(findings.rows, now, may_judge=visit.may_judge) if findings.rows else nothing,
                all_findings if findings.after else None,
            ),
            class_="b-stack",
        ),
        panel(
            "Posts",
            post_list(posts.rows, now, with_author=True) if posts.rows else nothing,
            more,
            about="newest first",
        ),
        class_="b-two",
        role="region",
        aria_label="Found",
        aria_live="polite",
    )


def _hint() -> Markup:
    return empty(
        "Search posts, authors and findings",
        'All words must be in one post. "In quotes" keeps words together, begin* finds beginnings.',
    )
