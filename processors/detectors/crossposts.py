"""The author puts the same thing into several places: one link, or one text.

Every post is compared with the author's recent ones in other places; those that put the same
thing before people gather. They are a finding once they stand in ``places`` different places
within ``window``. How often something is said again in one place is the business of
``repeats``.

Source: docs/decisions/0018-cross-posts.md.
"""

from datetime import timedelta
from functools import lru_cache
from math import exp
from typing import Annotated

from msgspec import Meta, Struct, field

from bunco.model import Enriched, Finding, Number, Pattern, Quote, finding_id, from_ms
from bunco.ports.detectors import Detector
from bunco.ports.parts import Part
from bunco.text.things import is_own
from bunco.values import Duration
from bunco.windows import DAY_MS, HOUR_MS, busiest, median_gap
from processors import patterns
from processors.phrasing import clipped, span
from processors.remembered import Remembered
from processors.visits import (
    PLACES,
    Spread,
    Visit,
    alike,
    forget,
    grams_of,
    is_seen_again,
    merged,
    put,
    same_headline,
    unpacked,
    visit_of,
)

_MS = Duration(milliseconds=1)
_QUOTES = 8
_NAMED = 4
"""Places that the sentence names."""
_TOLD_BY_REPEATS = 3
"""So many times a headline within a day are a finding of ``repeats`` as it comes."""
_TOLD = 0.49
"""What is left to tell then. Source: ours, docs/decisions/0018-cross-posts.md."""
_SLOW = 0.8
"""What a place counts where there is more than an hour between two. Source: the same."""
_NAME = 40

_clipped = lru_cache(maxsize=4096)(clipped)
"""A thing's headlines are shown again with each of its posts."""


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a cross-post is worth telling: ``[detectors.crossposts]``."""

    window: Duration = Duration(days=7)
    """What is older than this is forgotten; an episode ends after so long without a post."""
    places: Annotated[int, Meta(ge=2, le=20)] = 3
    """So many different places within ``window`` open an episode."""
    recent: Annotated[int, Meta(ge=1, le=1000)] = 100
    """Posts of an author in several places that are remembered at most."""
    recent_alone: Annotated[int, Meta(ge=1, le=1000)] = 8
    """Posts of an author who was seen in one place only that are remembered at most."""
    things: Annotated[int, Meta(ge=1, le=200)] = 24
    """Things of an author in several places that are remembered at most."""

    def __post_init__(self) -> None:
        """Hold that the window is a length.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if self.window <= timedelta(0):
            raise ValueError("a window above zero")


class State(Struct, gc=False):
    """What is remembered of an author, bounded by the options.

    About 250 bytes a post: 5 KB at most for an author in one place, 30 KB for posts in
    several and 15 KB a thing for others.
    """

    newest_ms: int = 0
    place: str | None = None
    """The only one so far; empty once there were several."""
    alone: Remembered = field(default_factory=Remembered)
    """The latest posts while there is one place only."""
    singles: list[Visit] = field(default_factory=list)
    """Once there are several: in order of arrival."""
    spreads: list[Spread] = field(default_factory=list)


