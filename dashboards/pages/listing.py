"""Posts and findings one under the other."""

from collections.abc import Sequence
from datetime import datetime

from bunco.model import AuthorSummary, HistoryEntry, StoredPost
from dashboards.pages.cards import card, empty, marked
from dashboards.pages.markup import Markup, h, said, shortened
from dashboards.pages.words import author_link, outside, plural, when
from dashboards.views.author_groups import words_of
from dashboards.views.author_mix import LOUD

_TEXT = 280


def entry_list(entries: Sequence[HistoryEntry], now: datetime, *, may_judge: bool) -> Markup:
    """Give an author's history, newest first."""
    if not entries:
        return empty("Nothing here", "There is no post or finding in this time.")
    rows = [
        h("li", card(one.finding, now, may_judge=may_judge, with_author=False))
        if one.finding is not None
        else _post(one.post, now, with_author=False)
        for one in entries
        if one.finding is not None or one.post is not None
    ]
    return h("ol", *rows, class_="b-list")


def post_list(posts: Sequence[StoredPost], now: datetime, *, with_author: bool) -> Markup:
    """Give posts in their order."""
    return h("ol", *(_post(one, now, with_author=with_author) for one in posts), class_="b-list")


def author_list(authors: Sequence[AuthorSummary]) -> Markup:
    """Give authors with what is known of them."""
    rows = [
        h(
            "li",
            author_link(one.author, one.name),
            h(
                "span",
                h("span", plural(one.posts, "post")),
                h("span", plural(one.findings, "finding")),
                h("span", f"{one.points:.1f} points") if one.points else None,
                class_="b-meta",
            ),
        )
        for one in authors
    ]
    return h("ul", *rows, class_="b-list")


def _post(found: StoredPost | None, now: datetime, *, with_author: bool) -> Markup | None:
    if found is None:
        return None
    post, words = found.post, words_of(found)
    loud = (
        h("span", f"sensational {found.sensational:.2f}", class_="b-badge b-medium")
        if found.sensational >= LOUD
        else None
    )
    more = shortened(post.text, _TEXT) if post.text and post.text.strip() != words.strip() else ""
    return h(
        "li",
        h("p", marked(words, _TEXT) if found.headline or post.title else said(words, _TEXT)),
        h("p", said(more, _TEXT), class_="b-small b-muted") if more else None,
        h(
            "span",
            author_link(post.author, post.author_name) if with_author else None,
            when(post.posted_at, now),
            h("span", post.kind) if post.kind != "post" else None,
            h("span", said(post.place or post.source, 60)) if post.place or post.source else None,
            loud,
            outside(post.url, "original"),
            class_="b-meta",
        ),
    )
