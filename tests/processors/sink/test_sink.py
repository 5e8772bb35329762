from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import takewhile
from random import Random
from typing import Any

import pytest
from kafka import KafkaConsumer
from msgspec.structs import replace

from bunco import codec
from bunco.errors import BrokerError, StoreError, UnavailableError
from bunco.model import Poll, Post, Removal, SourceState, dead_letter
from bunco.options import KafkaOptions
from bunco.streams import names
from bunco.streams.closing import close_consumer
from bunco.streams.partitions import partition_of
from bunco.streams.records import SourceRecord, decode_items
from processors.sink.sink import Progress
from tests.builders import NOON, a_finding, a_post
from tests.processors.sink.failing import Failing
from tests.processors.sink.stage import Running, Stage, wait_for

pytestmark = pytest.mark.services

AWAY = UnavailableError("Elasticsearch does not answer")


def numbered(numbers: Iterable[int]) -> list[Post]:
    return [
        a_post(id=f"web:a{number % 9}.org/{number}", author=f"web:a{number % 9}.org")
        for number in numbers
    ]


@contextmanager
def running(stage: Stage, store: Failing, **changes: Any) -> Iterator[Running]:
    with Running(stage, store, **changes) as sink:
        yield sink


def count(progress: Progress) -> int:
    return progress.posts


def test_all_topics_come_into_the_store_and_offsets_are_saved(stage: Stage) -> None:
    store = Failing()
    state = SourceState(source="hn")
    about = SourceRecord(state=state, poll=Poll(source="hn", at=NOON, outcome="read"))
    letter = dead_letter("detector:bursts", "ValueError: no", codec.encode(a_post()))
    stage.put(numbered(range(500)))
    stage.put_findings([a_finding()])
    stage.write("sources", 3, codec.encode(about))
    stage.write("dead", 0, codec.encode(letter))
    stage.flush()

    with running(stage, store) as sink:
        sink.until(lambda done: done.posts == 500 and done.findings == done.dead == 1)
        wait_for(lambda: bool(store.source_states()))

    assert store.stats().posts == 500
    assert store.finding("f1") == a_finding()
    assert store.source_states() == {"hn": state}
    assert [poll.outcome for poll in store.polls("hn")] == ["read"]
    assert store.dead().rows == (letter,)
    assert [stage.saved(topic) for topic in ("findings", "sources", "dead")] == [1, 1, 1]


def test_a_sink_goes_on_behind_what_it_saved(stage: Stage) -> None:
    store = Failing()
    stage.put(numbered(range(100)))
    with running(stage, store) as sink:
        sink.until(lambda done: done.posts == 100)

    stage.put(numbered(range(100, 130)))
    with running(stage, store) as sink:
        sink.until(lambda done: done.posts >= 30)
        assert sink.progress.posts == 30

    assert store.stats().posts == 130


def test_what_cannot_be_read_is_set_aside_and_the_rest_goes_on(stage: Stage) -> None:
    store = Failing()
    stage.write("findings", 1, b"{")
    stage.write("posts", 1, b"no json")
    stage.write("posts", 2, b"[]", [("v", b"9")])
    stage.put(numbered(range(20)))
    stage.put_findings([a_finding()])

    with running(stage, store) as sink:
        sink.until(lambda done: done.posts == 20 and done.findings == 1 and done.dead == 1)

    (letter,) = store.dead().rows
    assert (letter.origin, letter.body) == ("findings:1:0", b"{")
    assert stage.saved("findings") == 2


def test_while_the_store_is_away_one_batch_is_held_and_nothing_is_saved(stage: Stage) -> None:
    store = Failing(AWAY)
    stage.put(numbered(range(2000)), at_most=20)
    with running(stage, store, batch_items=200) as sink:
        sink.until(lambda done: "does not answer" in done.waiting)
        stage.put(numbered(range(2000, 4000)), at_most=20)
        wait_for(lambda: len(store.refused) >= 3)

        assert {len(batch.posts) for batch in store.refused} <= set(range(100, 400))
        assert len({tuple(one.post.id for one in b.posts) for b in store.refused}) == 1
        assert sink.progress.held
        assert stage.saved("posts") == 0

        store.error = None
        sink.until(lambda done: done.posts == 4000 and not done.waiting)

    assert store.stats().posts == 4000
    assert stage.saved("posts") >= 4000 // 20
    assert sum(len(batch.posts) for batch in store.taken) == 4000


def test_a_store_that_fails_for_good_ends_the_sink_and_nothing_is_saved(stage: Stage) -> None:
    store = Failing(StoreError("the file is damaged"))
    stage.put(numbered(range(10)))

    with running(stage, store) as sink:
        wait_for(lambda: sink.failure is not None)

    assert isinstance(sink.failure, StoreError)
    assert stage.saved("posts") == 0


