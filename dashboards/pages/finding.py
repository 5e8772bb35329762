"""The page of one finding: for links from elsewhere, with all of its evidence."""

from bunco.model import Finding, StoredPost
from bunco.ports.queries import VerdictQuery
from dashboards.pages.building import page
from dashboards.pages.cards import card, empty, marked, told_verdict
from dashboards.pages.frame import Sheet
from dashboards.pages.listing import post_list
from dashboards.pages.markup import Markup, h, said
from dashboards.pages.panels import panel
from dashboards.pages.visit import Visit
from dashboards.pages.words import address, plural, when

EVIDENCE = 50
"""Posts of the evidence that are shown."""


def register() -> None:
    """Register the page."""
    page("/finding", build)


async def build(visit: Visit) -> Sheet:
    """Give the page."""
    desk, name = visit.desk, visit.query.get("id", "")
    finding = await desk.ask(desk.store.finding, name) if name else None
    if finding is None:
        return Sheet(
            title="No such finding",
            body=empty("There is no finding of this name", "Perhaps its author was forgotten."),
        )
    posts = [await desk.ask(desk.store.post, post) for post in finding.evidence[:EVIDENCE]]
    verdicts = await desk.ask(desk.store.verdicts, VerdictQuery(finding=name), limit=EVIDENCE)
    kept = [post for post in posts if post is not None]
    now = visit.now
    return Sheet(
        title=f"Finding of {finding.detector}",
        about=h("span", "began ", when(finding.first_at, now)),
        body=h(
            "div",
            card(finding, now, may_judge=visit.may_judge),
            _evidence(visit, finding, kept),
            panel(
                "Verdicts",
                h(
                    "ul",
                    *(h("li", h("p", *told_verdict(one, now))) for one in verdicts.rows),
                    class_="b-list",
                ),
            )
            if verdicts.rows
            else None,
            class_="b-stack",
        ),
    )


def _evidence(visit: Visit, finding: Finding, kept: list[StoredPost]) -> Markup:
    now = visit.now
    if kept:
        link = h(
            "a",
            "Everyone who published this headline",
            href=address("/headline", post=kept[0].post.id, finding=finding.id),
        )
        return panel(
            "Evidence",
            post_list(kept, now, with_author=False),
            link,
            about=f"{plural(len(kept), 'post')}, oldest first",
        )
    quotes = [
        h(
            "li",
            h("p", marked(one.text)),
            h("span", when(one.at, now), h("span", said(one.place, 60)), class_="b-meta"),
        )
        for one in finding.quotes
    ]
    if not quotes:
        return panel(
            "Evidence",
            empty(
                "The posts are gone",
                "They were removed, or dropped by the retention of their source; the numbers stay.",
            ),
        )
    return panel("Evidence", h("ol", *quotes, class_="b-list"), about="as quoted then")
