"""Who posts: names, platforms, roles, and how many posts each of them has to give."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from bunco.simulation.dice import Dice
from bunco.simulation.grammar import words
from bunco.simulation.places import INSTANCES, INTERESTS, MARKETS, PAPERS, TOWNS
from bunco.simulation.plan import Plan
from bunco.simulation.truth import SPAM_ROLES, AuthorTruth, Label, Role

_SHARES: tuple[tuple[Role, int, int], ...] = (
    ("news", 50, 10),
    ("series", 30, 0),
    ("bot", 2, 0),
    ("importer", 4, 0),
    ("promoter", 50, 12),
    ("follower", 100, 4),
    ("heavy", 50, 8),
    ("ordinary", 0, 1),
)
"""Role, authors of a thousand (at least one; ordinary people are the rest), and how many
times an ordinary person's posts. Those with 0 have a number of their own. Source: ours."""

_SPARSE = (1, 2, 2, 3, 3, 4, 4, 5, 6, 8, 12, 20)
_BUSY = (3, 5, 6, 7, 8, 10, 14, 24)
"""Weights of authors of one role: most say little, a few a lot."""

_EVERY_HOURS: dict[Role, tuple[int, ...]] = {"bot": (1, 2, 3, 6, 12, 24), "series": (12, 24, 48)}
_IMPORTED_MOST = 400

_FIRST = words(
    "lena | tomas | ines | piet | mara | jonas | ada | emil | noor | olga | rafa | suki | bela |"
    " hana | igor | juno | kato | lou | milo | nell | otto | pia | quinn | rosa | sami | tilda |"
    " ulf | vera | wim | yara | zeno | alba | bram | cleo | dora | enzo | faye | gus | hugo | iris"
)
_TRAIT = words(
    "bakes | sails | knits | at dusk | on rails | in boots | draws | repairs | of the hills |"
    " reads | by the lake | walks | counts birds | grows beans | cycles | films | sings low |"
    " and the cat | with maps | stargazes | paints | plays chess | makes soup | ferments | hums"
)
_LURE = words(
    "deal | bargain | hustle | wealth | glow | miracle | freedom | cash | boss | viral | secret |"
    " slim | lucky | golden | instant | passive income"
)
_CROWN = words(
    "queen | king | guru | ninja | daily | wizard | coach | alerts | mama | insider | hunter |"
    " mentor | express | angel | machine | academy"
)
_SHOW = words(
    "The Garden Shed | Slow Trains | Kitchen Table Physics | Night Ferry | Two Left Boots |"
    " The Long Puddle | Quiet Corners | Half a Loaf | Lost Maps | Owl Hours | The Paper Boat |"
    " Second Kettle | Rust and Moss | Small Museums | The Listening Post | Dusty Strings"
)
_THREAD = words(
    "Daily discussion thread | Morning crossword | Photo of the day | Simple questions |"
    " Daily chess puzzle | Word of the day | Free talk | What are you reading"
)


class Published(NamedTuple):
    """A post of a news outlet that it may take up again."""

    headline: str
    link: str
    post: str
    at: int
    """Event time, ms."""


class Author(Struct, gc=False, eq=False):
    """One author of the stream, with what it has said so far."""

    id: str
    name: str
    role: Role
    source: str
    """Also its platform: ``feeds``, ``mastodon``, ``reddit`` or ``bluesky``."""
    places: tuple[str, ...]
    home: str
    """What its posts' addresses start with."""
    lang: str
    posts: int
    """How many it has to give."""
    shift: int
    """Its time zone and habits, as an offset in ms to the rhythm of the day."""
    brand: str = ""
    """The title of its series, or the town of its reports."""
    leader: str = ""
    told: int = 0
    """How many it has given."""
    planned: int = 0
    """How many of its posts belong to planted acts."""
    number: int = 0
    """Of its latest episode or report."""
    rerun: Published | None = None
    """What it may publish again."""

    @property
    def label(self) -> Label:
        """Give ``spam`` for promoters and their followers."""
        return "spam" if self.role in SPAM_ROLES else "benign"

    def truth(self) -> AuthorTruth:
        """Give what the truth file says about it."""
        return AuthorTruth(
            author=self.id,
            name=self.name,
            role=self.role,
            label=self.label,
            posts=self.posts,
            follows=self.leader,
        )


def assembled(plan: Plan, dice: Dice) -> list[Author]:
    """Give all authors of a plan; their posts add up to the plan's exactly."""
    namer = _Namer(dice)
    roles = list(_roles(plan.authors))
    authors = [namer.author(role) for role in roles]
    for author, posts in zip(authors, _posts(plan, roles, dice), strict=True):
        author.posts = posts
    leaders = [author for author in authors if author.role == "promoter"]
    for number, follower in enumerate(a for a in authors if a.role == "follower"):
        follower.leader = leaders[number % len(leaders)].id
    return authors


