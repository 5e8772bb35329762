"""The parts of an author's page."""

from datetime import datetime

from dashboards.pages.cards import badge, edited, empty, told_verdict
from dashboards.pages.charts import (
    heat,
    kinds_chart,
    loud_chart,
    rate_chart,
    tally_list,
    timeline,
)
from dashboards.pages.markup import Child, Markup, h, said
from dashboards.pages.panels import panel
from dashboards.pages.words import address, listed, outside, percent, plural, when
from dashboards.views.author import AuthorView
from dashboards.views.author_groups import Group, Wording

GROUPS = 12
"""Repeated headlines that are shown open; a person reads the worst first."""


def facts(view: AuthorView, now: datetime) -> Markup:
    """Give who this is in a row of numbers."""
    one = view.summary
    told: list[tuple[str, Child, Child]] = [
        ("Posts", f"{one.posts:,}", "in the store"),
        ("Findings", f"{one.findings:,}", _by_detector(one.detectors)),
        ("Points", f"{one.points:.1f}", "their scores added up"),
        ("First post", when(one.first_at, now), None),
        ("Last post", when(one.last_at, now), None),
        ("Replies", percent(view.conversation), "the rest is broadcast"),
        ("Sensational", percent(view.loud), "of the headlines"),
        ("Hours of the day", f"{view.rhythm.awake} of 24", "in which there was ever a post"),
    ]
    pairs = [
        h("div", h("dt", name), h("dd", value, h("small", note) if note else None))
        for name, value, note in told
    ]
    worst = h("p", "Worst: ", said(one.worst, 400)) if one.worst else None
    return panel("At a glance", h("dl", *pairs, class_="b-facts"), worst)


def timeline_panel(view: AuthorView) -> Markup:
    """Give posts and findings on one line of time."""
    times = [found.post.posted_at for found in view.posts]
    if not times and not view.findings:
        return panel("Posts and findings", empty("Nothing yet", "No post of theirs is stored."))
    told = f"{plural(len(times), 'post')} and {plural(len(view.findings), 'finding')} over time."
    return panel("Posts and findings", timeline(times, view.findings, told=told), about=told)


def rate_panel(view: AuthorView) -> Markup:
    """Give posts a day against what was usual."""
    if not view.days:
        return panel("Posts a day", empty("Nothing to count", "No post of theirs is stored."))
    bursts = [one for one in view.findings if one.detector == "bursts"]
    legend = h(
        "ul",
        h("li", "posts"),
        h("li", "posts on a day of a burst", class_="b-l-burst"),
        h("li", "usual: the 14 days before", class_="b-l-usual"),
        class_="b-legend",
    )
    told = [h("li", badge(one), " ", said(one.reason, 300)) for one in bursts[:3]]
    return panel(
        "Posts a day",
        rate_chart(view.days),
        legend,
        h("ul", *told, class_="b-list b-small") if told else None,
        about="against their own usual",
    )


def rhythm_panel(view: AuthorView) -> Markup:
    """Give the week, hour by hour."""
    if view.rhythm.busiest is None:
        return panel("Rhythm", empty("Nothing to count", "No post of theirs is stored."))
    day, hour = view.rhythm.busiest
    told = (
        f"Most on {day} at {hour:02}:00 ({plural(view.rhythm.most, 'post')}). "
        f"Posts in {view.rhythm.awake} of the day's 24 hours."
    )
    return panel(
        "Rhythm",
        heat(view.rhythm),
        h("p", told, class_="b-small b-muted"),
        about="hour × weekday, your time",
    )


