"""Posts come from Bluesky, all of it or some accounts, through a Jetstream server.

``hosts → socket → messages → posts and removals``, with a cursor in time that any host understands.

Source: the documentation of bluesky-social/jetstream of 2026-08.
"""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from bunco.errors import BadInput, SourceError
from bunco.model import Delivery
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.ports.web import Socket
from bunco.values import Duration, Size
from ingest.bluesky import position, record, request
from ingest.bluesky.event import decode_either, decode_v1, decode_v2
from ingest.bluesky.position import Position
from ingest.bluesky.reading import Reader, Reading
from ingest.bluesky.request import Request, Wire
from ingest.compression import Dictionary
from ingest.streams.aside import Aside
from ingest.streams.listener import Habits, Haul, Listener
from ingest.streams.recent import Recent

_HOSTS = (
    "wss://jetstream1.us-east.bsky.network",
    "wss://jetstream2.us-east.bsky.network",
    "wss://jetstream1.us-west.bsky.network",
    "wss://jetstream2.us-west.bsky.network",
)
Gone = Literal["deleted", "takendown", "suspended", "deactivated"]


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``bluesky`` source."""

    hosts: Annotated[tuple[str, ...], Meta(min_length=1, max_length=20)] = _HOSTS
    """Jetstream servers, asked in turn."""
    wire: Wire = "v1"
    """What they speak; ``v2`` is ``network.bsky.jetstream.subscribeEvents``."""
    dids: Annotated[tuple[str, ...], Meta(max_length=10_000)] = ()
    """The accounts to follow; empty: all."""
    with_reposts: bool = True
    back: Duration = Duration(0)
    """How far back to begin the first time; servers keep 36 h."""
    rewind: Duration = Duration(seconds=5)
    """How far back to begin again after a break: hosts see events at different moments."""
    window: Duration = Duration(hours=36)
    """How long the servers keep events: what is older when we come back is missing."""
    silence: Duration = Duration(seconds=60)
    """After so long without an event (with ``dids``: without a sign of life) the next host is
    asked."""
    erases: tuple[Gone, ...] = ("deleted", "takendown")
    """What becomes of an account that removes all of its posts. Source: atproto's account
    states; a suspended or deactivated account may come back with all it posted."""
    compress: bool = False
    """Whether messages come compressed, at less than half the bytes."""
    dictionary: str = ""
    """The file of the v1 dictionary; v2 servers give theirs themselves."""
    most_message_bytes: Size = Size(1 << 20)
    """Servers leave larger messages out."""
    allow_private: bool = False
    """Whether the servers may stand at private or loopback addresses."""

    def __post_init__(self) -> None:
        """Hold that the addresses and lengths make sense.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if not all(host.lower().startswith(("ws://", "wss://")) for host in self.hosts):
            raise ValueError("hosts that begin with ws:// or wss://")
        if not all(did.startswith("did:") for did in self.dids):
            raise ValueError("dids such as did:plc:z72i7hdynmk6r22z27h6tvur")
        if self.compress and self.wire == "v1" and not self.dictionary:
            raise ValueError("a dictionary, the file, where wire v1 is compressed")
        if min(self.back, self.rewind) < timedelta(0) or self.silence <= timedelta(0):
            raise ValueError("silence above zero, back and rewind of zero or more")


