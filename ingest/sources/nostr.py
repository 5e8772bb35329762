"""Read Nostr: several relays at once, whose events are believed only where their proof holds.

    relays, side by side → each message → known? → id and signature → posts, removals, names

The same event comes from many relays and counts once. A relay that is away stops nobody.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Annotated

from msgspec import Meta, Struct

from bunco.errors import BadInput
from bunco.model import Delivery, to_ms
from bunco.ports.parts import Parsed, Part
from bunco.ports.sources import Source, SourceTools
from bunco.ports.web import Socket
from bunco.values import Duration
from ingest.nostr import event as events
from ingest.nostr import progress
from ingest.nostr.reading import Reader, Reading, saved
from ingest.nostr.relay import Filter, Relay, Wanted
from ingest.nostr.relays import Relays

_RELAYS = ("wss://relay.damus.io", "wss://nos.lol", "wss://relay.primal.net")
_WORDS = (events.NOTE, events.REPOST, events.GENERIC_REPOST)
_PEOPLE = (events.PROFILE, events.DELETION, events.VANISH)
_KEY_DIGITS = 64


class Options(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of a ``nostr`` source."""

    relays: Annotated[tuple[str, ...], Meta(min_length=1, max_length=20)] = _RELAYS
    """Where events are to be had; all are listened to at once."""
    authors: Annotated[tuple[str, ...], Meta(max_length=1000)] = ()
    """Public keys, 64 hex digits each; empty: everybody."""
    tags: tuple[str, ...] = ()
    """Only notes with one of these hashtags, without the `#`."""
    with_reposts: bool = True
    back: Duration = Duration(0)
    """How far back to begin the first time, as far as relays keep events."""
    overlap: Duration = Duration(minutes=10)
    """How much is asked for again after a break: events come late to relays."""
    silence: Duration = Duration(minutes=2)
    """After so long without a sign of life a relay is connected to anew."""
    web: str = "https://njump.me/"
    """What the web address of a note begins with."""
    allow_private: bool = False
    """Whether relays may stand at private or loopback addresses."""

    def __post_init__(self) -> None:
        """Hold that addresses and keys are some.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if not all(relay.lower().startswith(("ws://", "wss://")) for relay in self.relays):
            raise ValueError("relays that begin with ws:// or wss://")
        if not all(_is_key(key) for key in self.authors):
            raise ValueError("authors as 64 hex digits (an npub is another spelling of them)")
        if min(self.back, self.overlap) < timedelta(0) or self.silence <= timedelta(0):
            raise ValueError("silence above zero, back and overlap of zero or more")


class NostrSource:
    """Some relays; see the module.

    Beside the cursor it remembers what it can do without: the connections, what came a moment
    ago, and the names that profiles told.
    """

    def __init__(self, options: Options, tools: SourceTools) -> None:
        self._options = options
        self._tools = tools
        self._given = b""
        self._relays: Relays | None = None
        self._reader = Reader(tools.name, options.web, options.relays)

    async def read(self, cursor: bytes) -> Delivery:
        """Give the posts and removals that come within a moment; empty after some quiet seconds.

        Raises:
            SourceError: no relay can be listened to now.
        """
        now = self._tools.clock.now()
        before = progress.decode(cursor)
        if self._relays is None or cursor != self._given:
            await self.close()
            self._reader.recent.clear()
            self._relays = self._connected(before, now)
        self._given = cursor
        got = await self._relays.collect(to_ms(now) // 1000)
        reading = await self._reader.read(got, self._tools.clock.now())
        places = {relay.url: relay.since for relay in self._relays.relays}
        after = progress.moved(before, places, gave=bool(reading.items or reading.aside.letters))
        self._given = progress.encode(after)
        away = [relay.error for relay in self._relays.relays if relay.error]
        return Delivery(
            source=self._tools.name,
            items=tuple(reading.items),
            cursor=self._given,
            dead=reading.aside.letters,
            note="; ".join(filter(None, (*reading.notes, reading.aside.note))),
            notice="; ".join(dict.fromkeys(away)),
        )

    async def close(self) -> None:
        """Hang up everywhere."""
        relays, self._relays = self._relays, None
        if relays is not None:
            await relays.close()

    def _connected(self, before: progress.Progress, now: datetime) -> Relays:
        options = self._options
        start = to_ms(now - options.back) // 1000
        wanted = Wanted(
            filters=_filters(options),
            overlap=int(options.overlap.total_seconds()),
            silence=options.silence.total_seconds(),
        )
        relays = []
        for url in dict.fromkeys(options.relays):
            place = before.relays.get(url, progress.Place())
            chance = Random(f"{self._tools.name} {url}")  # noqa: S311  # spreads waits
            relays.append(Relay(url, self._open, wanted, chance, place.since or start))
        return Relays(relays)

    async def _open(self, url: str) -> Socket:
        return await self._tools.web.open_socket(url, allow_private=self._options.allow_private)


def parse(document: bytes, *, url: str, seen_at: datetime) -> Parsed:
    """Turn saved events or messages, one a line, into items; what ``bunco parse nostr`` calls.

    Raises:
        BadInput: no line is an event.
    """
    lines = [line for line in document.splitlines() if line.strip()]
    reading, reader = Reading("", seen_at, len(lines)), Reader("", Options().web, (url,))
    first = ""
    for number, line in enumerate(lines, start=1):
        try:
            reader.take(saved(line), seen_at, reading)
        except BadInput as error:
            first = first or str(error)
            reading.aside.put(f"line {number}", str(error), line)
    if len(reading.aside.letters) == len(lines):
        raise BadInput(f"these are no events of Nostr: {first or 'nothing is there'}")
    return Parsed(items=tuple(reading.items), dead=reading.aside.letters)


def _filters(options: Options) -> tuple[Filter, ...]:
    """Give what is asked for: words by tag and author, what concerns people by author alone."""
    kinds = list(_WORDS) if options.with_reposts else [events.NOTE]
    words: Filter = {"kinds": kinds}
    people: Filter = {"kinds": list(_PEOPLE)}
    if options.tags:
        words["#t"] = [tag.lower() for tag in options.tags]
    if options.authors:
        words["authors"] = people["authors"] = list(options.authors)
    return words, people


def _is_key(text: str) -> bool:
    return len(text) == _KEY_DIGITS and set("0123456789abcdef").issuperset(text)


PART: Part[Source] = Part(Options, NostrSource, parse)
