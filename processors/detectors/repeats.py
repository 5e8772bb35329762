"""The author publishes the same headline again: near-duplicate, not only identical.

Every post's wording is compared with the author's recent ones; those that say the same
gather in a group. A group is a finding once it holds ``min_count`` posts within ``window``
or ``min_count_long`` within ``window_long``. Titles that differ only in a number or a date
and come at a steady pace are a series (a podcast, a daily thread): no finding.

Source: docs/decisions/0007-repeats.md.
"""

from datetime import timedelta
from functools import lru_cache
from math import exp
from typing import Annotated

from msgspec import Meta, Struct, field

from bunco.model import (
    EDITED,
    Enriched,
    Finding,
    Number,
    Pattern,
    Quote,
    finding_id,
    first_wording,
    from_ms,
)
from bunco.ports.detectors import Detector
from bunco.ports.parts import Part
from bunco.text.share_texts import is_share_text
from bunco.values import Duration
from bunco.windows import busiest, count_between, median_gap
from processors import patterns
from processors.headline_groups import (
    REWORDED,
    TIMES,
    Group,
    Sighting,
    add,
    disguise_of,
    episode_of,
    group_of,
    is_edited,
    is_loud,
    is_over,
    is_series,
    nearest_group,
    sighting_of,
    started_again,
)
from processors.phrasing import clipped, span, times
from processors.single_headlines import Singles, unpacked

_MS = Duration(milliseconds=1)
_QUOTES = 8
_LEAST_ASCII = 16
_LEAST_OTHER = 8
_LEAST_SPACES = 3

