import pytest

from bunco.errors import StoreError
from bunco.model import Batch
from bunco.stores.elastic import ElasticStore, Options
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.mappings import GROUPS, Group
from bunco.stores_elastic.upkeep import Upkeep
from tests.contract.stores import answers, quoting, stored

pytestmark = pytest.mark.services


@pytest.fixture
def options(fresh_options: Options) -> Options:
    """Give indices of their own: these tests spoil them."""
    return fresh_options


def age(cluster: Cluster, *groups: Group) -> None:
    """Make the indices of some groups, and all templates, of an older form."""
    for name in cluster.indices():
        if not name.startswith(tuple(map(cluster.alias, groups))):
            continue
        cluster.connection.request("PUT", f"/{name}/_mapping", {"_meta": {"bunco": 0}})
    for name, template in cluster.templates().items():
        older = template | {"version": 0, "_meta": {"bunco": 0}}
        cluster.connection.request(
            "PUT",
            f"/_index_template/{name}",
            {key: older[key] for key in older if not key.endswith(("_date", "_date_millis"))},
        )


def test_everything_is_made_once(cluster: Cluster) -> None:
    upkeep = Upkeep(cluster)
    assert upkeep.check() == ['nothing is there yet: "bunco index create" makes it']

    made = upkeep.create()

    assert len(made) == 2 * len(GROUPS) - 1
    assert upkeep.create() == []
    assert upkeep.check() == []


def test_what_differs_is_told(cluster: Cluster) -> None:
    upkeep = Upkeep(cluster)
    upkeep.create()
    prefix = cluster.layout.prefix
    request = cluster.connection.request
    request("DELETE", f"/_index_template/{prefix}-dead")
    request("DELETE", f"/{prefix}-gone-000001")
    request(
        "PUT", f"/{prefix}-posts-2026.01", {"mappings": {"properties": {"at": {"type": "long"}}}}
    )
    request("PUT", f"/{prefix}-polls-000001/_settings", {"index.blocks.write": True})

    told = "\n".join(upkeep.check())

    assert f"the index template {prefix}-dead is missing" in told
    assert f"the index {prefix}-gone is missing" in told
    assert f"{prefix}-posts-2026.01 is not behind {prefix}-posts" in told
    assert f"the index {prefix}-polls-000001 takes no writes" in told


def test_indices_of_an_older_form_take_no_posts_until_they_are_built_anew(
    store: ElasticStore, options: Options, cluster: Cluster
) -> None:
    store.commit(Batch(posts=tuple(stored(n, n) for n in range(20)), findings=(quoting(),)))
    before = answers(store)
    age(cluster, "posts", "findings")
    newer = ElasticStore(options)
    with pytest.raises(StoreError, match="bunco index upgrade"):
        newer.commit(Batch(posts=(stored(50),)))
    told: list[tuple[str, int, int]] = []

    made = Upkeep(cluster).upgrade(lambda *progress: told.append(progress))

    assert f"{cluster.month('2026.03')}.r2" in made
    assert (f"{cluster.month('2026.03')}.r2", 20, 20) in told
    assert Upkeep(cluster).check() == []
    assert answers(newer) == before
    newer.commit(Batch(posts=(stored(3), stored(50))))
    assert newer.stats().posts == 21
    assert Upkeep(cluster).upgrade(lambda *_: None) == []
    newer.close()


def test_an_upgrade_that_was_cut_off_goes_on(
    store: ElasticStore, options: Options, cluster: Cluster
) -> None:
    store.commit(Batch(posts=tuple(stored(n, n) for n in range(20))))
    before = answers(store)
    age(cluster, "posts")

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Upkeep(cluster).upgrade(cut)
    Upkeep(cluster).upgrade(lambda *_: None)

    newer = ElasticStore(options)
    assert answers(newer) == before
    newer.close()


def test_indices_of_a_newer_form_are_left_alone(cluster: Cluster, options: Options) -> None:
    Upkeep(cluster).create()
    index = cluster.alias("dead") + "-000001"
    cluster.connection.request("PUT", f"/{index}/_mapping", {"_meta": {"bunco": 99}})

    with pytest.raises(StoreError, match="newer bunco"):
        Upkeep(cluster).upgrade(lambda *_: None)
    newer = ElasticStore(options)
    with pytest.raises(StoreError, match="newer bunco"):
        newer.commit(Batch())
    newer.close()
