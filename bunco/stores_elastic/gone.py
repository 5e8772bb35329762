"""What is gone and must not come back: keyed hashes of posts, authors and findings.

A mark of a post holds its hour and source, one of a finding its start and detector: what was
counted stays counted. Nothing of it says what the post was or who wrote it, but for posts
dropped by retention, whose author stays known.
"""

from base64 import urlsafe_b64encode
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import Literal, TypeAlias

import msgspec
from msgspec import Struct

from bunco.model import Finding, to_ms
from bunco.storage.keeping import HOUR_MS
from bunco.stores_elastic.bulk import Write
from bunco.stores_elastic.cluster import Cluster

Sort: TypeAlias = Literal["post", "author", "finding"]
SALT = "salt"
EPOCH = "epoch"
"""A document whose version grows with every removal: what was cached before may be gone."""

_encode = msgspec.json.Encoder().encode


class Marks:
    """Numbers that stand for ids after these were erased; the key is made once a store.

    A keyed hash of 96 bits: no two ids among all there will ever be share one.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._salt = b""

    def of(self, sort: Sort, names: Iterable[str]) -> dict[str, str]:
        """Give the mark of each name."""
        salt = self._salt or self._load()
        return {name: _mark(salt, sort, name) for name in names}

    @property
    def made(self) -> bool:
        """Tell whether there are marks at all: nothing was ever written without a key."""
        return bool(self._salt or self._load())

    def make(self, fresh: bytes) -> None:
        """Make the key where there is none.

        Args:
            fresh: 16 bytes of chance.
        """
        if self._salt or self._load():
            return
        meta = self._cluster.alias("meta")
        body = _encode({"value": fresh.hex()})
        self._cluster.write_all([Write(action="create", index=meta, id=SALT, body=body)])
        self._load()

    def _load(self) -> bytes:
        found = self._cluster.fetch("meta", [SALT])
        if SALT in found:
            self._salt = bytes.fromhex(found[SALT]["value"])
        return self._salt


class GonePost(Struct, frozen=True, gc=False):
    """A post that is about to go."""

    id: str
    author: str
    at_ms: int
    source: str


def removed_posts(
    cluster: Cluster, marks: Marks, ids: Collection[str], there: Mapping[str, GonePost]
) -> list[Write]:
    """Give the marks of removed posts.

    Args:
        cluster: where to.
        marks: hashes.
        ids: of the posts, stored or not.
        there: those that are stored.
    """
    writes = []
    for name, mark in marks.of("post", sorted(ids)).items():
        fields: dict[str, object] = {"erased": True, "author": ""}
        if name in there:
            fields |= _counted(there[name])
        writes.append(_merged(cluster, mark, fields))
    return writes


def nameless_post(cluster: Cluster, mark: str) -> Write:
    """Give the mark of a post without its author, of whom nothing is left."""
    return _merged(cluster, mark, {"author": ""})


def dropped_posts(cluster: Cluster, marks: Marks, posts: Collection[GonePost]) -> list[Write]:
    """Give the marks of posts dropped by retention."""
    by_id = marks.of("post", [post.id for post in posts])
    return [
        _merged(cluster, by_id[post.id], {"author": post.author} | _counted(post)) for post in posts
    ]


def removed_findings(cluster: Cluster, marks: Marks, findings: Collection[Finding]) -> list[Write]:
    """Give the marks of findings that go with their author."""
    names = {f"{one.id}\n{to_ms(one.first_at)}\n{one.detector}": one for one in findings}
    return [
        _merged(
            cluster,
            mark,
            {"first_at": to_ms(names[name].first_at), "detector": names[name].detector},
        )
        for name, mark in marks.of("finding", names).items()
    ]


def removed_author(cluster: Cluster, mark: str, until: int | None) -> Write:
    """Give the mark of an author who is gone up to a time; None: for good."""
    body = _encode({} if until is None else {"until": until})
    return Write(action="index", index=cluster.alias("gone"), id=mark, body=body)


def new_epoch(cluster: Cluster) -> Write:
    """Give the write that tells everybody of a removal."""
    return Write(action="index", index=cluster.alias("gone"), id=EPOCH, body=b"{}")


def gone_authors(cluster: Cluster, marks: Marks, authors: Collection[str]) -> dict[str, int | None]:
    """Give those of the authors who were removed, with the last ms that is gone."""
    if not authors or not marks.made:
        return {}
    by_author = marks.of("author", authors)
    found = cluster.fetch("gone", by_author.values())
    return {author: found[mark].get("until") for author, mark in by_author.items() if mark in found}


def gone_posts(cluster: Cluster, marks: Marks, ids: Collection[str]) -> dict[str, str]:
    """Give those of the ids that are gone: dropped ones with their authors, others with ""."""
    if not ids or not marks.made:
        return {}
    by_id = marks.of("post", ids)
    found = cluster.fetch("gone", by_id.values())
    return {
        name: "" if found[mark].get("erased") else found[mark].get("author", "")
        for name, mark in by_id.items()
        if mark in found
    }


def _counted(post: GonePost) -> dict[str, object]:
    return {"at": post.at_ms // HOUR_MS * HOUR_MS, "source": post.source}


def _merged(cluster: Cluster, mark: str, fields: Mapping[str, object]) -> Write:
    """Give a write that adds to what the mark holds already."""
    body = _encode({"doc": fields, "doc_as_upsert": True})
    return Write(action="update", index=cluster.alias("gone"), id=mark, body=body)


def _mark(salt: bytes, sort: Sort, name: str) -> str:
    told = f"{sort}\n{name}".encode("utf-8", "replace")
    return urlsafe_b64encode(blake2b(told, digest_size=12, key=salt).digest()).decode()