def repeated(view: AuthorView, now: datetime, *, may_judge: bool) -> Markup:
    """Give each repeated headline with its wordings side by side."""
    if not view.groups:
        return panel("Repeated headlines", empty("None", "No headline of theirs was repeated."))
    shown = sorted(view.groups, key=lambda one: (-one.finding.score, one.finding.id))
    parts = [
        _group(one, now, may_judge=may_judge, is_open=n < 2) for n, one in enumerate(shown[:GROUPS])
    ]
    more = len(shown) - GROUPS
    return panel(
        "Repeated headlines",
        h(
            "p",
            "Against the first wording: ",
            h("ins", "new words"),
            ", ",
            h("del", "words left out"),
            ", ",
            h("em", "the same words written differently"),
            class_="b-small b-muted",
        ),
        *parts,
        h("p", f"and {more:,} more in the history below", class_="b-muted b-small")
        if more > 0
        else None,
        about=plural(len(view.groups), "headline"),
    )


def mix(view: AuthorView) -> Markup:
    """Give places, sites, and what kind of posts they are."""
    talk: list[Child] = [h("p", "Nothing to count.", class_="b-muted")]
    if view.periods:
        talk = [
            h("h3", "Conversation and broadcast"),
            kinds_chart(view.periods),
            h(
                "ul",
                h("li", "posts"),
                h("li", "replies", class_="b-l-replies"),
                h("li", "reposts", class_="b-l-reposts"),
                class_="b-legend",
            ),
            h("h3", "Sensational headlines, in percent"),
            loud_chart(view.periods),
        ]
    return h(
        "div",
        panel("Places", tally_list(view.places) if view.places else h("p", "None named.")),
        panel("Linked sites", tally_list(view.domains) if view.domains else h("p", "No links.")),
        panel("Kinds of posts", *talk),
        class_="b-three",
    )


def verdicts_panel(view: AuthorView, now: datetime) -> Markup:
    """Give what people said, the latest first."""
    if not view.verdicts:
        return panel(
            "Verdicts", h("p", "Nobody has judged a finding about them yet.", class_="b-muted")
        )
    rows = [
        h(
            "li",
            h("p", *told_verdict(one, now)),
            h(
                "a",
                f"on a finding of {one.detector or 'a detector'}",
                href=address("/finding", id=one.finding),
                class_="b-small",
            ),
        )
        for one in view.verdicts
    ]
    return panel("Verdicts", h("ul", *rows, class_="b-list"), about=plural(len(rows), "verdict"))


def _group(group: Group, now: datetime, *, may_judge: bool, is_open: bool) -> Markup:
    one = group.finding
    head = h("summary", badge(one), " ", said(group.first, 140))
    wordings = [_wording(wording, now) for wording in group.wordings]
    notes = [
        plural(group.edited, "edited wording") if group.edited else "no edits",
        *([f"{plural(group.unseen, 'post')} not loaded"] if group.unseen else []),
    ]
    judge = h(
        "button",
        "Judge…",
        h("span", " this headline", class_="b-hidden"),
        type="button",
        data_act="judge",
        data_judged="spam",
        data_id=one.id,
        class_="b-button b-ghost",
    )
    links = h(
        "span",
        h(
            "a",
            "Everyone who published it",
            href=address("/headline", post=group.wordings[0].post, finding=one.id),
        ),
        judge if may_judge else None,
        class_="b-meta",
    )
    return h(
        "details",
        head,
        h("p", said(one.reason, 500), class_="b-small b-sentence"),
        h("p", *(f"{note}. " for note in notes), class_="b-small b-muted"),
        h("ol", *wordings, class_="b-wordings"),
        links,
        open=is_open,
        class_="b-stack",
        data_finding=one.id,
    )


def _wording(wording: Wording, now: datetime) -> Markup:
    meta = [when(wording.at, now), *([f"{wording.times} ×"] if wording.times > 1 else [])]
    places = said(listed(wording.places, 3), 120) if wording.places else None
    return h(
        "li",
        h("p", edited(wording.spans)),
        h(
            "span",
            *(h("span", part) for part in meta),
            h("span", places) if places else None,
            outside(wording.url, "original"),
            class_="b-meta",
        ),
    )


def _by_detector(detectors: dict[str, int]) -> str:
    ranked = sorted(detectors.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{kind} {count:,}" for kind, count in ranked)
