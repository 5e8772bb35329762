"""An author's headlines that were published again, in groups.

When two headlines are the same is the business of ``bunco.text``; here is what is
remembered of them, and its bounds.
"""

from bisect import bisect_left, insort
from functools import lru_cache
from hashlib import blake2b

from msgspec import Struct, field
from msgspec.structs import replace

from bunco.model import Enriched
from bunco.text import similarity, sketch
from bunco.text.disguise import Disguise, disguise
from bunco.text.rewording import reworded
from bunco.text.wording import template
from bunco.windows import is_steady
from processors.recalling import recalled

_GRAMS_BYTES = 64
_TEXT = 300
_SIGHTINGS = 16
_FIRST_KEPT = 4
TIMES = 200
"""So many times of a group are remembered; counts within a window stop there."""
_DISTINCT = 32
_SAME_LINK = 0.4
"""Where both point at one address, so much likeness is enough: 3-grams and words half in common.

Source: docs/decisions/0020-repeats-by-figures.md.
"""
REWORDED = 0.3
"""How like a headline is to one with a word or two replaced: less than to any that is the same."""

_template = lru_cache(maxsize=1024)(template)
"""Headlines of groups are asked for again and again."""


class Sighting(Struct, array_like=True, gc=False):
    """One post that carried a headline."""

    post: str
    at_ms: int
    place: str
    source: str
    link: bytes
    """Hash of the canonical address of the first thing it points at; empty without one."""
    text: str
    """The headline as published, at most 300 characters."""
    sensational: float
    grams: bytes
    """The 512-bit gram set of its wording; ``Singles`` keeps it apart."""
    remark: bool = False
    """Whether it is a reply without a link: conversation, as a rule."""


class Group(Struct, array_like=True, gc=False):
    """A headline that was published again. Under 2 KB as a rule, 16 KB at most."""

    sightings: list[Sighting]
    """In order of arrival: the first four and the latest twelve."""
    times: list[int]
    """Sorted event times in ms, the latest 200."""
    total: int = 1
    numbered: int = 0
    """How many differ from the first only in numbers and dates."""
    places: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    links: list[bytes] = field(default_factory=list)
    """Hashes of distinct canonical links. These three: of the running episode, at most 32."""
    sensational: float = 0.0
    remarks: int = 0
    """How many of the running episode are replies without a link."""
    start_ms: int = 0
    """Event time of the post that the running episode is named by, …"""
    start_post: str = ""
    """… and its id: the earliest of the episode when it became a finding."""
    earliest_ms: int = 0
    """Event time of the earliest post of the running episode."""
    count: int = 0
    """Posts of the running episode."""
    peak: int = 0
    """The most within one window so far in this episode."""
    opened: bool = False
    """Whether the running episode is a finding."""
    disguise: Disguise = ""
    """How one of its posts was dressed up against the one before or the first."""


def sighting_of(post: Enriched) -> Sighting:
    """Give what is remembered of a post's headline."""
    told = post.post
    return Sighting(
        told.id,
        post.at_ms,
        told.place,
        told.source,
        blake2b(post.links[0].encode(), digest_size=8).digest() if post.links else b"",
        (post.headline or told.text)[:_TEXT],
        post.sensational,
        post.grams.to_bytes(_GRAMS_BYTES, "little"),
        told.kind == "reply" and not post.links,
    )


def nearest_group(
    post: Enriched, seen: Sighting, groups: list[Group], oldest_ms: int
) -> tuple[float, Group | None]:
    """Give the group whose latest, else first, headline is most like the post's, if any is.

    With it goes how alike they are: 1 for the same words, 0 without a group.

    Args:
        post: the post.
        seen: what is remembered of it.
        groups: of its author.
        oldest_ms: those whose latest post was before are passed over.
    """
    if not groups:
        return 0.0, None
    recent = [
        (group, group.sightings[-1], group.sightings[0])
        for group in groups
        if group.times[-1] >= oldest_ms
    ]
    for group, latest, first in recent:  # the same words are found without a comparison
        if (seen.grams == latest.grams and post.wording == recalled(latest.text)) or (
            seen.grams == first.grams and post.wording == recalled(first.text)
        ):
            return 1.0, group
    best, nearest = 0.0, None
    for group, latest, first in recent:
        alike = _alike(post, latest, seen.link)
        if not alike and first.grams != latest.grams:
            alike = _alike(post, first, seen.link)
        if alike > best:
            best, nearest = alike, group
    return best, nearest


def group_of(seen: Sighting) -> Group:
    """Make a group of a headline that is about to be seen again."""
    group = Group(sightings=[seen], times=[seen.at_ms])
    _start(group, seen)
    group.count = 1
    _note(group, seen)
    return group


def is_over(group: Group, seen: Sighting, quiet_ms: int) -> bool:
    """Say whether an episode starts with this sighting: none came for ``quiet_ms``."""
    return seen.at_ms - group.times[-1] > quiet_ms


