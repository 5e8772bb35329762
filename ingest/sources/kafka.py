"""Posts from a topic of somebody else's Kafka, in the wire form.

A record holds one object, an array, or a line each. Where each partition goes on stands in the
source's cursor and nowhere else: Kafka keeps no offsets of ours, and several readers of one
topic know nothing of each other.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from threading import Lock
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace

from bunco.codec import decode_item
from bunco.errors import BadInput, BrokerError, ConfigError, SourceError
from bunco.model import DeadLetter, Delivery, Item, Verdict, dead_letter
from bunco.options import KafkaOptions
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.streams.connection import BrokerAwayError, client_settings
from bunco.streams.records import check_version, decode_items
from bunco.streams.topic_reader import Record, Taken, TopicReader
from bunco.values import Secret

_WAIT = timedelta(milliseconds=500)
"""How long one look waits in the client; it cannot be broken off. Source: ours."""
_LOOKS = 40
"""Looks of one reading: some 20 s, after which an empty one tells that all is well."""
_offsets = msgspec.msgpack.Decoder(dict[int, int]).decode


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``[[source]]`` of kind ``kafka``."""

    brokers: Annotated[tuple[str, ...], Meta(min_length=1)]
    """``host:port`` of some of its brokers; they name the others."""
    topic: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,249}$")]
    start: Literal["earliest", "latest"] = "latest"
    """Where the first reading begins: with what the topic still has, or with what comes."""
    most_records: Annotated[int, Meta(ge=1, le=10_000)] = 500
    """Of one delivery."""
    security: Literal["plaintext", "tls", "sasl", "sasl_tls"] = "plaintext"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    """Of ``sasl`` and ``sasl_tls``."""
    username: str = ""
    password: Secret | None = None
    ca_file: str = ""
    """The authority that signed the brokers' certificates; empty: the system's."""
    cert_file: str = ""
    """A certificate of our own, where the brokers ask for one, …"""
    key_file: str = ""
    """… and its key."""


class KafkaSource:
    """Read a topic from a cursor on; see the module."""

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._name = tools.name
        self._kafka = _reached_by(options)
        self._busy = Lock()
        self._reader: TopicReader | None = None
        self._at = b""

    async def read(self, cursor: bytes) -> Delivery:
        """Give the next records; waits some time for the first of them.

        Raises:
            SourceError: Kafka is away, refuses us, or has no such topic.
        """
        for left in reversed(range(_LOOKS)):
            delivery = await asyncio.to_thread(self._look, cursor, is_last=not left)
            if delivery.items or delivery.dead or delivery.cursor != cursor:
                break
        return delivery

    async def close(self) -> None:
        """Let go of connections."""
        await asyncio.to_thread(self._close)

    def _look(self, cursor: bytes, *, is_last: bool) -> Delivery:
        with self._busy:
            try:
                taken = self._taken(cursor)
                if is_last and not taken.records and self._reader is not None:
                    self._reader.check()
                return self._delivery(taken)
            except BrokerAwayError as error:
                self._let_go()
                raise SourceError(str(error), weight="soft") from error
            except BrokerError as error:
                self._let_go()
                raise SourceError(str(error), weight="hard") from error

    def _taken(self, cursor: bytes) -> Taken:
        reader = self._reader
        if reader is None or cursor != self._at:
            self._let_go()
            options = self._options
            reader = TopicReader(self._kafka, options.topic, _known(cursor), options.start)
            self._reader = reader
        taken = reader.take(self._options.most_records, _WAIT)
        self._at = _cursor(taken.offsets)
        return taken

    def _delivery(self, taken: Taken) -> Delivery:
        parsed = _parsed(taken.records, self._options.topic, self._name)
        return Delivery(
            source=self._name,
            items=parsed.items,
            cursor=self._at,
            dead=parsed.dead,
            outcome="read" if taken.records else "unchanged",
            note=taken.gap,
            notice=taken.gap,
        )

    def _let_go(self) -> None:
        if self._reader is not None:
            self._reader.close()
        self._reader = None

    def _close(self) -> None:
        with self._busy:
            self._let_go()


def make(options: Options, tools: SourceTools) -> KafkaSource:
    """Make the source; nothing is opened yet.

    Raises:
        ConfigError: options contradict each other, or a file of theirs cannot be read.
    """
    try:
        client_settings(_reached_by(options), "source")
    except ConfigError as error:
        key = error.key.removeprefix("kafka.").replace("bootstrap", "brokers")
        raise ConfigError(f"source {tools.name}", key, error.found, error.allowed) from error
    return KafkaSource(options, tools)


def _reached_by(options: Options) -> KafkaOptions:
    return KafkaOptions(
        bootstrap=options.brokers,
        security=options.security,
        mechanism=options.mechanism,
        username=options.username,
        password=options.password,
        ca_file=options.ca_file,
        cert_file=options.cert_file,
        key_file=options.key_file,
    )


def _parsed(records: Sequence[Record], topic: str, source: str) -> Parsed:
    items: list[Item] = []
    dead: list[DeadLetter] = []
    for record in records:
        place = f"{topic}/{record.partition}/{record.offset}"
        if record.value is None:
            continue  # a compacted topic's word that a key is gone: we know nothing by key
        try:
            check_version(record.headers)
            found, broken = _items(record.value)
        except BadInput as error:
            dead.append(dead_letter(place, str(error), record.value, source=source))
            continue
        items += found
        dead += [dead_letter(place, reason, body, source=source) for body, reason in broken]
    return Parsed(items=tuple(_ours(item, source) for item in items), dead=tuple(dead))


def _items(value: bytes) -> tuple[list[Item], list[tuple[bytes, str]]]:
    lines = [line for line in value.split(b"\n") if line.strip()]
    if value.lstrip()[:1] == b"[" or len(lines) < 2 or not _is_whole(lines[0]):
        items, broken = decode_items(value)
        return items, [(one.body, one.reason) for one in broken]
    items, failed = [], []
    for line in lines:
        try:
            items.append(decode_item(line))
        except BadInput as error:
            failed.append((line, str(error)))
    return items, failed


def _is_whole(line: bytes) -> bool:
    """Tell whether a line is JSON by itself: else one object is written over several."""
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _ours(item: Item, source: str) -> Item:
    return item if isinstance(item, Verdict) or item.source else replace(item, source=source)


def _cursor(offsets: dict[int, int]) -> bytes:
    return msgspec.msgpack.encode(dict(sorted(offsets.items())))


def _known(cursor: bytes) -> dict[int, int]:
    """Give the decoded cursor; nothing where it is none of ours."""
    try:
        return _offsets(cursor) if cursor else {}
    except msgspec.DecodeError:
        return {}


PART: Part[Source] = Part(Options, make)
