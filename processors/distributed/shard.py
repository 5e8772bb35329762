"""The work of one partition of posts: records in, findings and states out.

    record | read? | applied before? | seen before? | removed? | pipeline

It is pure but for the states it reads: the same records give the same findings however they
are cut into commits and however often they come again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from bunco import codec
from bunco.errors import BadInput
from bunco.model import (
    DeadLetter,
    Finding,
    Item,
    Post,
    Removal,
    Verdict,
    dead_letter,
    to_ms,
    without_post,
    without_words,
)
from bunco.ports.detectors import Detector
from bunco.streams.partitions import partition_of
from bunco.streams.records import EVERY_DETECTOR, check_version, decode_items
from processors.ledger import FOR_GOOD, Ledger
from processors.pipeline import Pipeline
from processors.states import States

Read = Callable[[list[bytes]], Sequence[bytes | None]]
"""Give the stored states of some keys, in their order."""


class Record(Struct, frozen=True):
    """A record of the topic of posts."""

    offset: int
    value: bytes
    headers: Sequence[tuple[str, bytes]] = ()
    again: str = ""
    """The detector that is to see its posts once more, ``*`` for all of them after a post could
    not be enriched; empty: all, as usual."""


class Moved(Struct, frozen=True):
    """An item that belongs to another partition."""

    item: Item
    again: str = ""


class Place(Struct, frozen=True):
    """Which partition a shard works on."""

    partition: int
    partitions: int
    """Of the topic."""
    incarnation: str
    """The topic's id."""


class Commit(Struct):
    """What some records came to; to be sent, then written, then acknowledged."""

    findings: dict[str, Finding]
    """By id: the latest form of each."""
    dead: list[DeadLetter]
    moved: list[Moved]
    authors: dict[str, None]
    """Whose state is to be written."""
    posts: int = 0
    """New ones."""
    repeated: int = 0
    """Posts that had been applied or seen before, or whose author was removed."""


