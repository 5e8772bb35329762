"""What the stream knows about itself: who is who, and what was planted on purpose."""

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from bunco.model import Post, Removal

Label: TypeAlias = Literal["spam", "benign"]
Role: TypeAlias = Literal[
    "ordinary", "heavy", "news", "series", "bot", "importer", "promoter", "follower"
]
ActKind: TypeAlias = Literal[
    "repeat",  # a promoter's headline again and again, with edits
    "burst",  # many of a promoter's posts within minutes
    "echo",  # followers pass a promoter's headline on
    "chain",  # a chain letter goes from author to author
    "pitch",  # a promoter's offers to join in
    "import",  # an importer's old posts arrive all at once
    "series",  # numbered episodes at a steady pace
    "template",  # a bot's reports, the same but for the numbers
    "flurry",  # a person comments on something live: many posts, all different
    "rerun",  # a news outlet publishes a headline a second time
    "correction",  # a news outlet publishes a headline again, corrected
]

SPAM_ROLES: frozenset[Role] = frozenset({"promoter", "follower"})
"""The roles labelled spam; all others are benign."""


class AuthorTruth(Struct, frozen=True, kw_only=True, tag="author", tag_field="truth"):
    """One author as the stream means it."""

    author: str
    name: str
    role: Role
    label: Label
    posts: int
    """Different posts in the whole stream."""
    follows: str = ""
    """The promoter whose downline it belongs to."""


class ActTruth(Struct, frozen=True, kw_only=True, tag="act", tag_field="truth"):
    """One planted act, with its posts in the order they were told."""

    act: str
    kind: ActKind
    label: Label
    author: str
    """Who started it."""
    authors: tuple[str, ...]
    """Everybody whose posts belong to it, in order of appearance."""
    headline: str
    """The wording it is made of, before edits; empty where there is no single one."""
    count: int
    posts: tuple[str, ...]
    edits: tuple[str, ...]
    """What was changed in each post; ``same`` for nothing."""
    places: tuple[str, ...]
    first_at: datetime
    """Event time of its earliest post."""
    last_at: datetime


class Told(Struct, frozen=True, kw_only=True, gc=False):
    """One item of the stream and what is true about it."""

    item: Post | Removal
    role: Role
    label: Label
    acts: tuple[str, ...] = ()
    """The acts it belongs to."""
    edit: str = ""
    """What was changed in it against the headline of its act."""
    again: bool = False
    """True for a duplicate."""
    truths: tuple[AuthorTruth | ActTruth, ...] = ()
    """What is complete with it: its author at the first post, an act at the last one."""