class Crossposts:
    """Find things that an author puts into several places."""

    kind = "crossposts"
    state_type = State
    state_version = 2

    def __init__(self, options: Options) -> None:
        self._options = options
        self._window = options.window // _MS

    def see(self, post: Enriched, state: State) -> Spread | None:
        """Take one post in; give the cross-post that began or went on, if one did."""
        if post.post.kind == "repost" or (visit := visit_of(post)) is None:
            return None
        state.newest_ms = max(state.newest_ms, visit.at_ms)
        oldest = state.newest_ms - self._window
        if visit.at_ms < oldest:
            return None
        if state.place is None:
            state.place = visit.place
        elif state.place and state.place != visit.place:
            state.place, state.singles = "", [*map(unpacked, state.alone.packed)]
            state.alone = Remembered()
        if state.place:
            state.alone.remember(visit.at_ms, visit)
            state.alone.keep(self._options.recent_alone, oldest)
            return None
        visit.grams = grams_of(post)
        spread = self._gathered(visit, post, state, oldest)
        return spread if spread is not None and self._is_open(spread, oldest) else None

    def finding(self, author: str, episode: Spread) -> Finding:
        """Tell a cross-post as it is now."""
        spread, visits = episode, episode.visits
        times = [seen.at_ms for seen in visits]
        gap = median_gap(times)
        numbers = _numbers(spread, times, gap)
        return Finding(
            id=finding_id(self.kind, author, spread.start_ms, spread.start_post),
            detector=self.kind,
            subject=author,
            score=_score(spread, gap),
            reason=_sentence(spread, times, gap),
            numbers=numbers,
            evidence=tuple([seen.post for seen in visits if seen.post]),
            first_at=from_ms(times[0]),
            last_at=from_ms(spread.last_ms),
            closes_at=from_ms(spread.last_ms + self._window),
            quotes=_quotes(visits),
            sources=tuple(spread.sources),
            places=tuple([seen.place for seen in visits]),
            sensational=round(spread.sensational, 3),
        )

    def erase(self, post_id: str, state: State) -> None:
        """Forget the text of a removed post; counts stay."""
        state.alone.forget(post_id, unpacked)
        state.singles = [seen for seen in state.singles if seen.post != post_id]
        for spread in state.spreads:
            forget(spread, post_id)
        state.spreads = [
            spread for spread in state.spreads if any(seen.post for seen in spread.visits)
        ]

    def pattern(self, finding: Finding) -> Pattern:
        """Give what a finding is about, for a verdict on it."""
        return patterns.headline_pattern(finding)

    def covers(self, judged: Pattern, found: Pattern) -> bool:
        """Tell whether a finding is no more than what a verdict was given on."""
        return patterns.is_same_headline(judged, found)

    def _gathered(self, visit: Visit, post: Enriched, state: State, oldest: int) -> Spread | None:
        """Put the post where it belongs; give the thing in several places it is, if it is."""
        state.spreads = [spread for spread in state.spreads if spread.last_ms >= oldest]
        spreads = [spread for spread in state.spreads if _belongs(visit, post, spread)]
        indices = alike(visit, post, state.singles)
        if not (spreads or indices):  # as a rule
            self._remember(visit, state.singles, oldest)
            return None
        singles = [state.singles[index] for index in indices]
        if is_seen_again(visit, singles, spreads):
            return None
        if not spreads and all(seen.place == visit.place for seen in singles):
            self._remember(visit, state.singles, oldest)
            return None
        for index in reversed(indices):
            del state.singles[index]
        spread = spreads[0] if spreads else self._begun(state)
        if len(spreads) > 1:
            spread = merged(spreads)
            kept = [one for one in state.spreads if not any(one is two for two in spreads[1:])]
            state.spreads = [spread if one is spreads[0] else one for one in kept]
        for seen in (*singles, visit):
            put(spread, seen)
        return spread

    def _begun(self, state: State) -> Spread:
        """Give a new thing; the one that was longest not seen makes room."""
        if len(state.spreads) >= self._options.things:
            state.spreads.remove(min(state.spreads, key=lambda spread: spread.last_ms))
        spread = Spread([], 0, 0)
        state.spreads.append(spread)
        return spread

    def _remember(self, visit: Visit, singles: list[Visit], oldest: int) -> None:
        """Add a post; forget those that are too old or too many."""
        singles.append(visit)
        gone = max(0, len(singles) - self._options.recent)
        while singles[gone].at_ms < oldest:
            gone += 1
        if gone:
            del singles[:gone]

    def _is_open(self, spread: Spread, oldest: int) -> bool:
        """Say whether a thing is a finding, from now on if it was none before."""
        if not spread.start_post:
            spread.visits = [seen for seen in spread.visits if seen.last_ms >= oldest]
            if len(spread.visits) < self._options.places:
                return False
            first = spread.visits[0]
            spread.start_ms, spread.start_post = first.at_ms, first.post
        return True


def _belongs(visit: Visit, post: Enriched, spread: Spread) -> bool:
    return visit.link in spread.links or bool(alike(visit, post, spread.visits))


def _numbers(spread: Spread, times: list[int], gap: int) -> dict[str, Number]:
    return {
        "places": len(times),
        "posts": spread.count,
        "links": sum([not is_own(link) for link in spread.links]),
        "wordings": len(spread.forms),
        "median_gap_s": gap // 1000,
        "span_s": (times[-1] - times[0]) // 1000,
        "sensational": round(spread.sensational, 3),
    }


def _score(spread: Spread, gap: int) -> float:
    """Give 0…1 from how many places, how quickly reached and how sensational.

    Three places score .33, six .63, ten .83; reached within an hour in the median .39, .71
    and .89; a fully sensational headline takes half of what is left to 1. Where ``repeats``
    tells the same act as a headline that is said again, about half of the score is left.

    Source: ours, docs/decisions/0018-cross-posts.md.
    """
    quick = 1 if gap <= HOUR_MS else _SLOW
    missing = exp(-quick * (len(spread.visits) - 1) / 4) * (1 - 0.5 * spread.sensational)
    told = busiest(same_headline(spread), DAY_MS) >= _TOLD_BY_REPEATS
    return round((1 - missing) * (_TOLD if told else 1), 4)


def _sentence(spread: Spread, times: list[int], gap: int) -> str:
    visits = spread.visits
    least = "at least " if len(visits) >= PLACES else ""
    listed = ", ".join([_clipped(seen.place)[:_NAME] for seen in visits[:_NAMED]])
    more = f" and {len(visits) - _NAMED} more" if len(visits) > _NAMED else ""
    posts = f" with {spread.count} posts" if spread.count > len(visits) else ""
    forms = f"; {len(spread.forms)} different wordings" if len(spread.forms) > 1 else ""
    text = next((seen.text for seen in visits if seen.text), "")
    what = f"“{_clipped(text)}”" if text else "one link"
    return (
        f"Put {what} into {least}{len(visits)} places"
        f" within {span((times[-1] - times[0]) / 1000)}{posts} (first {listed}{more}),"
        f" typically {span(gap / 1000)} apart{forms}."
    )


def _quotes(visits: list[Visit]) -> tuple[Quote, ...]:
    """Give the headline of the sentence, then its other forms, oldest first."""
    forms: dict[str, Quote] = {}
    for seen in visits:
        form = _clipped(seen.text)
        if form and form not in forms and len(forms) < _QUOTES:
            forms[form] = Quote(seen.post, form, from_ms(seen.at_ms), seen.place)
    return tuple(forms.values())


def make(options: Options) -> Detector[State, Spread]:
    """Make the detector."""
    return Crossposts(options)


PART: Part[Detector[State, Spread]] = Part(Options, make)
