"""How promoters change a headline so that it is not quite the same again."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from bunco.simulation.dice import Dice
from bunco.simulation.grammar import words

Edit: TypeAlias = Literal[
    "same",
    "tracking",
    "word",
    "prefix",
    "suffix",
    "emoji",
    "case",
    "letters",
    "cut",
    "turned",
    "hashtags",
]

EDITS: tuple[Edit, ...] = (
    "same",
    "same",
    "tracking",
    "tracking",
    "word",
    "word",
    "prefix",
    "suffix",
    "emoji",
    "case",
    "letters",
    "cut",
    "turned",
    "hashtags",
)
"""What is thrown for: an edit that stands twice is twice as frequent."""

_PREFIXES = words(
    "BREAKING: | Must see: | WOW! | Just in: | Please share: | OMG, | Reminder: | LAST CHANCE:"
)
_SUFFIXES = words(
    "(watch before it is deleted) | - do not miss this | [VIDEO] | - act now | (100% proof) |"
    " >> see first comment | - share with friends | (still online)"
)
_EMOJI = words("🔥 | 😱 | 💰💰 | ✨ | 👉 | 🚨🚨 | ❤️ | 🤯 | 💥")
_HASHTAGS = words(
    "#viral | #mustsee | #money | #health | #share | #wow | #tips | #freedom | #secret | #now"
)
_SWAPS = {
    "this": "that",
    "your": "everyone's",
    "shocking": "stunning",
    "trick": "method",
    "secret": "hidden secret",
    "shows": "reveals",
    "reveals": "shows",
    "week": "month",
    "found": "discovered",
    "tries": "tests",
    "never": "not ever",
    "one": "a single",
    "hate": "fear",
    "now": "today",
    "the": "that",
}
_LOOKALIKES = str.maketrans("aeocpxyi", "аеосрхуі")


def edited(headline: str, edit: Edit, dice: Dice) -> str:
    """Give the headline after one edit; ``same`` and ``tracking`` leave it as it is."""
    change = _CHANGES.get(edit)
    return change(headline, dice) if change else headline


def tracked(link: str, dice: Dice) -> str:
    """Give the link with tracking parameters that lead to the same page."""
    medium = dice.pick(("social", "share", "post", "bio"))
    return f"{link}?utm_source={medium}&utm_campaign=c{dice.below(9000) + 1000}"


def _word(headline: str, dice: Dice) -> str:
    parts = headline.split(" ")
    known = [place for place, part in enumerate(parts) if part.lower() in _SWAPS]
    if known:
        place = dice.pick(known)
        parts[place] = _SWAPS[parts[place].lower()]
    else:
        del parts[dice.below(len(parts))]
    return " ".join(parts)


def _prefix(headline: str, dice: Dice) -> str:
    return f"{dice.pick(_PREFIXES)} {headline}"


def _suffix(headline: str, dice: Dice) -> str:
    return f"{headline} {dice.pick(_SUFFIXES)}"


def _emoji(headline: str, dice: Dice) -> str:
    return f"{dice.pick(_EMOJI)} {headline} {dice.pick(_EMOJI)}"


def _case(headline: str, dice: Dice) -> str:
    return headline.upper() if dice.chance(50) else headline.title()


def _letters(headline: str, dice: Dice) -> str:
    """Put Cyrillic letters that look alike into every other word."""
    first = dice.below(2)
    return " ".join(
        part.translate(_LOOKALIKES) if place % 2 == first else part
        for place, part in enumerate(headline.split(" "))
    )


def _cut(headline: str, dice: Dice) -> str:
    """Leave off the last fifth or so, at a word's end."""
    keep = len(headline) * dice.between(76, 88) // 100
    return headline[:keep].rsplit(" ", 1)[0].rstrip(",:(") + "…"


def _turned(headline: str, dice: Dice) -> str:
    """Put the second half first."""
    parts = headline.split(" ")
    middle = max(1, len(parts) // 2 + dice.between(-1, 1))
    return f"{' '.join(parts[middle:])} - {' '.join(parts[:middle])}"


def _hashtags(headline: str, dice: Dice) -> str:
    return f"{headline} {' '.join(dice.sample(_HASHTAGS, dice.between(2, 4)))}"


_CHANGES: dict[Edit, Callable[[str, Dice], str]] = {
    "word": _word,
    "prefix": _prefix,
    "suffix": _suffix,
    "emoji": _emoji,
    "case": _case,
    "letters": _letters,
    "cut": _cut,
    "turned": _turned,
    "hashtags": _hashtags,
}