class BlueskySource:
    """One Jetstream; see the module.

    Beside the cursor it remembers what it can do without: the connection, what came a moment
    ago, and the handles it was told.
    """

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        self._dictionaries: dict[str, Dictionary] = {}
        self._opened = Position()
        """Where the connection was opened, until the first event came."""
        habits = Habits(silence=options.silence, heartbeats_count=bool(options.dids))
        self._listener: Listener[bytes] = Listener(
            options.hosts, self._open, size=len, habits=habits
        )
        decode = decode_v1 if options.wire == "v1" else decode_v2
        self._reader = Reader(tools.name, decode, options.erases, self._listener.recent)

    async def read(self, cursor: bytes) -> Delivery:
        """Give the posts and removals that come within a moment; empty after some quiet seconds.

        Raises:
            SourceError: no host can be listened to now, or it fell silent.
        """
        haul = await self._listener.collect(cursor)
        now = self._tools.clock.now()
        aside = Aside(self._tools.name, now)
        reading = self._reader.read(self._plain(haul, aside), now)
        here = position.after(position.decode(cursor), reading.newest_us)
        behind = position.encode(here) if haul.messages else cursor
        notice = self._missing(reading, now)
        self._listener.gave(behind)
        return Delivery(
            source=self._tools.name,
            items=reading.items,
            cursor=behind,
            dead=(*aside.letters, *reading.dead),
            note="; ".join(filter(None, (notice, *reading.told, *reading.notes, aside.note))),
            notice=notice,
        )

    async def close(self) -> None:
        """Hang up."""
        await self._listener.close()

    async def _open(self, host: str, cursor: bytes) -> Socket:
        options, now = self._options, self._tools.clock.now()
        here = position.decode(cursor)
        since = here.time_us - int(options.rewind / timedelta(microseconds=1))
        if not here.time_us:
            since = position.back(now, options.back) if options.back else 0
        dictionary = await self._dictionary(host) if options.compress else None
        wanted = Request(
            wire=options.wire,
            collections=(record.POST, record.REPOST) if options.with_reposts else (record.POST,),
            dids=options.dids,
            most_message_bytes=options.most_message_bytes,
            since_us=since,
            compress=options.compress,
            dictionary=dictionary.id if dictionary else 0,
        )
        socket = await self._tools.web.open_socket(
            request.address(host, wanted), allow_private=options.allow_private
        )
        self._opened = here
        if hello := request.hello(wanted):
            await socket.send(hello)
        return socket

    async def _dictionary(self, host: str) -> Dictionary:
        """Give the dictionary of a host: from the file, or on v2 from the host itself.

        Raises:
            SourceError: there is none.
        """
        options = self._options
        key = host if options.wire == "v2" else ""
        if key not in self._dictionaries:
            try:
                if options.wire == "v2":
                    found = await self._tools.web.fetch(
                        request.dictionary_address(host), allow_private=options.allow_private
                    )
                    self._dictionaries[key] = Dictionary(found.body)
                else:
                    self._dictionaries[key] = Dictionary(
                        await asyncio.to_thread(Path(options.dictionary).read_bytes)
                    )
            except (OSError, ValueError) as error:
                raise SourceError(f"the dictionary: {error}", weight="hard") from error
        return self._dictionaries[key]

    def _plain(self, haul: Haul[bytes], aside: Aside) -> list[bytes]:
        """Give the messages decompressed; those that cannot be are set aside."""
        if not self._options.compress:
            return list(haul.messages)
        dictionary = self._dictionaries[haul.address if self._options.wire == "v2" else ""]
        plain: list[bytes] = []
        for message in haul.messages:
            try:
                opened = dictionary.open(message, self._options.most_message_bytes)
            except BadInput as error:
                aside.put("message", str(error), message)
            else:
                plain.append(opened)
        return plain

    def _missing(self, reading: Reading, now: datetime) -> str:
        """Say what is missing before the first event of a connection; empty: nothing."""
        if "OutdatedCursor" in reading.told:
            asked, self._opened = self._opened, Position()
            return position.too_old(asked)
        if not reading.first_us:
            return ""
        opened, self._opened = self._opened, Position()
        return position.gap(
            opened,
            reading.first_us,
            now,
            window=self._options.window,
            never_rests=not self._options.dids,
        )


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn saved messages, one a line, into items; what ``bunco parse bluesky`` calls.

    Raises:
        BadInput: no line is a message.
    """
    del url
    lines = [line for line in document.splitlines() if line.strip()]
    reader = Reader("", decode_either, Options().erases, Recent())
    reading = reader.read(lines, seen_at, most_dead=len(lines))
    if reading.dead and not reading.first_us:
        raise BadInput(f"these are no messages of Jetstream: {reading.dead[0].reason}")
    return Parsed(items=reading.items, dead=reading.dead)


PART: Part[Source] = Part(Options, BlueskySource, parse)