_clipped = lru_cache(maxsize=4096)(clipped)
"""A group's headlines are shown again with each of its posts."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When repetition is worth telling: ``[detectors.repeats]``."""

    window: Duration = Duration(hours=24)
    min_count: Annotated[int, Meta(ge=2)] = 3
    """So many times within ``window`` open an episode …"""
    window_long: Duration = Duration(days=7)
    min_count_long: Annotated[int, Meta(ge=2)] = 4
    """… or so many within ``window_long``; headlines older than that are forgotten."""
    min_count_loud: Annotated[int, Meta(ge=2)] = 2
    """… or so many of a headline that is sensational by ``loud`` or more …"""
    loud: Annotated[float, Meta(gt=0, le=1)] = 0.5
    """From this sensational score on, every time, ``min_count_loud`` is enough."""
    min_count_disguised: Annotated[int, Meta(ge=2)] = 2
    """… or so many of one that was dressed up on the way, or reworded (``bunco.text``) …"""
    min_count_edited: Annotated[int, Meta(ge=2)] = 3
    """… or so many of one whose words were changed, with one link at most."""
    min_count_remarks: Annotated[int, Meta(ge=2)] = 5
    """Of a remark, a reply without a link, so many within ``window`` are needed."""
    quiet: Duration = Duration(hours=72)
    """An episode ends when the headline has not come again for so long."""
    recent: Annotated[int, Meta(ge=1, le=2000)] = 200
    """Headlines of an author that are remembered at most."""
    groups: Annotated[int, Meta(ge=1, le=500)] = 32
    """Repeated headlines of an author that are remembered at most."""

    def __post_init__(self) -> None:
        """Hold that the windows are in order.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if not timedelta(0) < self.window <= self.window_long:
            raise ValueError("a window above zero and at most window_long")
        if self.quiet <= timedelta(0):
            raise ValueError("a quiet time above zero")


class State(Struct, gc=False):
    """What is remembered of an author, bounded by ``recent`` and ``groups``.

    About 250 bytes a headline: 50 KB at most for headlines, 512 KB at most for groups.
    """

    newest_ms: int = 0
    singles: Singles = field(default_factory=Singles)
    groups: list[Group] = field(default_factory=list)


class Repeats:
    """Find headlines that an author publishes again and again."""

    kind = "repeats"
    state_type = State
    state_version = 3

    def __init__(self, options: Options) -> None:
        self._options = options
        self._window = options.window // _MS
        self._window_long = options.window_long // _MS
        self._quiet = options.quiet // _MS

    def see(self, post: Enriched, state: State) -> Group | None:
        """Take one post in; give its headline's group, if that is a finding with it."""
        if post.post.kind == "repost" or not _says_something(post.wording):
            return None
        state.newest_ms = max(state.newest_ms, post.at_ms)
        oldest = state.newest_ms - self._window_long
        if post.at_ms < oldest:
            return None
        group = self._join(post, state, oldest)
        return group if group is not None and self._is_finding(post, group) else None

    def finding(self, author: str, episode: Group) -> Finding:
        """Tell a repeated headline as it is now, in the words of its latest post."""
        group, running = episode, episode_of(episode)
        numbers = self._numbers(group, running)
        headline = clipped(group.sightings[-1].text)
        shown = [seen for seen in group.sightings if seen.at_ms >= group.earliest_ms]
        shown.sort(key=lambda seen: (seen.at_ms, seen.post))
        return Finding(
            id=finding_id(self.kind, author, group.start_ms, group.start_post),
            detector=self.kind,
            subject=author,
            score=_score(group),
            reason=_sentence(headline, group, numbers, self._options),
            numbers=numbers,
            evidence=tuple([seen.post for seen in shown]),
            first_at=from_ms(group.earliest_ms),
            last_at=from_ms(running[-1]),
            closes_at=from_ms(running[-1] + self._quiet),
            quotes=_quotes(group.sightings[-1], headline, shown),
            sources=tuple(group.sources),
            places=tuple(group.places),
            sensational=round(group.sensational, 3),
        )

    def erase(self, post_id: str, state: State) -> None:
        """Forget the text of a removed post; counts stay."""
        state.singles.forget(post_id, unpacked)
        for group in state.groups:
            group.sightings = [seen for seen in group.sightings if seen.post != post_id]
        state.groups = [group for group in state.groups if group.sightings]

    def pattern(self, finding: Finding) -> Pattern:
        """Give what a finding is about, for a verdict on it."""
        return patterns.headline_pattern(finding)

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        """Tell whether a finding is no more than what a verdict was given on."""
        return patterns.is_same_headline(judged, found)

    def _join(self, post: Enriched, state: State, oldest: int) -> Group | None:
        """Put the post where it belongs; give its group, None if the headline is new."""
        seen, singles = sighting_of(post), state.singles
        alike, group = nearest_group(post, seen, state.groups, oldest)
        index = -1
        if alike <= REWORDED:
            index = singles.nearest(post, seen.link, oldest, alike)
        if index >= 0:
            single = singles.at(index)
            if _is_seen_again(post, seen, [single]):
                return None
            singles.drop(index)
            group = group_of(single)
            state.groups = self._left(state.groups, oldest)
            state.groups.append(group)
        elif group is None:
            singles.add(seen)
            singles.keep(self._options.recent, oldest)
            return None
        elif _is_seen_again(post, seen, group.sightings):
            return None
        if is_over(group, seen, self._quiet):
            group = self._started_again(group, seen, state)
        add(group, seen, post, self._quiet)
        return group

    @staticmethod
    def _started_again(group: Group, seen: Sighting, state: State) -> Group:
        again = started_again(group, seen)
        state.groups = [again if one is group else one for one in state.groups]
        return again

    def _left(self, groups: list[Group], oldest: int) -> list[Group]:
        """Give the groups without the too old, and room for one more."""
        groups = [group for group in groups if group.times[-1] >= oldest]
        if len(groups) >= self._options.groups:
            groups.remove(min(groups, key=lambda group: group.times[-1]))
        return groups

    def _is_finding(self, post: Enriched, group: Group) -> bool:
        """Say whether the running episode is a finding, from now on if it was none before."""
        episode = episode_of(group)
        group.peak = max(group.peak, self._densest(episode, post.at_ms))
        if not (group.disguise or _is_own(post) or 2 * group.remarks > group.count):
            group.disguise = disguise_of(group)
        group.opened = group.opened or (
            self._is_enough(post, group, episode)
            and not is_series(group, episode)
            and not is_share_text(post.wording)
        )
        return group.opened

    def _is_enough(self, post: Enriched, group: Group, episode: list[int]) -> bool:
        options = self._options
        if 2 * group.remarks > group.count:
            return group.peak >= options.min_count_remarks
        if group.peak >= options.min_count:
            return True
        often = busiest(episode, self._window_long)
        return (
            often >= options.min_count_long
            or (often >= options.min_count_loud and is_loud(group, options.loud))
            or (often >= options.min_count_disguised and bool(group.disguise))
            or (often >= options.min_count_edited and not _is_own(post) and is_edited(group))
        )

    def _densest(self, episode: list[int], at_ms: int) -> int:
        """Give the most posts of a window that the post at this time can have changed."""
        if at_ms == episode[-1]:
            return count_between(episode, at_ms - self._window, at_ms)
        return busiest(episode, self._window)

    def _numbers(self, group: Group, episode: list[int]) -> dict[str, Number]:
        newest = episode[-1]
        return {
            "count": group.count,
            "count_24h": group.peak,
            "count_7d": count_between(group.times, newest - self._window_long, newest),
            "total": group.total,
            "places": len(group.places),
            "links": len(group.links),
            "median_gap_s": median_gap(episode) // 1000,
            "sensational": round(group.sensational, 3),
        }


