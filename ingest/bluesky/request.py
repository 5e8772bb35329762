"""How Jetstream is asked for a stream.

Source: bluesky-social/jetstream, README and the lexicon network.bsky.jetstream.subscribeEvents.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct

Wire: TypeAlias = Literal["v1", "v2"]

_PATHS: dict[Wire, str] = {
    "v1": "/subscribe",
    "v2": "/xrpc/network.bsky.jetstream.subscribeEvents",
}
_DICTIONARY_PATH = "/xrpc/network.bsky.jetstream.getZstdDictionary"
_DIDS_IN_ADDRESS = 40
"""More are told over the socket: proxies refuse long addresses. Source: ours."""


class Request(Struct, frozen=True, kw_only=True):
    """What is wanted of a host."""

    wire: Wire
    collections: Sequence[str]
    dids: Sequence[str]
    most_message_bytes: int
    since_us: int
    """Microseconds since 1970; 0: the present."""
    compress: bool = False
    dictionary: int = 0
    """Of v2: the id of the dictionary that is at hand."""


def address(host: str, request: Request) -> str:
    """Give the address to open.

    A cursor in time means the same to every host, on both wires; a sequence number does not.
    """
    names = ("wantedCollections", "wantedDids") if request.wire == "v1" else ("collections", "dids")
    said = [(names[0], one) for one in request.collections]
    if not hello(request):
        said += [(names[1], one) for one in request.dids]
    said.append(("maxMessageSizeBytes", str(request.most_message_bytes)))
    if request.since_us:
        said.append(("cursor", str(request.since_us)))
    if request.compress:
        by_id = ("zstdDictionary", str(request.dictionary))
        said.append(("compress", "true") if request.wire == "v1" else by_id)
    if hello(request):
        said.append(("requireHello", "true"))
    return f"{host.rstrip('/')}{_PATHS[request.wire]}?{urlencode(said)}"


def hello(request: Request) -> str:
    """Give what is to be said first; empty where the address says it all.

    v1 waits for it; v2 listens to nobody, so there the address may grow long.
    """
    if request.wire == "v2" or len(request.dids) <= _DIDS_IN_ADDRESS:
        return ""
    wanted = {
        "wantedCollections": list(request.collections),
        "wantedDids": list(request.dids),
        "maxMessageSizeBytes": int(request.most_message_bytes),
    }
    return msgspec.json.encode({"type": "options_update", "payload": wanted}).decode()


def dictionary_address(host: str) -> str:
    """Give where a host keeps its present dictionary; v2 only."""
    parts = urlsplit(host)
    scheme = "https" if parts.scheme == "wss" else "http"
    return f"{scheme}://{parts.netloc}{_DICTIONARY_PATH}"
