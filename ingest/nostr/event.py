"""An event of Nostr: its form, and the proof that its author made it.

Source: NIP-01; the id is the SHA-256 of its serialised fields, the signature one of BIP-340.
"""

from datetime import datetime
from hashlib import sha256
from typing import Annotated

import msgspec
from coincurve import PublicKeyXOnly
from msgspec import Meta, Struct

from bunco.errors import BadInput
from bunco.model import from_ms

PROFILE, NOTE, DELETION, REPOST, GENERIC_REPOST, VANISH = 0, 1, 5, 6, 16, 62
"""Kinds. Source: NIP-01, NIP-09, NIP-18, NIP-62."""

_MOST_TAGS = 5000
"""Lists of people may have thousands; more is no event that means well. Source: ours."""
_LATEST_S = 1 << 40

Key = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Event(Struct, frozen=True, kw_only=True, gc=False):
    """One event, as its author signed it."""

    id: Key
    pubkey: Key
    created_at: Annotated[int, Meta(ge=0, lt=_LATEST_S)]
    """Seconds since 1970, as the author says."""
    kind: Annotated[int, Meta(ge=0, le=65535)]
    tags: Annotated[tuple[tuple[str, ...], ...], Meta(max_length=_MOST_TAGS)]
    content: str
    sig: Annotated[str, Meta(pattern="^[0-9a-f]{128}$")]

    @property
    def at(self) -> datetime:
        """Give when its author says it was made."""
        return from_ms(self.created_at * 1000)

    def tagged(self, name: str) -> list[tuple[str, ...]]:
        """Give its tags of a name that have a value."""
        return [tag for tag in self.tags if len(tag) > 1 and tag[0] == name]


_event = msgspec.json.Decoder(Event).decode
_encode = msgspec.json.Encoder().encode


def decode(raw: bytes | msgspec.Raw) -> Event:
    """Give the event that JSON holds; whether it is genuine is another question.

    Raises:
        BadInput: it has not the form of one.
    """
    try:
        return _event(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"no event of Nostr: {error}") from error


def check(event: Event) -> None:
    """Hold that an event is what its author made.

    Raises:
        BadInput: its id is not that of its content, or its signature not the author's.
    """
    told = [0, event.pubkey, event.created_at, event.kind, event.tags, event.content]
    name = sha256(_encode(told)).digest()
    if name.hex() != event.id:
        raise BadInput("its id is not that of what it says")
    try:
        author = PublicKeyXOnly(bytes.fromhex(event.pubkey))
        is_genuine = author.verify(bytes.fromhex(event.sig), name)
    except ValueError as error:
        raise BadInput(f"its author's key is none: {error}") from error
    if not is_genuine:
        raise BadInput("its signature is not its author's")
