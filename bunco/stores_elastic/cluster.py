"""One store's part of a cluster: its indices by what they hold, made when first needed."""

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from bunco.errors import StoreError, UnavailableError
from bunco.stores_elastic.bulk import Outcome, Write, send
from bunco.stores_elastic.connection import Connection
from bunco.stores_elastic.mappings import GROUPS, VERSION, Group, template
from bunco.stores_elastic.wording import reason

_NO_INDEX = "index_not_found_exception"
_FIRST = "000001"
"""Ends the name of the first index behind an alias."""


class Layout(Struct, frozen=True, kw_only=True):
    """How the indices are named and made."""

    prefix: str
    shards: int = 1
    replicas: int = 0
    patience: timedelta = timedelta(seconds=30)
    """How long a busy or silent cluster is asked again to take what is written."""


class Cluster:
    """The indices of one store.

    A read sees all that this process has written: what was written since is made visible
    first (``refresh``). Other processes see it within a second.
    """

    def __init__(self, connection: Connection, layout: Layout) -> None:
        self.connection = connection
        self.layout = layout
        self._unseen: set[str] = set()
        """Aliases written to since they were refreshed."""
        self._ready = False
        self._months: set[str] = set()
        self._lock = threading.Lock()

    # -- names

    def alias(self, group: Group) -> str:
        """Give the name by which a group of indices is read."""
        return f"{self.layout.prefix}-{group}"

    def month(self, name: str) -> str:
        """Give the index of the posts of a month."""
        return f"{self.alias('posts')}-{name}"

    # -- reading

    def search(
        self, groups: Collection[Group], body: Mapping[str, Any], *, unseen: bool = True
    ) -> dict[str, Any]:
        """Search some groups; indices that are not there hold nothing.

        Args:
            groups: which.
            body: the request.
            unseen: whether what this process has just written must be found.

        Raises:
            StoreError: it cannot be answered.
        """
        if unseen:
            self.make_visible(groups)
        names = ",".join(self.alias(group) for group in groups)
        try:
            answer = self.connection.request(
                "POST", f"/{quote(names)}/_search", body, params={"ignore_unavailable": "true"}
            )
        except UnicodeEncodeError:  # half a character is in no index
            return {"hits": {"hits": [], "total": {"value": 0}}}
        return self._whole(answer)

    def search_view(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Search a view of the index as it was once (``pit``, named in the request).

        Raises:
            StoreError: it cannot be answered, or for a part only.
        """
        return self._whole(self.connection.request("POST", "/_search", body))

    def fetch(self, group: Group, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Give those of the documents that are there, as last written, seen or unseen."""
        wanted = [name for name in dict.fromkeys(ids) if _encodable(name)]
        found = {}
        for start in range(0, len(wanted), 1000):
            answer = self.connection.request(
                "POST",
                f"/{quote(self.alias(group))}/_mget",
                {"ids": wanted[start : start + 1000]},
                instead={404: {"docs": []}},
            )
            for doc in answer["docs"]:
                if doc.get("found"):
                    found[doc["_id"]] = doc["_source"]
                elif (error := doc.get("error")) and error["type"] != _NO_INDEX:
                    raise self._partly(reason(error))
        return found

    def make_visible(self, groups: Iterable[Group]) -> None:
        """Let searches see what this process has written."""
        with self._lock:
            names = {self.alias(group) for group in groups} & self._unseen
        self._refresh(names)

    def make_all_visible(self, groups: Iterable[Group]) -> None:
        """Let searches see what any process has written."""
        self._refresh({self.alias(group) for group in groups})

    def _refresh(self, aliases: Collection[str]) -> None:
        names = sorted(aliases)
        with self._lock:
            self._unseen.difference_update(names)
        if names:
            answer = self.connection.request(
                "POST",
                f"/{quote(','.join(names))}/_refresh",
                params={"ignore_unavailable": "true"},
            )
            if answer["_shards"]["failed"]:
                with self._lock:
                    self._unseen.update(names)
                raise self._partly("a shard could not be refreshed")

    def is_unseen(self, group: Group) -> bool:
        """Tell whether something was written that searches may not see yet."""
        with self._lock:
            return self.alias(group) in self._unseen

    def _whole(self, answer: dict[str, Any]) -> dict[str, Any]:
        if answer.get("timed_out") or answer["_shards"]["failed"]:
            raise self._partly(str(answer["_shards"].get("failures", "timed out"))[:500])
        return answer

    def _partly(self, why: str) -> UnavailableError:
        """Give the error for an answer that lacks what some shard holds: it may be starting."""
        return UnavailableError(
            f"Elasticsearch at {self.connection.shown} could answer for a part only: {why}"
        )

    # -- writing

    def write(self, writes: Sequence[Write]) -> Outcome:
        """Write documents in their order.

        Raises:
            UnavailableError: the cluster stayed busy or away; some may have been written.
            StoreError: it refused the whole.
        """
        if not writes:
            return Outcome()
        names = {
            write.index if write.aliased else write.index.rpartition("-")[0] for write in writes
        }
        try:
            return send(
                self.connection, writes, patience=self.layout.patience, restore=self._restore
            )
        finally:
            with self._lock:
                self._unseen |= names

    def write_all(self, writes: Sequence[Write]) -> Outcome:
        """Write documents none of which may be refused.

        Raises:
            StoreError: one was, with the words of Elasticsearch.
        """
        outcome = self.write(writes)
        for refusal in outcome.refused:
            index = writes[refusal.place].index
            raise StoreError(f"Elasticsearch refused what belongs in {index}: {refusal.reason}")
        return outcome

    # -- making

    def ready(self, months: Collection[str] = ()) -> None:
        """Make what is missing of templates and indices, those of the months too.

        Raises:
            StoreError: the indices were made by another version of bunco.
        """
        if not self._ready:
            self.connection.require_version()
            self._make()
            self._ready = True
        for month in sorted(set(months) - self._months):
            self.make_index("posts", self.month(month))
            self._months.add(month)

    def forget_index(self, name: str) -> None:
        """Note that an index of posts is gone."""
        self._months.discard(self._month_of(name))

    def templates(self) -> dict[str, dict[str, Any]]:
        """Give the templates of this store that are installed, by name."""
        answer = self.connection.request(
            "GET", f"/_index_template/{quote(self.layout.prefix)}-*", instead={404: {}}
        )
        wanted = {self.alias(group) for group in GROUPS}
        return {
            entry["name"]: entry["index_template"]
            for entry in answer.get("index_templates", [])
            if entry["name"] in wanted
        }

    def indices(self) -> dict[str, dict[str, Any]]:
        """Give the indices of this store by name, each with its mapping and aliases."""
        answer: dict[str, dict[str, Any]] = self.connection.request(
            "GET",
            f"/{quote(self.layout.prefix)}-*",
            params={"features": "aliases,mappings", "expand_wildcards": "open"},
            instead={404: {}},
        )
        begins = tuple(f"{self.alias(group)}-" for group in GROUPS)
        return {name: index for name, index in answer.items() if name.startswith(begins)}

    def install(self, group: Group) -> None:
        """Install the template of a group, in place of an older one."""
        layout = self.layout
        wanted = template(layout.prefix, group, shards=layout.shards, replicas=layout.replicas)
        self.connection.request("PUT", f"/_index_template/{quote(self.alias(group))}", wanted)

    def make_index(self, group: Group, name: str, *, read: bool = True) -> None:
        """Make an index by its template, unless it is there.

        Args:
            group: what it holds.
            name: its own name.
            read: whether it is put behind the alias by which the group is read.
        """
        body: dict[str, Any] = {"aliases": {self.alias(group): {}} if read else {}}
        try:
            self.connection.request("PUT", f"/{quote(name)}", body)
        except StoreError as error:
            if "already exists" not in str(error):
                raise

    def _make(self) -> None:
        there = self.templates()
        self._require_ours(entry.get("version", 0) for entry in there.values())
        for group in GROUPS:
            if self.alias(group) not in there:
                self.install(group)
        found = self.indices()
        self._require_ours(
            index["mappings"].get("_meta", {}).get("bunco", 0) for index in found.values()
        )
        aliases = {alias for index in found.values() for alias in index["aliases"]}
        for group in GROUPS:
            if group != "posts" and self.alias(group) not in aliases:
                self.make_index(group, f"{self.alias(group)}-{_FIRST}")
        self._months.update(
            self._month_of(name) for name in found if name.startswith(self.alias("posts") + "-")
        )

    def _month_of(self, index: str) -> str:
        """Give the month an index of posts is for; ``.r2`` follows it in one built anew."""
        return index.removeprefix(self.alias("posts") + "-").partition(".r")[0]

    def _require_ours(self, versions: Iterable[int]) -> None:
        for version in versions:
            if version < VERSION:
                raise StoreError(
                    f"the indices {self.layout.prefix}-* are of an older bunco: "
                    'bring them up with "bunco index upgrade"'
                )
            if version > VERSION:
                raise StoreError(
                    f"the indices {self.layout.prefix}-* are of a newer bunco (form {version}, "
                    f"this one knows {VERSION}): use the bunco that made them"
                )

    def _restore(self) -> None:
        """Make again what was found missing."""
        self._ready = False
        months, self._months = self._months, set()
        self.ready(months)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
