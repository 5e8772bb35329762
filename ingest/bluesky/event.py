"""Decode the messages of Jetstream, of either wire, into one form.

Source: the documentation of bluesky-social/jetstream, section 5, and the lexicon
network.bsky.jetstream.subscribeEvents (2026-08). v1 sends events, v2 frames with events.
"""

from datetime import datetime, timedelta

import msgspec
from msgspec import Raw, Struct, field

from bunco.errors import BadInput
from bunco.model import EPOCH

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for JSON that is not as it should be."""

_MICROSECOND = timedelta(microseconds=1)
_LATEST_US = (datetime(9999, 12, 31, tzinfo=EPOCH.tzinfo) - EPOCH) // _MICROSECOND


class Commit(Struct, frozen=True, kw_only=True, gc=False):
    """A record that was made, changed or deleted."""

    operation: str
    collection: str
    rkey: str
    rev: str = ""
    record: Raw = Raw()


class Identity(Struct, frozen=True, kw_only=True, gc=False):
    """The word that a handle may have changed."""

    handle: str | None = None


class Account(Struct, frozen=True, kw_only=True, gc=False):
    """How an account stands."""

    active: bool
    status: str | None = None


class Event(Struct, frozen=True, kw_only=True, gc=False):
    """What happened, in the form of the v1 wire; ``kind`` says which field is filled."""

    did: str = ""
    time_us: int = 0
    """When Jetstream saw it, microseconds since 1970: what a cursor counts in."""
    kind: str
    commit: Commit | None = None
    identity: Identity | None = None
    account: Account | None = None
    name: str = ""
    """Of ``info`` and ``error``, which v2 alone sends."""

    @property
    def at(self) -> datetime:
        """Give when Jetstream saw it; the start of 1970 for a time that cannot be."""
        return moment(self.time_us)


class _Payload(Struct, frozen=True, kw_only=True):
    type: str = field(name="$type", default="")
    did: str = ""
    time: datetime | None = None
    seen: datetime | None = field(name="witnessedAt", default=None)
    operation: str = ""
    collection: str = ""
    rkey: str = ""
    rev: str = ""
    record: Raw = Raw()
    identity: Identity | None = None
    account: Account | None = None
    name: str = ""


class _Frame(Struct, frozen=True, kw_only=True):
    type: str = field(name="$type")
    payload: _Payload | None = None
    error: str = ""


_event = msgspec.json.Decoder(Event).decode
_frame = msgspec.json.Decoder(_Frame).decode


def decode_v1(message: bytes) -> Event:
    """Give the event of a v1 message.

    Raises:
        BadInput: it is none.
    """
    try:
        return _event(message)
    except UNREADABLE as error:
        raise BadInput(str(error)) from error


def decode_v2(message: bytes) -> Event:
    """Give the event of a v2 frame, with the time it was witnessed: what cursors go by.

    Raises:
        BadInput: it is none.
    """
    try:
        frame = _frame(message)
    except UNREADABLE as error:
        raise BadInput(str(error)) from error
    if frame.type == "error":
        return Event(kind="error", name=frame.error)
    payload = frame.payload
    if frame.type != "message" or payload is None:
        raise BadInput(f"a frame of an unknown type: {frame.type[:50]}")
    kind = payload.type.rpartition("#")[2]
    return Event(
        did=payload.did,
        time_us=microseconds(payload.seen or payload.time),
        kind=kind,
        commit=_commit(payload) if kind == "commit" else None,
        identity=payload.identity,
        account=payload.account,
        name=payload.name,
    )


def decode_either(message: bytes) -> Event:
    """Give the event of a message of a wire that is not known.

    Raises:
        BadInput: it is of neither.
    """
    return decode_v2(message) if message.lstrip().startswith(b'{"$type"') else decode_v1(message)


def microseconds(at: datetime | None) -> int:
    """Give microseconds since 1970; 0 for no time, or one without a zone."""
    return (at - EPOCH) // _MICROSECOND if at is not None and at.tzinfo is not None else 0


def moment(time_us: int) -> datetime:
    """Give the time of microseconds since 1970; its start for what is out of range."""
    return EPOCH + timedelta(microseconds=time_us if 0 < time_us < _LATEST_US else 0)


def _commit(payload: _Payload) -> Commit:
    return Commit(
        operation=payload.operation,
        collection=payload.collection,
        rkey=payload.rkey,
        rev=payload.rev,
        record=payload.record,
    )
