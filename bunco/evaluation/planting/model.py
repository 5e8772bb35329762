"""What is planted where, and what came of it."""

from collections.abc import Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from bunco.model import Post

Planted: TypeAlias = Literal["repeats", "bursts"]


class Timeline(Struct, frozen=True):
    """The posts of one author, as recorded or simulated."""

    group: str
    """What kind of author it is, for example ``humans``."""
    author: str
    posts: tuple[Post, ...]
    """In the order they arrive."""

    @property
    def days(self) -> int:
        """Give its account-days: calendar days (UTC) from its first post to its last."""
        dates = [post.posted_at.date() for post in self.posts]
        return (max(dates) - min(dates)).days + 1

    @property
    def active_days(self) -> int:
        """Give the calendar days (UTC) on which it published something."""
        return len({post.posted_at.date() for post in self.posts})


class Planting(Struct, frozen=True, kw_only=True):
    """Posts that are put into a timeline, and what they are meant to be."""

    detector: Planted
    """Which detector is to find them."""
    author: str
    posts: tuple[Post, ...]
    """All that belong to it and nothing else, oldest first."""
    traits: tuple[tuple[str, str], ...]
    """What figures are told by, for example ``("posts", "10")``."""

    @property
    def name(self) -> str:
        """Give what its posts' ids begin with."""
        return self.posts[0].id.rpartition("-")[0]


class Tried(Struct, frozen=True, kw_only=True):
    """One timeline run with its plantings, and without."""

    timeline: Timeline
    alerts: int
    """Findings of the detector in the timeline as it was."""
    plantings: Sequence[Planting]
    found: Sequence[bool]
    """For each planting, whether it was found."""
