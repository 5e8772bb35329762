"""What an author put where: single posts, and things that stand in several places.

When two posts put the same thing is the business of ``bunco.text.things``; here is what is
remembered of them, and its bounds.
"""

from bisect import insort
from itertools import chain
from typing import TypeVar
from zlib import crc32

import msgspec
from msgspec import Struct, field
from msgspec.structs import replace

from bunco.model import Enriched
from bunco.text.similarity import grams, long_enough, maybe_same
from bunco.text.things import Thing, is_known, is_own, link_key, same_thing, target
from processors.recalling import recalled

_GRAMS_BYTES = 64
_TEXT = 300
PLACES = 40
"""So many places of a thing are remembered."""
_DISTINCT = 16
_WEB = "web:"

Value = TypeVar("Value", int, str)


class Visit(Struct, array_like=True, gc=False):
    """One post, and the place where it stands."""

    at_ms: int
    last_ms: int
    """When the latest of those that it stands for was published in this place."""
    post: str
    place: str
    source: str
    link: int
    """The key of the page it points at, see ``link_key``."""
    own: int
    """For pages of the open web: the key of the page's own address; else 0."""
    form: int
    """Checksum of its wording."""
    text: str
    """The headline or text as published, at most 300 characters."""
    grams: bytes
    """The 512-bit sketch of its wording; empty until it is needed."""
    sensational: float


unpacked = msgspec.msgpack.Decoder(Visit).decode


class Spread(Struct, array_like=True, gc=False):
    """A thing in several places. About 250 bytes a place: 2 KB as a rule, 15 KB at most."""

    visits: list[Visit]
    """The earliest post of each place, by time."""
    count: int
    """All its posts."""
    last_ms: int
    """Event time of the latest."""
    links: list[int] = field(default_factory=list)
    forms: list[int] = field(default_factory=list)
    """Checksums of its wordings."""
    sources: list[str] = field(default_factory=list)
    """These three: the distinct ones, at most 16."""
    sensational: float = 0.0
    start_ms: int = 0
    """Once it is a finding: event time of its earliest post then, which names it, …"""
    start_post: str = ""
    """… and that post's id; empty before."""


def visit_of(post: Enriched) -> Visit | None:
    """Give what is remembered of a post; None where it says too little to be known again.

    That is: no place, no link that it is about, and too short a text; or an answer without
    such a link.
    """
    told = post.post
    link = target(post.links, post.address)
    if not told.place or not (link or long_enough(post.wording)):
        return None
    if told.kind == "reply" and (not link or is_own(link)):
        return None
    return Visit(
        post.at_ms,
        post.at_ms,
        told.id,
        told.place,
        told.source,
        link,
        link_key(post.address) if told.author.startswith(_WEB) else 0,
        crc32(post.wording.encode()),
        (post.headline or told.text)[:_TEXT],
        b"",
        post.sensational,
    )


def alike(visit: Visit, post: Enriched, others: list[Visit]) -> list[int]:
    """Give the indices of those of the others that put the same thing as a post."""
    link, form, known = visit.link, visit.form, is_known(visit.link)
    if known:  # of posts with another known link only those with the same words come into question
        near = [
            index
            for index, other in enumerate(others)
            if other.link == link or other.form == form or not is_known(other.link)
        ]
    else:
        near = list(range(len(others)))
    if not near:
        return near
    mine = Thing(link, post.grams, post.wording)
    found = []
    for index in near:
        other = others[index]
        if not link or link != other.link:
            hidden = not known or not is_known(other.link)
            if hidden and not maybe_same(post.grams, _grams(other)):
                continue
            if not same_thing(mine, _thing_of(other)):
                continue
        found.append(index)
    return found


def _thing_of(visit: Visit) -> Thing:
    return Thing(visit.link, _grams(visit), recalled(visit.text))


def is_seen_again(visit: Visit, singles: list[Visit], spreads: list[Spread]) -> bool:
    """Say whether a post is one of these, met once more through another feed.

    The same page of the open web in two feeds (a newspaper's front page and its health
    pages, two alerts) was published once.
    """
    if not visit.own:
        return False
    known = chain(singles, *(spread.visits for spread in spreads))
    return any(visit.own == other.own for other in known)


def put(spread: Spread, visit: Visit) -> None:
    """Count a post in; keep it if it is the earliest in its place."""
    spread.count += 1
    spread.last_ms = max(spread.last_ms, visit.at_ms)
    spread.sensational = max(spread.sensational, visit.sensational)
    _keep(spread.links, visit.link)
    _keep(spread.forms, visit.form)
    _keep(spread.sources, visit.source)
    _settle(spread, visit)


def merged(spreads: list[Spread]) -> Spread:
    """Give one of several that turned out to be the same thing; they stay as they are."""
    first, *others = spreads
    whole = replace(
        first,
        visits=first.visits.copy(),
        links=first.links.copy(),
        forms=first.forms.copy(),
        sources=first.sources.copy(),
    )
    for other in others:
        _merge(whole, other)
    return whole


def forget(spread: Spread, post: str) -> None:
    """Let nothing be left of a removed post but that the author was in its place."""
    for visit in spread.visits:
        if visit.post == post:
            visit.post, visit.text, visit.form, visit.grams = "", "", 0, b""


def same_headline(spread: Spread) -> list[int]:
    """Give the sorted times of the visits whose headline is that of the first, as a rule.

    Told by the sketches alone: near enough for a score.
    """
    first = spread.visits[0]
    sketch = _grams(first)
    return [
        visit.at_ms
        for visit in spread.visits
        if visit.form == first.form or maybe_same(sketch, _grams(visit))
    ]


def grams_of(post: Enriched) -> bytes:
    """Give the sketch of a post as it is remembered."""
    return post.grams.to_bytes(_GRAMS_BYTES, "little")


def _grams(visit: Visit) -> int:
    if not visit.grams:
        visit.grams = grams(recalled(visit.text)).to_bytes(_GRAMS_BYTES, "little")
    return int.from_bytes(visit.grams, "little")


def _settle(spread: Spread, visit: Visit) -> None:
    """Keep a visit if it is the earliest of its place and there is room for it."""
    visits = spread.visits
    for index, other in enumerate(visits):
        if other.place == visit.place:
            last_ms = max(visit.last_ms, other.last_ms)
            visit = replace(min(visit, other, key=_order), last_ms=last_ms)
            del visits[index]
            break
    insort(visits, visit, key=_order)
    del visits[PLACES:]


def _merge(spread: Spread, other: Spread) -> None:
    """Take one more in; the earlier finding gives the name."""
    spread.count += other.count
    spread.last_ms = max(spread.last_ms, other.last_ms)
    spread.sensational = max(spread.sensational, other.sensational)
    for link in other.links:
        _keep(spread.links, link)
    for form in other.forms:
        _keep(spread.forms, form)
    for source in other.sources:
        _keep(spread.sources, source)
    for visit in other.visits:
        _settle(spread, visit)
    if other.start_post and (not spread.start_post or other.start_ms < spread.start_ms):
        spread.start_ms, spread.start_post = other.start_ms, other.start_post


def _order(visit: Visit) -> tuple[int, str]:
    return visit.at_ms, visit.post


def _keep(values: list[Value], value: Value) -> None:
    if value and value not in values and len(values) < _DISTINCT:
        values.append(value)
