"""Ask for many items side by side, and tell what became of each."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import msgspec
from msgspec import Struct

from bunco.errors import SourceError
from ingest.hackernews import items
from ingest.hackernews.items import Item
from ingest.json_api import Api, Gathered


class Asked(Struct, frozen=True):
    """What some numbers gave."""

    found: dict[int, Item]
    empty: tuple[int, ...]
    """Those without an item, as yet."""
    next: int
    """The number to go on with: behind the last that could be had."""


async def ask(api: Api, numbers: Iterable[int], gathered: Gathered, usual: timedelta) -> Asked:
    """Ask for items; at the host they take their turns.

    One that failed among others counts as empty, so that it is asked for again; where all
    that come after it failed too, the walk stops there.

    Args:
        api: Hacker News.
        numbers: of the items, the lowest first.
        gathered: takes what cannot be read, and notes of what failed.
        usual: the wait after a failure.

    Raises:
        SourceError: not one could be had.
    """
    wanted = list(numbers)
    answers = await asyncio.gather(
        *(api.ask(f"/item/{number}.json") for number in wanted), return_exceptions=True
    )
    bodies: dict[int, bytes] = {}
    failed: dict[int, SourceError] = {}
    for number, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, SourceError):
            failed[number] = answer
        elif isinstance(answer, BaseException):
            raise answer
        else:
            bodies[number] = answer.body
    if failed and not bodies:
        raise next(iter(failed.values()))
    for number, why in failed.items():
        gathered.broke_off(f"item {number}", why, usual)
    behind = max(bodies, default=0) + 1
    return _sifted(bodies, [one for one in failed if one < behind], behind, gathered)


def _sifted(bodies: dict[int, bytes], empty: list[int], behind: int, gathered: Gathered) -> Asked:
    found: dict[int, Item] = {}
    for number, body in bodies.items():
        try:
            item = items.item(body)
        except msgspec.ValidationError as error:
            gathered.set_aside(f"item {number}", str(error), body)
            continue
        except msgspec.DecodeError:  # no JSON at all: something else stood in for the server
            empty.append(number)
            continue
        if item is None:
            empty.append(number)
        else:
            found[number] = item
    return Asked(found, tuple(empty), behind)
