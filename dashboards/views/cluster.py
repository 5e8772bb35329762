"""A headline with everybody who published it or a near copy, first to last."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from bunco.model import StoredPost
from bunco.text.edits import Span, edits
from bunco.text.similarity import same
from bunco.text.wording import opening
from dashboards.views.author_groups import words_of


class Copy(Struct, frozen=True, kw_only=True):
    """One post that put the headline before people."""

    found: StoredPost
    spans: tuple[Span, ...]
    """Its words against those of the first."""
    after: timedelta
    """How long after the first."""


class Cluster(Struct, frozen=True, kw_only=True):
    """All copies of one headline."""

    first: str
    """The words of the first post."""
    copies: tuple[Copy, ...]
    """First to last, then by id."""
    authors: tuple[tuple[str, int], ...]
    """Who published it, and how often: most first, then by author."""
    places: tuple[str, ...]
    """In the order it came to them."""

    @property
    def first_at(self) -> datetime:
        """Give when the first copy was published."""
        return self.copies[0].found.post.posted_at

    @property
    def last_at(self) -> datetime:
        """Give when the last was."""
        return self.copies[-1].found.post.posted_at

    @property
    def wordings(self) -> int:
        """Give how many wordings there are, to the letter."""
        return len({words_of(copy.found) for copy in self.copies})


def cluster(
    headline: str, copies: Iterable[StoredPost], near: Iterable[StoredPost]
) -> Cluster | None:
    """Give the cluster of a headline; None: nobody published it.

    Args:
        headline: as published.
        copies: posts of the same wording.
        near: posts that may be near copies; those that are stay.
    """
    wording = opening(headline)
    kept = {found.post.id: found for found in copies}
    for found in near:
        if same(wording, opening(words_of(found))):
            kept.setdefault(found.post.id, found)
    if not kept:
        return None
    ordered = sorted(kept.values(), key=lambda found: (found.post.posted_at, found.post.id))
    first, start = words_of(ordered[0]), ordered[0].post.posted_at
    authors = Counter(found.post.author for found in ordered)
    places = (found.post.place or found.post.source for found in ordered)
    return Cluster(
        first=first,
        copies=tuple(
            Copy(
                found=found,
                spans=edits(first, words_of(found)),
                after=found.post.posted_at - start,
            )
            for found in ordered
        ),
        authors=tuple(sorted(authors.items(), key=lambda item: (-item[1], item[0]))),
        places=tuple(dict.fromkeys(place for place in places if place)),
    )
