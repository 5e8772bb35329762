"""Ask a server for recent statuses again: it tells pollers of no deletion, and streams forget.

those that waited longest → there, changed, or gone → is the account gone as well?
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Raw, Struct

from bunco.errors import BadInput, SourceError
from bunco.model import EPOCH, Removal
from bunco.ports.web import Fetched
from ingest.json_api import Api, decoded
from ingest.mastodon import status
from ingest.mastodon.memory import Memory
from ingest.mastodon.posts import PLATFORM
from ingest.mastodon.reading import Reader, Sifter
from ingest.mastodon.server import CLOSED, MISSING
from ingest.watching import Watched

_BATCH = 20
"""Statuses asked for at once. Source: mastodon/mastodon, DEFAULT_STATUSES_LIMIT, since 4.3."""
_SINGLES = 5
"""Statuses asked for one by one where a server knows no batches. Source: ours."""
_LOOKUPS = 2
"""Accounts looked up at a time."""
_ODD = MISSING | CLOSED | {HTTPStatus.BAD_REQUEST, HTTPStatus.METHOD_NOT_ALLOWED}


class _Found(Struct):
    suspended: bool | None = False


class Rechecker:
    """Ask one server for recent statuses again; see the module.

    Args:
        api: the server's.
        reader: takes new wordings and removals.
        memory: what is known of recent statuses.
        every: how often.
        lasting: how long a status is asked for again.
    """

    def __init__(
        self, api: Api, reader: Reader, memory: Memory, *, every: timedelta, lasting: timedelta
    ) -> None:
        self._api = api
        self._reader = reader
        self._memory = memory
        self._every = every
        self._lasting = lasting
        self._looked_at: datetime = EPOCH
        self._has_batches = True
        self._has_lookup = False
        """Whether a lookup of an account was ever answered: else 404 tells nothing."""

    async def look_again(self, sifter: Sifter) -> None:
        """Ask for some, if it is time; what fails waits for the next time."""
        now = sifter.seen_at
        if now - self._looked_at < self._every or now < sifter.rest_until:
            return
        self._looked_at = now
        try:
            await self._look(sifter)
        except SourceError as error:
            sifter.rest(error.retry_after or self._every)
            sifter.odd[f"time that recent statuses were not looked at: {error.reason}"] += 1

    async def _look(self, sifter: Sifter) -> None:
        """Give removals of those that are gone, and new wordings.

        Raises:
            SourceError: the server does not answer now.
        """
        most = _BATCH if self._has_batches else _SINGLES
        ones = self._memory.turn(most, sifter.seen_at.timestamp(), self._lasting)
        if not ones:
            return
        found = await self._batch(ones) if self._has_batches else {}
        if not found:  # an empty answer is believed of single statuses only
            ones = ones[:_SINGLES]
            found = await self._singly(ones)
        self._memory.asked(ones)
        gone = [one for one in ones if self._is_gone(found.get(one.name, b""), sifter)]
        for one in gone:
            self._reader.remove(one.name, sifter)
        await self._look_up([one.author for one in gone], sifter)

    async def _batch(self, ones: list[Watched]) -> dict[str, bytes | None]:
        """Give what the server has of these, by id; nothing where it knows no batches."""
        query = urlencode([("id[]", one.name) for one in ones])
        fetched = await self._api.ask(f"/api/v1/statuses?{query}", takes=_ODD)
        try:
            entries = decoded(fetched, list[Raw]) if fetched.status == HTTPStatus.OK else []
        except SourceError:
            entries = []
        asked = {one.name for one in ones}
        found: dict[str, bytes | None] = {}
        for entry in map(bytes, entries):
            if (local := status.local_of(entry)) in asked:
                found[local] = entry
        self._has_batches = bool(found) or fetched.status == HTTPStatus.OK
        return found | dict.fromkeys(asked - found.keys()) if found else {}

    async def _singly(self, ones: list[Watched]) -> dict[str, bytes | None]:
        """Give the same, asked one by one."""
        found: dict[str, bytes | None] = {}
        for one in ones:
            path = f"/api/v1/statuses/{quote(one.name, safe='')}"
            found[one.name] = _body(await self._api.ask(path, takes=MISSING))
            if self._api.rest:
                break
        return found

    def _is_gone(self, body: bytes | None, sifter: Sifter) -> bool:
        """Tell whether a status is gone, or not for everybody any more; take in an edit.

        Args:
            body: what came: None where it is missing, empty where it was not asked for.
            sifter: takes a new wording.
        """
        if body is None:
            return True
        try:
            one = status.decode(body)
        except BadInput:
            return False
        if one.is_public and one.edited is not None:
            self._reader.see(one, sifter)
        return not one.is_public

    async def _look_up(self, authors: list[str], sifter: Sifter) -> None:
        """Remove accounts of the server itself that are gone with their statuses.

        Those of other servers may be blocked there only.
        """
        for author in list(dict.fromkeys(authors))[:_LOOKUPS]:
            name, _, host = author.removeprefix(f"{PLATFORM}:").rpartition("@")
            if host != sifter.server or self._api.rest:
                continue
            query = urlencode({"acct": name})
            fetched = await self._api.ask(f"/api/v1/accounts/lookup?{query}", takes=_ODD)
            if self._has_left(fetched):
                sifter.items.append(
                    Removal(
                        removed="author", author=author, at=sifter.seen_at, source=sifter.source
                    )
                )

    def _has_left(self, fetched: Fetched) -> bool:
        """Tell whether an account is gone or suspended; 404 may mean that nothing is looked up."""
        if fetched.status == HTTPStatus.OK:
            try:
                found = msgspec.json.decode(fetched.body, type=_Found)
            except (msgspec.MsgspecError, UnicodeDecodeError):
                return False
            self._has_lookup = True
            return bool(found.suspended)
        return fetched.status == HTTPStatus.GONE or (
            fetched.status == HTTPStatus.NOT_FOUND and self._has_lookup
        )


def _body(fetched: Fetched) -> bytes | None:
    return None if fetched.status in MISSING else fetched.body
