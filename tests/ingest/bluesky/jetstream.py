"""A Jetstream of our own: it speaks both wires from one list of events, with faults."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import zstandard
from aiohttp import web

from tests.builders import NOON
from tests.ingest.server import Play
from tests.ingest.stream_server import (
    Line,
    Step,
    cut_mid_message,
    hang_up,
    hear,
    rest,
    say,
    socket,
)

Event: TypeAlias = dict[str, Any]
Fault: TypeAlias = Callable[[list[bytes]], Sequence[Step]]
"""What becomes of the messages of one connection."""

START_US = int(NOON.timestamp() * 1_000_000)
V2 = "/xrpc/network.bsky.jetstream.subscribeEvents"
DICTIONARY = "/xrpc/network.bsky.jetstream.getZstdDictionary"


def did(number: int) -> str:
    """Give one of many accounts."""
    return f"did:plc:account{number}"


def commit(
    number: int, operation: str = "create", *, at: float = 0.0, who: int = 1, **record: Any
) -> Event:
    """Give a commit of a post; ``number`` is its key, ``at`` its second after noon."""
    collection = record.pop("collection", "app.bsky.feed.post")
    told: dict[str, Any] = {
        "rev": f"rev{number}{operation}",
        "operation": operation,
        "collection": collection,
    }
    told["rkey"] = f"k{number}"
    if operation != "delete":
        created = (NOON + timedelta(seconds=at)).isoformat().replace("+00:00", "Z")
        told["record"] = {"$type": collection, "createdAt": created} | (
            record or {"text": f"Post number {number}", "langs": ["en-GB"]}
        )
        told["cid"] = f"bafy{number}"
    return {"did": did(who), "time_us": _us(at), "kind": "commit", "commit": told}


def account(at: float = 0.0, who: int = 1, *, active: bool = False, status: str = "") -> Event:
    """Give the word on how an account stands."""
    told: dict[str, Any] = {
        "active": active,
        "did": did(who),
        "seq": 1,
        "time": "2026-03-02T12:00:00Z",
    }
    if status:
        told["status"] = status
    return {"did": did(who), "time_us": _us(at), "kind": "account", "account": told}


def identity(handle: str, at: float = 0.0, who: int = 1) -> Event:
    """Give the word on what an account is called."""
    told = {"did": did(who), "handle": handle, "seq": 1, "time": "2026-03-02T12:00:00Z"}
    return {"did": did(who), "time_us": _us(at), "kind": "identity", "identity": told}


def v1(event: Event) -> bytes:
    """Write an event as the v1 wire has it."""
    return json.dumps(event, separators=(",", ":")).encode()


def v2(event: Event) -> bytes:
    """Write an event as a frame of the v2 wire."""
    at = datetime.fromtimestamp(event["time_us"] / 1_000_000, tz=NOON.tzinfo).isoformat()
    payload: dict[str, Any] = {"$type": f"network.bsky.jetstream.subscribeEvents#{event['kind']}"}
    payload |= {"seq": 7, "did": event["did"], "time": at, "witnessedAt": at}
    payload |= event.get("commit") or {event["kind"]: event.get(event["kind"], {})}
    return json.dumps({"$type": "message", "payload": payload}).encode()


class Refusal:
    """Answer the handshake otherwise."""

    def __init__(self, play: Play) -> None:
        self.play = play


class Jetstream:
    """A server: give ``plays`` to ``serving``.

    Args:
        events: what happened, in order.
        faults: of each connection in turn; those after are honest.
        keeps_from: seconds after noon from which events are still kept.
        dictionary: what messages are compressed with where that is asked for.
    """

    def __init__(
        self,
        events: Sequence[Event],
        *faults: "Fault | Refusal",
        keeps_from: float = -1e6,
        dictionary: bytes = b"",
    ) -> None:
        self.events = list(events)
        self.faults = list(faults)
        self.asked: list[dict[str, list[str]]] = []
        """The query of each connection."""
        self.heard: list[list[bytes]] = []
        """What each client sent."""
        self._keeps_from = _us(keeps_from)
        self._dictionary = dictionary
        self.plays: dict[str, Play] = {
            "/subscribe": self.subscribe,
            V2: self.subscribe,
            DICTIONARY: self.give_dictionary,
        }

    async def give_dictionary(self, _: web.Request) -> web.StreamResponse:
        """Give the dictionary."""
        return web.Response(body=self._dictionary)

    async def subscribe(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection."""
        query = request.query
        self.asked.append({name: query.getall(name) for name in query})
        fault = self.faults.pop(0) if self.faults else honest
        if isinstance(fault, Refusal):
            return await fault.play(request)
        steps: list[Step] = []
        heard: list[bytes] = []
        self.heard.append(heard)
        if "requireHello" in query:
            steps.append(hear(heard))
        cursor = int(query.get("cursor", "0"))
        messages = self._told(cursor, is_v2=request.path == V2) if cursor else None
        if query.get("compress") or query.get("zstdDictionary"):
            messages = [self._packed(message) for message in messages or ()]
        live = self._follow(is_v2=request.path == V2)
        return await socket(*steps, *([live] if messages is None else fault(messages)))(request)

    def _told(self, cursor: int, *, is_v2: bool) -> list[bytes]:
        write = v2 if is_v2 else v1
        since = max(cursor, self._keeps_from)
        told = [write(event) for event in self.events if event["time_us"] >= since]
        if is_v2 and cursor < self._keeps_from:
            info = {"$type": "x#info", "name": "OutdatedCursor"}
            told.insert(0, json.dumps({"$type": "message", "payload": info}).encode())
        return told

    def _packed(self, message: bytes) -> bytes:
        given = zstandard.ZstdCompressionDict(self._dictionary)
        return zstandard.ZstdCompressor(dict_data=given).compress(message)

    def _follow(self, *, is_v2: bool) -> Step:
        write = v2 if is_v2 else v1

        async def step(line: Line) -> None:
            told = len(self.events)
            while True:
                for event in self.events[told:]:
                    await line.say(write(event))
                told = len(self.events)
                await asyncio.sleep(0.005)

        return step


def honest(messages: list[bytes]) -> Sequence[Step]:
    """Tell all of it, in order."""
    return [say(*messages)]


def cut(after: int) -> Fault:
    """Break off in the middle of a message."""
    return lambda messages: [say(*messages[:after]), cut_mid_message(messages[after])]


def ended(after: int) -> Fault:
    """End politely before all was told."""
    return lambda messages: [say(*messages[:after]), hang_up(1001, "restart")]


def silent(after: int) -> Fault:
    """Tell a part and fall silent."""
    return lambda messages: [say(*messages[:after]), rest(30)]


def changed(change: Callable[[list[bytes]], list[bytes]], then: Step) -> Fault:
    """Tell it changed, then do something."""
    return lambda messages: [say(*change(messages)), then]


def _us(seconds: float) -> int:
    return START_US + int(seconds * 1_000_000)
