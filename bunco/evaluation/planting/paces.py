"""Made-up authors of one pace each, to see whether the budget of false alarms holds for all.

No post of theirs is planted and none is out of their habit: every alert is a false one.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from bunco.evaluation.planting.model import Timeline
from bunco.model import Post

DAYS = 28
_START = datetime(2026, 3, 2, tzinfo=UTC)
_DAY_S, _HOUR_S = 86_400, 3_600


def paced(group: str, authors: int) -> list[Timeline]:
    """Give made-up timelines of four weeks of a group, all different, always the same.

    Raises:
        KeyError: there is no group of that name.
    """
    return [_timeline(group, number) for number in range(authors)]


def _timeline(group: str, number: int) -> Timeline:
    chance = Random(f"{group} {number}")  # noqa: S311  # no secret
    author = f"other:{group.replace(' ', '-')}-{number}"
    posts = tuple(
        Post(
            id=f"{author}/{at}",
            author=author,
            posted_at=_START + timedelta(seconds=seconds),
            text=f"Number {at} of this author",
            links=(f"https://example.org/{number}/{at}",),
        )
        for at, seconds in enumerate(sorted(PACES[group](chance)))
    )
    return Timeline(group, author, posts)


def _light(chance: Random) -> list[int]:
    """Give three posts a week at any time."""
    return [chance.randrange(DAYS * _DAY_S) for _ in range(3 * DAYS // 7)]


def _heavy(chance: Random) -> list[int]:
    """Give thirty posts a day, most of them in the evening."""
    return [_around(day, 20, 3, chance) for day in range(DAYS) for _ in range(30)]


def _feed(chance: Random) -> list[int]:
    """Give a hundred posts a day, most of them in working hours."""
    return [_around(day, 14, 4, chance) for day in range(DAYS) for _ in range(100)]


def _metronome(chance: Random) -> list[int]:
    """Give a post every half hour, a minute more or less."""
    return [step * _HOUR_S // 2 + chance.randrange(60) for step in range(DAYS * 48)]


def _digest(chance: Random) -> list[int]:
    """Give twelve posts within twenty minutes at eight every day."""
    return [
        day * _DAY_S + 8 * _HOUR_S + chance.randrange(1200)
        for day in range(DAYS)
        for _ in range(12)
    ]


def _bursty(chance: Random) -> list[int]:
    """Give twelve posts within twenty minutes once a day at any hour."""
    starts = [day * _DAY_S + chance.randrange(_DAY_S) for day in range(DAYS)]
    return [start + chance.randrange(1200) for start in starts for _ in range(12)]


def _around(day: int, hour: float, spread: float, chance: Random) -> int:
    at = min(max(chance.gauss(hour, spread), 0.0), 23.99)
    return day * _DAY_S + int(at * _HOUR_S)


PACES: dict[str, Callable[[Random], list[int]]] = {
    "light": _light,
    "heavy, evenings": _heavy,
    "feed": _feed,
    "metronome": _metronome,
    "daily digest": _digest,
    "always bursty": _bursty,
}
"""Group of made-up authors → the seconds after the start at which one posts."""
