"""What the policy remembers of a rule between two looks; bounded by what is going on."""

from datetime import datetime

import msgspec
from msgspec import Struct

HEALTH = "health"
"""The group of troubles with sources and the run itself."""


class Member(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding of a group."""

    growth: str
    """How large it was when it was seen last."""
    told: str = ""
    """How large it was when it was told; empty: not told yet."""
    closes_at: datetime | None = None
    is_urgent: bool = False
    text: str = ""
    """What there is to say of it, where no store can be asked."""


class Group(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Findings that are told together."""

    members: dict[str, Member] = {}
    since: datetime | None = None
    """When the first thing came that is not told yet; None: all is told."""
    told_at: datetime | None = None
    interval_s: float = 0.0
    """At least so long after ``told_at`` comes the next alert."""
    last_alert: str = ""
    updates: int = 0
    """Times that something grew since it was told."""
    things: tuple[str, ...] = ()
    """What a campaign pushes, as hashes: who pushes one of them too belongs to it."""

    @property
    def is_waiting(self) -> bool:
        """Tell whether something is not told yet."""
        return self.since is not None


class RuleMemory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All groups of a rule, and its counts."""

    groups: dict[str, Group] = {}
    told_at: datetime | None = None
    """When the rule's latest alert was decided."""
    day: str = ""
    """The local date that ``told_today`` counts."""
    told_today: int = 0
    said_muted: bool = False
    digest_at: datetime | None = None
    """When the next digest is due."""
    held: dict[str, int] = {}
    """What was kept back since the latest alert, by reason."""


encode = msgspec.json.Encoder(order="deterministic").encode
decode = msgspec.json.Decoder(RuleMemory).decode
