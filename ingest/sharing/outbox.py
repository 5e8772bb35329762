"""Put what sources give into Kafka; save a source's cursor once all before it is safe there.

    delivery → items by author's partition → records → acknowledged → cursor → acknowledged

In memory there is a bounded number of items that Kafka has not acknowledged, of each source and
in all; while there is no room the sources wait.
"""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Mapping

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bunco import codec, log
from bunco.model import DeadLetter, Delivery, SourceState, dead_letter
from bunco.ports.parts import Clock
from bunco.streams import names
from bunco.streams.partitions import partition_of
from bunco.streams.producing import Records, partitions_for
from bunco.streams.records import SourceRecord
from bunco.streams.sending import Done, Record, Sending

SOURCE_ITEMS = 1000
"""Of one source, so many items may wait to be acknowledged before it is read on; a delivery
is taken whole. Source: ours; what a kill makes come a second time."""

_log = log.logger(__name__)


class Topics(Struct, frozen=True, kw_only=True):
    """The topics written to: the prefix of their names, and how many partitions each has."""

    prefix: str
    posts: int
    dead: int
    sources: int


class _Parcel:
    """One delivery on its way: what is still to be acknowledged of it."""

    def __init__(
        self, outbox: "Outbox", delivery: Delivery, items: int, generation: int | None
    ) -> None:
        self.delivery = delivery
        self.generation = generation
        self.open = items + len(delivery.dead)
        self._outbox = outbox

    def acknowledged(self, count: int) -> None:
        """Take note that so many more are safe."""
        self.open -= count
        self._outbox.landed(self.delivery.source, count)

    def refused(self, item: bytes, reason: str) -> None:
        """Set aside what Kafka does not take."""
        self._outbox.set_aside(self, item, reason)


class _Lane:
    """What is under way of one source."""

    def __init__(self) -> None:
        self.parcels: deque[_Parcel] = deque()
        self.items = 0
        self.saving = 0


