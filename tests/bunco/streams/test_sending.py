import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
from kafka.errors import (
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    OutOfOrderSequenceNumberError,
    TopicAuthorizationFailedError,
)

from bunco.errors import BrokerError, ConfigError
from bunco.options import KafkaOptions
from bunco.streams import sending
from bunco.streams.sending import Record, Sending
from tests.bunco.streams.producer import FakeProducer


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "_AGAIN_SECONDS", 0.001)


def _record(value: bytes, partition: int = 0) -> Record:
    return Record(topic="t", partition=partition, value=value)


def _run(
    test: Callable[[FakeProducer, Sending, dict[bytes, str]], Awaitable[None]],
) -> tuple[FakeProducer, dict[bytes, str]]:
    """Run a test on a fresh sender; give what was sent, and what became of each value."""
    producer, done = FakeProducer(), dict[bytes, str]()

    async def run() -> None:
        await test(producer, Sending(producer, producer.another, KafkaOptions()), done)

    asyncio.run(run())
    return producer, done


def _send(sender: Sending, done: dict[bytes, str], *values: bytes, partition: int = 0) -> None:
    for value in values:
        sender.send(_record(value, partition), partial(done.__setitem__, value))


async def _acknowledged(producer: FakeProducer) -> None:
    """Acknowledge whatever is sent, until nothing more is."""
    for _ in range(8):
        await _turn()
        for sent in producer.sent:
            if not sent.future.is_done:
                sent.acknowledge()


async def _turn(seconds: float = 0.01) -> None:
    await asyncio.sleep(seconds)


def test_a_record_is_done_when_it_is_acknowledged_and_not_before() -> None:
    async def test(producer: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        _send(sender, done, b"1")
        await _turn()
        assert not done
        producer.sent[0].acknowledge()
        await _turn()

    _, done = _run(test)

    assert done == {b"1": ""}


def test_every_record_says_its_schema_version() -> None:
    async def test(_: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        _send(sender, done, b"1")

    producer, _ = _run(test)

    assert producer.sent[0].headers == [("v", b"1")]


def test_what_was_given_up_is_sent_again_in_order_before_what_came_later() -> None:
    async def test(producer: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        _send(sender, done, b"1", b"2", b"3")
        producer.sent[1].fail(OutOfOrderSequenceNumberError())
        producer.sent[0].fail(OutOfOrderSequenceNumberError())
        await _turn()
        _send(sender, done, b"4", b"5", partition=1)
        assert len(producer.sent) == 3, "nothing overtakes what is under way"
        producer.sent[2].acknowledge()
        await _acknowledged(producer)

    producer, done = _run(test)

    assert producer.values("t") == [b"1", b"2", b"3", b"1", b"2", b"4", b"5"]
    assert done == dict.fromkeys([b"1", b"2", b"3", b"4", b"5"], "")


def test_what_failed_is_sent_alone() -> None:
    async def test(producer: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        _send(sender, done, b"1", b"2")
        for sent in producer.sent:
            sent.fail(OutOfOrderSequenceNumberError())
        await _turn()

    producer, _ = _run(test)

    assert producer.values("t") == [b"1", b"2", b"1"]


def test_only_the_one_that_is_refused_is_refused_though_all_failed_with_it() -> None:
    async def test(producer: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        _send(sender, done, b"1", b"large", b"3")
        for sent in producer.sent:
            sent.fail(MessageSizeTooLargeError("too large"))
        await _turn()
        producer.sent[3].acknowledge()
        await _turn()
        producer.sent[4].fail(MessageSizeTooLargeError("too large"))
        await _turn()
        producer.sent[5].acknowledge()
        await _turn()

    producer, done = _run(test)

    assert producer.values("t")[3:] == [b"1", b"large", b"3"]
    assert (done[b"1"], done[b"3"]) == ("", "")
    assert done[b"large"]
    assert producer.renewed == 2, "once for those that failed, once after the refusal"


def test_what_no_request_can_hold_is_refused_without_being_sent() -> None:
    async def test(_: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        sender.send(
            _record(b"x" * (sending.LARGEST_BYTES + 1)), lambda reason: done.update({b"": reason})
        )
        await _turn()

    producer, done = _run(test)

    assert "larger" in done[b""]
    assert not producer.sent


@pytest.mark.parametrize("error", [KafkaTimeoutError("no metadata"), ValueError("no partition")])
def test_what_the_producer_does_not_even_take_is_sent_again(error: Exception) -> None:
    async def test(producer: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        producer.raises.append(error)
        _send(sender, done, b"1", b"2")
        await _acknowledged(producer)

    _, done = _run(test)

    assert done == {b"1": "", b"2": ""}


def test_a_broker_that_is_away_is_waited_for_however_often() -> None:
    async def test(producer: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        _send(sender, done, b"1")
        for number in range(50):
            while len(producer.sent) <= number:
                await _turn()
            producer.sent[number].fail(KafkaTimeoutError())
        assert not sender.broken.done()
        await _acknowledged(producer)

    producer, done = _run(test)

    assert done == {b"1": ""}
    assert producer.renewed == 0


@pytest.mark.parametrize("failures", [1, 2])
def test_a_refusal_for_good_breaks_the_sender(failures: int) -> None:
    errors = [KafkaTimeoutError()] * (failures - 1) + [TopicAuthorizationFailedError("t")]

    async def test(producer: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        _send(sender, done, b"1")
        for error in errors:
            producer.sent[-1].fail(error)
            await _turn()
        with pytest.raises(BrokerError):
            await asyncio.wait_for(sender.broken, 1)

    _, done = _run(test)

    assert not done


@pytest.mark.parametrize(
    "error",
    [
        ConfigError("configuration", "kafka.ca_file", "/ca.pem", "a readable file"),
        OSError("kafka.ca_file: no such file"),
    ],
)
def test_where_no_new_producer_can_be_made_the_sender_breaks(error: Exception) -> None:
    async def another() -> FakeProducer:
        raise error

    async def run() -> None:
        producer, done = FakeProducer(), dict[bytes, str]()
        sender = Sending(producer, another, KafkaOptions())
        _send(sender, done, b"1")
        producer.sent[0].fail(OutOfOrderSequenceNumberError())
        with pytest.raises(BrokerError, match="ca_file"):
            await asyncio.wait_for(sender.broken, 1)
        assert not done

    asyncio.run(run())


def test_an_error_that_never_heals_breaks_the_sender_in_the_end() -> None:
    async def test(producer: FakeProducer, sender: Sending, done: dict[bytes, str]) -> None:
        _send(sender, done, b"1")
        while not sender.broken.done():
            producer.sent[-1].fail(OutOfOrderSequenceNumberError())
            await _turn()
        with pytest.raises(BrokerError):
            sender.broken.result()

    producer, _ = _run(test)

    assert len(producer.sent) == sending._MOST_FAILURES + 1
