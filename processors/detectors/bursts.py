"""The author posts far more in a short time than is usual for this author.

Counts in ten minutes, an hour, six hours and a day are held against the author's own rate
over the last two weeks at that time of day, blended with a prior of the platform while the
author is new, and judged by the tail of a negative binomial with the author's own dispersion.
Posts with a link, all own posts, and posts with reposts are counted apart, each against its
own past. The threshold is a budget of false alarms a week, shared out over the posts that the
author usually publishes in one. One finding per episode. Not counted: replies without a link
(conversation), the next post of a thread, posts without a date, and posts dated long before
they arrived (imports, back-fills).

Source: docs/decisions/0008-bursts.md and 0019-bursts-by-budget.md; the tail with own
dispersion is that of skywatch's sidecars, the one method whose threshold meant the same for
every kind of author.
"""

from datetime import timedelta
from math import log10
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from bunco.model import EDITED, Enriched, Finding, Pattern, Quote, finding_id, from_ms
from bunco.ports.detectors import Detector
from bunco.ports.parts import Part
from bunco.values import Duration
from bunco.windows import HOUR_MS
from processors import patterns
from processors.baseline import Baseline, Prior, baseline
from processors.burst_episode import (
    Episode,
    Sighting,
    add,
    begin,
    numbers,
    score,
    sentence,
    sharpen,
)
from processors.phrasing import clipped
from processors.post_counts import (
    ALL,
    LINKED,
    OWN,
    Count,
    PostCounts,
    by_hour,
    first_within,
    within,
)
from processors.post_counts import add as count_in
from processors.remembered import Remembered

_MS = Duration(milliseconds=1)
_QUOTES = 4
_RECENT = 12
_PRIORS = {
    "web": Prior(per_day=12.0, dispersion=6.0),
    "other": Prior(per_day=4.0, dispersion=4.0),
}
_WEEK_HOURS = 168
_unpacked = msgspec.msgpack.Decoder(Sighting).decode
_LEAST_TRIES = 10
"""An author who posts less than so often a week is given the threshold of one who does."""
_REPOSTS_TIMES, _REPOSTS_DECADES = 2, 2
"""A count with reposts needs twice as many, and to be a hundred times less likely: to pass
on what others wrote comes in sprees. Source: docs/decisions/0019-bursts-by-budget.md."""


