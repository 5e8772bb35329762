"""Set dead letters aside, and forget them."""

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from bunco.model import DeadLetter
from bunco.storage.letters import MOST_BYTES
from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.documents import letter_document


def write(cluster: Cluster, letters: Sequence[DeadLetter]) -> None:
    """Set letters aside; the body of one that is itself too large is cut."""
    if not letters:
        return
    answer = cluster.search(["dead"], {"size": 1, "sort": [{"number": "desc"}], "_source": False})
    hits = answer["hits"]["hits"]
    following = hits[0]["sort"][0] + 1 if hits else 1
    numbered = list(enumerate(letters, following))
    refused = cluster.write([_write(cluster, *one) for one in numbered]).refused
    cut = [
        (numbered[one.place][0], replace(letter, body=letter.body[:MOST_BYTES]))
        for one in refused
        for letter in [numbered[one.place][1]]
    ]
    cluster.write_all([_write(cluster, *one) for one in cut])


def drop(cluster: Cluster, ids: Collection[str]) -> int:
    """Forget letters; give how many of them were there."""
    index = cluster.alias("dead")
    there = sorted(cluster.fetch("dead", set(ids)))
    writes = [Write(action="delete", index=index, id=name) for name in there]
    return len(there) - len(cluster.write_all(writes).there)


def _write(cluster: Cluster, number: int, letter: DeadLetter) -> Write:
    return Write(
        action="create",
        index=cluster.alias("dead"),
        id=letter.id,
        body=letter_document(letter, number),
    )
