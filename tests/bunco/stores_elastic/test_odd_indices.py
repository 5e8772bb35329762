from datetime import timedelta

import pytest
from msgspec.structs import replace

from bunco import codec
from bunco.model import Batch, Post
from bunco.stores import memory
from bunco.stores.elastic import ElasticStore, Options
from bunco.stores_elastic.cluster import Cluster
from tests.builders import NOON
from tests.contract.stores import answers, quoting, stored

pytestmark = pytest.mark.services

AUTHOR = "web:example.org"


@pytest.fixture
def options(fresh_options: Options) -> Options:
    """Give indices of their own: these tests spoil them."""
    return fresh_options


def guessed_month(cluster: Cluster, month: str) -> str:
    """Make an index that takes no posts: it has a time for a flag."""
    cluster.ready()
    fields = {"properties": {"seen_at": {"type": "boolean"}}}
    body = {"mappings": fields, "aliases": {cluster.alias("posts"): {}}}
    cluster.connection.request("PUT", f"/{cluster.month(month)}", body)
    return cluster.month(month)


def test_what_the_server_refuses_becomes_a_dead_letter_that_can_be_played_again(
    store: ElasticStore, cluster: Cluster
) -> None:
    index = guessed_month(cluster, "2026.04")
    april = stored(2, posted_at=NOON + timedelta(days=40), place="forum")

    store.commit(Batch(posts=(stored(1), april, stored(3)), findings=(quoting(),)))

    assert store.stats().posts == 2
    assert store.finding("f1") == quoting()
    (letter,) = store.dead().rows
    assert (letter.origin, letter.source, letter.author) == ("store:posts", "example", AUTHOR)
    assert "seen_at" in letter.reason
    cluster.connection.request("DELETE", f"/{index}")
    item = codec.decode_item(letter.body)
    assert isinstance(item, Post)
    store.commit(Batch(posts=(replace(april, post=item),)))
    assert store.stats().posts == 3


def test_the_letter_of_a_large_post_holds_all_of_it(store: ElasticStore, cluster: Cluster) -> None:
    guessed_month(cluster, "2026.03")
    large = stored(1, text="long " * 100_000)

    store.commit(Batch(posts=(large,)))

    (letter,) = store.dead().rows
    assert codec.decode_item(letter.body) == large.post


def test_a_store_that_was_never_written_to_answers_with_nothing_and_makes_nothing(
    store: ElasticStore, cluster: Cluster
) -> None:
    found = answers(store)

    assert found == answers(memory.PART.make(memory.Options()))
    assert store.retain("feed", NOON) == 0
    assert store.drop_dead(["x"]) == 0
    assert store.version() == 0
    assert store.removed_authors([AUTHOR]) == {}
    assert (store.post("x"), store.finding("x"), store.author(AUTHOR)) == (None, None, None)
    assert store.check() == []
    assert (cluster.indices(), cluster.templates()) == ({}, {})