def started_again(group: Group, seen: Sighting) -> Group:
    """Give the group for an episode that starts with this sighting; the other stays as it is."""
    again = replace(group, sightings=group.sightings.copy(), times=group.times.copy())
    _start(again, seen)
    return again


def add(group: Group, seen: Sighting, post: Enriched, quiet_ms: int) -> None:
    """Put a sighting into its group."""
    first = recalled(group.sightings[0].text)
    # Without a mask the mould is the first wording itself: no other one fits it.
    if post.wording != first and "#" in (mould := _template(first)):
        group.numbered += template(post.wording) == mould
    insort(group.times, seen.at_ms)
    del group.times[:-TIMES]
    group.total += 1
    _place(group, seen, quiet_ms)
    group.sightings.append(seen)
    if len(group.sightings) > _SIGHTINGS:
        del group.sightings[_FIRST_KEPT]


def episode_of(group: Group) -> list[int]:
    """Give the times of the running episode, sorted; the latest 200 of a longer one."""
    return group.times[bisect_left(group.times, group.earliest_ms) :]


def is_series(group: Group, episode: list[int]) -> bool:
    """Say whether the titles are numbered or dated and come at a steady pace."""
    return group.numbered >= 0.6 * (group.total - 1) and is_steady(episode)


def is_loud(group: Group, least: float) -> bool:
    """Say whether every kept post of the running episode is sensational so far."""
    return all(
        seen.sensational >= least for seen in group.sightings if seen.at_ms >= group.earliest_ms
    )


def disguise_of(group: Group) -> Disguise:
    """Say how the latest post of the running episode was dressed up, against two of the others."""
    *before, latest = [seen for seen in group.sightings if seen.at_ms >= group.earliest_ms] or [
        group.sightings[-1]
    ]
    for other in {seen.post: seen for seen in (*before[-1:], *before[:1])}.values():
        if found := disguise(other.text, latest.text, wording=recalled):
            return found
        if len(group.links) <= 1 and reworded(other.text, latest.text, wording=recalled):
            return "other words"
    return ""


def is_edited(group: Group) -> bool:
    """Say whether the running episode says its headline in other words, with one link at most."""
    shown = [seen.text for seen in group.sightings if seen.at_ms >= group.earliest_ms]
    return len(group.links) <= 1 and len({recalled(text) for text in shown}) > 1


def _alike(post: Enriched, seen: Sighting, link: bytes) -> float:
    """Give how alike two headlines are, 0 unless they are the same headline."""
    if not sketch.alike(post.grams, int.from_bytes(seen.grams, "little")):
        return 0.0
    return words_alike(post, seen, link)


def words_alike(post: Enriched, seen: Sighting, link: bytes) -> float:
    """Give how alike two headlines are whose sketches are, 0 unless they are the same headline.

    With one link, a headline is the same although some of its words are others; with a link
    in one at most, although one or two are.
    """
    words = recalled(seen.text)
    alike = similarity.sameness(post.wording, words)
    if alike or (link and seen.link and link != seen.link):
        return alike
    if link and link == seen.link:
        alike = similarity.similarity(post.wording, words)
        if alike >= _SAME_LINK:
            return alike
    told = (post.headline or post.post.text)[:_TEXT]
    return REWORDED if reworded(told, seen.text, wording=recalled) else 0.0


def _place(group: Group, seen: Sighting, quiet_ms: int) -> None:
    """Count a sighting into the running episode if it belongs there.

    Posts may come in any order (feeds list the newest first): one that lies before the
    episode joins it, and what else it bridges to, unless a quiet time lies between.
    """
    times = group.times
    first = min(bisect_left(times, group.earliest_ms), len(times) - 1)
    if seen.at_ms < group.earliest_ms:
        while first and times[first] - times[first - 1] <= quiet_ms:
            first -= 1
        if seen.at_ms < times[first]:
            return
        group.earliest_ms = times[first]
    if seen.at_ms < group.start_ms and not group.opened:
        group.start_ms, group.start_post = seen.at_ms, seen.post
    group.count = max(group.count + 1, len(times) - first)
    _note(group, seen)


def _start(group: Group, seen: Sighting) -> None:
    """Let an episode of the headline start with this sighting; it is counted by ``add``."""
    group.start_ms, group.start_post = seen.at_ms, seen.post
    group.earliest_ms, group.count = seen.at_ms, 0
    group.places, group.sources, group.links = [], [], []
    group.sensational, group.peak, group.opened = 0.0, 0, False
    group.disguise = ""
    group.remarks = 0


def _note(group: Group, seen: Sighting) -> None:
    group.sensational = max(group.sensational, seen.sensational)
    group.remarks += seen.remark
    _keep(group.places, seen.place)
    _keep(group.sources, seen.source)
    if seen.link and seen.link not in group.links and len(group.links) < _DISTINCT:
        group.links.append(seen.link)


def _keep(values: list[str], value: str) -> None:
    if value and value not in values and len(values) < _DISTINCT:
        values.append(value)
