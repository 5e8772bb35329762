"""What a stream says: a new status, an edited one, or that one is gone.

Server-sent events and messages of WebSockets say the same in two forms.

Source: docs.joinmastodon.org/methods/streaming (Mastodon 4.5).
"""

from typing import TypeAlias

import msgspec
from msgspec import Struct

from bunco.errors import BadInput
from bunco.ports.web import ServerEvent

Message: TypeAlias = bytes | ServerEvent


class Event(Struct, frozen=True):
    """One event."""

    name: str
    """``update``, ``status.update``, ``delete``, or one that tells of no status."""
    payload: str = ""
    """A status as JSON, or an id."""
    error: str = ""
    """What the server does not like, in its words."""


class _Told(Struct):
    event: str = ""
    payload: msgspec.Raw = msgspec.Raw(b"")
    error: str = ""


_told = msgspec.json.Decoder(_Told).decode
_text = msgspec.json.Decoder(str).decode


def read(message: Message) -> Event:
    """Read a message.

    Raises:
        BadInput: it is none of a stream.
    """
    try:
        if isinstance(message, ServerEvent):
            return Event(message.name, message.data.decode())
        told = _told(message)
        body = bytes(told.payload)
        payload = _text(body) if body[:1] == b'"' else body.decode()
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"no message of a stream: {error}") from error
    if not told.event and not told.error:
        raise BadInput("no message of a stream: it names no event")
    return Event(told.event, payload, told.error[:200])


def size(message: Message) -> int:
    """Give the bytes of a message."""
    return len(message.data) if isinstance(message, ServerEvent) else len(message)


def body(message: Message) -> bytes:
    """Give a message as it came."""
    return message.data if isinstance(message, ServerEvent) else message
