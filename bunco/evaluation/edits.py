"""Twelve ways in which a headline is changed so that it is not quite the same again.

Made for measuring: unlike the simulator's edits they work on any headline and language, and
none of their words was chosen by how the detectors judge it.
"""

import re
from collections.abc import Callable
from random import Random

_OTHER_WORDS_TEXT = """
    amazing big common critical current daily exclusive expert fresh global great huge
    incredible key latest likely local major massive modern obvious official popular
    possible powerful public quick quiet real recent secret serious simple special
    strange strong sudden total urgent whole
"""
_OTHER_WORDS = tuple(_OTHER_WORDS_TEXT.split())
_PREFIXES = (
    "BREAKING:", "Just in:", "Must read:", "WOW!", "Watch:", "Update:", "Please share:",
    "ICYMI:", "Reminder -", "Exclusive:", "[VIDEO]", "OMG,",
)  # fmt: skip
_SUFFIXES = (
    "(watch)", "- must read", "[VIDEO]", "(2024)", "- share this now", "... see for yourself",
    "(PHOTOS)", "- here is why", "via our newsletter", "(updated)", "- read more", "!! DO NOT MISS",
)  # fmt: skip
_EMOJI = ("🔥", "😱", "💰💰", "✨", "👉", "🚨🚨", "❤️", "🤯", "💥", "✅", "👀", "📢")
_HASHTAGS = (
    "#news", "#breaking", "#viral", "#mustsee", "#health", "#money", "#today", "#share", "#wow",
    "#trending", "#tips", "#life",
)  # fmt: skip
_SITES = (
    "| Daily Herald", "- The Morning Post", "| example.com", "- Evening Times", "| Wellness Hub",
    "– City Gazette", "| Purrly", "- The Frugal Kitchen", "– Healthline Today", "| Insider Club",
)  # fmt: skip
_LOOKALIKES = str.maketrans("aeocpxyiABEHKMOPCTX", "аеосрхуіАВЕНКМОРСТХ")  # noqa: RUF001
_MARKS = str.maketrans("", "", ".,;:!?\"'")
_LEAST_LETTERS = 4
"""A word that is changed has at least so many letters, where the headline has such words."""
_LETTER = re.compile(r"[^\W\d_]")

EDITS: tuple[str, ...] = (
    "one word",
    "two words",
    "prefix",
    "suffix",
    "emoji",
    "case",
    "letters",
    "cut",
    "turned",
    "hashtags",
    "site",
    "marks",
)
"""Their names, in the order in which figures are told."""


def edited(headline: str, edit: str, chance: Random) -> str:
    """Give the headline after one edit.

    Raises:
        KeyError: there is no edit of that name.
    """
    return _CHANGES[edit](headline, chance)


def tracked(link: str, chance: Random) -> str:
    """Give the link with tracking parameters that lead to the same page."""
    medium = chance.choice(("twitter", "facebook", "newsletter", "share"))
    joint = "&" if "?" in link else "?"
    return f"{link}{joint}utm_source={medium}&utm_campaign=c{chance.randrange(1000, 10_000)}"


def _one_word(headline: str, chance: Random) -> str:
    return _other_words(headline, 1, chance)


def _two_words(headline: str, chance: Random) -> str:
    return _other_words(headline, 2, chance)


def _other_words(headline: str, count: int, chance: Random) -> str:
    """Put other words where words were; which ones is left to chance."""
    parts = headline.split()
    wordy = [at for at, part in enumerate(parts) if len(_LETTER.findall(part)) >= _LEAST_LETTERS]
    places = wordy if len(wordy) >= count else range(len(parts))
    for at in chance.sample(list(places), min(count, len(places))):
        before = parts[at].lower()
        parts[at] = chance.choice([word for word in _OTHER_WORDS if word != before])
    return " ".join(parts)


def _prefix(headline: str, chance: Random) -> str:
    return f"{chance.choice(_PREFIXES)} {headline}"


def _suffix(headline: str, chance: Random) -> str:
    return f"{headline} {chance.choice(_SUFFIXES)}"


def _emoji(headline: str, chance: Random) -> str:
    return f"{chance.choice(_EMOJI)} {headline} {chance.choice(_EMOJI)}"


def _case(headline: str, chance: Random) -> str:
    return chance.choice((str.upper, str.lower, str.title))(headline)


def _letters(headline: str, chance: Random) -> str:
    """Put Cyrillic letters that look alike into every other word."""
    first = chance.randrange(2)
    return " ".join(
        part.translate(_LOOKALIKES) if at % 2 == first else part
        for at, part in enumerate(headline.split())
    )


def _cut(headline: str, chance: Random) -> str:
    """Leave off the last tenth to third, at a word's end."""
    kept = headline[: round(len(headline) * chance.uniform(0.67, 0.9))]
    return (kept.rsplit(" ", 1)[0] if " " in kept else kept).rstrip(" ,:;-(") + "…"


def _turned(headline: str, chance: Random) -> str:
    """Put the second half first."""
    parts = headline.split()
    middle = max(1, len(parts) // 2 + chance.randint(-1, 1))
    return f"{' '.join(parts[middle:])} - {' '.join(parts[:middle])}".strip(" -")


def _hashtags(headline: str, chance: Random) -> str:
    return f"{headline} {' '.join(chance.sample(_HASHTAGS, chance.randint(1, 3)))}"


def _site(headline: str, chance: Random) -> str:
    return f"{headline} {chance.choice(_SITES)}"


def _marks(headline: str, chance: Random) -> str:
    """Change punctuation: none at all, the printer's instead of plain, or shouted."""
    way = chance.randrange(3)
    if way == 0:
        return headline.translate(_MARKS)
    if way == 1:
        plain = headline.replace("'", "\u2019").replace(" - ", " \u2014 ").replace("...", "…")
        return f"“{plain}”"
    return f"{headline.rstrip('.!?')}!!!"


_CHANGES: dict[str, Callable[[str, Random], str]] = {
    "one word": _one_word,
    "two words": _two_words,
    "prefix": _prefix,
    "suffix": _suffix,
    "emoji": _emoji,
    "case": _case,
    "letters": _letters,
    "cut": _cut,
    "turned": _turned,
    "hashtags": _hashtags,
    "site": _site,
    "marks": _marks,
}