def test_offsets_are_never_ahead_of_the_store(stage: Stage) -> None:
    store = Failing()
    stage.put(numbered(range(3000)), at_most=1)

    with running(stage, store, batch_items=100) as sink:
        while sink.progress.posts < 3000:
            assert stage.saved("posts") <= store.stats().posts

    assert stage.saved("posts") == store.stats().posts == 3000


def test_two_sinks_share_partitions_and_one_takes_over_from_the_other(stage: Stage) -> None:
    store = Failing()
    with running(stage, store) as first:
        first.until(lambda done: len(done.held) > 4)
        with running(stage, store) as second:
            wait_for(lambda: _shared(first, second))
            stage.put(numbered(range(300)))
            first.until(lambda done: done.posts > 0)
            second.until(lambda done: done.posts > 0)
        stage.put(numbered(range(300, 600)))
        wait_for(lambda: store.stats().posts == 600)

    assert sum(len(batch.posts) for batch in store.taken) == 600


def _shared(first: Running, second: Running) -> bool:
    ours, theirs = first.progress.held, second.progress.held
    return bool(ours and theirs) and not ours & theirs


def test_a_waiting_sink_lets_go_of_what_others_took_over(stage: Stage) -> None:
    waiting, store = Failing(AWAY), Failing()
    stage.put(numbered(range(400)))
    with running(stage, waiting) as first:
        first.until(lambda done: bool(done.waiting))
        with running(stage, store) as second:
            wait_for(lambda: _shared(first, second))
            second.until(lambda done: done.posts > 0)
            waiting.refused.clear()
            wait_for(lambda: bool(waiting.refused))
            waiting.error = None
            wait_for(lambda: store.stats().posts + waiting.stats().posts == 400)
            theirs = {place.partition for place in second.progress.held if place.topic == "posts"}

    written = {partition_of(one.post.author, 4) for b in waiting.taken for one in b.posts}
    assert not written & theirs


def test_a_removal_without_author_is_carried_out_and_sent_on(stage: Stage) -> None:
    store = Failing()
    post, *_ = numbered([5])
    stage.put([post])
    with running(stage, store) as sink:
        sink.until(lambda done: done.posts == 1)
        stage.put([Removal(removed="post", id=post.id)])
        sink.until(lambda done: done.removals >= 5)

    assert store.post(post.id) is None
    sent_on = [item for item in _items(stage) if isinstance(item, Removal) and item.author]
    assert sent_on == [Removal(removed="post", id=post.id, author=post.author)]


def test_findings_do_not_wait_for_the_whole_backlog_of_posts(stage: Stage) -> None:
    store = Failing()
    noise = Random(1)
    posts = [a_post(id=f"web:b.org/{n}", author="web:b.org") for n in range(4000)]
    stage.put(replace(post, text=noise.randbytes(500).hex()) for post in posts)
    stage.put_findings([a_finding()])

    with running(stage, store, batch_items=100) as sink:
        sink.until(lambda done: done.posts == 4000 and done.findings == 1)

    before = takewhile(lambda batch: not batch.findings, store.taken)
    assert sum(len(batch.posts) for batch in before) < 2000


def test_without_topics_the_sink_ends_with_what_is_missing(
    kafka: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bunco.streams.connection.SHOWN_SECONDS", 1.0)
    options = KafkaOptions(bootstrap=(kafka,), prefix="t-sink-nowhere")
    sink = Running(_Nowhere(options), Failing())

    with sink:
        wait_for(lambda: sink.failure is not None)

    assert isinstance(sink.failure, BrokerError)
    assert "t-sink-nowhere.posts" in str(sink.failure)
    assert "bunco topics create" in str(sink.failure)


def test_a_sink_waits_for_a_kafka_that_is_away() -> None:
    sink = Running(_Nowhere(KafkaOptions(bootstrap=("127.0.0.1:9",))), Failing())

    with sink, pytest.raises(AssertionError, match="too long"):
        wait_for(lambda: sink.failure is not None, timedelta(seconds=1))

    assert sink.failure is None


class _Nowhere(Stage):
    """A stage without topics."""

    def __init__(self, options: KafkaOptions) -> None:
        self.options = options


def _items(stage: Stage) -> list[Any]:
    topic = names.topic(stage.options.prefix, "posts")
    consumer = KafkaConsumer(
        topic, **stage.settings, auto_offset_reset="earliest", consumer_timeout_ms=2000
    )
    found = [item for record in consumer for item in decode_items(record.value)[0]]
    close_consumer(consumer, 1000)
    return found