def state_key(author: str) -> bytes:
    """Give the key of an author's state: a hash, so that a removed author leaves no name."""
    return blake2b(author.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class Shard:
    """Apply records of one partition, in order.

    Args:
        place: the partition.
        detectors: in the order in which they see each post.
        read: the states that are stored.
        live_authors: states kept between commits.
        seen_posts: posts of an author that are known again.
    """

    def __init__(
        self,
        place: Place,
        detectors: Sequence[Detector[Any, Any]],
        read: Read,
        *,
        live_authors: int,
        seen_posts: int,
    ) -> None:
        self._place = place
        self._read = read
        self._seen_posts = seen_posts
        self._pipeline = Pipeline(detectors)
        self._again = {detector.kind: Pipeline([detector]) for detector in detectors}
        self._again[EVERY_DETECTOR] = self._pipeline
        self._states = States(detectors, self._load, live_authors)

    def apply(self, records: Sequence[Record]) -> Commit:
        """Take records in; the states have them from now on."""
        commit = Commit({}, [], [], {})
        read = [(record, self._items(record, commit)) for record in records]
        self._states.prepare(item.author for _, items in read for item in items if item.author)
        segment: list[Item] = []
        for record, items in read:
            if record.again:
                self._run(segment, commit)
                self._show(record, items, commit)
            else:
                self._take(record, items, segment, commit)
        self._run(segment, commit)
        return commit

    def encoded(self, commit: Commit) -> dict[bytes, bytes]:
        """Give the states to write, by key."""
        by_author = self._states.encoded(commit.authors)
        return {state_key(author): state for author, state in by_author.items()}

    def settle(self) -> None:
        """Put out the longest unused states; call when they are written."""
        self._states.settle()

    def _items(self, record: Record, commit: Commit) -> list[Item]:
        """Read a record; what is broken or stands in the wrong place goes its own way."""
        origin = f"posts:{self._place.partition}:{record.offset}"
        try:
            check_version(record.headers)
            items, broken = decode_items(record.value)
        except BadInput as error:
            commit.dead.append(dead_letter(origin, str(error), record.value))
            return []
        commit.dead += [dead_letter(origin, one.reason, one.body) for one in broken]
        here = [item for item in items if self._is_here(item)]
        if len(here) < len(items):
            commit.moved += [Moved(item, record.again) for item in items if not self._is_here(item)]
        return here

    def _is_here(self, item: Item) -> bool:
        """Tell whether this is the item's partition; without an author it is everywhere."""
        there = partition_of(item.author, self._place.partitions)
        return there == self._place.partition or not item.author

    def _take(self, record: Record, items: list[Item], segment: list[Item], commit: Commit) -> None:
        """Put what is new into the segment, which runs as one; a removal ends it."""
        touched: set[str] = set()
        for item in items:
            if not item.author:
                continue
            ledger = self._ledger(item.author)
            commit.authors[item.author] = None
            if ledger.is_applied(self._place.incarnation, record.offset):
                commit.repeated += isinstance(item, Post)
                continue
            touched.add(item.author)
            if isinstance(item, Removal):
                if self._removes(item, ledger):
                    segment.append(item)
                    self._run(segment, commit)
                    self._withdraw(item, commit)
            elif isinstance(item, Verdict):
                if to_ms(item.began_at) > ledger.gone_ms:
                    segment.append(_readable(item, ledger))
            elif _at_ms(item) <= ledger.gone_ms or not ledger.remember(item.id, self._seen_posts):
                commit.repeated += 1
            else:
                commit.posts += 1
                segment.append(item)
        self._advance(touched, record)

    def _removes(self, removal: Removal, ledger: Ledger) -> bool:
        """Note a removal in the ledger; tell whether there is something left to do."""
        if removal.removed == "post":
            ledger.remember(removal.id, self._seen_posts)
            ledger.remember(_removed(removal.id), self._seen_posts)
            return True
        until = FOR_GOOD if removal.at is None else to_ms(removal.at)
        if until <= ledger.gone_ms:
            return False
        ledger.gone_ms = until
        return True

    def _withdraw(self, removal: Removal, commit: Commit) -> None:
        """Take what was removed out of the findings that have not left yet."""
        for name, finding in list(commit.findings.items()):
            if finding.subject != removal.author:
                continue
            if removal.removed == "author":
                until = FOR_GOOD if removal.at is None else to_ms(removal.at)
                if to_ms(finding.first_at) <= until:
                    del commit.findings[name]
            else:
                commit.findings[name] = without_post(finding, removal.id)
        if removal.removed == "author":
            commit.dead = [letter for letter in commit.dead if letter.author != removal.author]

    def _run(self, items: list[Item], commit: Commit) -> None:
        """Run what waits in the segment; it is empty then."""
        if items:
            outcome = self._pipeline.run(items, self._states)
            commit.findings.update(outcome.findings)
            commit.dead += outcome.dead
            items.clear()

    def _show(self, record: Record, items: list[Item], commit: Commit) -> None:
        """Show posts once more to the detector that had failed on them, and once only."""
        pipeline = self._again.get(record.again)
        touched: set[str] = set()
        for item in items:
            if not isinstance(item, Post):
                continue
            touched.add(item.author)
            ledger = self._ledger(item.author)
            commit.authors[item.author] = None
            if ledger.is_applied(self._place.incarnation, record.offset):
                continue
            if pipeline is None:
                reason = f"there is no detector {record.again!r} here"
                commit.dead.append(_letter(item, f"detector:{record.again}", reason))
            elif _at_ms(item) > ledger.gone_ms and ledger.remember(
                f"again:{record.again}:{item.id}", self._seen_posts
            ):
                outcome = pipeline.run([item], self._states)
                commit.findings.update(outcome.findings)
                commit.dead += outcome.dead
        self._advance(touched, record)

    def _advance(self, authors: Iterable[str], record: Record) -> None:
        """Note that a record was applied; a run has put the states away in the meantime."""
        for author in authors:
            self._ledger(author).advance(self._place.incarnation, record.offset)

    def _ledger(self, author: str) -> Ledger:
        state = self._states.of(author)
        if state.ledger is None:
            state.ledger = Ledger()
        return state.ledger

    def _load(self, authors: Collection[str]) -> Mapping[str, bytes]:
        names = list(authors)
        found = self._read([state_key(author) for author in names])
        return {
            author: state for author, state in zip(names, found, strict=True) if state is not None
        }


def _at_ms(post: Post) -> int:
    return to_ms(min(post.posted_at, post.seen_at or post.posted_at))


def _removed(post_id: str) -> str:
    """Give the name by which the ledger knows that a post was removed."""
    return f"removed:{post_id}"


def _readable(verdict: Verdict, ledger: Ledger) -> Verdict:
    """Give the verdict without words that were removed before it came."""
    if verdict.pattern is None or not ledger.knows(_removed(verdict.pattern.post)):
        return verdict
    return without_words(verdict)


def _letter(post: Post, origin: str, reason: str) -> DeadLetter:
    return dead_letter(origin, reason, codec.encode(post), source=post.source, author=post.author)
