"""The page of one headline: everyone who published it, first to last."""

import asyncio

from bunco.model import StoredPost
from dashboards.pages.building import page
from dashboards.pages.cards import cards, edited, empty, marked
from dashboards.pages.charts import Bar, bars
from dashboards.pages.frame import Sheet
from dashboards.pages.markup import Child, Markup, h, said
from dashboards.pages.panels import panel
from dashboards.pages.visit import Visit
from dashboards.pages.words import author_link, listed, outside, plural, span, when
from dashboards.views.author_groups import words_of
from dashboards.views.cluster import Cluster, Copy, cluster

MOST = 300
"""Copies that are loaded, the earliest; as many near copies are looked at."""
SHOWN = 100

_AUTHORS, _BINS = 12, 60


def register() -> None:
    """Register the page."""
    page("/headline", build)


async def build(visit: Visit) -> Sheet:
    """Give the page: of the headline of a post, or of a text in the address."""
    desk, query = visit.desk, visit.query
    post = await desk.ask(desk.store.post, query.get("post", "")) if query.get("post") else None
    finding = await desk.ask(desk.store.finding, query["finding"]) if query.get("finding") else None
    text = words_of(post) if post else query.get("text", "").strip()
    if not text and finding is not None:
        text = next((quote.text for quote in finding.quotes if quote.text), "")
    found, is_cut = await _cluster(visit, text) if text else (None, False)
    if found is None:
        return Sheet(
            title="Headline",
            body=empty(
                "Nobody published this headline",
                "Its posts were removed, or dropped by the retention of their source.",
            ),
        )
    parts: list[Child] = [
        _facts(found, visit),
        h("p", f"Only the first {MOST:,} copies are shown.", class_="b-banner") if is_cut else None,
        _spread(found),
        h("div", _authors(found), _places(found), class_="b-two"),
        panel(
            "First to last",
            h(
                "p",
                "Against the first: ",
                h("ins", "new words"),
                " ",
                h("del", "words left out"),
                ", ",
                h("em", "the same words written differently"),
                class_="b-small b-muted",
            ),
            h("ol", *(_copy(one, visit) for one in found.copies[:SHOWN]), class_="b-list"),
            about=f"the first {min(SHOWN, len(found.copies))} of {len(found.copies):,}",
        ),
    ]
    if finding is not None:
        judged = cards([finding], visit.now, may_judge=visit.may_judge)
        parts.insert(1, h("div", h("h2", "The finding", class_="b-hidden"), judged))
    return Sheet(title="Headline", body=h("div", *parts, class_="b-stack"))


async def _cluster(visit: Visit, text: str) -> tuple[Cluster | None, bool]:
    desk = visit.desk
    copies, near = await asyncio.gather(
        desk.ask(desk.store.copies, text, limit=MOST), desk.ask(desk.store.near, text, limit=MOST)
    )
    found = await asyncio.to_thread(cluster, text, copies.rows, near)
    return found, bool(copies.after)


def _facts(found: Cluster, visit: Visit) -> Markup:
    told: tuple[tuple[str, Child], ...] = (
        ("Posts", f"{len(found.copies):,}"),
        ("Authors", f"{len(found.authors):,}"),
        ("Places", f"{len(found.places):,}"),
        ("Wordings", f"{found.wordings:,}"),
        ("First", when(found.first_at, visit.now)),
        ("Last", when(found.last_at, visit.now)),
    )
    pairs = [h("div", h("dt", name), h("dd", value)) for name, value in told]
    return panel(
        "At a glance",
        h("p", marked(found.first, 400), class_="b-lead"),
        h("dl", *pairs, class_="b-facts"),
    )


def _spread(found: Cluster) -> Markup | None:
    length = (found.last_at - found.first_at).total_seconds()
    if not length:
        return None
    counts = [0] * _BINS
    for one in found.copies:
        counts[min(int(one.after.total_seconds() / length * _BINS), _BINS - 1)] += 1
    told = f"{plural(len(found.copies), 'post')} over {span(found.last_at - found.first_at)}."
    points = [Bar(parts=(("b-posts", count),)) for count in counts]
    return panel(
        "How it spread",
        bars(
            points,
            told=told,
            start=f"{found.first_at:%Y-%m-%d %H:%M} UTC",
            end=f"{found.last_at:%Y-%m-%d %H:%M} UTC",
        ),
        about=told,
    )


def _authors(found: Cluster) -> Markup:
    rows = [
        h("li", author_link(author), h("strong", f"{count:,} ×", class_="b-number"))
        for author, count in found.authors[:_AUTHORS]
    ]
    more = len(found.authors) - _AUTHORS
    return panel(
        "Authors",
        h("ol", *rows, class_="b-ranked"),
        h("p", f"and {more:,} more", class_="b-muted b-small") if more > 0 else None,
    )


def _places(found: Cluster) -> Markup:
    return panel("Places", h("p", said(listed(found.places, 30), 1500)), about="in their order")


def _copy(one: Copy, visit: Visit) -> Markup:
    post = one.found.post
    later = f"{span(one.after)} after the first" if one.after else "the first"
    return h(
        "li",
        h("p", edited(one.spans)),
        h(
            "span",
            author_link(post.author, post.author_name),
            when(post.posted_at, visit.now),
            h("span", later),
            _place(one.found),
            outside(post.url, "original"),
            class_="b-meta",
        ),
    )


def _place(found: StoredPost) -> Markup | None:
    place = found.post.place or found.post.source
    return h("span", said(place, 60)) if place else None
