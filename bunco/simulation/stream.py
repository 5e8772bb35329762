"""The stream itself: cast, plan, schedule and voices put together, one item at a time."""

from collections.abc import Iterator
from heapq import heappop, heappush

from msgspec.structs import replace

from bunco.model import Post, Removal, from_ms
from bunco.simulation.acts import Act, Playwright
from bunco.simulation.cast import Author, Published, assembled
from bunco.simulation.dice import Dice
from bunco.simulation.plan import Plan, checked
from bunco.simulation.schedule import Schedule, Slot
from bunco.simulation.truth import ActTruth, AuthorTruth, Told
from bunco.simulation.voices import Said, Voices

_MINUTE = 60_000


def simulate(plan: Plan) -> Iterator[Told]:
    """Give the posts of a plan, labelled, in the order they arrive.

    Nothing but the plan decides what comes. Memory holds the authors, the planned acts and
    one day of posts, however long the stream is. Series, imports and templates are acts
    too, so the ids of their posts are held until the act is complete.

    Raises:
        UsageError: an option is out of range; at once, before the first item.
    """
    return _Teller(checked(plan)).items()


class _Teller:
    def __init__(self, plan: Plan) -> None:
        # Chance of its own for each concern: more words must not move the times.
        cast_dice, act_dice, time_dice, word_dice, self._after = (
            Dice(plan.seed * 5 + concern) for concern in range(5)
        )
        cast = assembled(plan, cast_dice)
        self._plan = plan
        self._acts = Playwright(plan, cast, act_dice)
        self._schedule = Schedule(plan, cast, time_dice)
        self._voices = Voices(word_dice)
        self._later: list[tuple[int, int, Told]] = []
        self._told = self._put_off = 0

    def items(self) -> Iterator[Told]:
        for slot in self._schedule.slots(self._acts.cues()):
            while self._later and self._later[0][0] <= slot.arrives:
                yield heappop(self._later)[2]
            told = self._tell(slot)
            yield told
            if self._plan.duplicates or self._plan.removals:
                self._follow_up(slot, told)
            self._told += 1
        while self._later:
            yield heappop(self._later)[2]

    def _tell(self, slot: Slot) -> Told:
        author = slot.author
        author.told += 1
        said = self._voices.say(slot)
        post = _post(slot, said)
        truths: list[AuthorTruth | ActTruth] = [author.truth()] if author.told == 1 else []
        acts = slot.cue.acts if slot.cue is not None else ()
        if said.taken_up is not None:
            acts = (self._second(author, said.taken_up, post),)
        complete = (act.tell(post.id, author.id, post.place, slot.at, said.edit) for act in acts)
        truths += filter(None, complete)
        self._voices.remember(slot, post, said)
        return Told(
            item=post,
            role=author.role,
            label=author.label,
            acts=tuple(act.name for act in acts),
            edit=said.edit,
            truths=tuple(truths),
        )

    def _second(self, author: Author, first: Published, post: Post) -> Act:
        """Make the act of a news outlet's second publication of a headline."""
        same = post.title == first.headline
        act = self._acts.numbered("rerun" if same else "correction", author, first.headline)
        act.count = 2
        act.tell(first.post, author.id, post.place, first.at, "same")
        return act

    def _follow_up(self, slot: Slot, told: Told) -> None:
        """Plan the duplicate and the removal of a post, spread evenly over the stream."""
        if not isinstance(told.item, Post):
            return
        if self._falls(self._plan.duplicates):
            seen = slot.arrives + self._after.between(_MINUTE, 50 * _MINUTE)
            self._put(seen, told, replace(told.item, seen_at=from_ms(seen)))
        if self._falls(self._plan.removals):
            seen = slot.arrives + self._after.between(3 * _MINUTE, 9 * 60 * _MINUTE)
            gone = Removal(
                removed="post", id=told.item.id, at=from_ms(seen), source=told.item.source
            )
            self._put(seen, told, gone)

    def _falls(self, times: int) -> bool:
        """Say whether one of so many events, evenly spread, falls on this post."""
        posts = self._plan.posts
        return (self._told + 1) * times // posts != self._told * times // posts

    def _put(self, arrives: int, told: Told, item: Post | Removal) -> None:
        again = isinstance(item, Post)
        later = Told(
            item=item, role=told.role, label=told.label, acts=told.acts, edit=told.edit, again=again
        )
        self._put_off += 1
        heappush(self._later, (arrives, self._put_off, later))


def _post(slot: Slot, said: Said) -> Post:
    """Put what was said into the form of its author's platform."""
    author, cue = slot.author, slot.cue
    title, text = said.headline, said.body
    if author.source not in {"feeds", "reddit"}:
        title, text = "", " ".join(filter(None, (title, text, said.link)))
    elif author.source == "reddit" and not title and said.kind == "post":
        title, text = _split(text)
    place = cue.place if cue is not None and cue.place else author.places[0]
    return Post(
        id=f"{author.id}/{author.told}",
        author=author.id,
        posted_at=from_ms(slot.at),
        seen_at=from_ms(slot.arrives) if slot.arrives != slot.at else None,
        author_name=author.name,
        source=author.source,
        place=place,
        kind=said.kind,
        title=title,
        text=text,
        url=f"{author.home}{author.told}",
        links=(said.link,) if said.link else (),
        lang=said.lang or author.lang,
        reply_to=said.reply_to,
        mentions=(said.mention,) if said.mention else (),
    )


def _split(text: str) -> tuple[str, str]:
    """Give the first sentence as a title, and the rest."""
    title, mark, rest = text.partition(". ")
    return title + mark.strip(), rest
