"""Guess the language of a headline, as far as the sensational score has to know it."""

import re
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["english", "spanish", "other"]

_ENGLISH_TEXT = """
    a the in of to and is for on at with from by this that your you are it be have not will my we
    was they their his her what how why who when which these here its can do get
    about after than more most into out up if but or as an i just like
"""
_SPANISH_TEXT = """
    el los y con por para se su sus lo del las pero cuando donde desde hasta sobre este esta
    estos estas muy tras hay fue es son una un al en que como mas ya sin entre anos te tu le les
    la quien cual cuales ser puede ha
"""
_OTHER_TEXT = """
    il di in che e per non gli della del dei delle alla nel sono ho mi ma ci piu anche questo una
    uno io ti sei ora oggi da le perche cosa tutto fatto sta dal al ai lo se un come quando la
    o os as em nao um uma com mais ao na pelo voce dos das que
    les des et dans une est pour sur pas qui je vous nous au aux ce cette
    der die das und ist nicht ein eine den dem zu von mit auf fur im ich sie
    a az es hogy nem egy ez ezt meg volt mar csak is be ki fel igy itt lesz aki ami ha mert
    het een van niet en op te dat och att det som
"""
_ENGLISH = frozenset(_ENGLISH_TEXT.split())
_SPANISH = frozenset(_SPANISH_TEXT.split())
_OTHER = frozenset(_OTHER_TEXT.split())
"""Italian, Portuguese, French, German, Hungarian, Dutch and Swedish, without accents."""

_WIDTH = 16
_FIELD = (1 << _WIDTH) - 1
_VOTES = {
    word: (word in _ENGLISH) | (word in _SPANISH) << _WIDTH | (word in _OTHER) << 2 * _WIDTH
    for word in _ENGLISH | _SPANISH | _OTHER
}
"""By word, one in the field of each language that it is common in: one look-up, one sum."""

_NOT_ENGLISH = (_SPANISH | _OTHER) - _ENGLISH
"""Where none of these stands, English has as many votes as any other."""

_ENOUGH = 2
"""Words of a language that make a text Spanish or foreign. Source: ours; a headline in
English may hold one by chance, such as a name."""

_FOREIGN_SHARE = 1 / 16
"""Share of letters that are not ASCII from which a text without an English word is foreign.
Source: ours; Hungarian has a quarter, English next to none."""

_SPANISH_MARKS = re.compile("[\u00bf\u00a1\u00f1\u00d1]|[\u00e1\u00e9\u00ed\u00f3\u00fa]\\b")
"""Signs and endings that few other languages have."""

_NEVER_SPANISH = re.compile(
    "[\u00e0\u00e3\u00e4\u00e7\u00e8\u00f2\u00f4-\u00f6\u0151\u0171"
    "\u00c0\u00c3\u00c4\u00c7\u00c8\u00d2\u00d4-\u00d6\u0150\u0170]"
)


def language(words: list[str], text: str) -> Language:
    """Give the language by its commonest words; English where nothing tells.

    Args:
        words: the text's wording, split.
        text: as published; the marks of Spanish are read from it.

    >>> language("el gobierno aprueba los presupuestos".split(), "El Gobierno aprueba …")
    'spanish'
    """
    if text.isascii() and _NOT_ENGLISH.isdisjoint(words):  # most headlines in English
        return "english"
    hits = sum([_VOTES[word] for word in words if word in _VOTES])
    english, spanish, other = hits & _FIELD, hits >> _WIDTH & _FIELD, hits >> 2 * _WIDTH
    if not text.isascii():
        if _NEVER_SPANISH.search(text):
            other += 1
        elif _SPANISH_MARKS.search(text):
            spanish += 1
        if not english and not spanish and _foreign_letters(text):
            return "other"
    if spanish > english and spanish >= other and (spanish >= _ENOUGH or spanish > other):
        return "spanish"
    return "other" if other >= _ENOUGH and other > english else "english"


def _foreign_letters(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    plain = sum(map(str.isalpha, text.encode("ascii", "ignore").decode()))
    return letters - plain > _FOREIGN_SHARE * letters
