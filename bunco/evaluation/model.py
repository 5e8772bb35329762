"""What a study gives: figures with their goals, and curves to draw."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from msgspec import Struct

Point: TypeAlias = tuple[float, float]
Grade: TypeAlias = Literal["aim", "at least", "floor", "below", "context"]


class Goal(Struct, frozen=True, kw_only=True):
    """What a figure is held against; a bound that nobody set is None."""

    floor: float | None = None
    """What a plain method reaches."""
    at_least: float | None = None
    aim: float | None = None
    larger_is_better: bool = True


class Figure(Struct, frozen=True, kw_only=True):
    """One measured number, with the interval that it lies in."""

    detector: str
    measure: str
    """What was measured, in a line."""
    value: float
    low: float
    """The ends of the 95 % interval, drawn again over ``unit``; both ``value`` where the
    number is of everything there is."""
    high: float
    count: int
    """How many units it rests on, …"""
    unit: str
    """… for example ``accounts`` or ``pairs``."""
    goal: Goal = Goal()

    @property
    def grade(self) -> Grade:
        """Say which bound the value keeps: the best of them; ``context`` where none is set."""
        goal = self.goal
        bounds: tuple[tuple[Grade, float | None], ...] = (
            ("aim", goal.aim),
            ("at least", goal.at_least),
            ("floor", goal.floor),
        )
        if all(bound is None for _, bound in bounds):
            return "context"
        for grade, bound in bounds:
            if bound is not None and self._keeps(bound):
                return grade
        return "below"

    def _keeps(self, bound: float) -> bool:
        return self.value >= bound if self.goal.larger_is_better else self.value <= bound


class Curve(Struct, frozen=True, kw_only=True):
    """A picture: one line or more over the same axes."""

    name: str
    """The file's name, without its ending."""
    title: str
    across: str
    """What the horizontal axis tells, with its unit."""
    up: str
    lines: Mapping[str, Sequence[Point]]
    """By the words of the legend; points in the order they are joined."""
    marked: Mapping[str, Point] = {}
    """Single points, such as the threshold that ships."""
    logarithmic: bool = False
    """Whether the horizontal axis is."""


class Result(Struct, frozen=True, kw_only=True):
    """What one study came to."""

    figures: tuple[Figure, ...]
    curves: tuple[Curve, ...] = ()


Say: TypeAlias = Callable[[str], None]
"""Takes a line about what is under way."""


class Study(Struct, frozen=True, kw_only=True):
    """One detector measured: what a module of ``studies`` offers as ``STUDY``."""

    detector: str
    run: Callable[[Path, Say], Result]
    """Takes the folder of the data (its layout is told in docs/detectors.md); deterministic.

    Raises:
        UsageError: a file that it needs is not there, by its path.
    """
