"""Hold the findings of two settings against each other: new, gone, changed, the same.

Two findings of one detector about one author are the same episode when they have one id, or
else when both told of a post in common. An id names the post an episode began with, and that
may shift with the settings; which posts belong together does not.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias, get_args

from msgspec import Struct, field

from bunco.model import Finding

Different: TypeAlias = Literal["new", "gone", "changed"]
Change: TypeAlias = Different | Literal["same"]

DIFFERENT: tuple[Different, ...] = get_args(Different)


class Told(Struct):
    """An episode as one setting told of it, from its opening to its latest form."""

    finding: Finding
    """Its latest form."""
    opened_ms: int
    """Event time of the post that made it a finding: when an alert would go out."""
    posts: set[str] = field(default_factory=set)
    """Ids of all posts that any of its forms named as evidence."""


class Difference(Struct, frozen=True, kw_only=True):
    """One episode under both settings; one of the two may lack it."""

    before: Told | None = None
    """Under the running settings."""
    after: Told | None = None
    """Under the changed ones."""
    beside: str = ""
    """Of a new or gone one: the id of a finding of the other side that shares posts with it,
    as where one long episode becomes two."""

    @property
    def change(self) -> Change:
        """Say what became of it: changed is what has another score."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        return "same" if self.before.finding.score == self.after.finding.score else "changed"

    @property
    def shown(self) -> Finding:
        """Give the finding it is shown by: that of the changed settings, where there is one."""
        told = self.after or self.before
        if told is None:
            raise ValueError("an episode that neither side told of")
        return told.finding

    @property
    def step(self) -> float:
        """Give how far the score moved, −1…1; for a new one all of it, for a gone one minus it."""
        before = self.before.finding.score if self.before else 0.0
        return (self.after.finding.score if self.after else 0.0) - before


def matched(before: Iterable[Told], after: Iterable[Told]) -> list[Difference]:
    """Give the episodes of one author and detector, each finding of a side in one of them.

    Findings of one id belong together; of the others, one to one, those that share most
    posts.
    """
    old = {told.finding.id: told for told in before}
    new = {told.finding.id: told for told in after}
    shares = _shares(old, new) if old.keys() != new.keys() else []
    partners = {name: name for name in old if name in new}
    taken = set(partners)
    for ours, theirs in shares:
        if ours not in partners and theirs not in taken:
            partners[ours] = theirs
            taken.add(theirs)
    beside = dict(reversed(shares))
    beside_new = {theirs: ours for ours, theirs in reversed(shares)}
    found = [
        Difference(before=told, after=new[partners[name]])
        if name in partners
        else Difference(before=told, beside=beside.get(name, ""))
        for name, told in old.items()
    ]
    found += [
        Difference(after=told, beside=beside_new.get(name, ""))
        for name, told in new.items()
        if name not in taken
    ]
    return found


def _shares(old: Mapping[str, Told], new: Mapping[str, Told]) -> list[tuple[str, str]]:
    """Give the pairs of ids that have posts in common, those with most first."""
    of_post: dict[str, list[str]] = {}
    for name, told in new.items():
        for post in told.posts:
            of_post.setdefault(post, []).append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for name, told in old.items():
        for post in told.posts:
            shared.update((name, theirs) for theirs in of_post.get(post, ()))
    return sorted(shared, key=lambda pair: (-shared[pair], pair))
