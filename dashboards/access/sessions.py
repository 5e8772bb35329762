"""Sessions: who signed in, in the memory of this process; a restart ends them all."""

import asyncio
import hashlib
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta

from msgspec import Struct

from bunco.ports.parts import Clock

IDLE = timedelta(days=1)
"""A session ends after so long without a request. Source: OWASP's cheat sheet on sessions asks
for an idle and an absolute limit and leaves the numbers to the risk; these are ours."""
MOST, MOST_EACH = 5000, 20
"""Sessions at once, of all and of one person: the oldest make room."""

_BYTES = 32


class Session(Struct, kw_only=True, eq=False):
    """One browser of a person."""

    key: str
    name: str
    since: datetime
    seen_at: datetime
    over: asyncio.Event
    """Set when it ends: open streams and WebSockets end with it."""


class Sessions:
    """Keep sessions; what stands in the cookie is known here by its hash only.

    Args:
        clock: the time of day.
        longest: the absolute limit.
    """

    def __init__(self, clock: Clock, longest: timedelta) -> None:
        self._clock = clock
        self._longest = longest
        self._open: OrderedDict[str, Session] = OrderedDict()

    def begin(self, name: str) -> str:
        """Begin a session of a person; give the secret word for their cookie."""
        word, now = secrets.token_urlsafe(_BYTES), self._clock.now()
        own = [one.key for one in self._open.values() if one.name == name]
        for key in own[: max(0, len(own) - MOST_EACH + 1)]:
            self.end(key)
        if len(self._open) >= MOST:
            self.end(next(iter(self._open)))
        key = _hash(word)
        self._open[key] = Session(key=key, name=name, since=now, seen_at=now, over=asyncio.Event())
        return word

    def of(self, word: str) -> Session | None:
        """Give the session of a cookie; it counts as seen."""
        session = self._open.get(_hash(word))
        if session is None:
            return None
        now = self._clock.now()
        if now - session.since > self._longest or now - session.seen_at > IDLE:
            self.end(session.key)
            return None
        session.seen_at = now
        return session

    def end(self, key: str) -> None:
        """End a session, with all that is open in it."""
        session = self._open.pop(key, None)
        if session is not None:
            session.over.set()

    def open(self, key: str) -> Session | None:
        """Give the session of a key, as it stands in a ``Person``; None where it has ended."""
        return self._open.get(key)

    def left_s(self, session: Session) -> float:
        """Give how long it may go on at most, in seconds."""
        return max(0.0, (session.since + self._longest - self._clock.now()).total_seconds())


def _hash(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()
