"""A running burst: what is remembered of it, and its bounds."""

from collections.abc import Iterable
from math import exp

from msgspec import Struct, field

from bunco.model import Number
from bunco.windows import DAY_MS
from processors.baseline import Baseline
from processors.phrasing import rate, span

_EVIDENCE = 16
_FIRST_KEPT = 4
_DISTINCT = 32
COUNTED = ("posts with a link", "posts", "posts and reposts")
"""By ``processors.post_counts``: what was counted in the window of a finding."""
_SAID = ("Posted links {} times", "Posted {} times", "Posted and reposted {} times")
_TOLD_DAILY = 0.2
"""The sentence names the time of day where it changes the expectation by a fifth."""


class Sighting(Struct, array_like=True, gc=False):
    """One post of a burst."""

    post: str
    at_ms: int
    place: str
    source: str
    text: str
    linked: bool


class Episode(Struct, array_like=True, gc=False):
    """A running burst. At most about 8 KB encoded."""

    start_ms: int
    last_ms: int
    hot_ms: int
    """When a window was last so unlikely: an episode ends some time after that."""
    count: int
    kind: int
    """Which count was least likely (``processors.post_counts``), …"""
    window_ms: int
    """… in which window, and what was counted there …"""
    seen: int
    expected: float
    """… against so many expected,"""
    log10_chance: float
    """… with this log10 chance, …"""
    beyond: float
    """… so many decades less likely than the threshold of this author and count."""
    per_hour: float
    daily: float
    history_ms: int
    """How much own history the baseline rests on."""
    sightings: list[Sighting] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    sensational: float = 0.0
    usual: dict[int, Baseline] = field(default_factory=dict)
    """What was usual before it began, by the kind of count."""
    start_post: str = ""
    """The id of the earliest to arrive of those that were remembered when it began."""


def begin(episode: Episode, recent: Iterable[Sighting]) -> None:
    """Let an episode begin with those of the author's latest posts that are in it."""
    for seen in recent:
        if seen.at_ms >= episode.start_ms:
            episode.start_post = episode.start_post or seen.post
            add(episode, seen)


def sharpen(episode: Episode, sharper: Episode | None) -> None:
    """Let the episode speak of the window in which it was least likely."""
    if sharper is None:
        return
    episode.hot_ms = max(episode.hot_ms, sharper.hot_ms)
    if sharper.beyond > episode.beyond:
        episode.kind, episode.window_ms, episode.seen = (
            sharper.kind,
            sharper.window_ms,
            sharper.seen,
        )
        episode.expected, episode.log10_chance = sharper.expected, sharper.log10_chance
        episode.beyond, episode.daily = sharper.beyond, sharper.daily
        episode.per_hour, episode.history_ms = sharper.per_hour, sharper.history_ms


def add(episode: Episode, seen: Sighting) -> None:
    """Keep one more post of the burst: the first four and the latest twelve."""
    episode.sightings.append(seen)
    if len(episode.sightings) > _EVIDENCE:
        del episode.sightings[_FIRST_KEPT]
    for values, value in ((episode.places, seen.place), (episode.sources, seen.source)):
        if value and value not in values and len(values) < _DISTINCT:
            values.append(value)


def numbers(episode: Episode) -> dict[str, Number]:
    """Give the numbers of the finding; spans in seconds, rates a day."""
    return {
        "count": episode.count,
        "counted": COUNTED[episode.kind],
        "window_s": episode.window_ms // 1000,
        "window_count": episode.seen,
        "window_expected": round(episode.expected, 3),
        "ratio": round(episode.seen / episode.expected, 1),
        "log10_chance": round(episode.log10_chance, 1),
        "baseline_per_day": round(episode.per_hour * 24, 2),
        "baseline_days": round(episode.history_ms / DAY_MS, 1),
        "baseline": "own" if episode.history_ms >= DAY_MS else "platform",
        "linked_ratio": round(linked_ratio(episode), 2),
        "places": len(episode.places),
        "duration_s": (episode.last_ms - episode.start_ms) // 1000,
    }


def score(episode: Episode) -> float:
    """Give 0…1: .4 at the threshold, .78 where it is 10⁸ times less likely still.

    A burst of posts without links counts three fifths of one with them.

    Source: ours, see docs/decisions/0008-bursts.md.
    """
    return round((1 - 0.6 * exp(-episode.beyond / 8)) * (0.6 + 0.4 * linked_ratio(episode)), 4)


def sentence(episode: Episode) -> str:
    """Give what happened, in a sentence with the numbers that say so."""
    window = span(episode.window_ms // 1000)
    days = episode.history_ms / DAY_MS
    usual = (
        f"its own rate over {span(episode.history_ms / 1000)}"
        if days >= 1
        else "the rate usual for its platform"
    )
    hour = ", at this time of day" if abs(episode.daily - 1) >= _TOLD_DAILY else ""
    whole = (
        f"; {episode.count} posts in {span((episode.last_ms - episode.start_ms) / 1000)} in all"
        if episode.count > episode.seen
        else ""
    )
    places = f" in {len(episode.places)} places" if len(episode.places) > 1 else ""
    return (
        f"{_SAID[episode.kind].format(episode.seen)} within {window}{places}; {usual}"
        f" ({rate(episode.per_hour)}{hour}) would give {episode.expected:.2g},"
        f" chance 10^{episode.log10_chance:.0f}{whole}."
    )


def linked_ratio(episode: Episode) -> float:
    """Give the share of posts with a link among the kept ones, 0…1."""
    return sum(seen.linked for seen in episode.sightings) / max(1, len(episode.sightings))
