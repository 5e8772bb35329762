"""The embedded runtime: micro-batches from the bus through the pipeline into the store.

A batch is whole deliveries; everything it comes to, with the cursors of its sources, is
committed in one transaction. After a kill at any moment the sources go on at the cursors
of the last commit.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bunco.errors import OvertakenError, StoreError
from bunco.model import (
    Batch,
    Delivery,
    Item,
    Post,
    Removal,
    Verdict,
    to_ms,
    without_words,
)
from bunco.options import PipelineOptions
from bunco.ports.bus import Bus
from bunco.ports.detectors import Detector
from bunco.ports.stores import Store
from processors.pipeline import Pipeline
from processors.segments import segments
from processors.states import States


class Step(Struct, frozen=True, kw_only=True):
    """What one commit held."""

    deliveries: Sequence[Delivery]
    posts: int
    """New ones; those taken before are not counted."""
    repeated: int
    """Posts that had been taken before, or were removed."""
    removals: int
    findings: int
    """Opened or changed."""
    dead: int


class Embedded:
    """Run deliveries into a store, one batch after the other.

    Args:
        detectors: in the order in which they see each post.
        store: where everything is kept.
        options: sizes of batches and of what stays in memory.
        is_beside: whether another run may write to the same store: it then reads again what
            this one has changed.
    """

    def __init__(
        self,
        detectors: Sequence[Detector[Any, Any]],
        store: Store,
        options: PipelineOptions,
        *,
        is_beside: bool = False,
    ) -> None:
        self._detectors = detectors
        self._pipeline = Pipeline(detectors)
        self._store = store
        self._options = options
        self._is_beside = is_beside
        self._version: int | None = None
        self._states = States(detectors, store.author_states, options.live_authors)

    async def run(self, bus: Bus, on_step: Callable[[Step], None]) -> None:
        """Take from the bus until it is closed and empty.

        Raises:
            StoreError: a commit failed; nothing of its batch is in the store.
        """
        while deliveries := await bus.take(self._options.batch_items, self._options.batch_wait):
            on_step(await asyncio.to_thread(self.step, deliveries))

    def step(self, deliveries: Sequence[Delivery]) -> Step:
        """Run one batch and commit it.

        Raises:
            StoreError: the commit failed; nothing of the batch is in the store.
        """
        while True:
            try:
                return self._stepped(deliveries)
            except OvertakenError:
                # A removal from beside the run: what it erased must not come back from here.
                continue

    def _stepped(self, deliveries: Sequence[Delivery]) -> Step:
        self._look_up()
        given = [item for delivery in deliveries for item in delivery.items]
        items = self._new(given)
        letters = tuple(letter for one in deliveries for letter in one.dead)
        *before, last = segments(items)
        written = []
        for segment in before:  # what came broken goes first, so that removals reach it, too
            written.append(self._commit(segment, Batch(dead=letters)))
            letters = ()
        written.append(self._commit(last, replace(_frame(deliveries), dead=letters)))
        self._states.settle()
        return Step(
            deliveries=deliveries,
            posts=sum(len(batch.posts) for batch in written),
            repeated=len(given) - len(items),
            removals=sum(len(batch.removals) for batch in written),
            findings=sum(len(batch.findings) for batch in written),
            dead=sum(len(batch.dead) for batch in written),
        )

    def see_again(self, post: Post, kind: str) -> bool:
        """Show one stored post to one detector, after that detector failed on it.

        Returns:
            True when it now went through.

        Raises:
            StoreError: the commit failed.
        """
        self._look_up()
        again = Pipeline([one for one in self._detectors if one.kind == kind])
        self._states.prepare([post.author])
        outcome = again.run([post], self._states)
        if not outcome.dead:
            self._write(
                Batch(
                    findings=tuple(outcome.findings.values()),
                    author_states=self._states.encoded(outcome.authors),
                    on_version=self._version,
                )
            )
        return not outcome.dead

    def _commit(self, items: list[Item], frame: Batch) -> Batch:
        """Run items and write what they came to, with the frame around it."""
        self._states.prepare(item.author for item in items if item.author)
        outcome = self._pipeline.run(items, self._states)
        batch = replace(
            frame,
            posts=tuple(outcome.posts.values()),
            removals=tuple(outcome.removals),
            verdicts=tuple(outcome.verdicts),
            findings=tuple(outcome.findings.values()),
            author_states=self._states.encoded(outcome.authors),
            dead=(*frame.dead, *outcome.dead),
            on_version=self._version,
        )
        self._write(batch)
        return batch

    def _write(self, batch: Batch) -> None:
        """Commit; where that fails the states are ahead of the store and are put out."""
        try:
            self._store.commit(replace(batch, is_beside=self._is_beside))
        except StoreError:
            self._states.clear()
            raise

    def _look_up(self) -> None:
        """Forget all states if somebody else wrote to the store since the last batch."""
        if (version := self._store.version()) != self._version:
            self._states.clear()
            self._version = version

    def _new(self, given: list[Item]) -> list[Item]:
        """Give the items that are news, in order: each post once, none of the removed.

        The removal of a post learns its author here, from the store or from the batch.
        """
        known = self._store.known([name for item in given if (name := _post_of(item))])
        gone = dict(self._store.removed_authors({item.author for item in given if item.author}))
        authors: dict[str, str] = {}
        items: list[Item] = []
        for item in given:
            if isinstance(item, Post):
                if item.id in known or item.id in authors or _is_gone(item, gone):
                    continue
                authors[item.id] = item.author
                items.append(item)
                continue
            if isinstance(item, Removal):
                if item.removed == "author":
                    if _is_covered(item, gone):
                        continue
                    gone[item.author] = item.at
                items.append(_addressed(item, authors, known))
                authors[item.id] = ""
                continue
            if not _is_past(item.author, item.began_at, gone):
                post = _post_of(item)
                is_removed = authors.get(post, known.get(post)) == ""
                items.append(without_words(item) if is_removed else item)
        return items


def _frame(deliveries: Sequence[Delivery]) -> Batch:
    """Give what is committed beside the posts: sources and their log."""
    latest = {one.source: one.state for one in deliveries if one.state is not None}
    return Batch(
        sources=tuple(latest.values()),
        polls=tuple(one.poll for one in deliveries if one.poll is not None),
    )


def _addressed(removal: Removal, *authors: Mapping[str, str]) -> Removal:
    """Give the removal of a post with its true author, where one of the mappings knows it."""
    if removal.removed == "author":
        return removal
    author = next((found for known in authors if (found := known.get(removal.id))), "")
    return replace(removal, author=author or removal.author)


def _is_covered(removal: Removal, gone: Mapping[str, datetime | None]) -> bool:
    """Say whether an author was removed up to then before: nothing of theirs is left.

    Carried out again it would wipe what was learnt of the author since.
    """
    if removal.author not in gone:
        return False
    until = gone[removal.author]
    return until is None or (removal.at is not None and to_ms(removal.at) <= to_ms(until))


def _is_gone(post: Post, gone: Mapping[str, datetime | None]) -> bool:
    return post.author in gone and _is_past(
        post.author, min(post.posted_at, post.seen_at or post.posted_at), gone
    )


def _is_past(author: str, at: datetime, gone: Mapping[str, datetime | None]) -> bool:
    if author not in gone:
        return False
    until = gone[author]
    return until is None or to_ms(at) <= to_ms(until)


def _post_of(item: Item) -> str:
    """Give the id of the post that an item is, removes or quotes; empty for none."""
    if isinstance(item, Verdict):
        return item.pattern.post if item.pattern else ""
    return item.id
