"""A running burst: what is remembered of it, and its bounds."""

from msgspec import Struct, field

from bunco.model import Number
from bunco.windows import DAY_MS

_EVIDENCE = 16
_FIRST_KEPT = 4
_DISTINCT = 32


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
    start_post: str
    last_ms: int
    hot_ms: int
    """When a window was last so unlikely: an episode ends some time after that."""
    count: int
    window_ms: int
    """The window in which it was least likely, and what was counted there …"""
    seen: int
    expected: float
    """… against so many expected,"""
    log10_chance: float
    """… with this log10 chance."""
    per_hour: float
    history_ms: int
    """How much own history the baseline rests on."""
    sightings: list[Sighting] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    sensational: float = 0.0


def sharpen(episode: Episode, sharper: Episode | None) -> None:
    """Let the episode speak of the window in which it was least likely."""
    if sharper is None:
        return
    episode.hot_ms = max(episode.hot_ms, sharper.hot_ms)
    if sharper.log10_chance < episode.log10_chance:
        episode.window_ms, episode.seen = sharper.window_ms, sharper.seen
        episode.expected, episode.log10_chance = sharper.expected, sharper.log10_chance


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


def linked_ratio(episode: Episode) -> float:
    """Give the share of posts with a link among the kept ones, 0…1."""
    return sum(seen.linked for seen in episode.sightings) / max(1, len(episode.sightings))
