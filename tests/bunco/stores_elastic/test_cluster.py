from collections.abc import Iterator

import pytest

from bunco.errors import UnavailableError
from bunco.stores_elastic.cluster import Cluster, Layout
from bunco.stores_elastic.connection import Connection, Reach
from tests.bunco.stores_elastic.scripted import ScriptedServer


@pytest.fixture
def cluster(scripted: ScriptedServer) -> Iterator[Cluster]:
    connection = Connection(Reach(urls=(scripted.url,)))
    yield Cluster(connection, Layout(prefix="x"))
    connection.close()


def test_half_an_answer_is_none(scripted: ScriptedServer, cluster: Cluster) -> None:
    scripted.answers = [(200, {"_shards": {"failed": 1, "failures": ["starting"]}, "hits": {}})]

    with pytest.raises(UnavailableError, match=r"for a part only: .*starting"):
        cluster.search(["posts"], {})


def test_a_document_whose_shard_is_away_is_not_taken_for_missing(
    scripted: ScriptedServer, cluster: Cluster
) -> None:
    away = {"type": "no_shard_available_action_exception", "reason": "no shard"}
    scripted.answers = [(200, {"docs": [{"_id": "a", "error": away}]})]

    with pytest.raises(UnavailableError, match="no shard"):
        cluster.fetch("authors", ["a"])


def test_a_document_of_an_index_that_is_not_there_is_missing(
    scripted: ScriptedServer, cluster: Cluster
) -> None:
    missing = {"type": "index_not_found_exception", "reason": "no such index"}
    scripted.answers = [(200, {"docs": [{"_id": "a", "error": missing}]})]

    assert cluster.fetch("authors", ["a"]) == {}