def _says_something(words: str) -> bool:
    """Say whether a wording is long enough that saying it again means anything.

    "Good morning" is not, nor is one long hashtag; 16 letters in four words are, or 8 letters
    of a script that needs fewer.
    """
    if not words.isascii():
        return len(words) >= _LEAST_OTHER
    return len(words) >= _LEAST_ASCII and words.count(" ") >= _LEAST_SPACES


def _is_own(post: Enriched) -> bool:
    """Say whether a post is a page of its own: outlets give those other titles, and cut them."""
    return post.links[:1] == (post.address,)


def _is_seen_again(post: Enriched, seen: Sighting, others: list[Sighting]) -> bool:
    """Say whether a post was met before, and so was published once.

    That is a page that came through another feed, or an edit of what is remembered.
    """
    if EDITED in seen.post and any(
        first_wording(other.post) == first_wording(seen.post) for other in others
    ):
        return True
    return _is_own(post) and any(
        other.link == seen.link and other.source != seen.source for other in others
    )


def _score(group: Group) -> float:
    """Give 0…1 from how often, in how many places and how sensational.

    Three times in a window score .39, six .71, ten .89; each further place (up to five)
    takes 8 % of what is left to 1, a fully sensational headline half of it.

    Source: ours, docs/decisions/0007-repeats.md.
    """
    missing = exp(-(group.peak - 1 + 0.3 * (group.count - group.peak)) / 4)
    missing *= 1 - 0.08 * min(max(len(group.places) - 1, 0), 5)
    missing *= 1 - 0.5 * group.sensational
    return round(1 - missing, 4)


def _sentence(headline: str, group: Group, numbers: dict[str, Number], options: Options) -> str:
    least = "at least " if group.peak >= TIMES else ""
    often = f"{least}{times(group.peak)} within {span(options.window.total_seconds())}"
    more = f" ({group.count} in all)" if group.count > group.peak else ""
    places = f", in {len(group.places)} places" if len(group.places) > 1 else ""
    links = f", with {len(group.links)} different links" if len(group.links) > 1 else ""
    gap = f", typically {span(int(numbers['median_gap_s']))} apart"
    loud = f"; sensational {group.sensational:.2f}" if group.sensational >= 0.5 else ""
    dressed = f"; dressed up by {group.disguise}" if group.disguise else ""
    return f"Published “{headline}” {often}{more}{places}{links}{gap}{loud}{dressed}."


def _quotes(latest: Sighting, headline: str, shown: list[Sighting]) -> tuple[Quote, ...]:
    """Give the headline of the sentence, then its other forms, oldest first."""
    forms = {headline: Quote(latest.post, headline, from_ms(latest.at_ms), latest.place)}
    for seen in shown:
        form = _clipped(seen.text)
        if form not in forms and len(forms) < _QUOTES:
            forms[form] = Quote(seen.post, form, from_ms(seen.at_ms), seen.place)
    return tuple(forms.values())


def make(options: Options) -> Detector[State, Group]:
    """Make the detector."""
    return Repeats(options)


PART: Part[Detector[State, Group]] = Part(Options, make)
