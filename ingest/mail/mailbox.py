"""Read a folder of an IMAP server: the new mails that give posts, then wait for more.

Of every mail the headers are fetched, of those alone that can be alerts or newsletters the rest.
"""

from datetime import datetime
from itertools import accumulate

from msgspec.structs import replace

from bunco.errors import BadInput
from ingest.mail import imap
from ingest.mail.files import AT_ONCE_BYTES, DEAD_BYTES, Taken
from ingest.mail.imap_wire import Told
from ingest.mail.mime import read
from ingest.mail.posts import Letter, Rules, kind_of
from ingest.mail.progress import Progress

_HEADER_BYTES = 65_536


class Mailbox:
    """One folder, over a connection that is kept as long as it lasts."""

    def __init__(self, server: imap.Server, rules: Rules) -> None:
        self._server = server
        self._rules = rules
        self._connection: imap.Connection | None = None
        self._waiting: list[int] = []
        """UIDs that a search gave and nobody has read."""
        self._read_to = 0

    @property
    def is_open(self) -> bool:
        """Tell whether there is a connection, as far as is known."""
        return self._connection is not None

    @property
    def can_wait(self) -> bool:
        """Tell whether the server tells of new mails by itself."""
        return self._connection is not None and self._connection.can_idle

    async def take(self, before: Progress, most: int, now: datetime) -> Taken:
        """Give the next mails.

        Args:
            before: where the folder stands.
            most: so many at a time.
            now: no mail arrived later.

        Raises:
            SourceError: the server cannot be read now.
        """
        try:
            return await self._take(before, most, now)
        except BaseException:
            self.hang_up()
            raise

    async def wait(self, seconds: float) -> bool:
        """Wait for a new mail; False at once where the server does not tell of them.

        Raises:
            SourceError: the connection is lost.
        """
        connection = self._connection
        if connection is None or not connection.can_idle:
            return False
        try:
            await connection.idle(seconds)
        except BaseException:
            self.hang_up()
            raise
        return True

    def hang_up(self) -> None:
        """Let go of the connection; the next reading makes another."""
        connection, self._connection = self._connection, None
        self._waiting = []
        if connection is not None:
            connection.hang_up()

    async def close(self) -> None:
        """Take leave of the server."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _take(self, before: Progress, most: int, now: datetime) -> Taken:
        connection = self._connection
        if connection is None:
            connection = self._connection = await imap.connect(self._server)
            self._waiting = []
        if before.validity != connection.validity:
            before = replace(before, validity=connection.validity, uid=0)
        if not self._waiting or self._read_to != before.uid:
            self._waiting = await connection.search(before.uid)
        uids = self._waiting[:most]
        letters, read = await self._letters(connection, uids, now) if uids else ((), 0)
        self._waiting = self._waiting[read:]
        self._read_to = uids[read - 1] if read else before.uid
        after = replace(before, uid=self._read_to)
        return Taken(letters=letters, progress=after, is_all=not uids)

    async def _letters(
        self, connection: imap.Connection, uids: list[int], now: datetime
    ) -> tuple[tuple[Letter, ...], int]:
        """Give the first of these mails, as many as may be held at once, and how many they are."""
        items = f"RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER]<0.{_HEADER_BYTES}>"
        heads = await connection.fetch(uids, items)
        wanted = {uid for uid, head in heads.items() if self._can_give(head)}
        whole = {uid for uid in wanted if heads[uid].size <= self._server.most_bytes}
        uids = uids[: _fitting([heads[uid].size if uid in whole else 0 for uid in uids])]
        whole &= set(uids)
        bodies: dict[int, Told] = {}
        if whole:
            item = f"BODY.PEEK[]<0.{self._server.most_bytes}>"
            bodies = await connection.fetch(sorted(whole), item)
        gone = whole - bodies.keys()
        letters = (
            self._letter(heads[uid], bodies.get(uid), now, is_wanted=uid in wanted)
            for uid in uids
            if uid in heads and uid not in gone
        )
        return tuple(letters), len(uids)

    def _letter(self, head: Told, body: Told | None, now: datetime, *, is_wanted: bool) -> Letter:
        """Give a mail as it came; of one that is not wanted the headers."""
        origin = f"{self._server.folder}, UID {head.uid}"
        arrived = min(head.arrived or now, now)
        if body is not None or not is_wanted:
            return Letter(raw=(body or head).body, origin=origin, arrived=arrived)
        most = self._server.most_bytes
        refused = f"the mail has {head.size} bytes, more than {most} (most_bytes)"
        raw = head.body[:DEAD_BYTES]
        return Letter(raw=raw, origin=origin, arrived=arrived, refused=refused)

    def _can_give(self, head: Told) -> bool:
        try:
            return kind_of(read(head.body, most_parts=1), self._rules) != "ordinary"
        except BadInput:
            return False


def _fitting(sizes: list[int]) -> int:
    """Give how many of these, one at least, are small enough together."""
    sums = accumulate(sizes)
    return max(1, sum(total <= AT_ONCE_BYTES for total in sums))