class Outbox:
    """Take deliveries from the poller; the ``Outlet`` port. See the module.

    Args:
        sending: how records are sent.
        records: where posts are gathered.
        topics: where to.
        places: the partition of each source in the log of sources.
        most_items: how many may wait in all.
        clock: dates what is set aside.
    """

    def __init__(  # noqa: PLR0913  # one caller, who names each
        self,
        sending: Sending,
        records: Records,
        topics: Topics,
        places: Mapping[str, int],
        *,
        most_items: int,
        clock: Clock,
    ) -> None:
        self._sending = sending
        self._records = records
        self._topics = topics
        self._places = places
        self._most_items = most_items
        self._clock = clock
        self._lanes: dict[str, _Lane] = defaultdict(_Lane)
        self._generations: dict[str, int] = {}
        self._waiting: list[asyncio.Future[None]] = []
        self._items = 0
        self.counts: Counter[str] = Counter()
        """Posts taken and acknowledged, dead letters, removals."""

    def hold(self, sources: Collection[str], generation: int) -> None:
        """Save cursors of these from now on, as of this generation."""
        self._generations.update(dict.fromkeys(sources, generation))
        self._wake()

    def abandon(self, sources: Collection[str]) -> None:
        """Save no more cursors of these: they are another's. Posts under way go on."""
        for source in sources:
            self._generations.pop(source, None)
        self._wake()

    async def put(self, delivery: Delivery) -> None:
        """Take a delivery, whole, once there is room. Cancelled, it took nothing.

        Raises:
            BrokerError: nothing can be sent any more.
        """
        lane = self._lanes[delivery.source]
        while not self._has_room(lane, len(delivery.items)):
            self._records.hurry()
            await self._change()
        if self._sending.broken.done():
            self._sending.broken.result()
        self._take(lane, delivery)

    async def settled(self, sources: Collection[str]) -> None:
        """Wait until all of these is safe and their cursors are saved, or need no more be.

        A source that is abandoned, or held anew, meanwhile is not waited for.
        """
        held = {source: self._generations.get(source) for source in sources}
        while any(
            self._is_busy(self._lanes[source])
            for source, generation in held.items()
            if self._generations.get(source) == generation
        ):
            self._records.hurry()
            await self._change()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is under way."""
        return not any(self._is_busy(lane) for lane in self._lanes.values())

    def landed(self, source: str, count: int) -> None:
        """Take note that items of a source are safe; save the cursors that may be."""
        lane = self._lanes[source]
        lane.items -= count
        self._items -= count
        self.counts["acknowledged"] += count
        self._save(lane)
        self._wake()

    def set_aside(self, parcel: _Parcel, item: bytes, reason: str) -> None:
        """Make a dead letter of an item that is refused; its delivery waits for it."""
        source = parcel.delivery.source
        _log.error("post refused", source=source, reason=reason)
        letter = dead_letter(f"source:{source}", reason, item, source=source, author=_author(item))
        self._bury(parcel, letter)

    def _has_room(self, lane: _Lane, items: int) -> bool:
        if self._sending.broken.done():
            return True
        unsaved = max(lane.items, len(lane.parcels) + lane.saving)
        fits = self._items + items <= self._most_items or not self._items
        return fits and unsaved <= SOURCE_ITEMS

    def _is_busy(self, lane: _Lane) -> bool:
        return bool(lane.parcels or lane.saving) and not self._sending.broken.done()

    def _take(self, lane: _Lane, delivery: Delivery) -> None:
        by_partition: dict[int, list[bytes]] = defaultdict(list)
        for item in delivery.items:
            encoded = codec.encode(item)
            for partition in partitions_for(item, self._topics.posts):
                by_partition[partition].append(encoded)
        count = sum(map(len, by_partition.values()))
        parcel = _Parcel(self, delivery, count, self._generations.get(delivery.source))
        lane.parcels.append(parcel)
        lane.items += parcel.open
        self._items += parcel.open
        self.counts["items"] += count
        for letter in delivery.dead:
            self._bury(parcel, letter)
        for partition, items in by_partition.items():
            self._records.add(partition, items, parcel)
        self._save(lane)

    def _bury(self, parcel: _Parcel, letter: DeadLetter) -> None:
        letter = letter if letter.at else replace(letter, at=self._clock.now())
        self.counts["dead"] += 1

        def done(reason: str) -> None:
            if reason:
                _log.error("dead letter refused", origin=letter.origin, reason=reason)
            parcel.acknowledged(1)

        record = Record(
            topic=names.topic(self._topics.prefix, "dead"),
            partition=partition_of(letter.origin, self._topics.dead),
            key=letter.origin.encode("utf-8", "replace"),
            value=codec.encode(letter),
        )
        self._sending.send(record, done)

    def _save(self, lane: _Lane) -> None:
        """Send the cursors of all deliveries that are safe, in their order."""
        while lane.parcels and not lane.parcels[0].open:
            parcel = lane.parcels.popleft()
            delivery, generation = parcel.delivery, parcel.generation
            if generation is None or generation != self._generations.get(delivery.source):
                continue
            lane.saving += 1
            self._sending.send(self._record(delivery, generation), self._saved(lane, delivery))

    def _record(self, delivery: Delivery, generation: int) -> Record:
        state = delivery.state or SourceState(source=delivery.source, cursor=delivery.cursor)
        value = SourceRecord(state=state, poll=delivery.poll, generation=generation)
        return Record(
            topic=names.topic(self._topics.prefix, "sources"),
            partition=self._places[delivery.source],
            key=delivery.source.encode(),
            value=codec.encode(value),
        )

    def _saved(self, lane: _Lane, delivery: Delivery) -> Done:
        def done(reason: str) -> None:
            if reason:
                _log.error("cursor refused", source=delivery.source, reason=reason)
            lane.saving -= 1
            self._wake()

        return done

    async def _change(self) -> None:
        """Wait until something was acknowledged, or nothing can be any more."""
        change = asyncio.get_running_loop().create_future()
        self._waiting.append(change)
        await asyncio.wait({change, self._sending.broken}, return_when=asyncio.FIRST_COMPLETED)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for change in waiting:
            if not change.done():
                change.set_result(None)


def _author(item: bytes) -> str:
    """Give whose an encoded item is; it is ours, so it can be read, however large."""
    author: str = msgspec.json.decode(item, type=_Authored).author
    return author


class _Authored(Struct):
    author: str = ""