class Window(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A length of time and the least number of posts in it that can be a burst."""

    length: Duration
    least: Annotated[int, Meta(ge=2)]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a burst is worth telling: ``[detectors.bursts]``."""

    budget: Annotated[float, Meta(gt=0, le=10)] = 0.5
    """False alarms a week that an author's usual pace may lead to, by each count.

    A count opens an episode when its chance is below the budget over the posts usual in a
    week (at least 10). Source: docs/decisions/0019-bursts-by-budget.md, chosen by figures.
    """
    windows: Annotated[tuple[Window, ...], Meta(min_length=1)] = (
        Window(length=Duration(minutes=10), least=8),
        Window(length=Duration(hours=1), least=10),
        Window(length=Duration(hours=6), least=10),
        Window(length=Duration(hours=24), least=30),
    )
    """A day at most: longer ones would need more times than are remembered."""
    history: Duration = Duration(days=14)
    """How far back the author's own rate is taken from."""
    lateness: Duration = Duration(days=2)
    """A post that arrives later than this after its date is an import."""
    quiet: Duration = Duration(hours=6)
    """An episode ends so long after the last post with which a window was unlikely."""
    priors: dict[str, Prior] = {}
    """By platform, the part of the author before the colon; ``other`` for all others.

    What is not given is: web 12 posts a day, dispersion 6; other 4 a day, dispersion 4.
    Source: ours, docs/decisions/0008-bursts.md.
    """

    def __post_init__(self) -> None:
        """Hold that lengths of time are lengths, and windows no longer than a day.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        windows = [window.length for window in self.windows]
        if min(self.history, self.quiet, *windows) <= timedelta(0) or self.lateness < timedelta(0):
            raise ValueError("lengths of time above zero")
        if max(windows) > timedelta(days=1):
            raise ValueError("windows of a day at most")


class State(Struct, gc=False):
    """What is remembered of an author: times and counts, a day's latest 12 posts, one episode.

    30 KB at most.
    """

    counts: PostCounts = field(default_factory=PostCounts)
    ended_ms: int | None = None
    """When the last post of the latest ended episode was; no later one counts it again."""
    last_post: str = ""
    recent: Remembered = field(default_factory=Remembered)
    """The latest posts of a window's length, to show what an episode began with."""
    episode: Episode | None = None


class Bursts:
    """Find authors who suddenly post far more than they usually do."""

    kind = "bursts"
    state_type = State
    state_version = 3

    def __init__(self, options: Options) -> None:
        self._options = options
        self._windows = tuple(
            (window.length // _MS, window.least)
            for window in sorted(options.windows, key=lambda window: window.length)
        )
        self._fewest = min(least for _, least in self._windows)
        self._history = options.history // _MS
        self._lateness = options.lateness // _MS
        self._quiet = options.quiet // _MS
        self._priors = _PRIORS | options.priors
        self._budget = log10(options.budget)

    def see(self, post: Enriched, state: State) -> Episode | None:
        """Take one post in; give the burst that began or went on, if one did."""
        told = post.post
        if EDITED in told.id:
            return None
        threaded = told.kind == "reply" and told.reply_to and told.reply_to == state.last_post
        state.last_post = told.id
        if (
            threaded
            or told.undated
            or (told.kind == "reply" and not post.links)
            or post.seen_ms - post.at_ms > self._lateness
        ):
            return None
        seen = self._count(post, state)
        episode = state.episode
        if episode is not None and post.at_ms > self._closes_ms(episode):
            state.ended_ms = episode.last_ms
            episode = state.episode = None
        sharper = self._judged(state, told.author)
        if episode is None:
            if sharper is None:
                return None
            episode = state.episode = sharper
            begin(episode, map(_unpacked, state.recent.packed))
        elif post.at_ms < episode.start_ms:
            return None
        else:
            sharpen(episode, sharper)
            episode.count += 1
            add(episode, seen)
        episode.last_ms = max(episode.last_ms, post.at_ms)
        episode.sensational = max(episode.sensational, post.sensational)
        return episode

    def finding(self, author: str, episode: Episode) -> Finding:
        """Tell a burst as it is now."""
        shown = sorted(episode.sightings, key=lambda seen: (seen.at_ms, seen.post))
        return Finding(
            id=finding_id(self.kind, author, episode.start_ms, episode.start_post),
            detector=self.kind,
            subject=author,
            score=score(episode),
            reason=sentence(episode),
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

    def erase(self, post_id: str, state: State) -> None:
        """Forget the text of a removed post; counts stay."""
        state.recent.forget(post_id, _unpacked)
        if state.episode is not None:
            kept = [seen for seen in state.episode.sightings if seen.post != post_id]
            state.episode.sightings = kept

    def pattern(self, finding: Finding) -> Pattern:
        """Give what a finding is about, for a verdict on it."""
        return patterns.burst_pattern(finding)

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        """Tell whether a finding is no more than what a verdict was given on."""
        return patterns.is_no_larger_burst(judged, found)

    def _count(self, post: Enriched, state: State) -> Sighting:
        told = post.post
        kind = ALL if told.kind == "repost" else LINKED if post.links else OWN
        count_in(state.counts, post.at_ms, kind, self._history)
        text = (post.headline or told.text)[:160]
        seen = Sighting(told.id, post.at_ms, told.place, told.source, text, bool(post.links))
        state.recent.remember(seen.at_ms, seen)
        state.recent.keep(_RECENT, (state.counts.newest_ms or 0) - self._windows[-1][0])
        return seen

    def _judged(self, state: State, author: str) -> Episode | None:
        """Give the episode that the counts up to now would open, if any."""
        counts = state.counts
        if len(counts.linked) + len(counts.plain) + len(counts.reposts) < self._fewest:
            return None
        best: Episode | None = None
        newest = counts.newest_ms or 0
        prior = self._priors.get(author.partition(":")[0]) or self._priors["other"]
        for length, least in self._windows:
            since = newest - length
            if state.ended_ms is not None:
                since = max(since, state.ended_ms + 1)
            found = within(counts, since)
            for kind, seen in enumerate(found):
                if seen < least or (kind and seen == found[kind - 1]):
                    continue
                if kind == ALL and seen < _REPOSTS_TIMES * least:
                    continue
                count = Count(kind, length, seen, first_within(counts, kind, since))
                sharper = self._weighed(state, count, prior)
                if sharper is not None and (best is None or sharper.beyond > best.beyond):
                    best = sharper
        return best

    def _weighed(self, state: State, count: Count, prior: Prior) -> Episode | None:
        """Give the episode that a count would open, if it is unlikely enough."""
        counts, kind, start = state.counts, count.kind, count.start_ms
        first, newest = counts.first_ms or 0, counts.newest_ms or 0
        if count.length_ms > HOUR_MS and start - first < count.length_ms:
            return None
        known = state.episode.usual if state.episode is not None else {}
        usual = known.get(kind)
        if usual is None:
            since = max(first, start - self._history)
            usual = baseline(by_hour(counts, kind), since, start, prior, count.length_ms)
        chance = usual.log10_chance(count.seen, count.length_ms)
        beyond = self._threshold(usual, kind) - chance
        if beyond <= 0:
            return None
        known[kind] = usual
        return Episode(
            start_ms=start,
            last_ms=newest,
            hot_ms=newest,
            count=within(counts, start)[ALL],
            kind=kind,
            window_ms=count.length_ms,
            seen=count.seen,
            expected=usual.expected(count.length_ms),
            log10_chance=chance,
            beyond=beyond,
            per_hour=usual.per_hour,
            daily=usual.daily,
            history_ms=usual.history_ms,
            usual=known,
        )

    def _threshold(self, usual: Baseline, kind: int) -> float:
        """Give the log10 chance below which a count of this author is a burst.

        Every post is a try, so that the chance of each is the budget over the tries of a
        week (Bonferroni).
        """
        tries = max(_LEAST_TRIES, usual.per_hour * _WEEK_HOURS)
        return self._budget - log10(tries) - (_REPOSTS_DECADES if kind == ALL else 0)

    def _closes_ms(self, episode: Episode) -> int:
        """Give when an episode ends, if no window is as unlikely again until then."""
        return episode.hot_ms + self._quiet


def make(options: Options) -> Detector[State, Episode]:
    """Make the detector."""
    return Bursts(options)


PART: Part[Detector[State, Episode]] = Part(Options, make)
