"""Make plantings: repeats with edits, and bursts, at times when the author is about.

The same seed gives the same plantings. Nothing of an author's own posts is changed; a planting
begins within an hour of one of them, behind the first quarter, so that there is a past.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from msgspec import Struct

from bunco.evaluation.edits import EDITS, edited, tracked
from bunco.evaluation.planting.headlines import KINDS, Headlines
from bunco.evaluation.planting.model import Planted, Planting, Timeline
from bunco.model import Post

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SIZES = (10, 15, 20, 30, 50, 100)
DURATIONS = (10 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR)
COUNTS = tuple(range(2, 11))
SPANS = (10 * MINUTE, HOUR, 6 * HOUR, DAY, 3 * DAY)
MIXED = "mixed"
"""Each time another edit, the headline as it is among them."""


class BurstPlan(Struct, frozen=True):
    """One burst: so many different posts, spread over a time by chance."""

    size: int
    duration: timedelta
    linked: bool

    def traits(self) -> tuple[tuple[str, str], ...]:
        """Give what figures are told by."""
        linked = "with links" if self.linked else "without links"
        return ("posts", str(self.size)), ("duration", said(self.duration)), ("links", linked)


class RepeatPlan(Struct, frozen=True):
    """One headline published so many times; each time after the first with an edit."""

    count: int
    edit: str
    """One of ``EDITS``, or ``MIXED``."""
    span: timedelta
    """From the first to the last; those between are spread by chance."""
    kind: str
    """Of headline."""
    linked: bool

    def traits(self) -> tuple[tuple[str, str], ...]:
        """Give what figures are told by."""
        return (
            ("times", str(self.count)),
            ("edit", self.edit),
            ("span", said(self.span)),
            ("headline", self.kind),
            ("links", "with links" if self.linked else "without links"),
        )


BURST_GRID = tuple(
    BurstPlan(size, duration, linked)
    for size in SIZES
    for duration in DURATIONS
    for linked in (True, False)
)
"""Every size, duration, with and without links; each weighs the same in figures."""


def repeat_plan(chance: Random) -> RepeatPlan:
    """Draw a repeat: every count, edit, span and kind of headline as likely as the others."""
    return RepeatPlan(
        count=chance.choice(COUNTS),
        edit=chance.choice((*EDITS, MIXED)),
        span=chance.choice(SPANS),
        kind=chance.choice(KINDS),
        linked=chance.random() < 0.5,
    )


def said(length: timedelta) -> str:
    """Give a length of time in the words of a figure.

    >>> said(timedelta(minutes=30)), said(timedelta(hours=6)), said(timedelta(days=3))
    ('30 min', '6 h', '3 days')
    """
    hours, minutes = length // HOUR, length // MINUTE
    if hours < 1:
        return f"{minutes} min"
    return f"{hours} h" if hours <= 24 else f"{hours // 24} days"


class Sower:
    """Makes plantings for timelines, at a fixed seed.

    Args:
        headlines: what is planted.
        seed: decides moments, edits and links.
    """

    def __init__(self, headlines: Headlines, seed: int) -> None:
        self._headlines = headlines
        self._seed = seed
        self._planted = 0

    def burst(self, timeline: Timeline, plan: BurstPlan) -> Planting:
        """Plant a burst of posts that all differ."""
        chance = self._chance(timeline)
        times = _spread(_moment(timeline, chance), plan.duration, plan.size, chance)
        said_ = [self._headlines.given(KINDS[at % len(KINDS)]) for at in range(plan.size)]
        links = [_link(chance) if plan.linked else "" for _ in range(plan.size)]
        return self._planting("bursts", timeline, (times, said_, links), plan.traits())

    def repeats(self, timeline: Timeline, plan: RepeatPlan) -> Planting:
        """Plant one headline again and again; its link gets new tracking parameters."""
        chance = self._chance(timeline)
        times = _spread(_moment(timeline, chance), plan.span, plan.count, chance)
        headline, link = self._headlines.given(plan.kind), _link(chance)
        said_ = [headline]
        for _ in range(1, plan.count):
            edit = chance.choice(("", *EDITS)) if plan.edit == MIXED else plan.edit
            said_.append(edited(headline, edit, chance) if edit else headline)
        links = [tracked(link, chance) if plan.linked else "" for _ in range(plan.count)]
        return self._planting("repeats", timeline, (times, said_, links), plan.traits())

    def _chance(self, timeline: Timeline) -> Random:
        self._planted += 1
        # A string as seed is hashed with SHA-512: the same in every process.
        return Random(f"{self._seed} {self._planted} {timeline.author}")  # noqa: S311  # no secret

    def _planting(
        self,
        detector: Planted,
        timeline: Timeline,
        posts: tuple[Sequence[datetime], Sequence[str], Sequence[str]],
        traits: tuple[tuple[str, str], ...],
    ) -> Planting:
        first = timeline.posts[0]
        return Planting(
            detector=detector,
            author=timeline.author,
            posts=tuple(
                Post(
                    id=f"planted:{self._seed}/{self._planted}-{at}",
                    author=timeline.author,
                    posted_at=moment,
                    source=first.source,
                    place=first.place,
                    text=f"{text} {link}".rstrip(),
                    links=(link,) if link else (),
                )
                for at, (moment, text, link) in enumerate(zip(*posts, strict=True))
            ),
            traits=traits,
        )


def _moment(timeline: Timeline, chance: Random) -> datetime:
    """Give a moment within an hour behind a post of the last three quarters."""
    quarter = len(timeline.posts) // 4
    post = timeline.posts[chance.randrange(quarter, len(timeline.posts))]
    return post.posted_at + timedelta(seconds=chance.randrange(3600))


def _spread(start: datetime, length: timedelta, count: int, chance: Random) -> list[datetime]:
    """Give so many times: the two ends, and by chance between them; whole seconds."""
    seconds = int(length.total_seconds())
    between = sorted(chance.randrange(seconds + 1) for _ in range(count - 2))
    return [start + timedelta(seconds=at) for at in (0, *between, seconds)]


def _link(chance: Random) -> str:
    return f"https://offers.example/{chance.randrange(10**9)}"
