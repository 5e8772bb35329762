"""A relay of our own, and people whose events are genuine: signed with their keys."""

import asyncio
import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeAlias

from aiohttp import WSMsgType, web
from coincurve import PrivateKey, PublicKeyXOnly

from tests.builders import NOON
from tests.ingest.server import Play

Event: TypeAlias = dict[str, Any]
Fault: TypeAlias = Callable[["Connection"], None]
"""What goes wrong with one connection."""

START_S = int(NOON.timestamp())
_TICK_S = 0.005


class Person:
    """Somebody with a key; the same number is the same person."""

    def __init__(self, number: int) -> None:
        self._key = PrivateKey(number.to_bytes(32, "big"))
        self.pubkey = PublicKeyXOnly.from_secret(self._key.secret).format().hex()
        self.author = f"nostr:{self.pubkey}"

    def says(self, content: str, *, at: float = 0, kind: int = 1, tags: Any = ()) -> Event:
        """Give a genuine event; ``at`` is its second after noon."""
        made = START_S + int(at)
        told = [0, self.pubkey, made, kind, [list(tag) for tag in tags], content]
        name = sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).digest()
        return {
            "id": name.hex(),
            "pubkey": self.pubkey,
            "created_at": made,
            "kind": kind,
            "tags": told[4],
            "content": content,
            "sig": self._key.sign_schnorr(name).hex(),
        }

    def post_id(self, event: Event) -> str:
        """Give the id of the post that an event of this person becomes."""
        return f"{self.author}/{event['id']}"

    def deletes(self, *events: Event, at: float = 1000) -> Event:
        """Give a request to delete events, whosever they are."""
        return self.says("", at=at, kind=5, tags=[("e", event["id"]) for event in events])


ANN, BOB, EVE = Person(1), Person(2), Person(3)


class Connection:
    """What a client sees of a relay, and what is wrong with it."""

    def __init__(self) -> None:
        self.most = 1 << 30
        """After so many messages it is cut off in the midst of one."""
        self.is_silent = False
        self.before: list[str] = []
        """Said first."""
        self.twice = False
        self.closing = ""
        """Why each subscription is closed at once; empty: none is."""


class Relay:
    """A server: give ``plays`` to ``serving``.

    Args:
        events: what is stored; more may be added while it runs.
        faults: of each connection in turn; those after are honest.
        page: events of one answer at most, whatever is asked for.
    """

    def __init__(self, events: list[Event], *faults: Fault, page: int = 500) -> None:
        self.events = list(events)
        self.faults = list(faults)
        self.asked: list[list[Any]] = []
        """What clients sent."""
        self.connections = 0
        self.refusing: Play | None = None
        self._open: list[asyncio.Transport] = []
        self._page = page
        self.plays: dict[str, Play] = {"/": self.serve}

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        self.connections += 1
        if self.refusing is not None:
            return await self.refusing(request)
        connection = Connection()
        if self.faults:
            self.faults.pop(0)(connection)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        talk = _Talk(self, request, socket, connection)
        following = asyncio.create_task(talk.follow())
        transport = request.transport
        assert transport is not None
        self._open.append(transport)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await talk.take(json.loads(message.data))
        except ConnectionError:
            pass
        finally:
            self._open.remove(transport)
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
        return socket

    def cut(self) -> None:
        """Cut all connections."""
        for transport in self._open:
            transport.abort()

    def stored(self, wanted: Event) -> list[Event]:
        """Give what a filter finds, the newest first."""
        found = [one for one in self.events if matches(one, wanted)]
        found.sort(key=lambda one: -one["created_at"])
        return found[: min(int(wanted.get("limit", self._page)), self._page)]


class _Talk:
    def __init__(
        self,
        relay: Relay,
        request: web.Request,
        socket: web.WebSocketResponse,
        connection: Connection,
    ) -> None:
        self._relay = relay
        self._request = request
        self._socket = socket
        self._connection = connection
        self._subscriptions: dict[str, list[Event]] = {}
        self._said = 0
        self._told = len(relay.events)

    async def take(self, message: list[Any]) -> None:
        self._relay.asked.append(message)
        if message[0] == "CLOSE":
            self._subscriptions.pop(message[1], None)
            return
        _, name, *filters = message
        if self._connection.closing:
            await self.say(["CLOSED", name, self._connection.closing])
            return
        for line in self._connection.before:
            await self._socket.send_str(line)
        self._connection.before = []
        self._subscriptions[name] = filters
        given = {one["id"]: one for wanted in filters for one in self._relay.stored(wanted)}
        for event in sorted(given.values(), key=lambda one: -one["created_at"]):
            await self.say(["EVENT", name, event])
        await self.say(["EOSE", name])

    async def follow(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            for event in self._relay.events[self._told :]:
                for name, filters in list(self._subscriptions.items()):
                    if any(matches(event, wanted) for wanted in filters):
                        await self.say(["EVENT", name, event])
            self._told = len(self._relay.events)

    async def say(self, message: list[Any]) -> None:
        if self._connection.is_silent:
            return
        self._said += 1
        told = json.dumps(message, ensure_ascii=False)
        if self._said > self._connection.most:
            if (transport := self._request.transport) is not None:
                transport.write(b"\x81\x7e\x01\x00" + told.encode()[:20])
                await asyncio.sleep(0.01)
                transport.abort()
            return
        for _ in range(1 + self._connection.twice):
            await self._socket.send_str(told)


def matches(event: Event, wanted: Event) -> bool:
    """Tell whether an event is what a filter asks for."""
    tags = {tag[1] for tag in event["tags"] if tag[0] == "t"}
    return (
        event["kind"] in wanted["kinds"]
        and event["pubkey"] in wanted.get("authors", [event["pubkey"]])
        and ("#t" not in wanted or bool(tags & set(wanted["#t"])))
        and wanted.get("since", 0) <= event["created_at"] <= wanted.get("until", 1 << 40)
    )


def cut(after: int) -> Fault:
    """Break off in the midst of a message."""

    def fault(connection: Connection) -> None:
        connection.most = after

    return fault


def silent(connection: Connection) -> None:
    """Say nothing at all."""
    connection.is_silent = True


def twice(connection: Connection) -> None:
    """Say everything twice."""
    connection.twice = True


def first(*lines: str) -> Fault:
    """Say something else first."""

    def fault(connection: Connection) -> None:
        connection.before = list(lines)

    return fault


def closing(words: str) -> Fault:
    """Close every subscription."""

    def fault(connection: Connection) -> None:
        connection.closing = words

    return fault
