"""Where an author posts, what they point at, whether they talk or broadcast, how loudly."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta, tzinfo
from urllib.parse import urlsplit

from msgspec import Struct

from bunco.model import StoredPost

LOUD = 0.5
"""The sensational score from which a headline counts as sensational."""

_WEEKLY_FROM = timedelta(days=45)
"""A longer time is cut into weeks, a shorter one into days."""


class Tally(Struct, frozen=True):
    """How often something was used."""

    name: str
    count: int
    share: float
    """Of all posts (places) or all links (domains), 0…1."""


class Period(Struct, frozen=True, kw_only=True):
    """A day or week of an author's posts, by what kind they are."""

    start: date
    posts: int
    """Published to everybody."""
    replies: int
    reposts: int
    headlines: int
    """Posts of any kind that have a headline."""
    loud: int
    """Those of them that are sensational."""


def places(posts: Sequence[StoredPost]) -> tuple[Tally, ...]:
    """Give where the posts stand, the most used first, then by name."""
    return _tallies(found.post.place or found.post.source for found in posts)


def domains(posts: Sequence[StoredPost]) -> tuple[Tally, ...]:
    """Give the sites the posts point at, the most linked first, then by name."""
    return _tallies(domain(link) for found in posts for link in found.post.links)


def domain(link: str) -> str:
    """Give the site of an address, without ``www.``; empty where there is none.

    >>> domain("https://www.example.org/a?b")
    'example.org'
    """
    try:
        return (urlsplit(link).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def periods(posts: Sequence[StoredPost], zone: tzinfo) -> tuple[Period, ...]:
    """Give the days, or the weeks from Monday, of the posts without a gap, oldest first."""
    if not posts:
        return ()
    dated = [(found.post.posted_at.astimezone(zone).date(), found) for found in posts]
    first, last = min(day for day, _ in dated), max(day for day, _ in dated)
    step = 7 if last - first >= _WEEKLY_FROM else 1
    start = first - timedelta(days=first.weekday()) if step == 7 else first
    parts: dict[date, list[StoredPost]] = {
        start + timedelta(days=n): [] for n in range(0, (last - start).days + 1, step)
    }
    for day, found in dated:
        parts[start + timedelta(days=(day - start).days // step * step)].append(found)
    return tuple(_period(day, part) for day, part in parts.items())


def _period(start: date, part: Sequence[StoredPost]) -> Period:
    kinds = Counter(found.post.kind for found in part)
    return Period(
        start=start,
        posts=kinds["post"],
        replies=kinds["reply"],
        reposts=kinds["repost"],
        headlines=sum(bool(found.headline or found.post.title) for found in part),
        loud=sum(found.sensational >= LOUD for found in part),
    )


def _tallies(names: Iterable[str]) -> tuple[Tally, ...]:
    counts = Counter(name for name in names if name)
    total = counts.total()
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Tally(name, count, count / total) for name, count in ranked)
