"""Play dead letters again, in this process or through Kafka."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from bunco import codec, wiring
from bunco.config import Config
from bunco.errors import BadInput
from bunco.model import (
    DeadLetter,
    Delivery,
    Item,
    Page,
    Post,
)
from bunco.options import KafkaOptions
from bunco.ports.stores import Store

if TYPE_CHECKING:
    from processors.embedded import Embedded

Play: TypeAlias = Callable[[Sequence[DeadLetter]], dict[str, str]]
"""Plays letters again; gives, by the ids of those that failed again, why."""


class Mended(Struct, frozen=True, kw_only=True):
    """What became of dead letters that were played again."""

    mended: int
    failed: int
    reasons: tuple[str, ...]
    """Why the failed ones failed again, one line each."""


def replay_dead(
    store: Store, config: Config, ids: Collection[str], *, through: KafkaOptions | None = None
) -> Mended:
    """Play dead letters again and drop those that go through now.

    Args:
        store: where they stand.
        config: its detectors see the posts, where no Kafka is named.
        ids: of the letters.
        through: in a distributed run the Kafka whose processors see the posts again.

    Raises:
        StoreError: the store could not be read or written.
    """
    play = _player(store, config) if through is None else _kafka_player(store, config, through)
    wanted, reasons, mended = set(ids), [], 0
    for page in _pages(store):
        letters = [letter for letter in page if letter.id in wanted]
        failed = play(letters)
        reasons += [
            f"{letter.origin}: {failed[letter.id]}" for letter in letters if letter.id in failed
        ]
        mended += store.drop_dead([one.id for one in letters if one.id not in failed])
    return Mended(mended=mended, failed=len(reasons), reasons=tuple(reasons))


def _pages(store: Store) -> Iterator[Sequence[DeadLetter]]:
    """Give the dead letters, some at a time, asking for more before any is dropped."""
    page = store.dead(limit=500)
    while page.rows:
        rows = page.rows
        page = store.dead(after=page.after, limit=500) if page.after else Page(rows=())
        yield rows


def _player(store: Store, config: Config) -> Play:
    """Give what plays letters again in this process."""
    embedded = wiring.pipeline_over(config, store, is_beside=True)

    def play(letters: Sequence[DeadLetter]) -> dict[str, str]:
        played = {one.id: _play(embedded, one.origin, one.body, one.source) for one in letters}
        return {name: reason for name, reason in played.items() if reason}

    return play


def _kafka_player(store: Store, config: Config, options: KafkaOptions) -> Play:
    """Give what plays letters again through Kafka."""
    from bunco.streams.producing import publish_items
    from processors.sink.replaying import replay as replay_letters

    def publish(items: Sequence[Item], again: str) -> None:
        publish_items(options, items, again=again)

    kinds = {table.kind for table in config.detectors}
    return lambda letters: replay_letters(letters, store, publish, kinds)


def _play(embedded: "Embedded", origin: str, body: bytes, source: str) -> str:
    """Play one dead letter; give why it failed again, empty when it went through."""
    from bunco.storage.letters import WAS_CUT, is_cut

    try:
        item = codec.decode_item(body)
    except BadInput as error:
        return WAS_CUT if is_cut(body) else str(error)
    if origin.startswith("detector:") and isinstance(item, Post):
        went = embedded.see_again(item, origin.removeprefix("detector:"))
        return "" if went else "the detector failed on it again"
    step = embedded.step([Delivery(source=source, items=(item,), cursor=b"")])
    return "it could not be enriched" if step.dead else ""
