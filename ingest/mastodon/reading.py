"""Turn statuses and events of a server into posts and removals, each once."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from bunco.errors import BadInput
from bunco.model import EPOCH, DeadLetter, Item
from ingest.mastodon import event, order, posts, status
from ingest.mastodon.event import Message
from ingest.mastodon.memory import Memory
from ingest.mastodon.status import Status
from ingest.mastodon.timeline import Timeline
from ingest.streams.aside import Aside
from ingest.streams.recent import Recent

_TELL_OF_STATUSES = frozenset({"update", "status.update"})


class Wanted(Struct, frozen=True, kw_only=True):
    """What is read of a timeline."""

    timeline: Timeline = Timeline()
    bots: bool = True
    """Whether accounts that call themselves bots are read too."""
    boosts: bool = True


class Sifter:
    """One reading's items, and what in it could not be read.

    Args:
        source: the source's name.
        server: the domain of accounts that are named without one.
        api: the server's address, for what only it can name.
        seen_at: now.
        rest_until: until when nothing more may be asked for.
    """

    def __init__(
        self, source: str, server: str, api: str, seen_at: datetime, rest_until: datetime = EPOCH
    ) -> None:
        self.rest_until = rest_until
        self.source = source
        self.server = server
        self.api = api
        self.seen_at = seen_at
        self.aside = Aside(source, seen_at)
        self.items: list[Item] = []
        self.odd: Counter[str] = Counter()
        self.newest = ""
        """The latest id that a stream brought."""

    def rest(self, length: timedelta) -> None:
        """Ask the server for nothing more for a time."""
        self.rest_until = max(self.rest_until, self.seen_at + length)

    @property
    def dead(self) -> tuple[DeadLetter, ...]:
        """Give the dead letters."""
        return self.aside.letters

    @property
    def notes(self) -> list[str]:
        """Give what was odd, in words."""
        told = [f"{count} {what}" for what, count in self.odd.items()]
        return [*told, self.aside.note] if self.aside.note else told


class Reader:
    """Read statuses and events one after the other; see the module.

    Args:
        wanted: what is read of them.
        memory: what is known of recent statuses.
    """

    def __init__(self, wanted: Wanted, memory: Memory) -> None:
        self._wanted = wanted
        self._memory = memory
        self.recent = Recent()
        """The ids that were given; emptied when what was given may have been lost."""

    def read_page(self, entries: Iterable[msgspec.Raw], sifter: Sifter) -> list[str]:
        """Read a page of a timeline, the oldest first; give the ids of its entries."""
        found: list[Status] = []
        unread: list[str] = []
        for entry in entries:
            try:
                found.append(status.decode(bytes(entry)))
            except BadInput as error:
                self._set_aside(sifter, str(error), bytes(entry))
                unread.append(status.local_of(bytes(entry)))
        for one in sorted(found, key=lambda one: order.rank(one.local)):
            self.see(one, sifter)
        return [*(one.local for one in found), *unread]

    def read_messages(self, messages: Iterable[Message], sifter: Sifter) -> None:
        """Read what a stream said, in its order."""
        for message in messages:
            try:
                told = event.read(message)
            except BadInput as error:
                sifter.aside.put("message", str(error), event.body(message))
                continue
            if told.error:
                sifter.odd[f"times the server said: {told.error}"] += 1
            elif told.name == "delete":
                self.remove(told.payload.strip(), sifter)
            elif told.name in _TELL_OF_STATUSES:
                self._read_status(told.payload, sifter)

    def see(self, one: Status, sifter: Sifter) -> None:
        """Take in a status: a post, its new wording, or nothing new."""
        if not self._is_wanted(one, sifter):
            return
        try:
            post = posts.post(
                one, server=sifter.server, source=sifter.source, seen_at=sifter.seen_at
            )
        except BadInput as error:
            self._set_aside(sifter, str(error), msgspec.json.encode(one))
            return
        if post.kind == "reply":
            answered = str(one.in_reply_to_id)
            address = f"{sifter.api}/api/v1/statuses/{answered}" if sifter.api else ""
            post = replace(post, reply_to=self._memory.id_of(answered) or address)
        post = self._memory.wording(one, post)
        if self.recent.is_new(post.id):
            sifter.items.append(post)

    def remove(self, local: str, sifter: Sifter) -> None:
        """Take in that a status is gone."""
        found = self._memory.gone(local, sifter.source)
        if not found:
            sifter.odd["deletions of statuses that are not remembered"] += 1
        sifter.items += found

    def _read_status(self, payload: str, sifter: Sifter) -> None:
        try:
            one = status.decode(payload)
        except BadInput as error:
            self._set_aside(sifter, str(error), payload.encode())
            return
        if self._wanted.timeline.has(one):
            self.see(one, sifter)
            sifter.newest = order.latest(sifter.newest, one.local)

    def _is_wanted(self, one: Status, sifter: Sifter) -> bool:
        if not one.is_public:
            sifter.odd["not for everybody, left out"] += 1
            return False
        return (self._wanted.bots or not one.account.bot) and (
            self._wanted.boosts or one.reblog is None
        )

    def _set_aside(self, sifter: Sifter, reason: str, body: bytes) -> None:
        """Set a status aside under the id and author it would have, as far as they are known."""
        uri, account = status.whose(body)
        try:
            author = posts.author(account, sifter.server) if account else ""
        except BadInput:
            author = ""
        name = posts.name_of(uri) if uri else ""
        sifter.aside.put(name or "a status", reason, body, author=author)
        if name:
            self._memory.note(status.local_of(body), name, author, sifter.seen_at.timestamp())
