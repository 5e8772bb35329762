import secrets
from collections.abc import Iterator

import pytest

from bunco.stores.elastic import ElasticStore, Options, cluster_of
from bunco.stores_elastic.cluster import Cluster
from tests.bunco.stores_elastic.scripted import ScriptedServer
from tests.contract.elastic import empty, erase


@pytest.fixture
def fresh_options(elastic: str) -> Iterator[Options]:
    """Give options with a prefix of their own: nothing of it is there yet."""
    prefix = f"t-elastic-{secrets.token_hex(4)}"
    yield Options(url=elastic, prefix=prefix)
    erase(elastic, prefix)


@pytest.fixture(scope="session")
def _shared_options(elastic: str) -> Iterator[Options]:
    prefix = f"t-elastic-{secrets.token_hex(4)}"
    made = Options(url=elastic, prefix=prefix)
    cluster = cluster_of(made)
    cluster.ready()
    cluster.connection.close()
    yield made
    erase(elastic, prefix)


@pytest.fixture
def options(_shared_options: Options, elastic: str) -> Options:
    """Give options whose indices are there and empty; making them takes a second."""
    empty(elastic, _shared_options.prefix)
    return _shared_options


@pytest.fixture
def store(options: Options) -> Iterator[ElasticStore]:
    made = ElasticStore(options)
    yield made
    made.close()


@pytest.fixture
def cluster(options: Options) -> Iterator[Cluster]:
    """Give the indices of the store as another process would reach them."""
    made = cluster_of(options)
    yield made
    made.connection.close()


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server
