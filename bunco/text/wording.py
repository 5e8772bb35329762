"""The wording of a text: its bare words, so that disguises of one text are equal.

Case, punctuation, emoji, addresses, mentions, invisible characters, look-alike letters and
the name of a site at the end make no difference. Both sides of every comparison pass through
here, so what counts is that like becomes like, not that the words stay pretty.
"""

import re

from bunco.text.letters import letters, visible

OPENING = 300
"""Characters of a headline, or of a text without one, that stand for it. Source: ours."""
LIMIT = 1000
"""Characters looked at and given back. Source: ours; headlines are under 300."""

_ADDRESS = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?:/\S+")
_BARE_ADDRESS = re.compile(r"www\.\S+|\b[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)
"""Looked for only where a slash is left, with a dot before it: it tries every word."""
_MENTION = re.compile(
    r"(?:\b(?:RT|MT|via|cc)\s+)?(?<![\w.])@\w[\w.-]*(?:@[\w.-]+)?:?", re.IGNORECASE
)
_SITE = re.compile(
    r"^(?P<left>.*\S)\s+(?P<bar>\||::|-)\s+(?P<site>[^|\d]{2,40})$",
    re.DOTALL,
)
_LEFT_WORDS = 5
_SITE_WORDS = 5
_PUBLISHERS_TEXT = """
    news times post daily journal herald tribune gazette chronicle examiner observer
    telegraph express mirror mail sun globe star independent guardian standard weekly
    magazine review today online press media blog site radio tv network wire report dispatch
    bulletin insider com net org bbc cnn nbc abc cbs fox npr pbs msnbc cnbc espn mtv reuters
    bloomberg forbes fortune techcrunch engadget gizmodo mashable wired verge vox slate
    salon politico axios buzzfeed huffpost huffington youtube reddit medium wikipedia imdb
    variety billboard pais mundo diario noticias periodico nacion monde figaro spiegel zeit
    repubblica corriere
"""
_PUBLISHERS = frozenset(_PUBLISHERS_TEXT.split())
"""Words that tell the name of a site from a topic or guest. Source: ours.

Only these are cut, because a series puts what changes in the same place: "Show | Guest".
"""

_TYPOGRAPHY = tuple(
    zip(
        "\u2019\u2018\u201c\u201d\u2026\u2013\u2014\u00a0\u2022\u00b7\u00bb",
        "''\"\" -- |||",
        strict=True,
    )
)
"""Signs of good print, made plain first: what else is ASCII then takes the short way.

One ``replace`` each: ``translate`` is five times slower on text that is not ASCII.
"""

_ASCII = bytes(code if chr(code).isalnum() else 32 for code in bytes(range(128)).lower()) + bytes(
    128
)
_DELETED = b"'`"

_CALENDAR = (
    # English, then Spanish, German, French, Italian, Portuguese; without accents.
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri "
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre "
    "diciembre lunes martes miercoles jueves viernes sabado domingo "
    "januar februar marz april mai juni juli oktober dezember "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre "
    "lundi mardi mercredi jeudi vendredi samedi dimanche "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "
    "lunedi martedi mercoledi giovedi venerdi domenica "
    "janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro "
    "segunda terca quarta quinta sexta feira"
)
_OF_A_SERIES = (
    # Times of day and numbers in words: what else changes from one of a series to the next.
    "morning midday noon afternoon evening night mattina pomeriggio sera manana tarde noche "
    "matin soir morgen nachmittag abend manha noite "
    "one two three four five six seven eight nine ten eleven twelve "
    "first second third fourth fifth sixth seventh eighth ninth tenth "
    "dos tres cuatro cinco seis siete ocho nueve diez primera segunda tercera "
    "due tre quattro cinque sei sette otto nove dieci primo secondo terzo "
    "deux trois quatre cinq sept huit neuf dix premier deuxieme troisieme "
    "zwei drei vier funf sechs sieben acht neun zehn erste zweite dritte"
)
_CHANGING = frozenset(f"{_CALENDAR} {_OF_A_SERIES}".split())
_MASKS = re.compile(r"#(?: #)+")


def opening(text: str) -> str:
    """Give the wording of a text's opening: what a headline is known again by."""
    return wording(text[:OPENING])


def wording(text: str) -> str:
    """Give the words of a text as a reader takes them in, in one case, single spaces.

    Idempotent; at most ``LIMIT`` characters are read and given.

    >>> wording("RT @ann: You WON'T believe this! 😱 https://t.co/x #money | The Daily Site")
    'you wont believe this money'
    """
    if len(text) > LIMIT:
        text = text[:LIMIT]
    if not text.isascii():
        for sign, plain in _TYPOGRAPHY:
            text = text.replace(sign, plain)
        if not text.isascii():
            text = visible(text)
    if "/" in text:
        text = _ADDRESS.sub(" ", text)
    if "www." in text or ("/" in text and _has_host(text)):
        text = _BARE_ADDRESS.sub(" ", text)
    if "@" in text:
        text = _MENTION.sub(" ", text)
    text = _without_site(text)
    bare = _ascii(text) if text.isascii() else letters(text)
    return " ".join(bare.split())[:LIMIT].rstrip()


def template(wording: str) -> str:
    """Give a wording with numbers, months, weekdays and times of day masked as ``#``.

    Two texts with one template are of one series: they differ in a date or number only.

    >>> template("daily thread monday 3 march 2026")
    'daily thread #'
    """
    masked = " ".join(
        ["#" if word in _CHANGING or word[0].isdecimal() else word for word in wording.split()]
    )
    return _MASKS.sub("#", masked) if "# #" in masked else masked


def _ascii(text: str) -> str:
    if "'" in text or "`" in text:
        return text.encode().translate(_ASCII, _DELETED).decode()
    return text.encode().translate(_ASCII).decode()  # with nothing to delete in half the time


def _has_host(text: str) -> bool:
    return "." in text[: text.rfind("/")] or "www." in text.lower()


def _without_site(text: str) -> str:
    if "-" not in text and "|" not in text and ":" not in text:  # most; quicker than the next
        return text
    if " - " not in text and " |" not in text and " :: " not in text:
        return text
    if not (found := _SITE.match(text)):
        return text
    site = set(re.split(r"[\s.]+", found["site"].lower()))
    if len(found["left"].split()) < _LEFT_WORDS or len(site) > _SITE_WORDS:
        return text
    if site.isdisjoint(_PUBLISHERS) and (len(site) > 1 or found["bar"] == "-"):
        return text
    return found["left"]
