"""Make the indices of a store, compare them with what they should be, build them anew."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import sleep
from typing import Any, TypeAlias
from urllib.parse import quote

from bunco.errors import StoreError
from bunco.stores_elastic.checks import faults
from bunco.stores_elastic.cluster import Cluster
from bunco.stores_elastic.mappings import GROUPS, VERSION, Group

OnProgress: TypeAlias = Callable[[str, int, int], None]
"""Called with the index being built, how many documents are in it, and of how many."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0
_FORBIDDEN = 403
_ROUND = re.compile(r"\.r(\d+)$")
"""Ends the name of a month that was built anew."""


class Upkeep:
    """What ``bunco index`` does."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.place = f"{cluster.connection.shown} with the prefix {cluster.layout.prefix}"
        """Where the indices are, or would be, for people to read."""

    def exists(self) -> bool:
        """Tell whether an index is there; one who may not ask is taken to have one.

        Raises:
            UnavailableError: no answer now.
            StoreError: it cannot be asked.
        """
        aliases = ",".join(quote(self._cluster.alias(group)) for group in GROUPS)
        answer = self._cluster.connection.request(
            "GET",
            f"/{aliases}/_alias",
            params={"ignore_unavailable": "true"},
            instead={_FORBIDDEN: {"unknown": {}}},
        )
        return bool(answer)

    def create(self) -> Sequence[str]:
        """Install templates and make the indices that are missing; give their names.

        Raises:
            StoreError: they are of another version of bunco, or cannot be made.
        """
        before = {*self._cluster.indices(), *self._cluster.templates()}
        self._cluster.ready()
        for group in GROUPS:
            self._cluster.install(group)
        after = {*self._cluster.indices(), *self._cluster.templates()}
        return sorted(after - before)

    def check(self) -> Sequence[str]:
        """Give what differs from what should be, in words."""
        if not self._cluster.templates() and not self._cluster.indices():
            return ['nothing is there yet: "bunco index create" makes it']
        return list(faults(self._cluster))

    def upgrade(self, on_progress: OnProgress) -> Sequence[str]:
        """Build indices of an older form anew; give the names of the new ones.

        What is built takes no writes meanwhile: sinks wait. Cut off, it goes on where it was
        when it is called again.

        Raises:
            StoreError: an index is of a newer bunco, or could not be built.
        """
        self._cluster.connection.require_version()
        indices = self._cluster.indices()
        if newer := [name for name, index in indices.items() if _form(index) > VERSION]:
            raise StoreError(f"{', '.join(newer)}: made by a newer bunco; use that one")
        for group in GROUPS:
            self._cluster.install(group)
        made = [self._built_anew(group, name, on_progress) for group, name in self._older(indices)]
        self._cluster.ready()
        return made

    def _older(self, indices: Mapping[str, Any]) -> Iterator[tuple[Group, str]]:
        for group in GROUPS:
            alias = self._cluster.alias(group)
            for name, index in sorted(indices.items()):
                ours = name.startswith(f"{alias}-") and alias in index["aliases"]
                if ours and _form(index) < VERSION:
                    yield group, name

    def _built_anew(self, group: Group, old: str, on_progress: OnProgress) -> str:
        """Copy an index into one of the present form and let that take its place."""
        cluster = self._cluster
        new = _following(group, old)
        self._request("PUT", f"/{quote(old)}/_settings", {"index.blocks.write": True})
        cluster.make_index(group, new, read=False)
        self._copy(old, new, on_progress)
        self._request("POST", f"/{quote(new)}/_refresh")
        counts = [self._request("GET", f"/{quote(name)}/_count")["count"] for name in (old, new)]
        if counts[0] != counts[1]:
            raise StoreError(
                f"{new} holds {counts[1]:,} of the {counts[0]:,} documents of {old}: "
                "some do not fit the new form; nothing was replaced"
            )
        actions: list[dict[str, Any]] = [
            {"add": {"index": new, "alias": cluster.alias(group)}},
            {"remove_index": {"index": old}},
        ]
        if group == "posts":  # writers go on using the name of the month
            month = _ROUND.sub("", old)
            actions.append({"add": {"index": new, "alias": month}})
        self._request("POST", "/_aliases", {"actions": actions})
        return new

    def _copy(self, old: str, new: str, on_progress: OnProgress) -> None:
        """Copy what is not there yet, and tell how far it is.

        Raises:
            StoreError: documents do not fit, with the words of Elasticsearch.
        """
        task = self._request(
            "POST",
            "/_reindex",
            {
                "conflicts": "proceed",
                "source": {"index": old},
                "dest": {"index": new, "op_type": "create"},
            },
            {"wait_for_completion": "false"},
        )["task"]
        pause = _FIRST_PAUSE_S
        while True:
            found = self._request("GET", f"/_tasks/{quote(task)}")
            status = found["task"]["status"]
            done = status["created"] + status["version_conflicts"]
            on_progress(new, done, status["total"])
            if found["completed"]:
                break
            sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_S)
        if failures := found.get("response", {}).get("failures") or found.get("error"):
            raise StoreError(f"{old} cannot be copied into {new}: {str(failures)[:500]}")

    def _request(
        self,
        method: str,
        path: str,
        body: object = None,
        params: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401  # JSON enters here
        return self._cluster.connection.request(method, path, body, params=params)


def _form(index: Mapping[str, Any]) -> int:
    form: int = index["mappings"].get("_meta", {}).get("bunco", 0)
    return form


def _following(group: Group, old: str) -> str:
    """Give the name of the index that takes an index's place.

    >>> _following("posts", "bunco-posts-2026.03"), _following("dead", "bunco-dead-000001")
    ('bunco-posts-2026.03.r2', 'bunco-dead-000002')
    """
    if group == "posts":
        found = _ROUND.search(old)
        return f"{_ROUND.sub('', old)}.r{int(found[1]) + 1 if found else 2}"
    begin, _, number = old.rpartition("-")
    return f"{begin}-{int(number) + 1:06}"
