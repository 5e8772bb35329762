"""The author posts far more in a short time than is usual for this author.

Counts in ten minutes, an hour and a day are held against the author's own rate over the
last two weeks, blended with a prior of the platform while the author is new, and judged
by the tail of a negative binomial with the author's own dispersion. One finding per
episode. Not counted: replies without a link (conversation), the next post of a thread,
posts without a date, and posts dated long before they arrived (imports, back-fills).

Source: docs/decisions/0008-bursts.md; the tail with own dispersion is that of skywatch's
sidecars, the one method whose threshold meant the same for every kind of author.
"""

from bisect import insort
from collections.abc import Sequence
from datetime import timedelta
from math import exp, log10
from typing import Annotated

from msgspec import Meta, Struct, field

from bunco.model import Enriched, Finding, Pattern, Quote, finding_id, from_ms
from bunco.ports import Detector, Part
from bunco.values import Duration
from bunco.windows import DAY_MS, HOUR_MS, count_between
from processors import patterns
from processors.baseline import Baseline, Prior, baseline
from processors.burst_episode import Episode, Sighting, add, linked_ratio, numbers, sharpen
from processors.phrasing import clipped, rate, span

_MS = Duration(milliseconds=1)
_TIMES = 256
_QUOTES = 4
_PRIORS = {
    "web": Prior(per_day=12, dispersion=6),
    "other": Prior(per_day=4, dispersion=4),
}


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A length of time and the least number of posts in it that can be a burst."""

    length: Duration
    least: Annotated[int, Meta(ge=2)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a burst is worth telling: ``[detectors.bursts]``."""

    chance: Annotated[float, Meta(gt=0, lt=1)] = 1e-4
    """A count less likely than this opens an episode."""
    windows: Annotated[tuple[Window, ...], Meta(min_length=1)] = (
        Window(length=Duration(minutes=10), least=6),
        Window(length=Duration(hours=1), least=10),
        Window(length=Duration(hours=24), least=30),
    )
    history: Duration = Duration(days=14)
    """How far back the author's own rate is taken from."""
    lateness: Duration = Duration(days=2)
    """A post that arrives later than this after its date is an import."""
    quiet: Duration = Duration(hours=2)
    """An episode ends so long after the last post with which a window was unlikely."""
    priors: dict[str, Prior] = {}
    """By platform, the part of the author before the colon; ``other`` for all others.

    What is not given is: web 12 posts a day, dispersion 6; other 4 a day, dispersion 4.
    Source: ours, docs/decisions/0008-bursts.md.
    """

    def __post_init__(self) -> None:
        """Hold that lengths of time are lengths.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        lengths = [self.history, self.quiet, *(window.length for window in self.windows)]
        if min(lengths) <= timedelta(0) or self.lateness < timedelta(0):
            raise ValueError("lengths of time above zero")


class State(Struct, gc=False):
    """What is remembered of an author: at most 340 hours, 256 times, one episode."""

    first_ms: int | None = None
    total: int = 0
    """Posts ever counted."""
    newest_ms: int | None = None
    ended_ms: int | None = None
    """When the last post of the latest ended episode was; no later one counts it again."""
    last_post: str = ""
    hours: dict[int, int] = field(default_factory=dict)
    """Posts by hour since 1970."""
    clipped: dict[int, int] = field(default_factory=dict)
    """What an hour within an episode counts in the baseline."""
    times: list[int] = field(default_factory=list)
    """Sorted times within the last hour, the latest 256."""
    recent: list[Sighting] = field(default_factory=list)
    """The latest posts, to show what an episode began with."""
    episode: Episode | None = None


class Bursts:
    """Find authors who suddenly post far more than they usually do."""

    kind = "bursts"
    state_type = State
    state_version = 1

    def __init__(self, options: Options) -> None:
        self._options = options
        self._windows = tuple(
            (window.length // _MS, window.least)
            for window in sorted(options.windows, key=lambda window: window.length)
        )
        self._history = options.history // _MS
        self._lateness = options.lateness // _MS
        self._quiet = options.quiet // _MS
        self._priors = _PRIORS | options.priors
        self._chance = log10(options.chance)

    def see(self, post: Enriched, state: State) -> Sequence[Finding]:
        """Take one post in; give the finding that opened or changed, if one did."""
        told = post.post
        threaded = told.kind == "reply" and told.reply_to and told.reply_to == state.last_post
        state.last_post = told.id
        if (
            threaded
            or told.undated
            or (told.kind == "reply" and not post.links)
            or post.seen_ms - post.at_ms > self._lateness
        ):
            return ()
        self._count(post, state)
        episode = state.episode
        if episode is not None and post.at_ms > self._closes_ms(episode):
            state.ended_ms = episode.last_ms
            episode = state.episode = None
        sharper = self._judged(state, told.author.partition(":")[0])
        if episode is None:
            if sharper is None:
                return ()
            episode = state.episode = sharper
            for seen in state.recent:
                if seen.at_ms >= episode.start_ms:
                    add(episode, seen)
        elif post.at_ms < episode.start_ms:
            return ()
        else:
            sharpen(episode, sharper)
            episode.count += 1
            add(episode, state.recent[-1])
        episode.last_ms = max(episode.last_ms, post.at_ms)
        episode.sensational = max(episode.sensational, post.sensational)
        _clip(state, episode)
        return (self._finding(told.author, episode),)

    def erase(self, post_id: str, state: State) -> None:
        """Forget the text of a removed post; counts stay."""
        state.recent = [seen for seen in state.recent if seen.post != post_id]
        if state.episode is not None:
            kept = [seen for seen in state.episode.sightings if seen.post != post_id]
            state.episode.sightings = kept

    def pattern(self, finding: Finding) -> Pattern:
        """Give what a finding is about, for a verdict on it."""
        return patterns.burst_pattern(finding)

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        """Tell whether a finding is no more than what a verdict was given on."""
        return patterns.is_no_larger_burst(judged, found)

    def _count(self, post: Enriched, state: State) -> None:
        at = post.at_ms
        state.first_ms = at if state.first_ms is None else min(state.first_ms, at)
        newest = at if state.newest_ms is None else max(state.newest_ms, at)
        state.newest_ms = newest
        hour = at // HOUR_MS
        state.hours[hour] = state.hours.get(hour, 0) + 1
        state.total += 1
        if len(state.hours) > self._history // HOUR_MS + 4:
            oldest = (newest - self._history) // HOUR_MS
            state.hours = {at: count for at, count in state.hours.items() if at >= oldest}
            state.clipped = {at: count for at, count in state.clipped.items() if at >= oldest}
        insort(state.times, at)
        if state.times[0] < newest - HOUR_MS or len(state.times) > _TIMES:
            del state.times[: count_between(state.times, 0, newest - HOUR_MS - 1)]
            del state.times[:-_TIMES]
        told = post.post
        text = (post.headline or told.text)[:160]
        state.recent.append(Sighting(told.id, at, told.place, told.source, text, bool(post.links)))
        del state.recent[: -self._windows[0][1]]

    def _judged(self, state: State, platform: str) -> Episode | None:
        """Give the episode that the counts up to now would open, if any."""
        best: Episode | None = None
        first, newest = state.first_ms or 0, state.newest_ms or 0
        for length, least in self._windows:
            if (len(state.times) if length <= HOUR_MS else state.total) < least:
                continue
            seen, start = _counted(state, length)
            if seen < least or (length > HOUR_MS and start - first < length):
                continue
            usual = self._baseline(state, start, platform)
            chance = usual.log10_chance(seen, length)
            if chance < self._chance and (best is None or chance < best.log10_chance):
                best = Episode(
                    start_ms=start,
                    start_post=state.recent[0].post,
                    last_ms=newest,
                    hot_ms=newest,
                    count=seen,
                    window_ms=length,
                    seen=seen,
                    expected=usual.expected(length),
                    log10_chance=chance,
                    per_hour=usual.per_hour,
                    history_ms=usual.history_ms,
                )
        return best

    def _baseline(self, state: State, until: int, platform: str) -> Baseline:
        prior = self._priors.get(platform) or self._priors["other"]
        since = max(state.first_ms or 0, until - self._history)
        return baseline(state.hours | state.clipped, since, until, prior)

    def _closes_ms(self, episode: Episode) -> int:
        """Give when an episode ends, if no window is as unlikely again until then."""
        return episode.hot_ms + self._quiet

    def _finding(self, author: str, episode: Episode) -> Finding:
        shown = sorted(episode.sightings, key=lambda seen: (seen.at_ms, seen.post))
        return Finding(
            id=finding_id(self.kind, author, episode.start_ms, episode.start_post),
            detector=self.kind,
            subject=author,
            score=_score(episode, self._options.chance),
            reason=_sentence(episode),
            numbers=numbers(episode),
            evidence=tuple(seen.post for seen in shown),
            first_at=from_ms(episode.start_ms),
            last_at=from_ms(episode.last_ms),
            closes_at=from_ms(self._closes_ms(episode)),
            quotes=tuple(
                Quote(seen.post, clipped(seen.text), from_ms(seen.at_ms), seen.place)
                for seen in shown[:_QUOTES]
            ),
            sources=tuple(episode.sources),
            places=tuple(episode.places),
            sensational=round(episode.sensational, 3),
        )


def _counted(state: State, length: int) -> tuple[int, int]:
    """Give the posts of the latest window, and the time of the first of them.

    Exact up to an hour (and 256 posts); longer windows are counted in whole hours. What
    belonged to an ended episode is not counted again.
    """
    newest = state.newest_ms or 0
    ended = newest - length if state.ended_ms is None else state.ended_ms + 1
    if length <= HOUR_MS:
        seen = count_between(state.times, max(newest - length, ended), newest)
        return seen, state.times[-seen] if seen else newest
    hour = newest // HOUR_MS
    first = max(hour - length // HOUR_MS, ended // HOUR_MS) + 1
    counts = [(at, state.hours[at]) for at in range(first, hour + 1) if at in state.hours]
    if not counts:
        return 0, newest
    return sum(count for _, count in counts), max(counts[0][0] * HOUR_MS, state.first_ms or 0)


def _clip(state: State, episode: Episode) -> None:
    """Let hours of the episode count little in the baseline of the next one.

    An hour counts three times the usual, at least 2: bursts do not become the usual at
    once, a pace that really changed does within weeks.

    Source: ours, docs/decisions/0008-bursts.md.
    """
    most = max(2, round(3 * episode.per_hour))
    for hour in range(episode.start_ms // HOUR_MS, episode.last_ms // HOUR_MS + 1):
        if state.hours.get(hour, 0) > most:
            state.clipped[hour] = most


def _score(episode: Episode, chance: float) -> float:
    """Give 0…1: .4 at the threshold, .78 where it is 10⁸ times less likely still.

    A burst of posts without links counts three fifths of one with them.

    Source: ours, see docs/decisions/0008-bursts.md.
    """
    beyond = log10(chance) - episode.log10_chance
    return round((1 - 0.6 * exp(-max(0.0, beyond) / 8)) * (0.6 + 0.4 * linked_ratio(episode)), 4)


def _sentence(episode: Episode) -> str:
    window = span(episode.window_ms // 1000)
    days = episode.history_ms / DAY_MS
    usual = (
        f"its own rate over {span(episode.history_ms / 1000)}"
        if days >= 1
        else "the rate usual for its platform"
    )
    whole = (
        f"; {episode.count} posts in {span((episode.last_ms - episode.start_ms) / 1000)} in all"
        if episode.count > episode.seen
        else ""
    )
    places = f" in {len(episode.places)} places" if len(episode.places) > 1 else ""
    return (
        f"Posted {episode.seen} times within {window}{places}; {usual}"
        f" ({rate(episode.per_hour)}) would give {episode.expected:.2g},"
        f" chance 10^{episode.log10_chance:.0f}{whole}."
    )


def make(options: Options) -> Detector[State]:
    """Make the detector."""
    return Bursts(options)


PART: Part[Detector[State]] = Part(Options, make)
