import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from kafka.errors import MessageSizeTooLargeError

from bunco.model import Removal
from bunco.options import IngestOptions, KafkaOptions
from bunco.streams.producing import Records, partitions_for
from bunco.streams.sending import Sending
from bunco.values import Duration, Size
from tests.builders import a_post
from tests.bunco.streams.producer import FakeProducer


class Slip:
    """A receipt that keeps what it was told."""

    def __init__(self) -> None:
        self.safe = 0
        self.refusals: list[tuple[bytes, str]] = []

    def acknowledged(self, count: int) -> None:
        """Count."""
        self.safe += count

    def refused(self, item: bytes, reason: str) -> None:
        """Keep."""
        self.refusals.append((item, reason))


def _run(
    test: Callable[[Records, FakeProducer], Awaitable[None]], **options: Any
) -> tuple[FakeProducer, Records]:
    producer = FakeProducer(answers=False)

    async def run() -> Records:
        changes = {"record_wait": Duration(seconds=60)} | options
        records = Records(
            Sending(producer, producer.another, KafkaOptions()), "t.posts", IngestOptions(**changes)
        )
        await test(records, producer)
        return records

    return producer, asyncio.run(run())


def _items(count: int, size: int = 3) -> list[bytes]:
    return [b'"%s"' % (b"%d" % number).rjust(size, b"x") for number in range(count)]


def test_a_record_goes_when_it_holds_enough_items() -> None:
    async def test(records: Records, _: FakeProducer) -> None:
        records.add(0, [b"1", b"2", b"3", b"4", b"5"], Slip())

    producer, records = _run(test, record_items=2)

    assert producer.values("t.posts") == [b"[1,2]", b"[3,4]"]
    assert records.sent == 2


def test_a_record_goes_when_it_is_large_enough() -> None:
    async def test(records: Records, _: FakeProducer) -> None:
        records.add(0, _items(10, size=48), Slip())

    producer, _ = _run(test, record_bytes=Size(200))

    assert [len(value) for value in producer.values("t.posts")] == [154, 154, 154]


def test_a_large_item_travels_alone() -> None:
    async def test(records: Records, _: FakeProducer) -> None:
        records.add(0, [b"1", b"2" * 300, b"3"], Slip())
        records.hurry()

    producer, _ = _run(test, record_bytes=Size(200))

    assert producer.values("t.posts") == [b"[1]", b"[" + b"2" * 300 + b"]", b"[3]"]


def test_a_record_waits_for_others_only_so_long() -> None:
    async def test(records: Records, producer: FakeProducer) -> None:
        records.add(0, [b"1"], Slip())
        await asyncio.sleep(0.01)
        records.add(0, [b"2"], Slip())
        assert not producer.sent
        await asyncio.sleep(0.05)

    producer, _ = _run(test, record_wait=Duration(milliseconds=30))

    assert producer.values("t.posts") == [b"[1,2]"]


def test_who_is_in_a_hurry_has_open_records_sent_once() -> None:
    async def test(records: Records, _: FakeProducer) -> None:
        records.add(0, [b"1"], Slip())
        records.add(1, [b"2"], Slip())
        records.hurry()
        records.hurry()
        await asyncio.sleep(0.05)

    producer, _ = _run(test, record_wait=Duration(milliseconds=20))

    assert producer.values("t.posts") == [b"[1]", b"[2]"]


def test_items_of_a_partition_keep_their_order_and_others_theirs() -> None:
    async def test(records: Records, _: FakeProducer) -> None:
        records.add(0, [b"1", b"2"], Slip())
        records.add(1, [b"7"], Slip())
        records.add(0, [b"3"], Slip())
        records.hurry()

    producer, _ = _run(test)

    assert {sent.partition: sent.value for sent in producer.sent} == {0: b"[1,2,3]", 1: b"[7]"}


def test_each_of_those_who_share_a_record_is_told_of_its_own_items() -> None:
    one, other = Slip(), Slip()

    async def test(records: Records, producer: FakeProducer) -> None:
        records.add(0, [b"1", b"2"], one)
        records.add(0, [b"3"], other)
        records.hurry()
        assert (one.safe, other.safe) == (0, 0)
        producer.sent[0].acknowledge()
        await asyncio.sleep(0.01)

    _run(test)

    assert (one.safe, other.safe) == (2, 1)


def test_of_a_refused_record_only_the_item_that_is_refused_alone_is_set_aside() -> None:
    slip = Slip()

    async def test(records: Records, producer: FakeProducer) -> None:
        records.add(0, [b"1", b"22", b"3"], slip)
        records.hurry()
        for _ in range(9):
            for sent in producer.sent:
                if sent.future.is_done:
                    continue
                if b"22" in sent.value:
                    sent.fail(MessageSizeTooLargeError("too large"))
                else:
                    sent.acknowledge()
            await asyncio.sleep(0.02)

    _run(test)

    assert slip.safe == 2
    assert [item for item, _ in slip.refusals] == [b"22"]
    assert slip.refusals[0][1]


@pytest.mark.parametrize(
    ("item", "partitions"),
    [
        (a_post(author="web:example.org"), 1),
        (Removal(removed="post", id="web:1", author="web:example.org"), 1),
        (Removal(removed="post", id="web:1"), 8),
    ],
    ids=["a post", "a removal", "a removal without author"],
)
def test_an_item_goes_to_its_author_or_to_all(item: Any, partitions: int) -> None:
    found = list(partitions_for(item, 8))

    assert len(set(found)) == partitions
    assert set(found) <= set(range(8))
