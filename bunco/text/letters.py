"""Letters as a reader sees them: look-alikes folded, marks and symbols gone.

A word is folded to Latin only where the look-alikes betray themselves: it also holds Latin
letters, or no letter of the whole text is unmistakably Cyrillic or Greek. A Russian or Greek
text stays itself, and both sides of a comparison pass through here.

Source: the pairs are a selection from the look-alike data of Unicode TR 39 (confusables),
chosen for lower case after case folding; the rule for words is ours.
"""

import re
import unicodedata
from collections.abc import Callable

PICTURE = re.compile("[\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
"""One emoji or other picture."""
_ALIKE = (
    dict(zip("авекмнорстухёѕіїјԁԛԝһӏґпѵ", "abekmhopctyxesiijdqwhlrnv", strict=True))
    | dict(zip("αβγεζηικμνορτυχωϲϳ", "abyeznikuvoptuxwcj", strict=True))
    | dict(zip("օոսհցզքա", "onuhgqpw", strict=True))
)
"""Cyrillic, Greek and Armenian letters and the Latin ones they pass for."""
_SMALL = dict(
    zip(
        "ıɑɡɩʟᴀʙᴄᴅᴇꜰɢʜɪᴊᴋᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢøłđħŧƒɐǝəɛɔʋɯɹʇʌʍʎɓɗɠƙɲƥƭʂʐ",
        "iagilabcdefghijkmnoprstuvwyzoldhtfaeeecvmrtvwybdgknptsz",
        strict=True,
    )
)
"""Latin letters in disguise: dotless, script and small-capital forms, strokes, turned ones."""

_UNSEEN = re.compile(
    "[\u00ad\u034f\u0300-\u036f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]+"
)
"""What takes no room: format characters (category Cf), fillers, selectors, common marks."""

_OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u052f\u0530-\u058f\u1f00-\u1fff]")
_LATIN = re.compile("[a-z\u00df-\u024f]")
_TABLE_LIMIT = 20_000
"""Code points remembered; more than any living language needs."""


class _Marks(dict[int, str | None]):
    """Say what becomes of each character, learnt as characters come by."""

    def __missing__(self, code: int) -> str | None:
        kept = _kept(chr(code))
        if len(self) < _TABLE_LIMIT:
            self[code] = kept
        return kept


_marks = _Marks()


class _ByBytes:
    """A change of text that looks at each Latin-1 character alone, made quick for such text.

    Most text in Spanish, German or French is no more than that, and its bytes are changed ten
    times as quickly as its characters.
    """

    def __init__(self, change: Callable[[str], str]) -> None:
        self._change = change
        forms = {code: change(chr(code)) for code in range(256)}
        kept = {code: form for code, form in forms.items() if len(form) < 2 and form < "\u0100"}
        self._changed = bytes(ord(kept.get(code) or " ") for code in range(256))
        self._dropped = bytes(code for code, form in kept.items() if not form)
        self._known = bytes(kept)

    def __call__(self, text: str) -> str:
        """Give the text changed, the long way where a character is not Latin-1 or becomes none."""
        try:
            narrow = text.encode("latin-1")
        except UnicodeEncodeError:
            return self._change(text)
        if narrow.translate(None, self._known):
            return self._change(text)
        return narrow.translate(self._changed, self._dropped).decode("latin-1")


def visible(text: str) -> str:
    """Give the text without characters that nobody sees, look-alike forms made plain.

    Fullwidth, mathematical and enclosed letters become ordinary ones (NFKC), accents of
    Latin, Greek and Cyrillic letters go.
    """
    return _quick_visible(text)


def letters(text: str) -> str:
    """Give letters and digits in one case, look-alikes folded, the rest as spaces.

    Args:
        text: what ``visible`` gave.
    """
    return _quick_letters(text)


def _visible(text: str) -> str:
    text = _UNSEEN.sub("", text)
    apart = unicodedata.normalize("NFKD", text)
    if apart != text:
        apart = _UNSEEN.sub("", apart)
    return unicodedata.normalize("NFC", apart)


def _letters(text: str) -> str:
    plain = text.casefold().translate(_marks)
    if not _OTHER_SCRIPT.search(plain):
        return plain
    return _folded(plain)


def _folded(text: str) -> str:
    if _ALIKE.keys() >= set(_OTHER_SCRIPT.findall(text)):
        return text.translate(_alike)
    if not _LATIN.search(text):
        return text
    return " ".join(
        word.translate(_alike) if _LATIN.search(word) else word for word in text.split()
    )


def _kept(character: str) -> str | None:
    if character in "'\u2019\u02bc\u2018`\u00b4":
        return None
    if small := _SMALL.get(character):
        return small
    code = ord(character)
    # Negative circled and squared capitals have no decomposition in Unicode.
    for first in (0x1F150, 0x1F170):
        if first <= code < first + 26:
            return chr(97 + code - first)
    if unicodedata.category(character)[0] in "LNM":
        return character
    return " "


_alike = str.maketrans(_ALIKE)
_quick_visible = _ByBytes(_visible)
_quick_letters = _ByBytes(_letters)
