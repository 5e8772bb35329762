"""Networks that speak by themselves: Bluesky, Mastodon, Nostr."""

import asyncio
import json
from contextlib import AsyncExitStack, suppress
from random import Random
from typing import Any

from aiohttp import web

from bench.all_sources.world import World, now
from tests.builders import NOON
from tests.ingest.mastodon.fediverse import Mastodon, post_id
from tests.ingest.network import online
from tests.ingest.nostr.relay import Connection, Event, Person, Relay
from tests.ingest.server import serving
from tests.ingest.stream_server import cut_mid_message, ws

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


class NostrWorld(World):
    """Two relays that are told the same notes, one of them cut off now and then; deletions."""

    kind = "nostr"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self._relays = [Relay([]), Relay([])]
        self._author = Person(7)
        self._notes: dict[str, Event] = {}

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Serve them until the stack ends; give the options of the source."""
        served = [await stack.enter_async_context(serving(relay.plays)) for relay in self._relays]
        relays = [ws(server) for server in served]
        return {"relays": relays, "back": "1h", "allow_private": True}

    async def write(self) -> None:
        """Publish a note; now and then delete an older one."""
        self.written += 1
        note = self._author.says(self.title(), at=(now() - NOON).total_seconds())
        self._notes[f"/{note['id']}"] = note
        self.there[f"/{note['id']}"] = None
        self._say(note)
        if gone := self.withdrawn():
            at = (now() - NOON).total_seconds()
            self._say(self._author.deletes(self._notes[gone], at=at))

    async def trouble(self) -> None:
        """Let the next connection of a relay break off, and this one with it."""
        self.troubles += 1
        relay = self.chance.choice(self._relays)
        relay.faults.append(_cut_soon)
        relay.cut()

    def _say(self, event: Event) -> None:
        for relay in self._relays:
            relay.events.append(event)


def _cut_soon(connection: Connection) -> None:
    connection.most = 20


class MastodonWorld(World):
    """A public timeline that is listened to; statuses are deleted."""

    kind = "mastodon"

    def __init__(self, chance: Random) -> None:
        super().__init__(chance)
        self.network = Mastodon("token")
        self._numbers: dict[str, str] = {}

    async def open(self, stack: AsyncExitStack) -> dict[str, Any]:
        """Serve it until the stack ends; give the options of its source."""
        url = await stack.enter_async_context(online(self.network))
        token = self.secret("token")
        return {"url": url, "token": token, "every": "2s", "spacing": "10ms", "allow_private": True}

    async def write(self) -> None:
        """Publish a status; now and then delete an older one."""
        self.written += 1
        minutes = (now() - NOON).total_seconds() / 60
        local = self.network.write(f"<p>{self.title()}</p>", minutes=minutes)
        name = post_id(self.written).partition(":")[2]
        self._numbers[name] = local
        self.there[name] = None
        if gone := self.withdrawn():
            self.network.delete(self._numbers[gone])

    async def trouble(self) -> None:
        """Break the stream off in the midst of a message."""
        self.troubles += 1
        self.network.play(cut_mid_message(b'{"event":"update","payload":"half"}'))
