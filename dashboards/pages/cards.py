"""A finding as people see it everywhere: severity, sentence, numbers, evidence, verdict."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from bunco.model import Finding, Judged, Severity, Verdict
from bunco.text.edits import Span
from bunco.text.sensational import judge
from dashboards.pages.markup import Child, Markup, h, joined, said, shortened
from dashboards.pages.words import address, author_link, decimal, listed, plural, span, when

_SIGNS: dict[Severity, str] = {"high": "▲▲▲", "medium": "▲▲", "low": "▲"}
"""Shapes beside the words: severity is never told by colour alone."""

_SAID: dict[Judged, str] = {
    "spam": "Spam",
    "fine": "Fine",
    "mute": "Muted",
    "none": "Verdict taken back",
}


def badge(finding: Finding) -> Markup:
    """Give the severity as shape, word and score."""
    return h(
        "span",
        h("span", _SIGNS[finding.severity], aria_hidden="true"),
        f" {finding.severity.capitalize()} {finding.score:.2f}",
        class_=f"b-badge b-{finding.severity}",
    )


def card(finding: Finding, now: datetime, *, may_judge: bool, with_author: bool = True) -> Markup:
    """Give a finding as an article.

    Args:
        finding: as the store gives it.
        now: what times are relative to until the browser takes over.
        may_judge: whether the viewer may give a verdict.
        with_author: whether to name the author; not where all are of one.
    """
    title = f"f-{finding.id}"
    head = h(
        "header",
        badge(finding),
        h("h3", author_link(finding.subject) if with_author else kind(finding), id=title),
        kind(finding) if with_author else None,
        h("span", when(finding.last_at, now), class_="b-when"),
    )
    return h(
        "article",
        head,
        h("p", *sentence(finding), class_="b-sentence"),
        numbers(finding),
        verdict_line(finding, now),
        h("footer", _where(finding), _actions(finding, may_judge=may_judge)),
        class_=f"b-card b-edge-{finding.severity}" + (" b-quiet" if finding.quiet else ""),
        aria_labelledby=title,
        data_finding=finding.id,
    )


def kind(finding: Finding) -> Markup:
    """Give which detector found it."""
    return h("span", said(finding.detector, 40), class_="b-kind")


def sentence(finding: Finding) -> Sequence[Child]:
    """Give the sentence of a finding, the headline in it marked where it is sensational."""
    texts = {quote.text for quote in finding.quotes if quote.text}
    quoted = next(
        (one for one in sorted(texts, key=len, reverse=True) if f"“{one}”" in finding.reason), ""
    )
    if not quoted:
        return [said(finding.reason, 1000)]
    before, _, after = finding.reason.partition(f"“{quoted}”")
    return [shortened(before, 400), " “", marked(quoted), "” ", shortened(after, 800)]


@lru_cache(maxsize=4096)
def marked(headline: str, most: int = 300) -> Markup:
    """Give a headline with the phrases marked that made it sensational."""
    text, at, parts = headline[:most], 0, []
    for phrase in judge(text).phrases:
        parts += [text[at : phrase.start]]
        parts += [h("mark", text[phrase.start : phrase.end], title=f"sensational: {phrase.cue}")]
        at = phrase.end
    parts += [text[at:], "…" if len(headline) > most else ""]
    return h("bdi", *parts)


def numbers(finding: Finding) -> Markup:
    """Give the numbers of a finding, against what is usual for the author where it knows."""
    told = [(name, value) for name, value in _numbers(finding) if value]
    pairs = [h("div", h("dt", name), h("dd", value)) for name, value in told]
    return h("dl", *pairs, class_="b-numbers")


def edited(spans: Sequence[Span]) -> Markup:
    """Give a wording with what is new and what is gone against the first."""
    tags = {"new": "ins", "gone": "del", "written": "em"}
    return h(
        "bdi", *(h(tags[one.change], one.text) if one.change in tags else one.text for one in spans)
    )


def verdict_line(finding: Finding, now: datetime) -> Markup | None:
    """Give what people said of a finding, by whom and why; None: nothing."""
    said_of = finding.verdict
    if said_of is None:
        return h("p", "Quiet by an earlier verdict.", class_="b-verdict") if finding.quiet else None
    return h("p", *told_verdict(said_of, now), class_="b-verdict")


def told_verdict(verdict: Verdict, now: datetime) -> Sequence[Child]:
    """Give a verdict in words: what, by whom, when, why, until when."""
    until = [" until ", when(verdict.until, now)] if verdict.until else []
    return [
        h("strong", _SAID[verdict.judged]),
        *until,
        " by ",
        said(verdict.by or "somebody", 60),
        " ",
        when(verdict.at, now),
        *([": ", said(verdict.because, 300)] if verdict.because else []),
    ]


def _numbers(finding: Finding) -> Sequence[tuple[str, str]]:
    def number(name: str) -> float:
        value = finding.numbers.get(name, 0)
        return float(value) if isinstance(value, int | float) else 0.0

    def length(name: str) -> str:
        return span(timedelta(seconds=number(name))) if number(name) else ""

    loud = ("sensational", f"{finding.sensational:.2f}" if finding.sensational else "")
    if finding.detector == "repeats":
        return [
            ("within 24 h", f"{number('count_24h'):,.0f} ×"),
            ("within 7 d", f"{number('count_7d'):,.0f} ×"),
            ("typical gap", length("median_gap_s")),
            ("places", f"{number('places'):,.0f}"),
            loud,
        ]
    if finding.detector == "bursts":
        return [
            (f"within {length('window_s')}", plural(int(number("window_count")), "post")),
            ("usual", decimal(number("window_expected"))),
            ("against usual", f"{decimal(number('ratio'))} ×" if number("ratio") else ""),
            ("usual a day", decimal(number("baseline_per_day"))),
            loud,
        ]
    if finding.detector == "crossposts":
        return [
            ("places", f"{number('places'):,.0f}"),
            ("posts", f"{number('posts'):,.0f}"),
            ("wordings", f"{number('wordings'):,.0f}"),
            ("within", length("span_s")),
            loud,
        ]
    shown = [(name.replace("_", " "), value) for name, value in finding.numbers.items()]
    return [
        (n, decimal(v) if isinstance(v, int | float) else shortened(v, 40)) for n, v in shown[:5]
    ]


def _where(finding: Finding) -> Markup | None:
    names = [shortened(name, 40) for name in finding.places or finding.sources]
    return h("span", "in ", said(listed(names), 200), class_="b-muted") if names else None


def _actions(finding: Finding, *, may_judge: bool) -> Markup:
    about = f" this finding about {shortened(finding.subject, 60)}"
    words: tuple[tuple[Judged, str], ...] = (("spam", "Spam"), ("fine", "Fine"), ("mute", "Mute"))
    buttons = [
        h(
            "button",
            name,
            h("span", about, class_="b-hidden"),
            type="button",
            data_act="judge",
            data_judged=judged,
            data_id=finding.id,
            class_="b-button b-ghost",
        )
        for judged, name in words
    ]
    details = h(
        "a",
        "Details",
        h("span", f" of{about}", class_="b-hidden"),
        href=address("/finding", id=finding.id),
        class_="b-button b-ghost",
    )
    return h("span", details, *(buttons if may_judge else []), class_="b-actions")


def empty(title: str, text: Child) -> Markup:
    """Give what stands where there is nothing to show: that, why, and what to do."""
    return h("div", h("p", title, class_="b-empty-title"), h("p", text), class_="b-empty")


def trouble(text: str) -> Markup:
    """Give what stands where something could not be read."""
    return h(
        "div",
        h("p", h("strong", "This could not be read. "), said(text, 400)),
        class_="b-trouble",
        role="alert",
    )


def cards(findings: Sequence[Finding], now: datetime, *, may_judge: bool) -> Markup:
    """Give findings one under the other."""
    return joined(*(card(one, now, may_judge=may_judge) for one in findings))
