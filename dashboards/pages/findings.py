"""The table of findings: filters, several chosen at once, one verdict for all."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from bunco.model import Finding
from bunco.ports.queries import FindingQuery
from dashboards.judging import MOST
from dashboards.pages import filtering
from dashboards.pages.building import page
from dashboards.pages.cards import badge, empty, kind, sentence, told_verdict
from dashboards.pages.frame import Sheet
from dashboards.pages.markup import Markup, h, shortened
from dashboards.pages.visit import Visit
from dashboards.pages.words import address, author_link, plural, when

SHOWN = 50
"""Rows of one piece."""


def register() -> None:
    """Register the page."""
    page("/findings", build, meant=_meant)


async def build(visit: Visit) -> Sheet:
    """Give the page."""
    desk = visit.desk
    query = filtering.query_of(visit.query)
    found, count = await asyncio.gather(
        desk.ask(desk.store.findings, query, limit=SHOWN, after=visit.query.get("after", "")),
        desk.ask(desk.store.count_findings, query),
    )
    told = plural(count, "finding")
    if not found.rows:
        body = empty("No findings fit", "Take a filter away, or wait for more posts.")
    else:
        body = h(
            "div",
            _bar(visit, count),
            h("div", _table(visit, found.rows), class_="b-panel"),
            _further(visit, found.after),
            class_="b-stack",
        )
    about = h("span", told, id="count")
    return Sheet(
        title="Findings",
        top=_filters(visit),
        body=h("div", h("p", about, class_="b-muted", role="status"), body, class_="b-stack"),
    )


def _meant(visit: Visit) -> FindingQuery:
    return filtering.query_of(visit.query)


def _filters(visit: Visit) -> Markup:
    given, config = visit.query, visit.desk.config
    quiet = h(
        "label",
        "Kept quiet by verdicts",
        h(
            "select",
            h("option", "left out", value=""),
            h("option", "shown too", value="1", selected=bool(given.get("quiet"))),
            name="quiet",
        ),
    )
    return filtering.form(
        filtering.select("severity", "Severity", filtering.SEVERITIES, given.get("severity", "")),
        filtering.select(
            "detector",
            "Detector",
            filtering.named(table.kind for table in config.detectors),
            given.get("detector", ""),
        ),
        filtering.select(
            "source",
            "Source",
            filtering.named(table.name for table in config.sources),
            given.get("source", ""),
        ),
        filtering.select("verdict", "Verdict", filtering.VERDICTS, given.get("verdict", "")),
        quiet,
        filtering.text("author", "Author (whole id)", given.get("author", "")),
        filtering.text("place", "Place", given.get("place", "")),
        filtering.text("words", "Words in the sentence", given.get("words", ""), is_wide=True),
    )


def _bar(visit: Visit, count: int) -> Markup | None:
    if not visit.may_judge:
        return None
    return h(
        "div",
        h(
            "button",
            "Judge the chosen…",
            type="button",
            id="judge-chosen",
            data_act="judge-chosen",
            disabled=True,
            class_="b-button b-main",
        ),
        h(
            "button",
            f"Judge all {count:,}…" if count <= MOST else f"Over {MOST:,}: narrow the filters",
            type="button",
            data_act="judge-all",
            data_count=count,
            disabled=count > MOST,
            class_="b-button",
        ),
        class_="b-filters",
    )


def _table(visit: Visit, rows: Sequence[Finding]) -> Markup:
    head = [
        h(
            "th",
            h("input", type="checkbox", data_act="choose-all", aria_label="Choose all shown"),
            scope="col",
        )
        if visit.may_judge
        else None,
        *(
            h("th", name, scope="col")
            for name in ("Severity", "Author", "What was found", "Last", "Verdict")
        ),
    ]
    body = [_row(one, visit.now, may_judge=visit.may_judge) for one in rows]
    caption = h("caption", "Findings, the latest first", class_="b-hidden")
    return h(
        "table", caption, h("thead", h("tr", *head)), h("tbody", *body), class_="b-table b-cards"
    )


def _row(one: Finding, now: datetime, *, may_judge: bool) -> Markup:
    choice = h(
        "td",
        h(
            "input",
            type="checkbox",
            name="choose",
            value=one.id,
            aria_label=f"Choose the finding about {shortened(one.subject, 60)}",
        ),
    )
    verdict = h("span", *told_verdict(one.verdict, now), class_="b-small") if one.verdict else None
    judge = h(
        "button",
        "Judge…",
        h("span", f" the finding about {shortened(one.subject, 60)}", class_="b-hidden"),
        type="button",
        data_act="judge",
        data_judged="spam",
        data_id=one.id,
        class_="b-button b-ghost",
    )
    return h(
        "tr",
        choice if may_judge else None,
        h("td", badge(one), " ", kind(one)),
        h("td", author_link(one.subject), data_name="Author"),
        h(
            "td",
            h("span", *sentence(one), class_="b-sentence"),
            " ",
            h(
                "a",
                "Details",
                h("span", f" of the finding about {shortened(one.subject, 60)}", class_="b-hidden"),
                href=address("/finding", id=one.id),
                class_="b-small",
            ),
        ),
        h("td", when(one.last_at, now), data_name="Last"),
        h("td", verdict, " ", judge if may_judge else None),
        data_finding=one.id,
    )


def _further(visit: Visit, after: str) -> Markup | None:
    kept = {name: value for name, value in visit.query.items() if name != "after"}
    back = (
        h("a", "To the latest", href=address("/findings", **kept), class_="b-button")
        if visit.query.get("after")
        else None
    )
    onward = (
        h(
            "a",
            "Older findings",
            href=address("/findings", **{**kept, "after": after}),
            class_="b-button",
        )
        if after
        else None
    )
    return h("nav", back, " ", onward, aria_label="Pieces") if back or onward else None
