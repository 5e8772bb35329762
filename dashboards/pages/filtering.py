"""The filters of findings: a form, kept in the address."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from bunco.model import Finding, Judged
from bunco.ports.queries import FindingQuery
from dashboards.pages.markup import Child, Markup, h

_LEAST = {"high": 0.8, "medium": 0.5}
_JUDGED: dict[str, Judged] = {"spam": "spam", "fine": "fine", "mute": "mute", "none": "none"}

Choices: TypeAlias = Sequence[tuple[str, str]]
"""Values with the words for them."""

SEVERITIES: Choices = (("", "any"), ("medium", "medium and high"), ("high", "high"))
VERDICTS: Choices = (
    ("", "any"),
    ("none", "not judged"),
    ("spam", "spam"),
    ("fine", "fine"),
    ("mute", "muted"),
)


def query_of(given: Mapping[str, str], *, with_quiet: bool = False) -> FindingQuery:
    """Give what the filters in an address ask for; what is unknown asks for nothing."""
    return FindingQuery(
        detector=given.get("detector", ""),
        source=given.get("source", ""),
        place=given.get("place", ""),
        author=given.get("author", ""),
        words=given.get("words", ""),
        least_score=_LEAST.get(given.get("severity", ""), 0.0),
        verdict=_JUDGED.get(given.get("verdict", ""), ""),
        with_quiet=with_quiet or bool(given.get("quiet")),
    )


def fits(finding: Finding, query: FindingQuery) -> bool:
    """Tell whether a query would give this finding: for those that come live."""
    return (
        (not query.detector or finding.detector == query.detector)
        and (not query.author or finding.subject == query.author)
        and (not query.source or query.source in finding.sources)
        and (not query.place or query.place in finding.places)
        and finding.score >= query.least_score
        and query.words.casefold() in finding.reason.casefold()
        and (query.with_quiet or not finding.quiet)
        and (not query.verdict or _judged(finding) == query.verdict)
    )


def select(name: str, label: str, choices: Choices, chosen: str) -> Markup:
    """Give a list to choose one from, with its label."""
    known = {value for value, _ in choices}
    shown = [*choices, *([(chosen, chosen)] if chosen not in known else [])]
    options = [h("option", word, value=value, selected=value == chosen) for value, word in shown]
    return h("label", label, h("select", *options, name=name))


def text(name: str, label: str, value: str, *, is_wide: bool = False) -> Markup:
    """Give a field to type into, with its label."""
    field = h("input", type="search", name=name, value=value, maxlength=200, autocomplete="off")
    return h("label", label, field, class_="b-wide" if is_wide else None)


def form(*fields: Child) -> Markup:
    """Give a form whose choices count at once and stand in the address."""
    return h(
        "form",
        *fields,
        h("noscript", h("button", "Show", class_="b-button")),
        class_="b-filters",
        data_live=True,
        method="get",
        role="search",
        aria_label="Filters",
    )


def named(names: Iterable[str]) -> Choices:
    """Give names to choose from, or any."""
    return (("", "any"), *((name, name) for name in sorted(set(names)) if name))


def _judged(finding: Finding) -> Judged:
    return finding.verdict.judged if finding.verdict else "none"
