"""What promoters, followers and importers do on purpose, planned ahead."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bunco.model import from_ms, to_ms
from bunco.simulation import lures
from bunco.simulation.cast import Author
from bunco.simulation.dice import Dice
from bunco.simulation.edits import EDITS, Edit
from bunco.simulation.places import SHOPS
from bunco.simulation.plan import Plan
from bunco.simulation.truth import ActKind, ActTruth

_MINUTE = 60_000
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


class Act:
    """A planted act and what of it has been told."""

    def __init__(self, name: str, kind: ActKind, author: Author, wording: str = "") -> None:
        self.name = name
        self.kind = kind
        self.author = author
        self.wording = wording
        self.link = ""
        self.count = 0
        self._posts: list[str] = []
        self._edits: list[str] = []
        self._authors: dict[str, None] = {}
        self._places: dict[str, None] = {}
        self._times: list[int] = []

    def tell(self, post: str, author: str, place: str, at_ms: int, edit: str) -> ActTruth | None:
        """Count a post in; give the whole truth with the last one."""
        self._posts.append(post)
        self._edits.append(edit or "same")
        self._authors[author] = self._places[place] = None
        self._times.append(at_ms)
        return self._truth() if len(self._posts) == self.count else None

    def _truth(self) -> ActTruth:
        return ActTruth(
            act=self.name,
            kind=self.kind,
            label=self.author.label,
            author=self.author.id,
            authors=tuple(self._authors),
            headline=self.wording,
            count=self.count,
            posts=tuple(self._posts),
            edits=tuple(self._edits),
            places=tuple(self._places),
            first_at=from_ms(min(self._times)),
            last_at=from_ms(max(self._times)),
        )


class Cue(NamedTuple):
    """One post of an act, still to be worded."""

    at: int
    """Event time, ms."""
    author: Author
    acts: tuple[Act, ...]
    """The act that words it first, then others it also belongs to."""
    edit: Edit = "same"
    place: str = ""
    arrives: int = 0
    """Where it is not told at its own time, ms."""


class Playwright:
    """Plans the acts of a stream; numbers them in the order they are planned."""

    def __init__(self, plan: Plan, cast: Sequence[Author], dice: Dice) -> None:
        self._dice = dice
        self._cast = cast
        self._start = to_ms(plan.start)
        self._span = plan.days * _DAY
        self._acts = 0
        self._downlines: dict[str, list[Author]] = {}
        for author in cast:
            if author.leader:
                self._downlines.setdefault(author.leader, []).append(author)

    def cues(self) -> Iterator[Cue]:
        """Give the posts of all planned acts, act by act."""
        for author in self._cast:
            if author.role == "promoter":
                yield from self._career(author)
            elif author.role == "importer":
                yield from self._import(author)
            elif author.role in {"series", "bot"}:
                yield from self._paced(author)
            elif author.role == "heavy" and author.posts >= 40:
                yield from self._flurry(author)

    def numbered(self, kind: ActKind, author: Author, wording: str = "") -> Act:
        """Make an act with the next number."""
        self._acts += 1
        return Act(f"{kind}-{self._acts}", kind, author, wording)

    def _career(self, author: Author) -> Iterator[Cue]:
        """Plan a promoter's acts until a fifth of its posts is left for small talk."""
        author.planned = author.posts // 5
        while (room := author.posts - author.planned) >= 4:
            throw = self._dice.below(100)
            if throw < 55:
                yield from self._campaign(author, room)
            elif throw < 70 and room >= 12:
                yield from self._burst(author, room)
            elif throw < 88:
                yield from self._pitches(author, room)
            else:
                yield from self._letter(author)
        author.planned -= author.posts // 5

    def _campaign(self, author: Author, room: int) -> Iterator[Cue]:
        """Repeat one headline over a day or three; part of the downline echoes it."""
        dice = self._dice
        act = self._lure(author)
        times = self._times(min(room, dice.between(4, 14)), 25 * _MINUTE, 7 * _HOUR)
        yield from self._staged(author, times, (act,))
        crowd = dice.sample(self._downlines.get(author.id, ()), dice.between(2, 6))
        echo = self.numbered("echo", author, act.wording)
        echo.link = act.link
        yield from self._echoed(crowd, echo, times)

    def _echoed(self, crowd: list[Author], echo: Act, times: list[int]) -> Iterator[Cue]:
        dice, end = self._dice, self._start + self._span
        for time in dice.sample(times, 3):
            for follower in crowd:
                at = time + dice.between(90_000, 40 * _MINUTE)
                if follower.planned < follower.posts * 3 // 5 and at < end:
                    follower.planned += 1
                    echo.count += 1
                    edit: Edit = "same" if dice.chance(60) else dice.pick(EDITS)
                    yield Cue(at, follower, (echo,), edit, dice.pick(follower.places))

    def _burst(self, author: Author, room: int) -> Iterator[Cue]:
        """Post one to three headlines again and again within an hour."""
        dice = self._dice
        burst = self.numbered("burst", author)
        lures_ = [self._lure(author) for _ in range(dice.between(1, 3))]
        times = self._times(min(room, dice.between(12, 40)), 20_000, 2 * _MINUTE)
        burst.count = len(times)
        for number, time in enumerate(times):
            act = lures_[number % len(lures_)]
            yield from self._staged(author, [time], (act, burst))

    def _pitches(self, author: Author, room: int) -> Iterator[Cue]:
        act = self.numbered("pitch", author)
        times = self._times(min(room, self._dice.between(3, 7)), 3 * _HOUR, 30 * _HOUR)
        act.link = self._page()
        yield from self._staged(author, times, (act,))

    def _letter(self, author: Author) -> Iterator[Cue]:
        """Start a chain letter; followers and a few others pass it on."""
        dice = self._dice
        act = self.numbered("chain", author, lures.CHAIN.say(dice))
        times = self._times(2, 2 * _HOUR, 9 * _HOUR)
        yield from self._staged(author, times, (act,))
        crowd = dice.sample(self._downlines.get(author.id, ()), 5)
        for person in [dice.pick(self._cast) for _ in range(6)]:
            if person.role in {"ordinary", "heavy"} and person not in crowd:
                crowd.append(person)
        at, end = times[0], self._start + self._span
        for person in crowd:
            at += dice.between(4 * _MINUTE, 5 * _HOUR)
            if person.planned < person.posts * 3 // 5 and at < end:
                person.planned += 1
                act.count += 1
                yield Cue(at, person, (act,), self._small_edit(), dice.pick(person.places))

    def _import(self, author: Author) -> Iterator[Cue]:
        """Bring in old posts: dated over years, arriving within minutes."""
        dice = self._dice
        act = self.numbered("import", author)
        count = act.count = author.posts - author.posts // 10
        author.planned = count
        arrives = self._start + dice.below(self._span - 2 * _HOUR)
        at = self._start - dice.between(900, 1500) * _DAY
        for number in range(count):
            at += dice.below(900 * _DAY // count - _MINUTE)
            arrival = arrives + number * dice.between(2, 4) * 1000
            yield Cue(at, author, (act,), place=dice.pick(author.places), arrives=arrival)

    def _flurry(self, author: Author) -> Iterator[Cue]:
        """Comment on something live: many posts within an hour or two, all different."""
        act = self.numbered("flurry", author)
        count = min(author.posts // 3, self._dice.between(10, 24))
        times = self._times(count, 60_000, 6 * _MINUTE)
        act.count = count
        author.planned += count
        for time in times:
            yield Cue(time, author, (act,), place=author.places[0])

    def _paced(self, author: Author) -> Iterator[Cue]:
        """Spread all posts of a bot or a series evenly, with a little wobble."""
        kind: ActKind = "template" if author.role == "bot" else "series"
        act = self.numbered(kind, author, author.brand)
        act.count = author.planned = author.posts
        step = self._span // author.posts
        wobble = min(step // 10, 90_000 if kind == "template" else 15 * _MINUTE)
        first = self._start + min(step // 2, 7 * _HOUR)
        for number in range(author.posts):
            at = first + number * step + self._dice.below(wobble)
            yield Cue(at, author, (act,), place=author.places[0])

    def _lure(self, author: Author) -> Act:
        act = self.numbered("repeat", author, lures.HEADLINE.say(self._dice))
        act.link = self._page()
        return act

    def _page(self) -> str:
        dice = self._dice
        return f"https://{dice.pick(SHOPS)}/{dice.pick(_PAGES)}/{dice.between(100, 99_999)}"

    def _times(self, count: int, least: int, most: int) -> list[int]:
        """Give times that fit into the stream, so far apart; nearer where it is short."""
        gaps = [self._dice.between(least, most) for _ in range(count)]
        length = sum(gaps)
        if length >= self._span:
            gaps = [gap * (self._span // 2) // length for gap in gaps]
        at = self._start + self._dice.below(self._span - sum(gaps))
        times = []
        for gap in gaps:
            times.append(at)
            at += gap
        return times

    def _staged(self, author: Author, times: list[int], acts: tuple[Act, ...]) -> Iterator[Cue]:
        """Give the author's posts of an act, going round its places."""
        act, turn = acts[0], self._dice.below(len(author.places))
        act.count += len(times)
        author.planned += len(times)
        for number, time in enumerate(times):
            place = author.places[(turn + act.count + number) % len(author.places)]
            edit: Edit = self._small_edit() if act.kind == "chain" else self._dice.pick(EDITS)
            yield Cue(time, author, acts, edit, place)

    def _small_edit(self) -> Edit:
        return self._dice.pick(("same", "same", "word", "word", "prefix", "suffix", "emoji"))


_PAGES = ("p", "story", "offer", "watch", "go", "today")
