"""What can be kept: text that every store takes, the names it is found by, hours."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import isfinite
from typing import TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bunco.errors import UsageError
from bunco.model import Batch, Finding, to_ms

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
_MOST_MINUTES = 7 * 24 * 60
"""Counted at once, a week. Source: ours: what can be drawn."""
EVER = (-(1 << 62), 1 << 62)
"""From before all times to after them, in ms."""
POINTS = 1_000_000_000
POLLS_KEPT = 50
"""Lines of a source's log that stay. Source: ours; the port promises 30."""

Record = TypeVar("Record", bound=Struct)

_AS_THEY_ARE = (datetime, timedelta, bytes)


def storable(batch: Batch) -> Batch:
    """Give the batch with every lone surrogate replaced by U+FFFD.

    Such halves of a character cannot be written as UTF-8. Call it only when writing has
    failed for that reason: it goes through every text.
    """
    return replace(
        batch,
        posts=tuple(
            replace(enriched, post=_clean(enriched.post), headline=_text(enriched.headline))
            for enriched in batch.posts
        ),
        removals=tuple(map(_clean, batch.removals)),
        findings=tuple(map(_clean, batch.findings)),
        verdicts=tuple(map(_clean, batch.verdicts)),
        author_states={_text(author): state for author, state in batch.author_states.items()},
        sources=tuple(map(_clean, batch.sources)),
        polls=tuple(map(_clean, batch.polls)),
        dead=tuple(map(_clean, batch.dead)),
    )


def finite(finding: Finding) -> Finding:
    """Give the finding with numbers that JSON can hold.

    A number that is none or endless becomes its word; such a score becomes 0 or 1.
    """
    numbers = finding.numbers
    odd = {
        name: str(number)
        for name, number in numbers.items()
        if isinstance(number, float) and not isfinite(number)
    }
    if odd:
        finding = replace(finding, numbers=numbers | odd)
    for name in ("score", "sensational"):
        if not isfinite(value := getattr(finding, name)):
            finding = replace(finding, **{name: 1.0 if value > 0 else 0.0})
    return finding


def points(score: float) -> int:
    """Give a score in whole billionths: sums do not depend on the order of what is summed."""
    return round(score * POINTS)


def times(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Give a period in ms: its start, and the end that is no longer in it."""
    return (
        EVER[0] if since is None else to_ms(since),
        EVER[1] if until is None else to_ms(until),
    )


def findable(author: str, name: str) -> str:
    """Give the text in which a part of an author's id or name is looked for."""
    return f"{author}\n{name}".casefold()


def hours(step: timedelta) -> int:
    """Give a step as whole hours.

    Raises:
        UsageError: it is not made of whole hours.
    """
    count, rest = divmod(step, timedelta(hours=1))
    if rest or count < 1:
        raise UsageError(f"a step of {step} is not made of whole hours")
    return count


def minutes(since: datetime, until: datetime) -> tuple[int, int]:
    """Give a period in minutes since 1970: the first, and the one after the last.

    Raises:
        UsageError: it is longer than a week.
    """
    first, last = to_ms(since) // MINUTE_MS, -(-to_ms(until) // MINUTE_MS)
    if last - first > _MOST_MINUTES:
        raise UsageError("minutes are counted for a week at most")
    return first, last


def _clean(record: Record) -> Record:
    plain = msgspec.to_builtins(record, builtin_types=_AS_THEY_ARE)
    return msgspec.convert(_cleaned(plain), type(record), builtin_types=_AS_THEY_ARE)


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_cleaned(key): _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(inner) for inner in value]
    return value


def _text(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