def _roles(authors: int) -> Iterator[Role]:
    left = authors
    for role, share, _ in _SHARES:
        count = max(1, authors * share // 1000) if share else left
        left -= count
        yield from [role] * count


def _posts(plan: Plan, roles: list[Role], dice: Dice) -> list[int]:
    """Share the posts out: one each, fixed numbers, and the rest by weight."""
    times = {role: weight for role, _, weight in _SHARES}
    shares = [times[role] * dice.pick(_SPARSE if role == "ordinary" else _BUSY) for role in roles]
    least = {
        role: 1 if weight else _fixed(plan, role, roles.count(role))
        for role, weight in times.items()
    }
    counts = [least[role] for role in roles]
    left, total, before = plan.posts - sum(counts), sum(shares), 0
    for place, share in enumerate(shares):
        counts[place] += (before + share) * left // total - before * left // total
        before += share
    return counts


def _fixed(plan: Plan, role: Role, authors: int) -> int:
    """Give the posts of each author of a role that keeps its own pace.

    All of a role together give no more than a tenth of what is left when everybody has
    posted once.
    """
    most = 1 + (plan.posts - plan.authors) // (10 * authors)
    if role == "importer":
        return min(_IMPORTED_MOST, most)
    paces = [plan.days * 24 // hours for hours in _EVERY_HOURS[role]]
    if role == "series":
        paces = paces[1:]
    return max([pace for pace in paces if pace <= most], default=1) or 1


class _Namer:
    """Makes authors and never uses a name twice."""

    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._taken: set[str] = set()

    def author(self, role: Role) -> Author:
        if role in {"news", "bot", "series"}:
            return self._site(role)
        if role == "promoter":
            name = f"{self._dice.pick(_LURE)} {self._dice.pick(_CROWN)}"
        else:
            name = f"{self._dice.pick(_FIRST)} {self._dice.pick(_TRAIT)}"
        return self._account(role, name)

    def _site(self, role: Role) -> Author:
        """Make an author that publishes through a feed of its own."""
        dice = self._dice
        town, lang, brand = dice.pick(TOWNS), "en", ""
        if role == "news":
            name = f"{town} {dice.pick(PAPERS).title()}"
            lang = dice.pick(("en", "en", "en", "en", "en", "en", "es", "de"))
        elif role == "bot":
            name, brand = f"{town} Weather (bot)", town
        else:
            brand = dice.pick(_SHOW) if dice.chance(50) else f"{dice.pick(_THREAD)}"
            name = brand if brand in _SHOW else f"{town} {brand}"
        host = self._unique(_slug(name.removesuffix(" (bot)"), "-"), "-") + ".example"
        return Author(
            id=f"web:{host}",
            name=name,
            role=role,
            source="feeds",
            places=(host,),
            home=f"https://{host}/",
            lang=lang,
            posts=0,
            shift=dice.below(6) * 3_600_000,
            brand=brand,
            number=dice.between(20, 480),
        )

    def _account(self, role: Role, name: str) -> Author:
        dice = self._dice
        handle = self._unique(_slug(name, dice.pick(("", "_", ""))), "")
        platform = dice.pick(("mastodon", "mastodon", "reddit", "reddit", "bluesky"))
        topics = dice.sample(MARKETS, 5) if role == "promoter" else dice.sample(INTERESTS, 3)
        identity, home, places = _standing(platform, handle, topics, dice)
        return Author(
            id=identity,
            name=handle if platform == "reddit" else name[:1].upper() + name[1:],
            role=role,
            source=platform,
            places=places,
            home=home,
            lang="en",
            posts=0,
            shift=dice.below(5 * 3_600_000),
        )

    def _unique(self, name: str, joint: str) -> str:
        number, wanted = 2, name
        while name in self._taken:
            name = f"{wanted}{joint}{number if number < 10 else self._dice.below(100_000)}"
            number += 1
        self._taken.add(name)
        return name


def _standing(
    platform: str, handle: str, topics: list[str], dice: Dice
) -> tuple[str, str, tuple[str, ...]]:
    """Give the author id, the start of its posts' addresses, and its places."""
    slugs = [_slug(topic, "") for topic in topics]
    if platform == "mastodon":
        host = dice.pick(INSTANCES)
        groups = tuple(f"{slug}@groups.example" for slug in slugs)
        return f"mastodon:{handle}@{host}", f"https://{host}/@{handle}/", (host, *groups)
    if platform == "reddit":
        places = tuple(f"r/{slug}" for slug in slugs)
        return f"reddit:{handle}", f"https://forum.example/user/{handle}/", places
    key = "".join(dice.pick("abcdefghijklmnopqrstuvwxyz234567") for _ in range(24))
    home = f"https://blue.example/profile/{handle}.example/post/"
    return f"bluesky:did:plc:{key}", home, tuple(f"#{slug}" for slug in slugs)


def _slug(name: str, joint: str) -> str:
    return joint.join(name.lower().replace("'", "").split())
