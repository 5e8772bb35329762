"""The records of the configuration's tables about alerts: ``[[alert]]`` and ``[mail]``."""

import re
from datetime import timedelta
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from bunco.model import Severity
from bunco.values import Duration

Name: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Address: TypeAlias = Annotated[str, Meta(pattern=r"^[^\s@<>,;]{1,64}@[^\s@<>,;]{1,255}$")]
Zone: TypeAlias = Annotated[str, Meta(min_length=1, max_length=64)]
GroupBy: TypeAlias = Literal["author", "campaign", "headline"]

_DIGEST = re.compile(r"^((daily|mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d)?$")
_QUIET = re.compile(r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)?$")


class AlertOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which findings go to whom, and when: one ``[[alert]]``."""

    name: Name
    """Tells rules apart; stands in the List-Id of mails."""
    enabled: bool = True
    to: tuple[Address, ...] = ()
    """Who gets it, each a mail of their own; empty for channels that have no addresses."""
    through: Name = "stdout"
    """The ``[notify.NAME]`` that carries it; ``stdout`` needs no table."""
    detectors: tuple[str, ...] = ()
    """Findings of these alone; empty: of all. So below."""
    least_severity: Severity = "medium"
    sources: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Ids, ``*`` for any characters."""
    words: tuple[str, ...] = ()
    """Any of these must stand in the sentence or the headlines, in any case."""
    least_sensational: Annotated[float, Meta(ge=0, le=1)] = 0.0
    group_by: GroupBy = "author"
    """What one alert is about: an author; a headline; a page or headline that several push."""
    wait: Duration = Duration(minutes=2)
    """How long the first finding waits for more of its group."""
    repeat: Duration = Duration(hours=1)
    """Until the first follow-up on a group; doubled with each one, …"""
    repeat_most: Duration = Duration(days=1)
    """… up to this."""
    spacing: Duration = Duration(minutes=1)
    """Between two alerts of this rule; what is due in between goes together."""
    summary_from: Annotated[int, Meta(ge=2)] = 4
    """So many groups due at once come in one alert."""
    closing_note: bool = False
    """Whether to tell that an episode has ended."""
    digest: str = ""
    """``daily 08:00`` or ``mon 08:00``: everything in one alert then."""
    quiet: str = ""
    """``22:00-07:00``: held till the end, then told in one alert."""
    urgent: Severity | Literal[""] = ""
    """From this severity on neither quiet hours, digest nor spacing hold it."""
    zone: Zone = "UTC"
    """Of the times above, and of those in the mail."""
    most_a_day: Annotated[int, Meta(ge=1)] = 20
    """After so many alerts a day it says so in one more, and is silent until midnight."""
    newest: Duration = Duration(days=3)
    """Findings whose last post is older come too late for an alert."""
    health: bool = False
    """Whether to tell of failing and silent sources, and of a run that has stopped."""
    failing_for: Duration = Duration(hours=1)
    """A source that fails so long is told."""
    stopped_for: Duration = Duration(minutes=15)
    """A run that reads nothing so long after a source was due is told."""

    def __post_init__(self) -> None:
        """Hold that times and zone can be read.

        Raises:
            ValueError: says what is wrong, for the configuration's error.
        """
        if not _DIGEST.match(self.digest):
            raise ValueError('digest to be "daily 08:00", or a day: "mon 08:00"')
        if not _QUIET.match(self.quiet):
            raise ValueError('quiet to be two times of day: "22:00-07:00"')
        try:
            ZoneInfo(self.zone)
        except (OSError, ValueError) as error:
            raise ValueError('zone to be a time zone such as "Europe/Berlin"') from error
        if self.repeat < timedelta(minutes=1) or self.repeat_most < self.repeat:
            raise ValueError("repeat of a minute or more, and repeat_most no shorter than it")


class MailOptions(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all mails have in common: ``[mail]``."""

    sender: Address = "bunco@localhost"
    """The address mails come from."""
    sender_name: Annotated[str, Meta(max_length=100)] = "bunco"
    reply_to: Address | Literal[""] = ""
    link_life: Duration = Duration(days=14)
    """How long the signed links of a mail are good for."""
