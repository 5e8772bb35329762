import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from kafka.errors import MessageSizeTooLargeError

from bunco.errors import BrokerError
from bunco.model import DeadLetter, Delivery, Post, Removal, SourceState, dead_letter
from bunco.options import IngestOptions, KafkaOptions
from bunco.streams import sending
from bunco.streams.producing import Records
from bunco.streams.records import decode_dead, decode_items, decode_source
from bunco.streams.sending import Sending
from bunco.values import Duration
from ingest.sharing import outbox as module
from ingest.sharing.outbox import Outbox, Topics
from tests.builders import a_post
from tests.bunco.streams.producer import FakeProducer, Sent
from tests.fakes import FakeClock


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_AGAIN_SECONDS", 0.001)


class Set:
    """An outbox with a producer in the test's hand."""

    def __init__(self, *, answers: bool = False, most_items: int = 8000) -> None:
        self.producer = FakeProducer(answers=answers)
        options = KafkaOptions()
        self.sending = Sending(self.producer, self.producer.another, options)
        records = Records(
            self.sending, "bunco.posts", IngestOptions(record_wait=Duration(milliseconds=5))
        )
        self.outbox = Outbox(
            self.sending,
            records,
            Topics(prefix="bunco", posts=4, dead=2, sources=16),
            {"a": 3, "b": 4},
            most_items=most_items,
            clock=FakeClock(),
        )
        self.outbox.hold(["a", "b"], generation=5)

    def to(self, topic: str) -> list[Sent]:
        """Give what was sent to a topic."""
        return [sent for sent in self.producer.sent if sent.topic == f"bunco.{topic}"]

    def acknowledge(self) -> None:
        """Acknowledge whatever was sent."""
        for sent in self.producer.sent:
            if not sent.future.is_done:
                sent.acknowledge()

    def cursors(self, source: str = "a") -> list[bytes]:
        """Give the cursors of a source that were sent."""
        records = [decode_source(sent.value) for sent in self.to("sources")]
        return [one.state.cursor for one in records if one.state.source == source]


def _delivery(
    cursor: bytes, *posts: Post | Removal, source: str = "a", dead: tuple[DeadLetter, ...] = ()
) -> Delivery:
    state = SourceState(source=source, cursor=cursor)
    return Delivery(source=source, items=posts, cursor=cursor, state=state, dead=dead)


def _posts(count: int, *, author: str = "web:example.org") -> list[Post]:
    return [a_post(id=f"web:{author}/{number}", author=author) for number in range(count)]


def _run(test: Callable[[], Awaitable[Any]]) -> Any:
    return asyncio.run(asyncio.wait_for(test(), 5))


async def _turn(seconds: float = 0.02) -> None:
    await asyncio.sleep(seconds)


def test_a_cursor_is_saved_only_once_its_posts_are_acknowledged() -> None:
    async def test() -> None:
        parts = Set()
        await parts.outbox.put(_delivery(b"1", *_posts(1), *_posts(1, author="web:b.example")))
        await _turn()
        assert not parts.cursors()
        assert len(parts.to("posts")) == 2
        parts.to("posts")[0].acknowledge()
        await _turn()
        assert not parts.cursors()
        parts.to("posts")[1].acknowledge()
        await _turn()
        assert parts.cursors() == [b"1"]
        assert not parts.outbox.is_empty
        parts.acknowledge()
        await _turn()
        assert parts.outbox.is_empty

    _run(test)


def test_the_record_of_a_source_says_all_and_stands_where_its_readers_look() -> None:
    async def test() -> Sent:
        parts = Set(answers=True)
        await parts.outbox.put(_delivery(b"1", *_posts(1)))
        await _turn()
        return parts.to("sources")[0]

    sent = _run(test)

    assert (sent.key, sent.partition) == (b"a", 3)
    assert decode_source(sent.value).generation == 5


def test_cursors_of_a_source_are_saved_in_order() -> None:
    async def test() -> None:
        parts = Set()
        await parts.outbox.put(_delivery(b"1", *_posts(1)))
        await _turn()
        await parts.outbox.put(_delivery(b"2", *_posts(1, author="web:b.example")))
        await parts.outbox.put(_delivery(b"3"))
        await _turn()
        parts.to("posts")[1].acknowledge()
        await _turn()
        assert not parts.cursors()
        parts.to("posts")[0].acknowledge()
        await _turn()
        assert parts.cursors() == [b"1", b"2", b"3"]

    _run(test)


def test_a_delivery_without_items_saves_its_state_at_once() -> None:
    async def test() -> list[bytes]:
        parts = Set()
        await parts.outbox.put(_delivery(b"1"))
        return parts.cursors()

    assert _run(test) == [b"1"]


def test_dead_letters_are_safe_before_the_cursor() -> None:
    async def test() -> DeadLetter:
        parts = Set()
        letter = dead_letter("file:7", "no JSON", b"{", source="a")
        await parts.outbox.put(_delivery(b"1", dead=(letter,)))
        await _turn()
        assert not parts.cursors()
        parts.acknowledge()
        await _turn()
        assert parts.cursors() == [b"1"]
        assert parts.to("dead")[0].key == b"file:7"
        return decode_dead(parts.to("dead")[0].value)

    letter = _run(test)

    assert (letter.reason, letter.body, letter.at) == ("no JSON", b"{", FakeClock().now())


