from datetime import timedelta
from typing import Any

import pytest

from bunco.model import Batch
from bunco.stores.elastic import ElasticStore, Options
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.connection import Connection
from tests.builders import NOON
from tests.contract.stores import HOUR, stored

pytestmark = pytest.mark.services


@pytest.fixture
def options(fresh_options: Options) -> Options:
    """Give indices of their own: these tests spoil them."""
    return fresh_options


MONTH = timedelta(days=31)


def test_a_month_that_holds_nothing_else_is_dropped_whole(
    store: ElasticStore, cluster: Cluster
) -> None:
    old = [stored(n, posted_at=NOON + n * HOUR, source="feed") for n in range(5)]
    mixed = [stored(10 + n, posted_at=NOON + MONTH, source="fo"[n]) for n in range(2)]
    store.commit(Batch(posts=(*old, *mixed, stored(20, posted_at=NOON + 2 * MONTH))))
    before = store.counts("posts", step=HOUR)

    dropped = store.retain("feed", NOON + 2 * MONTH)

    assert dropped == 5
    names = [name for name in cluster.indices() if name.startswith(cluster.alias("posts"))]
    assert names == [cluster.month("2026.04"), cluster.month("2026.05")]
    assert store.counts("posts", step=HOUR) == before
    assert store.known([post.post.id for post in old]).keys() == {post.post.id for post in old}
    store.commit(Batch(posts=(*old, stored(30, posted_at=NOON, source="feed"))))
    assert store.stats().posts == 4


def test_what_came_while_a_month_was_dropped_is_kept(
    store: ElasticStore, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.commit(Batch(posts=(stored(1, source="feed"),)))
    ask = Connection.request
    late = [Batch(posts=(stored(2, source="other"),))]

    def asked(connection: Connection, method: str, path: str, *rest: Any, **how: Any) -> Any:
        if path.endswith("/_settings") and late:
            other = ElasticStore(options)
            other.commit(late.pop())
            other.close()
        return ask(connection, method, path, *rest, **how)

    monkeypatch.setattr(Connection, "request", asked)

    dropped = store.retain("feed", NOON + MONTH)

    assert dropped == 1
    assert [row.post.id for row in store.search("council").rows] == ["web:example.org/2"]
    store.commit(Batch(posts=(stored(3),)))
    assert store.stats().posts == 2
