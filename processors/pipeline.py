"""The pipeline, the same in every runtime.

    items | enrich | author by author: removed away? judged? detectors with the author's state
          | told once a batch | quiet? | findings

It is pure but for the states it is given: no clock, no I/O, no chance. The same items in
the same order give the same outcome however they are cut into batches; authors know nothing
of each other, so each one's items are run in one go (docs/decisions/0035).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct

from bunco import codec
from bunco.log import logger
from bunco.model import (
    DeadLetter,
    Enriched,
    Finding,
    Item,
    Post,
    Removal,
    Verdict,
    dead_letter,
    to_ms,
)
from bunco.ports.detectors import Detector
from processors import judging
from processors.enrich import enrich
from processors.states import AuthorState, States
from processors.tellings import Telling, Tellings

_log = logger(__name__)


class Outcome(Struct):
    """What a batch of items came to; grows while the batch runs."""

    posts: dict[str, Enriched]
    """By id, in order."""
    removals: list[Removal]
    verdicts: list[Verdict]
    findings: dict[str, Finding]
    """By id, author by author: the latest form of each."""
    authors: dict[str, None]
    """Whose state changed."""
    dead: list[DeadLetter]
    """Of posts that could not be enriched, then author by author."""


class Pipeline:
    """Take items, give what they came to.

    Args:
        detectors: in the order in which they see each post.
    """

    def __init__(self, detectors: Sequence[Detector[Any, Any]]) -> None:
        self._detectors = [
            (detector, f"{detector.kind}_{detector.state_version}") for detector in detectors
        ]
        self._by_kind = {detector.kind: detector for detector in detectors}

    def run(self, items: Iterable[Item], states: States) -> Outcome:
        """Run each author's items in order; the states of all authors must be prepared.

        The caller has left out posts that were taken before. A post that cannot be
        enriched becomes a dead letter; a detector that fails on a post leaves one, too,
        and the other detectors go on.
        """
        outcome = Outcome({}, [], [], {}, {}, [])
        tellings = Tellings(
            lambda post, origin, error: outcome.dead.append(_failed(post, origin, error))
        )
        for author, theirs in self._by_author(items, outcome).items():
            state = states.of(author)
            for item in theirs:
                if isinstance(item, Enriched):
                    self._take(item, state, outcome, tellings)
                    continue
                outcome.findings |= tellings.told()  # what was seen before is told as it was
                if isinstance(item, Verdict):
                    self._judge(item, state, outcome)
                else:
                    self._remove(item, states, outcome)
                    state = states.of(author)
            outcome.findings |= tellings.told()
            states.put_away(author)
        return outcome

    @staticmethod
    def _by_author(
        items: Iterable[Item], outcome: Outcome
    ) -> dict[str, list[Enriched | Removal | Verdict]]:
        """Note the items in the outcome; give those of each author, posts enriched."""
        by_author: defaultdict[str, list[Enriched | Removal | Verdict]] = defaultdict(list)
        for item in items:
            if isinstance(item, Post):
                try:
                    enriched = enrich(item)
                except Exception as error:  # noqa: BLE001  # one post never stops the rest
                    outcome.dead.append(_failed(item, "enrich", error))
                    continue
                outcome.posts[item.id] = enriched
                outcome.authors[item.author] = None
                by_author[item.author].append(enriched)
                continue
            if isinstance(item, Verdict):
                outcome.verdicts.append(item)
            else:
                outcome.removals.append(item)
            if item.author:
                by_author[item.author].append(item)
        return by_author

    def _take(
        self, enriched: Enriched, state: AuthorState, outcome: Outcome, tellings: Tellings
    ) -> None:
        post = enriched.post
        for detector, name in self._detectors:
            kept = getattr(state, name)
            if kept is None:
                kept = detector.state_type()
                setattr(state, name, kept)
            try:
                episode = detector.see(enriched, kept)
            except Exception as error:  # noqa: BLE001  # one detector never stops the rest
                outcome.dead.append(_failed(post, f"detector:{detector.kind}", error))
                continue
            if episode is not None:
                tellings.add(Telling(detector, post, episode, state))

    def _judge(self, verdict: Verdict, state: AuthorState, outcome: Outcome) -> None:
        """Let the author's state know what was said of a finding."""
        outcome.authors[verdict.author] = None
        try:
            state.judged = judging.judged(state.judged or (), verdict, self._by_kind)
        except Exception as error:  # noqa: BLE001  # one verdict never stops the rest
            outcome.dead.append(_failed(verdict, f"judge:{verdict.detector}", error))

    def _remove(self, removal: Removal, states: States, outcome: Outcome) -> None:
        """Let the author's state forget; what is stored is the store's to erase."""
        state = states.of(removal.author)
        if removal.removed == "author":
            outcome.authors[removal.author] = None
            states.renew(removal.author)
            if state.judged is not None and removal.at is not None:
                left = judging.left_of(state.judged, to_ms(removal.at))
                states.of(removal.author).judged = left
            return
        if state.judged is not None:
            outcome.authors[removal.author] = None
            state.judged = judging.erased(state.judged, removal.id)
        for detector, name in self._detectors:
            if (kept := getattr(state, name)) is not None:
                outcome.authors[removal.author] = None
                detector.erase(removal.id, kept)


def _failed(item: Post | Verdict, origin: str, error: Exception) -> DeadLetter:
    _log.error("item failed", origin=origin, item=item.id, error=repr(error))
    reason = f"{type(error).__name__}: {error}"
    source = item.source if isinstance(item, Post) else ""
    return dead_letter(origin, reason, codec.encode(item), source=source, author=item.author)
