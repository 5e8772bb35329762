"""What the records of each topic hold, as JSON; the header ``v`` gives the schema's version.

| topic | key | value |
| --- | --- | --- |
| posts | author, where it holds a lone item | a post or removal, or an array of them |
| findings | subject | a finding |
| dead | origin | a dead letter; its body in base64 |
| sources | source | the source's state, the last line of its log, and who wrote it |

An array keeps the order of its items, all of one partition. A record without the header is
read as version 1, so that anything that speaks Kafka can push posts.
"""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from bunco.codec import decode_item
from bunco.errors import BadInput
from bunco.model import DeadLetter, Finding, Item, Poll, SourceState

VERSION = 1
VERSION_HEADER = "v"
HEADERS: list[tuple[str, bytes]] = [(VERSION_HEADER, b"1")]
"""What every record we write carries."""

AGAIN_HEADER = "again"
"""On a record of posts: the detector that is to see them once more; no other does."""

EVERY_DETECTOR = "*"
"""In its place: all of them see posts again that were seen before."""


class SourceRecord(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The value of a record of ``sources``."""

    state: SourceState
    poll: Poll | None = None
    """The line for its log."""
    generation: int = 0
    """Of the group of ingesters when it was written: an older one is a straggler's."""


class Broken(Struct, frozen=True):
    """An item of a record that cannot be read."""

    body: bytes
    reason: str


_raws = msgspec.json.Decoder(list[msgspec.Raw]).decode
_finding = msgspec.json.Decoder(Finding).decode
_dead = msgspec.json.Decoder(DeadLetter).decode
_source = msgspec.json.Decoder(SourceRecord).decode


def check_version(headers: Iterable[tuple[str, bytes | None]] | None) -> None:
    """Hold that a record is of a version that is read here.

    Raises:
        BadInput: it is of another.
    """
    for name, value in headers or ():
        if name == VERSION_HEADER and value != b"%d" % VERSION:
            found = (value or b"")[:20].decode("utf-8", "replace")
            raise BadInput(f"a record of schema version {found}; this bunco reads {VERSION}")


def join_items(items: Sequence[bytes]) -> bytes:
    """Give the value of a record of posts: the JSON of some items as one array."""
    return b"[" + b",".join(items) + b"]"


def decode_items(value: bytes) -> tuple[list[Item], list[Broken]]:
    """Give the items of a record of posts in order, and what of it cannot be read.

    Raises:
        BadInput: the record as a whole is no JSON, with the reason.
    """
    if not value.lstrip().startswith(b"["):
        return [decode_item(value)], []
    try:
        raws = _raws(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(str(error)) from error
    items: list[Item] = []
    broken: list[Broken] = []
    for raw in raws:
        body = bytes(raw)
        try:
            items.append(decode_item(body))
        except BadInput as error:
            broken.append(Broken(body, str(error)))
    return items, broken


def decode_finding(value: bytes) -> Finding:
    """Give the finding of a record.

    Raises:
        BadInput: it is none.
    """
    try:
        return _finding(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(str(error)) from error


def decode_dead(value: bytes) -> DeadLetter:
    """Give the dead letter of a record.

    Raises:
        BadInput: it is none.
    """
    try:
        return _dead(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(str(error)) from error


def decode_source(value: bytes) -> SourceRecord:
    """Give the record of a source.

    Raises:
        BadInput: it is none.
    """
    try:
        return _source(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(str(error)) from error
