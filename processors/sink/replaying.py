"""Play dead letters again where a distributed run made them.

What a processor, an ingester or a source set aside goes back into Kafka; what the sink or
its store set aside goes into the store. A letter counts as mended once Kafka has taken it, or
the store holds what was in it.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from msgspec import Struct

from bunco.errors import BadInput, BrokerError
from bunco.model import Batch, DeadLetter, Finding, Item, Removal, Verdict
from bunco.ports.stores import Store
from bunco.storage.letters import WAS_CUT, is_cut
from bunco.streams import records
from processors.enrich import enrich

Publish: TypeAlias = Callable[[Sequence[Item], str], None]
"""Puts items into the topic of posts, for the named detector alone, for all of them again
(``*``) or, unnamed, as new; returns when they are safe. May raise BrokerError."""

_REFUSED = "the store refused it again"


class _Letter(Struct, frozen=True):
    id: str
    items: list[Item]


def replay(
    letters: Sequence[DeadLetter], store: Store, publish: Publish, kinds: Collection[str]
) -> dict[str, str]:
    """Play letters again; drop none of them.

    Args:
        letters: which.
        store: takes what the sink or the store set aside.
        publish: takes everything else.
        kinds: of the detectors that are configured.

    Returns:
        By the ids of those that failed again, why.

    Raises:
        StoreError: the store could not be read or written.
    """
    failed: dict[str, str] = {}
    outgoing: dict[str, list[_Letter]] = defaultdict(list)
    for letter in letters:
        try:
            if (store_it := _storing(letter.origin)) is not None:
                failed[letter.id] = store_it(letter.body, store)
            else:
                again = _again(letter.origin, kinds)
                items = _items(letter.body)
                outgoing[again].append(_Letter(letter.id, items))
        except BadInput as error:
            failed[letter.id] = WAS_CUT if is_cut(letter.body) else str(error)
    for again, some in outgoing.items():
        failed |= _publish(some, again, publish)
    return {name: reason for name, reason in failed.items() if reason}


def _storing(origin: str) -> Callable[[bytes, Store], str] | None:
    return _STORING.get(origin) or _STORING.get(origin.partition(":")[0])


def _again(origin: str, kinds: Collection[str]) -> str:
    """Give who is to see a letter's posts once more; nobody, where they are new to all."""
    where, _, kind = origin.partition(":")
    if where == "enrich":
        return records.EVERY_DETECTOR  # that they were seen is noted already
    if where != "detector":
        return ""
    if kind not in kinds:
        raise BadInput(f"no detector of kind {kind} is configured")
    return kind


def _publish(letters: Sequence[_Letter], again: str, publish: Publish) -> dict[str, str]:
    """Publish letters together; alone where that fails, as one of them may be the cause."""
    try:
        publish([item for letter in letters for item in letter.items], again)
    except BrokerError as error:
        if len(letters) == 1:
            return {letters[0].id: str(error)}
        alone = [_publish([letter], again, publish) for letter in letters]
        return {name: reason for one in alone for name, reason in one.items()}
    return {}


def _items(body: bytes) -> list[Item]:
    items, broken = records.decode_items(body)
    if broken:
        raise BadInput(broken[0].reason)
    return items


def _store_post(body: bytes, store: Store) -> str:
    items = _items(body)
    if len(items) != 1:
        raise BadInput(f"{len(items)} items where one is meant")
    item = items[0]
    if isinstance(item, Removal):
        store.commit(Batch(removals=(item,)))
        return ""
    if isinstance(item, Verdict):
        store.commit(Batch(verdicts=(item,)))
        return ""
    try:
        enriched = enrich(item)
    except Exception as error:  # noqa: BLE001  # one post never stops the rest
        return f"{type(error).__name__}: {error}"
    store.commit(Batch(posts=(enriched,)))
    taken = store.known([item.id]) or store.removed_authors([item.author])
    return "" if taken else _REFUSED


def _store_finding(body: bytes, store: Store) -> str:
    finding: Finding = records.decode_finding(body)
    store.commit(Batch(findings=(finding,)))
    taken = store.finding(finding.id) or store.removed_authors([finding.subject])
    return "" if taken else _REFUSED


def _store_source(body: bytes, store: Store) -> str:
    record = records.decode_source(body)
    polls = () if record.poll is None else (record.poll,)
    store.commit(Batch(sources=(record.state,), polls=polls))
    return ""


def _store_dead(body: bytes, store: Store) -> str:
    store.commit(Batch(dead=(records.decode_dead(body),)))
    return ""


_STORING: dict[str, Callable[[bytes, Store], str]] = {
    "store:posts": _store_post,
    "store:findings": _store_finding,
    "findings": _store_finding,
    "sources": _store_source,
    "dead": _store_dead,
}
