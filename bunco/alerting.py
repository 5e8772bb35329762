"""What an alert is on its way from a decision to a person, and the seams of that way.

decided → (written in the ledger with what it rests on) → sending → sent
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Literal, Protocol, TypeAlias

from msgspec import Struct

AlertKind: TypeAlias = Literal["new", "update", "closing", "summary", "digest", "muted", "sample"]
Outcome: TypeAlias = Literal["waiting", "silenced", "unmatched", "unchanged", "judged", "late"]
EntryState: TypeAlias = Literal["decided", "sending", "sent", "failed", "cancelled"]
SilenceWhat: TypeAlias = Literal["author", "headline", "rule", "source", "recipient"]
"""Of a recipient: their own mails alone."""


class Topic(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One group of findings in an alert."""

    group: str
    """A name that tells groups apart, and nothing else."""
    findings: tuple[str, ...]
    """Their ids, in order."""
    before: dict[str, str] = {}
    """What was told of them last, by id; absent: nothing yet."""
    updates: int = 0
    """Times that something grew since the group was told last; this alert stands for all."""
    lines: dict[str, str] = {}
    """What there is to say of those that are in no store: troubles."""
    over: tuple[str, ...] = ()
    """Those of them that are over."""


class Alert(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One alert as it was decided: what it is about and why. Texts are looked up later."""

    id: str
    rule: str
    kind: AlertKind
    reason: str
    """Why it is sent, for a person."""
    at: datetime
    """When it was decided."""
    topics: tuple[Topic, ...]
    thread: str = ""
    """The same for all alerts about one group; empty: stands alone."""
    previous: str = ""
    """The id of the alert before it in the thread."""
    held: dict[str, int] = {}
    """What was kept back since the alert before, by reason."""


class Note(Struct, frozen=True, kw_only=True):
    """What became of a finding under a rule: the answer to why no mail came."""

    rule: str
    finding: str
    outcome: Outcome
    reason: str
    at: datetime


class Silence(Struct, frozen=True, kw_only=True):
    """The wish not to be told of something for a time."""

    id: str
    what: SilenceWhat
    value: str
    """The author, the wording of the headline, the rule, the source or the address."""
    until: datetime
    rule: str = ""
    """Under this rule alone; empty: under all."""
    by: str = ""
    because: str = ""
    at: datetime


class Entry(Struct, frozen=True, kw_only=True):
    """One alert on its way to one recipient."""

    id: str
    """Becomes the Message-ID, whatever happens on the way."""
    alert: str
    rule: str
    recipient: str
    """Empty where the channel has no addresses."""
    through: str
    state: EntryState
    decided_at: datetime
    next_at: datetime
    """When to try next; of one being sent, when it is given up for lost."""
    tries: int = 0
    sent_at: datetime | None = None
    error: str = ""
    """What went wrong last, in words."""


class Standing(Struct, frozen=True, kw_only=True):
    """How a rule stands."""

    rule: str
    sent_at: datetime | None = None
    """When its latest mail went."""
    told_today: int = 0
    """Alerts decided on the day it was last looked at."""
    waiting: int = 0
    """Groups that have something to tell and wait."""
    on_the_way: int = 0
    """Mails that are decided and not sent."""
    since: datetime | None = None
    """When the oldest of those was decided."""
    failed: int = 0
    """Mails that were given up within a week."""
    error: str = ""
    """Why the latest of those two kinds did not go."""


class LedgerStep(Struct, frozen=True, kw_only=True):
    """All that one look at the findings decided; written whole or not at all."""

    before: str
    """The mark that the ledger has to be at."""
    mark: str
    """Up to where findings were looked at."""
    states: Mapping[str, bytes] = {}
    """What the policy remembers, by rule; only those that changed."""
    alerts: tuple[Alert, ...] = ()
    entries: tuple[Entry, ...] = ()
    notes: tuple[Note, ...] = ()
    removed: tuple[str, ...] = ()
    """Ids of findings that are gone: no note on them stays."""


class Ledger(Protocol):
    """Keep what was decided, sent, held and silenced. Methods block; all may raise StoreError.

    Words of posts and names of authors stand nowhere in it but in silences, which are people's
    own words: what an alert says is looked up when it is sent or shown.
    """

    def key(self) -> bytes:
        """Give 32 secret bytes, the same for ever: what links are signed with."""
        ...

    def mark(self) -> str:
        """Give up to where findings were looked at; empty at first."""
        ...

    def states(self) -> Mapping[str, bytes]:
        """Give what the policy remembers, by rule."""
        ...

    def commit(self, step: LedgerStep) -> None:
        """Write a step.

        Raises:
            OvertakenError: the mark is another by now: somebody else does this work too.
        """
        ...

    def due(self, now: datetime, *, limit: int = 100) -> Sequence[Entry]:
        """Give entries that are to be sent, or were being sent and got lost; oldest first."""
        ...

    def move(self, before: Entry, after: Entry) -> bool:
        """Write an entry's new form; give whether it still had the old one."""
        ...

    def alert(self, alert_id: str) -> Alert | None:
        """Give a decided alert."""
        ...

    def entries(self, *, rule: str = "", finding: str = "", limit: int = 100) -> Sequence[Entry]:
        """Give what was decided, of a rule or telling a finding; the latest first, then by id."""
        ...

    def notes(self, *, finding: str = "", rule: str = "", limit: int = 100) -> Sequence[Note]:
        """Give what became of findings, the latest first."""
        ...

    def silence(self, silence: Silence) -> None:
        """Keep a silence; one of the same id takes its place."""
        ...

    def unsilence(self, ids: Collection[str]) -> int:
        """End silences now; give how many there were."""
        ...

    def silences(self) -> Sequence[Silence]:
        """Give all silences, those that are over too, the one that ends last first."""
        ...

    def tidy(self, before: datetime) -> None:
        """Forget what was sent, noted and silenced until then."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class Outgoing(Struct, frozen=True, kw_only=True):
    """A message ready to go."""

    id: str
    sender: str
    recipient: str
    subject: str
    text: str
    page: str
    """The HTML by itself, its pictures inside: for looking at."""
    mail: bytes
    """The whole message as RFC 5322 has it, lines ending with CRLF."""


class Notifier(Protocol):
    """Carry messages to people."""

    async def send(self, message: Outgoing) -> None:
        """Hand a message over; when it returns, somebody else has taken charge of it.

        Raises:
            SendError: it was not taken, or nobody knows; says whether to try again.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


def name_of(*parts: str) -> str:
    """Give a short name that is the same for the same parts."""
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=12).hexdigest()


def silence_id(what: str, value: str, rule: str) -> str:
    """Give the id of a silence: a second one of the same thing takes the place of the first."""
    return name_of("silence", what, value, rule)
