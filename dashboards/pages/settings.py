"""The running configuration, secrets hidden, and how often each rule hits."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bunco.alerting import Standing
from bunco.model import Count
from dashboards.pages.building import page
from dashboards.pages.frame import Sheet
from dashboards.pages.markup import Markup, h, said
from dashboards.pages.panels import panel
from dashboards.pages.visit import Visit
from dashboards.pages.words import address, when

_DAYS = (1, 7, 30)


def register() -> None:
    """Register the page."""
    page("/settings", build)


async def build(visit: Visit) -> Sheet:
    """Give the page."""
    desk = visit.desk
    stats = await desk.ask(desk.store.stats)
    now = visit.now
    until = min(now, stats.last_at) if stats.last_at else now
    counts = await desk.ask(
        desk.store.counts,
        "findings",
        step=timedelta(days=1),
        since=until - timedelta(days=30),
        until=until + timedelta(hours=1),
    )
    standings = await desk.ask(desk.standings) if desk.standings is not None else None
    shown = {name: table for name, table in desk.shown.items() if name != "detectors"}
    facts = [
        h("div", h("dt", name), h("dd", value))
        for name, value in (
            ("Posts", f"{stats.posts:,}"),
            ("Authors", f"{stats.authors:,}"),
            ("Findings", f"{stats.findings:,}"),
            ("Dead letters", f"{stats.dead:,}"),
        )
    ]
    rules = desk.shown.get("detectors", {})
    about = f"findings in the time up to {until:%Y-%m-%d}"
    return Sheet(
        title="Settings",
        about="Read-only: they stand in bunco.toml. Secrets are hidden.",
        body=h(
            "div",
            panel("In the store", h("dl", *facts, class_="b-facts")),
            panel("Rules", _rules(rules, counts, until), about=about),
            alerting(standings, visit.now) if desk.shown.get("alerts") else None,
            h(
                "div",
                *(panel(name.capitalize(), _table(table)) for name, table in shown.items()),
                class_="b-columns",
            ),
            class_="b-stack",
        ),
    )


def alerting(standings: Sequence[Standing] | None, now: datetime) -> Markup:
    """Give how the rules of alerts stand."""
    if standings is None:
        said_ = h("p", "What was sent is not known here: no rule is on, or it is kept elsewhere.")
        return panel("How alerts stand", said_)
    head = ("Rule", "Last sent", "Waiting", "On the way", "Failed, 7 d", "Said")
    rows = [
        h(
            "tr",
            h("th", one.rule, scope="row"),
            h("td", when(one.sent_at, now), data_name=head[1]),
            *(
                h("td", f"{count:,}", class_="b-number", data_name=name)
                for name, count in zip(
                    head[2:5], (one.waiting, one.on_the_way, one.failed), strict=True
                )
            ),
            h("td", said(one.error, 200) if one.error else "–", data_name=head[5]),
        )
        for one in standings
    ]
    titles = [h("th", name, scope="col") for name in head]
    table = h("table", h("thead", h("tr", *titles)), h("tbody", *rows), class_="b-table b-cards")
    return panel(
        "How alerts stand", table, about="groups that wait; mails that are decided and not sent"
    )


def _rules(rules: Mapping[str, Any], counts: Sequence[Count], until: Any) -> Markup:  # noqa: ANN401
    hits = {days: Counter[str]() for days in _DAYS}
    for one in counts:
        for days in _DAYS:
            if one.at > until - timedelta(days=days):
                hits[days][one.key] += one.count
    rows = []
    for name in sorted({*rules, *hits[30]}):
        options = rules.get(name)
        state = "not configured any more" if options is None else None
        if options is not None and not hits[30][name]:
            state = "no hits"
        rows.append(
            h(
                "tr",
                h(
                    "th",
                    h("a", name, href=address("/findings", detector=name)),
                    h("span", f" {state}", class_="b-muted b-small") if state else None,
                    scope="row",
                ),
                *(
                    h("td", f"{hits[days][name]:,}", class_="b-number", data_name=f"{days} d")
                    for days in _DAYS
                ),
                h(
                    "td",
                    _table(options) if options else h("span", "all defaults", class_="b-muted"),
                ),
            )
        )
    head = [
        h("th", name, scope="col", class_="b-number" if name.endswith(" d") else None)
        for name in (
            "Rule",
            *(f"{days} d" for days in _DAYS),
            "Options that differ from the defaults",
        )
    ]
    return h("table", h("thead", h("tr", *head)), h("tbody", *rows), class_="b-table b-cards")


def _table(table: Any) -> Markup:  # noqa: ANN401  # a configuration holds what it holds
    if isinstance(table, Mapping):
        if not table:
            return h("p", "None.", class_="b-muted")
        pairs = [
            h("li", h("span", f"{name} ", class_="b-muted"), _value(value))
            for name, value in table.items()
        ]
        return h("ul", *pairs, class_="b-settings")
    if isinstance(table, list | tuple):
        if not table:
            return h("p", "None.", class_="b-muted")
        return h("ul", *(h("li", _value(one)) for one in table), class_="b-list")
    return _value(table)


def _value(value: Any) -> Markup:  # noqa: ANN401  # the same
    if isinstance(value, Mapping | list | tuple):
        return _table(value)
    if isinstance(value, bool):
        return h("code", "yes" if value else "no")
    return h("code", said(str(value), 200) if str(value) else "–")
