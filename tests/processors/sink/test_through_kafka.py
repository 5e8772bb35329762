"""What the command line changes in a distributed run goes through Kafka."""

from typing import Any

import pytest
from kafka import KafkaConsumer

from bunco import codec, dead_wiring, wiring
from bunco.config import Config, from_tables
from bunco.model import Batch, Item, Removal, dead_letter
from bunco.stores import memory
from bunco.streams import names
from bunco.streams.closing import close_consumer
from bunco.streams.records import AGAIN_HEADER, decode_items
from tests.builders import NOON, a_finding, a_post, a_verdict, an_enriched
from tests.processors.sink.stage import Stage


def settings(**tables: Any) -> Config:
    return from_tables(tables, where="test", environment={})


def published(stage: Stage) -> list[tuple[str, list[Item]]]:
    topic = names.topic(stage.options.prefix, "posts")
    consumer = KafkaConsumer(
        topic, **stage.settings, auto_offset_reset="earliest", consumer_timeout_ms=1000
    )
    found = [
        (dict(one.headers).get(AGAIN_HEADER, b"").decode(), decode_items(one.value)[0])
        for one in consumer
    ]
    close_consumer(consumer, 1000)
    return found


def test_a_table_kafka_makes_the_run_a_distributed_one() -> None:
    assert not settings().distributed
    assert settings(kafka={}).distributed


@pytest.mark.services
def test_a_forgotten_author_is_told_to_the_processors(stage: Stage) -> None:
    store = memory.PART.make(memory.Options())
    store.commit(Batch(posts=(an_enriched(),)))

    wiring.forget(store, "web:example.org", NOON, through=stage.options)

    gone = Removal(removed="author", author="web:example.org", at=NOON)
    assert published(stage) == [("", [gone])]
    assert store.stats().posts == 0


@pytest.mark.services
def test_a_verdict_is_told_to_the_processors_and_kept_at_once(stage: Stage) -> None:
    store = memory.PART.make(memory.Options())
    store.commit(Batch(findings=(a_finding(),)))

    wiring.judge(store, settings(), [a_verdict()], through=stage.options)

    assert published(stage) == [("", [a_verdict()])]
    judged = store.finding("f1")
    assert judged is not None
    assert judged.verdict == a_verdict()


@pytest.mark.services
def test_dead_letters_go_back_to_kafka_before_they_are_dropped(stage: Stage) -> None:
    store = memory.PART.make(memory.Options())
    good = dead_letter("detector:bursts", "why", codec.encode(a_post()))
    bad = dead_letter("posts:0:1", "why", b"{")
    store.commit(Batch(dead=(good, bad)))

    came = dead_wiring.replay_dead(store, settings(), [good.id, bad.id], through=stage.options)

    assert (came.mended, came.failed) == (1, 1)
    assert came.reasons[0].startswith("posts:0:1: ")
    assert published(stage) == [("bursts", [a_post()])]
    assert store.dead().rows == (bad,)
