"""Networks that speak by themselves: Bluesky's Jetstream."""

import asyncio
import json
from contextlib import AsyncExitStack, suppress
from random import Random
from typing import Any

from aiohttp import web

from bench.all_sources.world import World, now
from tests.ingest.server import serving

_TICK_S = 0.02
_MICROSECONDS = 1_000_000


class JetstreamWorld(World):
    """Posts, one in twenty removed later; the connection breaks in the midst of a message."""

    kind = "bluesky"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self._events: list[tuple[int, str]] = []
        self._breaks = 0

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Serve it until the stack ends; give the options of its source."""
        server = await stack.enter_async_context(serving({"/subscribe": self._subscribe}))
        host = server.url("").replace("http", "ws", 1)
        return {"hosts": [host], "back": "1h", "allow_private": True}

    async def write(self) -> None:
        """Publish a post; now and then remove an older one."""
        self.written += 1
        key = f"k{self.written}"
        self.there[f"/{key}"] = None
        record = {"text": self.title(), "createdAt": now().isoformat(), "langs": ["en"]}
        self._say("create", key, record)
        if gone := self.withdrawn():
            self._say("delete", gone[1:], None)

    async def trouble(self) -> None:
        """Break the connections off."""
        self._breaks += 1
        self.troubles += 1

    def _say(self, operation: str, key: str, record: dict[str, Any] | None) -> None:
        latest = self._events[-1][0] if self._events else 0
        at = max(int(now().timestamp() * _MICROSECONDS), latest + 1)
        commit: dict[str, Any] = {
            "rev": f"{key}{operation}",
            "operation": operation,
            "collection": "app.bsky.feed.post",
            "rkey": key,
        }
        if record is not None:
            commit |= {"record": record, "cid": f"bafy{key}"}
        event = {"did": "did:plc:bench", "time_us": at, "kind": "commit", "commit": commit}
        self._events.append((at, json.dumps(event)))

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        response = web.WebSocketResponse()
        await response.prepare(request)
        cursor = int(request.query.get("cursor", "0"))
        told = next((at for at, (us, _) in enumerate(self._events) if us >= cursor), 0)
        if not cursor:
            told = len(self._events)
        breaks = self._breaks
        with suppress(ConnectionError):
            while breaks == self._breaks:
                for _, event in self._events[told:]:
                    await response.send_str(event)
                told = len(self._events)
                await asyncio.sleep(_TICK_S)
            if request.transport is not None:
                request.transport.abort()
        return response
