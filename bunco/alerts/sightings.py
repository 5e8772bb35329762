"""Look at a finding as a rule does: whether it is meant, what it is about, how large it is."""

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase

from msgspec import Struct

from bunco.alert_options import AlertOptions
from bunco.alerting import Outcome, Silence, name_of
from bunco.model import SEVERITY_FROM, Finding, Post, to_ms
from bunco.text.address import canonical
from bunco.text.similarity import long_enough
from bunco.text.things import is_own, link_key, target
from bunco.text.wording import opening


class Sighting(Struct, frozen=True, kw_only=True):
    """What the policy knows of one finding, or of one trouble, under one rule."""

    id: str
    group: str
    """What it goes together with; empty where the rule does not take it."""
    growth: str = ""
    """Another text each time something about it grew; later ones sort after earlier ones."""
    closes_at: datetime | None = None
    """When its episode is over; None: when it is said to be."""
    is_urgent: bool = False
    refused: Outcome | None = None
    """Why the rule does not take it: the word, …"""
    reason: str = ""
    """… and the sentence."""
    text: str = ""
    """What there is to say of it, where no store can be asked."""
    things: tuple[str, ...] = ()
    """What is pushed, as hashes, where that decides on the group."""


def sighting_of(
    finding: Finding,
    rule: AlertOptions,
    silences: Sequence[Silence],
    now: datetime,
    posts: Sequence[Post] = (),
) -> Sighting:
    """Give what a rule makes of a finding, whether it takes it or not.

    Args:
        finding: as the store gives it, with the verdict on it.
        rule: whose filters it goes through.
        silences: of all rules.
        now: the present.
        posts: some that it rests on, where the rule groups by campaign.
    """
    refused, reason = _refused(finding, rule, silences, now)
    return Sighting(
        id=finding.id,
        group=group_of(finding, rule),
        things=things_of(finding, posts) if rule.group_by == "campaign" else (),
        growth=f"{to_ms(finding.last_at):016d} {finding.score:.3f}",
        closes_at=finding.closes_at,
        is_urgent=bool(rule.urgent) and finding.score >= SEVERITY_FROM[rule.urgent or "high"],
        refused=refused,
        reason=reason,
    )


def group_of(finding: Finding, rule: AlertOptions) -> str:
    """Give what a finding goes together with under a rule.

    The name is a hash: it is kept in the ledger, where a removal finds no author and no text.
    """
    return " ".join(_grouped(finding, rule))


def things_of(finding: Finding, posts: Sequence[Post]) -> tuple[str, ...]:
    """Give what a finding pushes, as hashes: pages its posts point at, and what it quotes.

    Whose findings share one of them belong to one campaign. Words count where there are enough
    of them that they are not the same by chance.

    Args:
        finding: as the store gives it.
        posts: some that it rests on.
    """
    keys = {_page(one) for one in posts}
    pages = [name_of("page", str(key)) for key in sorted(keys) if key]
    wordings = sorted({opening(quote.text) for quote in finding.quotes})
    return (*pages, *(name_of("words", one) for one in wordings if long_enough(one)))


def _page(post: Post) -> int:
    """Give the key of the page a post points at, be it the post's own; 0: none."""
    own = canonical(post.url)
    key = target([canonical(link) for link in post.links], own)
    return link_key(own) if is_own(key) else key


def _grouped(finding: Finding, rule: AlertOptions) -> tuple[str, str]:
    match rule.group_by:
        case "headline" if finding.quotes:
            return "headline", name_of(opening(finding.quotes[0].text))
        case "campaign":
            return "campaign", name_of(finding.subject)
    return "author", name_of(finding.subject)


def silenced_by(finding: Finding, rule: str, silences: Sequence[Silence], now: datetime) -> str:
    """Give the sentence of the silence that a finding falls under; empty: under none."""
    for one in silences:
        if one.until <= now or one.rule not in {"", rule}:
            continue
        covers = (
            (one.what == "rule" and one.value == rule)
            or (one.what == "author" and one.value == finding.subject)
            or (one.what == "source" and one.value in finding.sources)
            or (
                one.what == "headline"
                and any(opening(quote.text) == one.value for quote in finding.quotes)
            )
        )
        if covers:
            return f"this {one.what} is silenced until {one.until:%Y-%m-%d %H:%M} UTC"
    return ""


def _refused(
    finding: Finding, rule: AlertOptions, silences: Sequence[Silence], now: datetime
) -> tuple[Outcome | None, str]:
    if missed := _missed(finding, rule):
        return "unmatched", missed
    if finding.quiet:
        return "judged", "a verdict keeps it quiet"
    if finding.verdict is not None and finding.verdict.judged == "spam":
        return "judged", "somebody has judged it already: spam"
    if silence := silenced_by(finding, rule.name, silences, now):
        return "silenced", silence
    if finding.last_at < now - rule.newest:
        return "late", "its last post is too old to tell of now"
    return None, ""


def _missed(finding: Finding, rule: AlertOptions) -> str:  # noqa: PLR0911  # one filter a line
    """Give which filter of a rule a finding does not pass; empty: it passes all."""
    if rule.detectors and finding.detector not in rule.detectors:
        return "another detector"
    if finding.score < SEVERITY_FROM[rule.least_severity]:
        return f"below severity {rule.least_severity}"
    if rule.sources and not set(rule.sources) & set(finding.sources):
        return "another source"
    if rule.places and not set(rule.places) & set(finding.places):
        return "another place"
    if rule.authors and not any(fnmatchcase(finding.subject, one) for one in rule.authors):
        return "another author"
    if finding.sensational < rule.least_sensational:
        return "not sensational enough"
    if rule.words:
        text = "\n".join([finding.reason, *(quote.text for quote in finding.quotes)]).casefold()
        if not any(word.casefold() in text for word in rule.words):
            return "none of the words"
    return ""
