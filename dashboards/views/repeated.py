"""The headlines repeated most, near copies of one another taken together."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from bunco.model import RepeatedHeadline
from bunco.text.similarity import grams, maybe_same, same
from bunco.text.wording import opening


class _Group(Struct):
    wording: str
    """Of its most frequent headline: all others are held against it."""
    grams: int
    headlines: list[RepeatedHeadline]


def merged(headlines: Sequence[RepeatedHeadline]) -> list[RepeatedHeadline]:
    """Give the headlines with near copies as one: most posts first, then by headline.

    Two are one where the detector of repeats would say so of two posts of one author.

    Args:
        headlines: as the store gives them; ask for some times more than are shown.
    """
    groups: list[_Group] = []
    for one in sorted(headlines, key=lambda one: (-one.posts, one.headline)):
        wording = opening(one.headline)
        sketch = grams(wording)
        for group in groups:
            if maybe_same(group.grams, sketch) and same(group.wording, wording):
                group.headlines.append(one)
                break
        else:
            groups.append(_Group(wording, sketch, [one]))
    return sorted(map(_told, groups), key=lambda one: (-one.posts, one.headline))


def _told(group: _Group) -> RepeatedHeadline:
    """Give a group as one headline: the most frequent speaks for all."""
    authors = Counter[str]()
    for one in group.headlines:
        authors.update(one.authors)
    latest = max(group.headlines, key=lambda one: (one.last_at, one.post))
    return RepeatedHeadline(
        headline=group.headlines[0].headline,
        post=latest.post,
        posts=sum(one.posts for one in group.headlines),
        authors=dict(sorted(authors.items(), key=lambda item: (-item[1], item[0]))),
        first_at=min(one.first_at for one in group.headlines),
        last_at=latest.last_at,
    )
