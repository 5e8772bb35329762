"""What others send us by HTTP, and what is answered: the records of ``ports.Receiver``."""

from collections.abc import Mapping

from msgspec import Struct

from bunco.model import DeadLetter, Item

TEXT = "text/plain; charset=utf-8"


class Push(Struct, frozen=True, kw_only=True):
    """One request to ``/hooks/NAME``, within the limits of ``[dashboard]``."""

    method: str = "POST"
    """``GET`` (somebody asks whether we want to be pushed to) or ``POST``."""
    query: Mapping[str, str] = {}
    """The first value of each name."""
    headers: Mapping[str, str] = {}
    """Names in lower case."""
    body: bytes = b""


class Reply(Struct, frozen=True, kw_only=True):
    """What the sender is answered, once what came is safe."""

    status: int = 200
    body: bytes = b""
    media: str = TEXT
    headers: Mapping[str, str] = {}


class Received(Struct, frozen=True, kw_only=True):
    """What a push came to."""

    reply: Reply
    items: tuple[Item, ...] = ()
    dead: tuple[DeadLetter, ...] = ()
    note: str = ""
    """For the source's log, in words."""
