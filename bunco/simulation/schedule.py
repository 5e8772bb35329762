"""When who posts: day by day, so that a long stream needs no more memory than a day of it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bunco.model import to_ms
from bunco.simulation.acts import Cue
from bunco.simulation.cast import Author
from bunco.simulation.dice import Dice
from bunco.simulation.plan import Plan

_MINUTE = 60_000
_DAY = 24 * 60 * _MINUTE

_HOURS = (2, 1, 1, 1, 1, 2, 5, 9, 12, 11, 10, 10, 13, 11, 9, 9, 10, 12, 14, 16, 17, 14, 9, 5)
"""How lively each hour of the day is. Source: ours: low at night, most after work."""
_RHYTHM = tuple(hour * 60 * _MINUTE for hour, weight in enumerate(_HOURS) for _ in range(weight))
_MOODS = 24
"""How many ways there are to spread posts over the days."""


class Slot(NamedTuple):
    """One post to be told: when it arrives, whose it is, what it belongs to."""

    arrives: int
    order: int
    """Tells slots of the same millisecond apart."""
    at: int
    """Event time, ms."""
    author: Author
    cue: Cue | None


class Schedule:
    """The slots of a stream in the order they arrive."""

    def __init__(self, plan: Plan, cast: Sequence[Author], dice: Dice) -> None:
        self._plan = plan
        self._cast = cast
        self._dice = dice
        self._start = to_ms(plan.start)
        self._moods = [self._mood() for _ in range(_MOODS)]
        self._order = 0

    def slots(self, cues: Iterable[Cue]) -> Iterator[Slot]:
        """Give every slot, the planned ones among them, by arrival."""
        planned: list[list[Cue]] = [[] for _ in range(self._plan.days)]
        for cue in cues:
            day = ((cue.arrives or cue.at) - self._start) // _DAY
            planned[min(day, self._plan.days - 1)].append(cue)
        waiting: list[Slot] = []
        for day in range(self._plan.days):
            waiting += [self._slot(cue.at, cue.author, cue) for cue in planned[day]]
            planned[day] = []
            waiting += self._talk(day)
            waiting.sort()
            midnight = self._start + (day + 1) * _DAY
            later = next((n for n, slot in enumerate(waiting) if slot.arrives >= midnight), None)
            later = len(waiting) if later is None else later
            yield from waiting[:later]
            waiting = waiting[later:]
        yield from waiting

    def _mood(self) -> list[int]:
        """Give the running sum of how lively each day is; some days are silent."""
        running = [0]
        for day in range(self._plan.days):
            lively = self._dice.pick((0, 1, 2, 3, 3, 4, 5, 8))
            running.append(running[-1] + lively + (2 if day % 7 in {5, 6} else 1))
        return running

    def _talk(self, day: int) -> Iterator[Slot]:
        """Give the day's posts that belong to no planned act.

        Each author's share of a day is a difference of rounded running sums, so that the
        days add up to its posts exactly without a list of them.
        """
        midnight = self._start + day * _DAY
        for number, author in enumerate(self._cast):
            free = author.posts - author.planned
            if not free:
                continue
            mood = self._moods[number % _MOODS]
            total, phase = mood[-1], number * 7919 % mood[-1]
            due = (free * mood[day + 1] + phase) // total - (free * mood[day] + phase) // total
            if due:
                yield from self._sitting(author, midnight, due)

    def _sitting(self, author: Author, midnight: int, due: int) -> Iterator[Slot]:
        """Give times for one author and day; a third follows the one before by minutes."""
        dice, at = self._dice, -1
        for _ in range(due):
            near = at + dice.between(40_000, 14 * _MINUTE)
            if at < 0 or near >= _DAY or not dice.chance(30):
                near = (dice.pick(_RHYTHM) + dice.below(60 * _MINUTE) + author.shift) % _DAY
            at = near
            yield self._slot(midnight + at, author, None)

    def _slot(self, at: int, author: Author, cue: Cue | None) -> Slot:
        self._order += 1
        if cue is not None and cue.arrives:
            return Slot(cue.arrives, self._order, at, author, cue)
        return Slot(at + self._lateness(), self._order, at, author, cue)

    def _lateness(self) -> int:
        """Give 0 for most; minutes for most of the late, hours for the others."""
        if not self._dice.chance(self._plan.late_percent):
            return 0
        if self._dice.chance(60):
            return self._dice.between(2 * _MINUTE, 20 * _MINUTE)
        return self._dice.between(20 * _MINUTE, 5 * 60 * _MINUTE)
