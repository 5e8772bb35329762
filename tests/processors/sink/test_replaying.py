from collections.abc import Sequence

import pytest

from bunco import codec
from bunco.errors import BrokerError, StoreError
from bunco.model import Batch, DeadLetter, Item, Poll, Removal, SourceState, dead_letter
from bunco.ports.queries import VerdictQuery
from bunco.ports.stores import Store
from bunco.storage.letters import WAS_CUT
from bunco.stores import memory
from bunco.streams.records import SourceRecord, join_items
from processors.sink import replaying
from tests.builders import NOON, a_finding, a_post, a_verdict
from tests.processors.sink.failing import Failing

POST = codec.encode(a_post())


class Topic:
    """Takes what is published; refuses an item of that id."""

    def __init__(self, refused: str = "") -> None:
        self.taken: list[tuple[str, list[Item]]] = []
        self._refused = refused

    def __call__(self, items: Sequence[Item], again: str) -> None:
        if any(item.id == self._refused for item in items):
            raise BrokerError("a record is too large")
        self.taken.append((again, list(items)))


def replay(given: Sequence[DeadLetter], store: Store, topic: Topic) -> dict[str, str]:
    return replaying.replay(given, store, topic, {"bursts", "repeats"})


def letters(*origins: str, body: bytes = POST) -> list[DeadLetter]:
    return [dead_letter(origin, "why", body) for origin in origins]


def test_what_others_than_the_sink_set_aside_goes_back_to_kafka() -> None:
    topic = Topic()
    origins = ("enrich", "posts:3:17", "jsonl:4", "source:hn", "detector:bursts")

    failed = replay(letters(*origins), Failing(), topic)

    assert failed == {}
    assert topic.taken == [("*", [a_post()]), ("", [a_post()] * 3), ("bursts", [a_post()])]


def test_a_letter_of_a_detector_that_is_not_configured_fails_with_the_reason() -> None:
    topic = Topic()
    gone, there = letters("detector:stale", "detector:bursts")

    failed = replay([gone, there], Failing(), topic)

    assert failed == {gone.id: "no detector of kind stale is configured"}
    assert topic.taken == [("bursts", [a_post()])]


@pytest.mark.parametrize("origin", ["enrich", "detector:bursts", "posts:0:1", "store:posts"])
def test_a_letter_that_was_cut_says_so(origin: str) -> None:
    (letter,) = letters(origin, body=codec.encode(a_post(text="x" * 100_000)))

    assert replay([letter], Failing(), Topic()) == {letter.id: WAS_CUT}


def test_a_verdict_that_the_store_set_aside_goes_into_the_store() -> None:
    store: Store = memory.PART.make(memory.Options())

    failed = replay(letters("store:posts", body=codec.encode(a_verdict())), store, Topic())

    assert failed == {}
    assert store.verdicts(VerdictQuery()).rows == (a_verdict(),)


def test_a_letter_of_a_whole_record_gives_all_its_items() -> None:
    topic = Topic()
    other = a_post(id="web:example.org/2")

    replay(letters("posts:0:1", body=join_items([POST, codec.encode(other)])), Failing(), topic)

    assert topic.taken == [("", [a_post(), other])]


@pytest.mark.parametrize(
    "origin", ["enrich", "posts:0:1", "findings:0:1", "store:posts", "dead:0:1"]
)
def test_what_still_cannot_be_read_fails_again_with_the_reason(origin: str) -> None:
    (letter,) = letters(origin, body=b'[{"id": 1}]')
    topic = Topic()

    failed = replay([letter], Failing(), topic)

    assert failed[letter.id]
    assert topic.taken == []


def test_what_kafka_refuses_fails_alone() -> None:
    good, bad = a_post(id="web:example.org/1"), a_post(id="web:example.org/2")
    one, two = letters("jsonl:1", body=codec.encode(good)) + letters(
        "jsonl:2", body=codec.encode(bad)
    )
    topic = Topic(refused=bad.id)

    failed = replay([one, two], Failing(), topic)

    assert failed == {two.id: "a record is too large"}
    assert topic.taken == [("", [good])]


def test_what_the_sink_or_the_store_set_aside_goes_into_the_store() -> None:
    store = Failing()
    about = SourceRecord(
        state=SourceState(source="hn"), poll=Poll(source="hn", at=NOON, outcome="read")
    )
    inner = dead_letter("enrich", "why", POST)
    topic = Topic()

    failed = replay(
        [
            *letters("store:posts"),
            *letters("findings:1:2", body=codec.encode(a_finding())),
            *letters("store:findings", body=codec.encode(a_finding(id="f2"))),
            *letters("sources:1:2", body=codec.encode(about)),
            *letters("dead:0:2", body=codec.encode(inner)),
        ],
        store,
        topic,
    )

    assert failed == {}
    assert topic.taken == []
    assert store.post("web:example.org/1") is not None
    assert [store.finding(name) is not None for name in ("f1", "f2")] == [True, True]
    assert list(store.source_states()) == ["hn"]
    assert store.dead().rows == (inner,)


class Refusing(Failing):
    """A store that sets posts and findings aside again, as Elasticsearch may."""

    def commit(self, batch: Batch) -> None:
        self.refused.append(batch)


def test_what_the_store_refuses_again_stays_a_letter() -> None:
    given = letters("store:posts") + letters("findings:1:2", body=codec.encode(a_finding()))

    failed = replay(given, Refusing(), Topic())

    assert failed == dict.fromkeys([one.id for one in given], "the store refused it again")


def test_what_is_of_a_removed_author_counts_as_mended() -> None:
    store = memory.PART.make(memory.Options())
    store.commit(Batch(removals=(Removal(removed="author", author="web:example.org"),)))
    given = letters("store:posts") + letters("findings:1:2", body=codec.encode(a_finding()))

    assert replay(given, store, Topic()) == {}
    assert store.stats().posts == 0


def test_a_store_that_fails_ends_the_replay() -> None:
    with pytest.raises(StoreError):
        replay(letters("store:posts"), Failing(StoreError("damaged")), Topic())
