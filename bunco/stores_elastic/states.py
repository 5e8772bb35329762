"""Give the pipeline back its author states."""

from base64 import b64decode
from collections.abc import Collection

from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import document_id


def read(cluster: Cluster, authors: Collection[str]) -> dict[str, bytes]:
    """Give the states of those authors who have one, in the order they are named."""
    found = cluster.fetch("states", map(document_id, authors))
    return {
        author: b64decode(found[name]["state"])
        for author in authors
        if (name := document_id(author)) in found
    }
