"""How a text that is said again was dressed up so that it does not look the same.

Only what people hardly ever do to a text of their own that they publish twice: of some five
hundred that came twice within a week on 132,000 recorded account-days of people, a dozen.

Source: ours, docs/decisions/0022-disguises.md.
"""

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeAlias

from bunco.text.letters import PICTURE
from bunco.text.tokens import ADDRESS
from bunco.text.wording import wording

Disguise: TypeAlias = Literal[
    "",
    "letters of another script",
    "pictures",
    "other capitals",
    "halves turned",
    "hashtags",
    "a call in front",
    "a call behind",
    "a cut end",
    "the name of a site",
    "other marks",
    "other words",
]

_HASHTAG = re.compile(r"#\w+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MIXED = re.compile(
    "[A-Za-z][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][A-Za-z]"
    "|[\U0001d400-\U0001d7ff]{2}|[\uff21-\uff3a\uff41-\uff5a]{2}"
)
"""A Latin word with Greek or Cyrillic letters in it, or one in mathematical or wide letters."""

_CALLS = (
    # English, Spanish, German, French, Italian, Portuguese. Not "video" or "in case you missed
    # it": outlets say those of their own stories, day by day.
    "breaking|just in|must (?:read|see|watch)|wow|omg|watch(?: this)?|update[ds]?|reminder"
    "|exclusive|please (?:share|read)|share this(?: now)?|pass it on|urgent|alert|attention"
    "|warning|shocking|viral|trending|read this"
    "|don.?t miss(?: this)?|do not miss(?: this)?"
    "|ultima hora|última hora|urgente|atencion|atención|comparte|exclusiva|increible|increíble"
    "|eilmeldung|eil|achtung|wichtig|exklusiv|bitte teilen|exclusif|alerte|incroyable|a partager"
    "|à partager|attenzione|incredibile|condividi|esclusiva|urgente|atenção|compartilhe|exclusivo"
)
_CALL_IN_FRONT = re.compile(rf"\W*(?:{_CALLS})\b[\W_]*", re.IGNORECASE)
_CALL_BEHIND = re.compile(
    rf"[\W_]*\b(?:{_CALLS}|video|photos?|pics?|read more|see for yourself|click here|find out"
    r"|here(?:.s| is) why|ver mas|ver más|mehr|lire plus|leggi tutto|leia mais)\W*",
    re.IGNORECASE,
)
_SITE_BEHIND = re.compile(
    r"\s*[|–—:-]{1,2}\s+(?:[^\W\d_a-zà-ÿ][\w'-]*(?:\.[a-z]+)?(?:\s+|$)){1,4}|\s*[|–—-]\s+[\w-]+(?:\.\w+)+"
)
"""Behind a bar or a dash: up to four words with capitals, or an address."""
_CUT = ("…", "...")
_MARKS = re.compile("[.,;:!?\"'“”‘’«»]+")
_QUOTED = re.compile('[“"«].*[”"»]', re.DOTALL)
_TAGGED = re.compile(r"[#@]\w+")

_LEAST_CAPITALS = 2
"""So many words, and at least half of all, have other capitals."""
_LEAST_TURNED = 5
"""A text of fewer words has no halves."""
_LEAST_MOVED = 2
_LEAST_HASHTAGS = 2
_LEAST_MARKS = 2
"""In so many places marks are taken out, and none is left."""
_LEAST_SHOUTS = 3
"""So many exclamation marks in one, one at most in the other."""


def disguise(before: str, after: str, *, wording: Callable[[str], str] = wording) -> Disguise:
    """Say how one of two forms of a text, as published, was dressed up against the other.

    Empty where it was not, or in a way that people edit by: words, marks, one hashtag. The
    same whichever comes first. The caller knows that they are the same text.

    Args:
        before: one form, as published.
        after: the other.
        wording: gives the wording of a form; for callers who remember it.

    >>> disguise("Ten foods that melt fat", "🔥 Ten foods that melt fat")
    'pictures'
    """
    if before == after:
        return ""
    one, other = _without_links(before), _without_links(after)
    if one == other:
        return ""
    words, others = wording(before).split(), wording(after).split()
    return _dressed(one, other, words, others) or _lengthened(one, other)


def _without_links(text: str) -> str:
    return " ".join((ADDRESS.sub(" ", text) if "://" in text else text).split())


def _dressed(one: str, other: str, words: list[str], others: list[str]) -> Disguise:
    """Say what was done to the letters, the order or the ornaments."""
    found: Disguise = ""
    if bool(_MIXED.search(one)) != bool(_MIXED.search(other)):
        found = "letters of another script"
    elif bool(PICTURE.search(one)) != bool(PICTURE.search(other)):
        found = "pictures"
    elif words == others:
        found = _marked(one, other)
    elif _is_turned(words, others):
        found = "halves turned"
    return found or ("hashtags" if _has_hashtags(one, other) else "")


def _marked(one: str, other: str) -> Disguise:
    """Say what was done to a text whose words are all as they were."""
    if _has_other_capitals(one, other):
        return "other capitals"
    return "other marks" if _has_other_marks(one, other) else ""


def _has_other_marks(one: str, other: str) -> bool:
    """Say whether one alone is quoted whole, shouted, or without any mark.

    People who send a text to another, or tag it, also move its marks: that is none.
    """
    if _TAGGED.findall(one) != _TAGGED.findall(other):
        return False
    if bool(_QUOTED.fullmatch(one)) != bool(_QUOTED.fullmatch(other)):
        return True
    calm, shouted = sorted((one.count("!"), other.count("!")))
    bare, marked = sorted((len(_MARKS.findall(one)), len(_MARKS.findall(other))))
    return (calm <= 1 and shouted >= _LEAST_SHOUTS) or (not bare and marked >= _LEAST_MARKS)


def _has_other_capitals(one: str, other: str) -> bool:
    words, others = _WORD.findall(one), _WORD.findall(other)
    if len(words) != len(others):
        return False
    pairs: Iterable[tuple[str, str]] = zip(words, others, strict=True)
    changed = sum(a != b and a.lower() == b.lower() for a, b in pairs)
    return changed >= max(_LEAST_CAPITALS, len(words) / 2)


def _is_turned(words: list[str], others: list[str]) -> bool:
    size = len(words)
    if size != len(others) or size < _LEAST_TURNED:
        return False
    moved = range(_LEAST_MOVED, size - _LEAST_MOVED + 1)
    return any(words[at:] == others[: size - at] and words[:at] == others[-at:] for at in moved)


def _has_hashtags(one: str, other: str) -> bool:
    more = abs(len(_HASHTAG.findall(one)) - len(_HASHTAG.findall(other)))
    bare, other_bare = (_HASHTAG.sub(" ", text).split() for text in (one, other))
    return more >= _LEAST_HASHTAGS and bare == other_bare


def _lengthened(one: str, other: str) -> Disguise:
    """Say what was put in front or behind, or cut off."""
    short, long = sorted((one, other), key=len)
    low, high = short.lower(), long.lower()
    if short.endswith(_CUT) and not long.endswith(_CUT):
        kept = short.rstrip("….").rstrip()
        return "a cut end" if long.startswith(kept) and long.rstrip(".") != kept else ""
    if high.endswith(low) and _CALL_IN_FRONT.fullmatch(long[: len(long) - len(short)]):
        return "a call in front"
    if high.startswith(low) and _CALL_BEHIND.fullmatch(long[len(short) :]):
        return "a call behind"
    if high.startswith(low) and _SITE_BEHIND.fullmatch(long[len(short) :]):
        return "the name of a site"
    return ""
