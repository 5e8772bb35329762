"""Turn messages of relays into posts and removals."""

from asyncio import get_running_loop
from collections import Counter
from collections.abc import Collection
from datetime import datetime

import msgspec
from msgspec import Raw

from bunco.errors import BadInput, SourceError
from bunco.model import Item, to_ms
from ingest.nostr import event as events
from ingest.nostr import posts
from ingest.nostr.event import Event
from ingest.nostr.posts import Origin
from ingest.nostr.relay import Relay
from ingest.streams.aside import Aside
from ingest.streams.names import Names
from ingest.streams.recent import Recent

_NOTICES = {"NOTICE", "AUTH", "OK", "COUNT"}
_message = msgspec.json.Decoder(list[Raw]).decode
_text = msgspec.json.Decoder(str).decode


class Reading:
    """What some messages gave.

    Args:
        source: the source's name.
        at: now.
        most_dead: dead letters that are kept.
    """

    def __init__(self, source: str, at: datetime, most_dead: int = 100) -> None:
        self.items: list[Item] = []
        self.aside = Aside(source, at, most_dead)
        self.odd: Counter[str] = Counter()

    @property
    def notes(self) -> list[str]:
        """Give what was odd, in words."""
        return [
            f"{what} ({count} times)" if count > 1 else what for what, count in self.odd.items()
        ]


class Reader:
    """Read messages of relays, one after the other.

    Args:
        source: the source's name.
        web: what the web address of an event begins with.
        relays: all that are listened to.
    """

    def __init__(self, source: str, web: str, relays: Collection[str]) -> None:
        self._source = source
        self._web = web
        self._relays = frozenset(map(posts.relay_name, relays))
        self.recent = Recent()
        self._names = Names()

    async def read(self, got: list[tuple[Relay, bytes]], now: datetime) -> Reading:
        """Give what messages hold. What cannot be read becomes a dead letter.

        Args:
            got: messages as they came, with who said them.
            now: the present.
        """
        reading = Reading(self._source, now)
        for relay, message in got:
            try:
                await self._take(relay, message, now, reading)
            except BadInput as error:
                reading.aside.put(f"message of {relay.host}", str(error), message)
            except SourceError as error:
                reading.odd[error.reason] += 1
                await relay.failed(error, get_running_loop().time())
        return reading

    async def _take(self, relay: Relay, message: bytes, now: datetime, reading: Reading) -> None:
        kind, told = _opened(message)
        match kind:
            case "EVENT" if len(told) > 1:
                found = events.decode(told[1])
                relay.told(found.created_at, to_ms(now) // 1000, _words(told[0]))
                self.take(found, now, reading)
            case "EOSE" if told:
                await relay.ended(_words(told[0]))
            case "CLOSED" if told:
                raise relay.refused(_words(told[-1]) if len(told) > 1 else "")
            case "NOTICE" if told:
                reading.odd[f"{relay.host}: {_words(told[0])[:200]}"] += 1
            case one if one not in _NOTICES:
                raise BadInput("no message of a relay")

    def take(self, event: Event, now: datetime, reading: Reading) -> None:
        """Take one event, if it is news.

        Raises:
            BadInput: it is not genuine, or says nothing.
        """
        if self.recent.has(event.id):
            return
        events.check(event)  # first: a forged copy makes the genuine one no less new
        self.recent.is_new(event.id)
        if event.kind == events.PROFILE:
            self._names.take(event.pubkey, posts.profile_name(event))
            return
        origin = Origin(source=self._source, relays=self._relays, web=self._web, seen_at=now)
        if event.kind == events.VANISH:
            self._names.forget(event.pubkey)
        reading.items += posts.items(event, origin, name=self._names.of(event.pubkey))


def _opened(message: bytes) -> tuple[str, list[Raw]]:
    """Give what kind of message it is, and the rest of it.

    Raises:
        BadInput: it is no message of a relay.
    """
    try:
        kind, *told = _message(message)
        return _text(kind), told
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise BadInput("no message of a relay") from error


def _words(raw: Raw) -> str:
    """Give a text.

    Raises:
        BadInput: it is none.
    """
    try:
        return _text(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput("no message of a relay") from error


def saved(line: bytes) -> Event:
    """Give the event of a line that holds it, or a relay's message with it.

    Raises:
        BadInput: it is neither.
    """
    if line.lstrip().startswith(b"["):
        kind, told = _opened(line)
        if kind != "EVENT" or not told:
            raise BadInput("a message of a relay, but no event")
        return events.decode(told[-1])
    return events.decode(line)
