"""Which timeline is read, and what servers call it: over HTTP, as a stream, over a WebSocket.

Source: docs.joinmastodon.org/methods/timelines and /methods/streaming (Mastodon 4.5).
"""

import json
from typing import Literal, TypeAlias
from urllib.parse import quote, urlencode

from msgspec import Struct

from ingest.mastodon.status import Status

Scope: TypeAlias = Literal["all", "local", "remote"]


class Timeline(Struct, frozen=True, kw_only=True):
    """The public timeline, that of some hashtags, or a list."""

    scope: Scope = "all"
    any: tuple[str, ...] = ()
    """Hashtags, one of which it must have."""
    every: tuple[str, ...] = ()
    """Hashtags it must have besides."""
    none: tuple[str, ...] = ()
    """Hashtags it must not have."""
    list_id: str = ""

    def path(self, *, after: str, limit: int) -> str:
        """Give path and query of the page after an id; of the newest where that is empty."""
        query: list[tuple[str, str | int]] = [("limit", limit)]
        query += [("min_id", after)] if after else []
        query += [(self.scope, "true")] if self.scope != "all" else []
        name = "public"
        if self.list_id:
            name = f"list/{quote(self.list_id, safe='')}"
        elif self.any:
            name = f"tag/{quote(self.any[0], safe='')}"
            query += [("any[]", tag) for tag in self.any[1:]]
            query += [("all[]", tag) for tag in self.every]
            query += [("none[]", tag) for tag in self.none]
        return f"/api/v1/timelines/{name}?{urlencode(query)}"

    def events_path(self) -> str:
        """Give path and query of its server-sent events; of the first hashtag only."""
        scope = "" if self.scope == "all" else f"/{self.scope}"
        if self.list_id:
            return f"/list?{urlencode({'list': self.list_id})}"
        if self.any:
            scope = scope if self.scope == "local" else ""
            return f"/hashtag{scope}?{urlencode({'tag': self.any[0]})}"
        return f"/public{scope}"

    def socket_query(self) -> str:
        """Give the query with which a WebSocket is opened."""
        return f"?{urlencode(self._subscriptions()[0])}"

    def further(self) -> tuple[str, ...]:
        """Give what is to be sent over a WebSocket for the other hashtags."""
        return tuple(json.dumps({"type": "subscribe", **one}) for one in self._subscriptions()[1:])

    def has(self, status: Status) -> bool:
        """Tell whether a status of a stream belongs to it: streams know one hashtag only."""
        if self.list_id:
            return True
        is_remote = "@" in (status.account.acct or "")
        if self.scope != "all" and is_remote != (self.scope == "remote"):
            return False
        every = frozenset(tag.lower() for tag in self.every)
        none = frozenset(tag.lower() for tag in self.none)
        return status.is_tagged(every) == every and not status.is_tagged(none)

    def _subscriptions(self) -> list[dict[str, str]]:
        scope = "" if self.scope == "all" else f":{self.scope}"
        if self.list_id:
            return [{"stream": "list", "list": self.list_id}]
        if self.any:
            stream = "hashtag:local" if self.scope == "local" else "hashtag"
            return [{"stream": stream, "tag": tag} for tag in self.any]
        return [{"stream": f"public{scope}"}]
