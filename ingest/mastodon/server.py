"""Ask a server who it is, and say in words why it does not show something.

Source: docs.joinmastodon.org/methods/instance and /methods/timelines; the second version of the
first since 4.0, Pleroma and older ones have the first alone.
"""

from http import HTTPStatus
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from bunco.errors import SourceError
from ingest.json_api import Api
from ingest.mastodon.posts import host_of
from ingest.mastodon.timeline import Timeline

Transport: TypeAlias = Literal["websocket", "sse"]

CLOSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY})
MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_STREAMING = "/api/v1/streaming"


class Server(Struct, frozen=True, kw_only=True):
    """What a server says of itself."""

    domain: str
    """What its accounts have behind the @; not always its host."""
    streaming: str = ""
    """Where it streams: ``wss://HOST``; empty where it does not say."""


class _Urls(Struct):
    streaming: str | None = ""
    streaming_api: str | None = ""


class _Configuration(Struct):
    urls: _Urls | None = None


class Instance(Struct):
    """Either version: the second names a ``domain``, the first an ``uri``."""

    domain: str | None = ""
    uri: str | None = ""
    configuration: _Configuration | None = None
    urls: _Urls | None = None


async def introduced(api: Api, url: str) -> Server:
    """Ask a server who it is; what it does not say is taken from its address.

    Raises:
        SourceError: it does not answer now.
    """
    try:
        found = await api.find("/api/v2/instance", Instance)
        if found is None:
            found = await api.find("/api/v1/instance", Instance)
    except SourceError as error:
        if error.weight != "hard":
            raise
        found = None
    return described(found or Instance(), url)


def described(found: Instance, url: str) -> Server:
    """Give what a server says of itself; what it leaves out is taken from its address."""
    named = found.domain or found.uri or ""
    domain = (host_of(named) or named).strip("/").lower() or host_of(url)
    second = found.configuration.urls if found.configuration else None
    streaming = (second.streaming if second else "") or (
        found.urls.streaming_api if found.urls else ""
    )
    return Server(domain=domain, streaming=streaming or "")


def stream_address(server: Server, url: str, timeline: Timeline, transport: Transport) -> str:
    """Give the address of a timeline's stream.

    Raises:
        SourceError: the server wants the token to go over a connection that others can read.
    """
    base = server.streaming or url
    is_safe = urlsplit(base).scheme in {"wss", "https"}
    if url.lower().startswith("https:") and not is_safe:
        raise SourceError("the server streams without encryption only", weight="hard")
    host = base.partition("://")[2].partition("?")[0].rstrip("/").removesuffix(_STREAMING)
    if transport == "sse":
        return f"{'https' if is_safe else 'http'}://{host}{_STREAMING}{timeline.events_path()}"
    return f"{'wss' if is_safe else 'ws'}://{host}{_STREAMING}{timeline.socket_query()}"


def refused(status: int, host: str, timeline: Timeline, *, has_token: bool) -> SourceError:
    """Say why a server does not show a timeline, and who can do what about it."""
    if status in MISSING:
        what = (
            f"no list {timeline.list_id} that the token may see"
            if timeline.list_id
            else "no timeline"
        )
        return SourceError(f"{host} has {what}: it answered {status}", weight="hard")
    if has_token:
        reason = "does not take the token for this timeline: it needs the scope read:statuses"
    elif timeline.list_id:
        reason = "shows lists to their owner only: set token"
    else:
        reason = "shows this timeline to members only: set token"
    return SourceError(f"{host} {reason} (it answered {int(status)})", weight="hard")
