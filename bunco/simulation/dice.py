"""Seeded chance whose throws are the same on every machine and Python version.

Only ``Random.random`` of an integer seed is promised to stay the same between Python
versions; ``choice``, ``randrange`` and ``shuffle`` are not. Everything here is drawn from it.
Source: Python library reference, module random, "Notes on Reproducibility".
"""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Face = TypeVar("Face")


class Dice:
    """Throws that depend on the seed and on how many there were before, on nothing else."""

    __slots__ = ("_throw",)

    def __init__(self, seed: int) -> None:
        self._throw = Random(seed).random

    def below(self, limit: int) -> int:
        """Give a whole number from 0 up to ``limit``, ``limit`` left out."""
        return int(self._throw() * limit)

    def between(self, least: int, most: int) -> int:
        """Give a whole number from ``least`` to ``most``, both included."""
        return least + int(self._throw() * (most - least + 1))

    def chance(self, percent: int) -> bool:
        """Say yes in so many of a hundred throws."""
        return self._throw() * 100 < percent

    def pick(self, faces: Sequence[Face]) -> Face:
        """Give one of them, each as likely as the next."""
        return faces[int(self._throw() * len(faces))]

    def sample(self, faces: Sequence[Face], count: int) -> list[Face]:
        """Give some of them, none twice; all of them where ``count`` is larger."""
        left = list(faces)
        count = min(count, len(left))
        for place in range(count):
            other = place + int(self._throw() * (len(left) - place))
            left[place], left[other] = left[other], left[place]
        return left[:count]