def test_a_refused_post_becomes_a_dead_letter_before_the_cursor() -> None:
    async def test() -> list[DeadLetter]:
        parts = Set()
        await parts.outbox.put(_delivery(b"1", *_posts(2)))
        for _ in range(12):
            await _turn()
            assert not parts.cursors()
            for sent in parts.to("posts"):
                if not sent.future.is_done and b"web:web:example.org/1" in sent.value:
                    sent.fail(MessageSizeTooLargeError("too large"))
                elif not sent.future.is_done:
                    sent.acknowledge()
        parts.acknowledge()
        await _turn()
        assert parts.cursors() == [b"1"]
        return [decode_dead(sent.value) for sent in parts.to("dead")]

    (letter,) = _run(test)

    assert (letter.source, letter.author) == ("a", "web:example.org")
    assert b"web:web:example.org/1" in letter.body
    assert letter.reason


def test_a_removal_without_author_goes_to_every_partition() -> None:
    async def test() -> None:
        parts = Set()
        removal = Removal(removed="post", id="web:1")
        await parts.outbox.put(_delivery(b"1", removal))
        await _turn()
        for sent in parts.to("posts")[:-1]:
            sent.acknowledge()
        await _turn()
        assert not parts.cursors()
        parts.acknowledge()
        await _turn()
        assert parts.cursors() == [b"1"]
        assert {sent.partition for sent in parts.to("posts")} == {0, 1, 2, 3}
        assert [decode_items(sent.value)[0] for sent in parts.to("posts")] == [[removal]] * 4

    _run(test)


def test_a_source_waits_while_too_much_of_it_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SOURCE_ITEMS", 10)

    async def test() -> None:
        parts = Set()
        await parts.outbox.put(_delivery(b"1", *_posts(50)))
        second = asyncio.create_task(parts.outbox.put(_delivery(b"2", *_posts(1))))
        await parts.outbox.put(_delivery(b"1", *_posts(1), source="b"))
        await _turn()
        assert not second.done()
        parts.acknowledge()
        await asyncio.wait_for(second, 1)

    _run(test)


def test_all_sources_wait_while_too_much_is_under_way() -> None:
    async def test() -> None:
        parts = Set(most_items=20)
        await parts.outbox.put(_delivery(b"1", *_posts(15)))
        second = asyncio.create_task(parts.outbox.put(_delivery(b"1", *_posts(10), source="b")))
        await _turn()
        assert not second.done()
        parts.acknowledge()
        await asyncio.wait_for(second, 1)

    _run(test)


def test_a_put_that_is_cancelled_took_nothing() -> None:
    async def test() -> None:
        parts = Set(most_items=20)
        await parts.outbox.put(_delivery(b"1", *_posts(20)))
        second = asyncio.create_task(parts.outbox.put(_delivery(b"2", *_posts(1))))
        await _turn()
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        parts.acknowledge()
        await _turn()
        parts.acknowledge()
        await _turn()
        assert parts.cursors() == [b"1"]
        assert parts.outbox.is_empty

    _run(test)


def test_an_abandoned_source_saves_no_more_cursors() -> None:
    async def test() -> None:
        parts = Set()
        await parts.outbox.put(_delivery(b"1", *_posts(1)))
        await _turn()
        parts.outbox.abandon(["a"])
        parts.acknowledge()
        await _turn()
        assert not parts.cursors()
        assert parts.outbox.is_empty

    _run(test)


def test_what_was_under_way_before_a_source_went_and_came_back_saves_no_cursor() -> None:
    async def test() -> None:
        parts = Set()
        await parts.outbox.put(_delivery(b"old", *_posts(1)))
        await _turn()
        parts.outbox.abandon(["a"])
        parts.outbox.hold(["a"], generation=9)
        await parts.outbox.put(_delivery(b"new", *_posts(1)))
        await _turn()
        parts.acknowledge()
        await _turn()
        assert parts.cursors() == [b"new"]

    _run(test)


def test_settled_waits_for_posts_and_cursors_of_those_sources() -> None:
    async def test() -> None:
        parts = Set()
        await parts.outbox.put(_delivery(b"1", *_posts(1)))
        await parts.outbox.put(_delivery(b"1", *_posts(1, author="web:b.example"), source="b"))
        waiting = asyncio.create_task(parts.outbox.settled(["a"]))
        await _turn()
        own = next(sent for sent in parts.to("posts") if b"example.org" in sent.value)
        own.acknowledge()
        await _turn()
        assert not waiting.done()
        parts.to("sources")[0].acknowledge()
        await asyncio.wait_for(waiting, 1)

    _run(test)


@pytest.mark.parametrize("generation", [None, 6])
def test_settled_does_not_wait_for_what_was_abandoned_or_held_anew(generation: int | None) -> None:
    async def test() -> None:
        parts = Set()
        await parts.outbox.put(_delivery(b"1", *_posts(1)))
        waiting = asyncio.create_task(parts.outbox.settled(["a"]))
        await _turn()
        if generation is None:
            parts.outbox.abandon(["a"])
        else:
            parts.outbox.hold(["a"], generation)
        await asyncio.wait_for(waiting, 1)

    _run(test)


def test_a_broken_sender_ends_a_put_that_waits() -> None:
    async def test() -> None:
        parts = Set(most_items=1)
        await parts.outbox.put(_delivery(b"1", *_posts(1)))
        second = asyncio.create_task(parts.outbox.put(_delivery(b"2", *_posts(1))))
        await _turn()
        parts.sending.broken.set_exception(BrokerError("refused"))
        with pytest.raises(BrokerError):
            await second

    _run(test)
