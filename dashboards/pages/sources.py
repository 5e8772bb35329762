"""The sources: how each does, what it gave, and the word to read it now or not at all."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bunco.model import Count, Poll
from dashboards.errors import Unavailable
from dashboards.pages.board import Told, sources_told
from dashboards.pages.building import page
from dashboards.pages.cards import empty
from dashboards.pages.charts import Bar, bars
from dashboards.pages.frame import Sheet
from dashboards.pages.markup import Markup, h, said
from dashboards.pages.signs import sign
from dashboards.pages.visit import Visit
from dashboards.pages.words import plural, when

DAYS = 14
"""Days of items that are drawn."""

_LINES = 8


def register() -> None:
    """Register the page."""
    page("/sources", build, acts={"steer": steer})


async def build(visit: Visit) -> Sheet:
    """Give the page."""
    desk = visit.desk
    told = await sources_told(desk)
    until = visit.now
    counts = await desk.ask(
        desk.store.counts,
        "posts",
        step=timedelta(days=1),
        since=until - timedelta(days=DAYS),
        until=until + timedelta(hours=1),
    )
    if not told:
        return Sheet(
            title="Sources",
            body=empty(
                "No sources are configured here",
                "Name some in bunco.toml, or import your reader's with bunco import feeds.opml. "
                "Posts may also come from a replay or through the API.",
            ),
        )
    logs = await asyncio.gather(
        *(desk.ask(desk.store.polls, one.name, limit=_LINES) for one in told)
    )
    daily = _daily(counts)
    kinds = {table.name: table.kind for table in desk.config.sources}
    parts = [
        _source(visit, one, kinds.get(one.name, ""), log, daily.get(one.name, {}))
        for one, log in zip(told, logs, strict=True)
    ]
    about = None if desk.control else "Nothing is read in this process: they can be watched only."
    return Sheet(title="Sources", about=about, body=h("div", *parts, class_="b-sources"))


async def steer(visit: Visit, given: dict[str, Any]) -> None:
    """Pause, resume or read a source at once."""
    visit.person.require("admin")
    control = visit.desk.control
    if control is None:
        raise Unavailable("sources are read by another process")
    word, _, name = str(given.get("id", "")).partition(":")
    if name not in await visit.desk.source_states():
        raise Unavailable("there is no such source")
    acts = {"pause": control.pause, "resume": control.resume, "now": control.try_now}
    if word in acts:
        await acts[word](name)
        told = {"pause": "paused", "resume": "resumed", "now": "being read now"}[word]
        visit.tell("note", f"{name}: {told}.")


def _daily(counts: Sequence[Count]) -> Mapping[str, Mapping[Any, int]]:
    found: defaultdict[str, dict[Any, int]] = defaultdict(dict)
    for one in counts:
        found[one.key][one.at.date()] = found[one.key].get(one.at.date(), 0) + one.count
    return found


def _source(
    visit: Visit, told: Told, kind: str, log: Sequence[Poll], daily: Mapping[Any, int]
) -> Markup:
    now, state = visit.now, told.state
    is_paused = told.health == "paused"
    days = [(now - timedelta(days=n)).date() for n in reversed(range(DAYS))]
    points = [
        Bar(
            parts=(("b-posts", daily.get(day, 0)),),
            tip=f"{day}: {plural(daily.get(day, 0), 'item')}",
        )
        for day in days
    ]
    due = state.next_at is not None and state.next_at <= now
    times = [
        h("div", h("dt", name), h("dd", when(at, now, absent=absent)))
        for name, at, absent in (
            ("Last read", state.polled_at, "never"),
            ("Last success", state.succeeded_at, "never"),
            ("Last new item", state.item_at, "never"),
            (
                "Next",
                None if state.ended or is_paused or due else state.next_at,
                "not any more" if state.ended else "when resumed" if is_paused else "now",
            ),
        )
    ]
    name = f"s-{state.source}"
    return h(
        "section",
        h(
            "header",
            h("h2", said(state.source, 80), id=name),
            sign(told.health),
            h("span", kind, class_="b-kind"),
            _controls(visit, state.source, is_paused=is_paused),
        ),
        h(
            "p",
            "Since ",
            when(state.error_since, now),
            ": ",
            said(state.error, 400),
            class_="b-trouble",
        )
        if state.error
        else None,
        h("p", when(state.noticed_at, now), ": ", said(state.notice, 400), class_="b-muted")
        if state.notice
        else None,
        h("dl", *times, class_="b-numbers"),
        bars(
            points,
            told=f"Items a day over {DAYS} days, {sum(daily.get(d, 0) for d in days):,} in all.",
            start=f"{days[0]}",
            end="today",
        ),
        _log(log, visit) if log else None,
        class_="b-panel",
        aria_labelledby=name,
        id=state.source,
    )


def _controls(visit: Visit, name: str, *, is_paused: bool) -> Markup | None:
    if visit.desk.control is None or not visit.person.may("admin"):
        return None
    acts = (("resume", "Resume") if is_paused else ("pause", "Pause"), ("now", "Try now"))
    return h(
        "span",
        *(
            h(
                "button",
                word,
                h("span", f" {name}", class_="b-hidden"),
                type="button",
                data_act="send",
                data_key="steer",
                data_id=f"{act}:{name}",
                class_="b-button b-ghost",
            )
            for act, word in acts
        ),
        class_="b-actions",
    )


def _log(log: Sequence[Poll], visit: Visit) -> Markup:
    rows = [
        h(
            "li",
            when(one.at, visit.now),
            h("span", one.outcome),
            h("span", plural(one.given, "item")) if one.given else None,
            h("span", f"{one.dead:,} unreadable") if one.dead else None,
            h("span", f"{one.took_ms:,} ms"),
            said(one.note, 200) if one.note else None,
            class_="b-meta",
        )
        for one in log
    ]
    return h("details", h("summary", "Latest readings"), h("ul", *rows))
