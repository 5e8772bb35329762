"""The headlines an author repeated: each a group with its edits side by side."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bunco.model import Finding, StoredPost
from bunco.text.edits import Span, edits, is_edited

REPEATS = "repeats"
MOST = 24
"""Wordings of one group that are shown. Source: ours; a person reads no more of them."""


class Wording(Struct, frozen=True, kw_only=True):
    """One wording of a headline, and the posts that had it."""

    spans: tuple[Span, ...]
    """Against the first wording of the group."""
    post: str
    """The id of the first post with it."""
    at: datetime
    url: str = ""
    places: tuple[str, ...] = ()
    times: int = 1


class Group(Struct, frozen=True, kw_only=True):
    """One repeated headline."""

    finding: Finding
    first: str
    """Its wording when it was first published."""
    wordings: tuple[Wording, ...]
    """In the order they came; the first is the one the others are held against."""
    unseen: int = 0
    """Posts of the finding that are neither loaded nor quoted."""

    @property
    def edited(self) -> int:
        """Give how many wordings differ from the first."""
        return sum(is_edited(wording.spans) for wording in self.wordings)


class _Told(Struct, frozen=True):
    post: str
    text: str
    at: datetime
    place: str
    url: str


def groups(findings: Sequence[Finding], posts: Mapping[str, StoredPost]) -> tuple[Group, ...]:
    """Give the repeated headlines, in the order of the findings.

    Args:
        findings: an author's; those of other detectors are left out.
        posts: what is at hand of the author's posts, by id; others are told by their quotes.
    """
    repeats = [finding for finding in findings if finding.detector == REPEATS]
    return tuple(group for finding in repeats if (group := _group(finding, posts)) is not None)


def words_of(found: StoredPost) -> str:
    """Give the words that sell a post: its title, else its headline, else its text."""
    return found.post.title or found.headline or found.post.text


def _group(finding: Finding, posts: Mapping[str, StoredPost]) -> Group | None:
    told = sorted(_told(finding, posts), key=lambda one: (one.at, one.post))
    if not told:
        return None
    first = told[0].text
    by_text: dict[str, list[_Told]] = {}
    for one in told:
        by_text.setdefault(one.text, []).append(one)
    wordings = [
        Wording(
            spans=edits(first, text),
            post=same[0].post,
            at=same[0].at,
            url=same[0].url,
            places=tuple(dict.fromkeys(one.place for one in same if one.place)),
            times=len(same),
        )
        for text, same in by_text.items()
    ]
    unseen = len(set(finding.evidence) - {one.post for one in told})
    return Group(finding=finding, first=first, wordings=tuple(wordings[:MOST]), unseen=unseen)


def _told(finding: Finding, posts: Mapping[str, StoredPost]) -> list[_Told]:
    quoted = {quote.post: quote for quote in finding.quotes}
    told = []
    for name in dict.fromkeys((*finding.evidence, *quoted)):
        if (found := posts.get(name)) is not None:
            post = found.post
            place = post.place or post.source
            told.append(_Told(name, words_of(found), post.posted_at, place, post.url))
        elif (quote := quoted.get(name)) is not None:
            told.append(_Told(name, quote.text, quote.at, quote.place, ""))
    return told
