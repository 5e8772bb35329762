"""Whether a text says another one again with a word or two replaced, and nothing else.

A mould is filled in the same way ("Chiefs at Texans: live updates"), so what moulds are filled
with does not count: names, numbers, times, hashtags.

Source: ours, docs/decisions/0033-rewordings.md.
"""

from collections.abc import Callable

from bunco.text.similarity import is_misspelt
from bunco.text.wording import template, wording

_MOST = 2
_LEAST_WORDS = 6
_SHARE = 4
"""One word in so many may be another: one of six, two of eight."""
_LEAST_LETTERS = 3
_LOWER_SHARE = 3
"""A text with a lower-case word in so many is no headline in capitals: names stand out in it."""

_DAYS_TEXT = """
    today tomorrow tonight yesterday hoy manana ayer heute morgen gestern demain hier aujourdhui
    oggi domani ieri stasera stamattina hoje amanha ontem
"""
_DAYS = frozenset(_DAYS_TEXT.split())
"""What a reminder changes. English, Spanish, German, French, Italian, Portuguese."""


def reworded(before: str, after: str, *, wording: Callable[[str], str] = wording) -> bool:
    """Say whether one of two texts, as published, is the other with a word or two replaced.

    The same whichever comes first. False for equal wordings.

    Args:
        before: one form, as published.
        after: the other.
        wording: gives the wording of a form; for callers who remember it.

    >>> reworded("the crazy reason why she left", "the odd reason why she left")
    True
    >>> reworded("see Anna at the fair at noon", "see Bruno at the fair at noon")
    False
    """
    one, other = wording(before), wording(after)
    if one == other or one.count(" ") != other.count(" "):  # before all else: most end here
        return False
    words, others = one.split(), other.split()
    size = len(words)
    if size < _LEAST_WORDS:
        return False
    changed = [(a, b) for a, b in zip(words, others, strict=True) if a != b]
    if len(changed) > min(_MOST, size // _SHARE):
        return False
    if {a for a, _ in changed} & {b for _, b in changed}:
        return False  # the words are the same, in another order
    return not any(_is_filling(a, b, before, after) for a, b in changed)


def _is_filling(a: str, b: str, before: str, after: str) -> bool:
    """Say whether two words are a correction, or more likely two fillings of one mould."""
    if not (_is_word(a, before) and _is_word(b, after)) or is_misspelt(a, b):
        return True
    return _stands_out(a, before) and _stands_out(b, after)


def _is_word(word: str, text: str) -> bool:
    return (
        len(word) >= _LEAST_LETTERS
        and word.isalpha()
        and word not in _DAYS
        and template(word) == word
        and f"#{word}" not in text.lower()
    )


def _stands_out(word: str, text: str) -> bool:
    """Say whether a word has a capital where many others have none, as names do."""
    if word in text or not (word.capitalize() in text or word.upper() in text):
        return False
    parts = text.split()
    return _LOWER_SHARE * sum(part.islower() for part in parts) >= len(parts)
