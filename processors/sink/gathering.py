"""What was read from Kafka and is not in the store yet: decoded, enriched, by partition.

By partition, because one may be taken from us while we wait for the store: what came of it
is then dropped, and read again by whoever has it now.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct, field

from bunco.errors import BadInput
from bunco.log import logger
from bunco.model import DeadLetter, Enriched, Finding, Post, Removal, Verdict, dead_letter
from bunco.streams import records
from bunco.streams.consuming import Place, Record
from processors.enrich import enrich

Entry: TypeAlias = Enriched | Removal | Verdict

_log = logger(__name__)


class Part(Struct):
    """What came of one partition, in its order."""

    items: list[Entry] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)
    """By id: the latest form of each."""
    sources: list[records.SourceRecord] = field(default_factory=list)
    dead: list[DeadLetter] = field(default_factory=list)
    count: int = 0
    """Of all that came, findings that were overtaken among them."""
    after: int = 0
    """The offset to go on from once this is in the store."""


class Gathered:
    """Grow by records until it is written; shrink by partitions that were lost."""

    def __init__(self) -> None:
        self.parts: dict[Place, Part] = {}
        self.records = 0
        self.sent_on: set[str] = set()
        """Posts whose removal was sent on to its author already."""

    @property
    def count(self) -> int:
        """How many posts, removals, verdicts, findings, letters and states of sources there are."""
        return sum(part.count for part in self.parts.values())

    def add(self, place: Place, given: Sequence[Record], now: datetime) -> None:
        """Take records of a partition, in their order; what cannot be read is set aside."""
        part = self.parts.setdefault(place, Part())
        take = _TAKING[place.topic]
        for record in given:
            try:
                records.check_version(record.headers)
                take(part, record.value)
            except BadInput as error:
                _set_aside(part, place, record, (str(error), now))
            part.after = record.offset + 1
        self.records += len(given)

    def drop(self, places: Collection[Place]) -> None:
        """Forget what came of partitions that somebody else reads now."""
        for place in places:
            self.parts.pop(place, None)

    def offsets(self) -> dict[Place, int]:
        """Give where to go on, of each partition, once all of this is in the store."""
        return {place: part.after for place, part in self.parts.items()}

    def entries(self) -> Iterable[tuple[Place, Entry]]:
        """Give posts, removals and verdicts; those of one partition in its order."""
        for place, part in self.parts.items():
            for item in part.items:
                yield place, item


def _take_posts(part: Part, value: bytes) -> None:
    """Take posts, removals, verdicts. What is broken among them the processor sets aside."""
    try:
        items, _ = records.decode_items(value)
    except BadInput:
        return
    part.count += len(items)
    for item in items:
        if not isinstance(item, Post):
            part.items.append(item)
            continue
        try:
            part.items.append(enrich(item))
        except Exception as error:  # noqa: BLE001  # one post never stops the rest
            _log.debug("left to the processor's dead letters", post=item.id, error=repr(error))


def _take_findings(part: Part, value: bytes) -> None:
    finding = records.decode_finding(value)
    part.findings[finding.id] = finding
    part.count += 1


def _take_sources(part: Part, value: bytes) -> None:
    if value:  # none: the word that a source is gone
        part.sources.append(records.decode_source(value))
        part.count += 1


def _take_dead(part: Part, value: bytes) -> None:
    part.dead.append(records.decode_dead(value))
    part.count += 1


def _set_aside(part: Part, place: Place, record: Record, why: tuple[str, datetime]) -> None:
    if place.topic == "posts":
        return
    reason, at = why
    origin = f"{place.topic}:{place.partition}:{record.offset}"
    _log.error("set aside", origin=origin, reason=reason)
    part.dead.append(dead_letter(origin, reason, record.value, at=at))
    part.count += 1


_TAKING = {
    "posts": _take_posts,
    "findings": _take_findings,
    "sources": _take_sources,
    "dead": _take_dead,
}
