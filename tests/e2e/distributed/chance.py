"""Seeded misfortune: kill processes with -9, lose and exchange their data, restart servers."""

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Literal, TypeAlias

from msgspec import Struct

from tests.e2e.distributed.stack import Command, Stack

Fate: TypeAlias = Literal["kept", "wiped", "older"]
FATES: Sequence[Fate] = ("kept", "wiped", "older")


class Mishap(Struct, frozen=True):
    """Something that happens at a moment."""

    at_s: float
    what: str


def schedule(random: Random, seconds: float, times: dict[str, int]) -> list[Mishap]:
    """Give so many of each mishap at random moments within that time, in order."""
    return sorted(
        (
            Mishap(random.uniform(seconds * 0.05, seconds), what)
            for what, count in times.items()
            for _ in range(count)
        ),
        key=lambda mishap: mishap.at_s,
    )


class Misfortune:
    """Carry out mishaps on a stack.

    ``process``, ``ingest`` and ``sink`` are killed with -9 and started again a random while
    later; a processor's data folder is kept, wiped, or exchanged for a copy that was taken
    at an earlier kill, in turn. Other names are functions.

    Args:
        stack: its processes bear the names of their commands.
        random: of the pauses.
        others: by name, such as the restart of a server.
    """

    def __init__(self, stack: Stack, random: Random, others: dict[str, Callable[[], None]]) -> None:
        self.log: list[str] = []
        self._stack = stack
        self._random = random
        self._others = others
        self._kills = 0
        self._copies: list[Path] = []

    def carry_out(self, mishaps: Sequence[Mishap]) -> None:
        """Let them happen, each at its moment, or as soon as the one before is over."""
        began = time.monotonic()
        for mishap in mishaps:
            time.sleep(max(0.0, began + mishap.at_s - time.monotonic()))
            self._note(began, f"{mishap.what} at {mishap.at_s:.1f} s")
            if other := self._others.get(mishap.what):
                other()
            elif mishap.what == "process":
                self._kill_process(began)
            else:
                command: Command = "ingest" if mishap.what == "ingest" else "sink"
                self._stack.kill(command)
                time.sleep(self._random.uniform(0, 0.5))
                self._stack.start(command)

    def _kill_process(self, began: float) -> None:
        self._stack.kill("process")
        data = self._stack.data("process")
        fate = FATES[self._kills % len(FATES)]
        self._kills += 1
        copy = self._stack.folder / f"copy-{self._kills}"
        if data.exists():  # it may have been killed before it made its folder
            shutil.copytree(data, copy)
            if fate != "kept":
                shutil.rmtree(data)
            if fate == "older" and self._copies:
                shutil.copytree(self._random.choice(self._copies), data)
            self._copies = [*self._copies, copy][-4:]
        self._note(began, f"  its data is {fate}")
        time.sleep(self._random.uniform(0, 0.5))
        self._stack.start("process")

    def _note(self, began: float, line: str) -> None:
        self.log.append(f"{time.monotonic() - began:6.1f} s {line}")
