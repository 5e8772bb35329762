"""Forget dead letters."""

from collections.abc import Collection

from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.cluster import Cluster


def drop(cluster: Cluster, ids: Collection[str]) -> int:
    """Forget letters; give how many of them were there."""
    index = cluster.alias("dead")
    there = sorted(cluster.fetch("dead", set(ids)))
    writes = [Write(action="delete", index=index, id=name) for name in there]
    return len(there) - len(cluster.write_all(writes).there)
