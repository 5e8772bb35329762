import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunco.text.wording import LIMIT, template, wording

PLAIN = "Council approves new cycle lanes along the river"
BARE = "council approves new cycle lanes along the river"

DISGUISES = {
    "as it is": PLAIN,
    "upper case": PLAIN.upper(),
    "punctuation": "“Council” approves... new cycle lanes — along the river!!!",
    "emoji": "🔥🔥 Council approves 🚲 new cycle lanes along the river 👇🏽",
    "zero width": "Coun\u200bcil appro\u200dves new cycle\ufeff lanes along the ri\u00adver",
    "bidi control": "\u202aCouncil approves\u202c new cycle lanes along the river\u200f",
    "fullwidth": "Ｃｏｕｎｃｉｌ approves new cycle lanes along the river",
    "mathematical bold": "𝐂𝐨𝐮𝐧𝐜𝐢𝐥 approves new cycle lanes along the river",
    "negative squared": "🅲🅾🆄🅽🅲🅸🅻 approves new cycle lanes along the river",
    "small capitals": "ᴄᴏᴜɴᴄɪʟ approves new cycle lanes along the river",
    "Cyrillic look-alikes": "Соunсіl аррrоvеs nеw сусlе lаnеs аlоng thе rіvеr",
    "Greek look-alikes": "Cοuncil apprονes new cycle lanes along the riνer",
    "accents": "Cöuncíl approvès new cycle lanes along the rivér",
    "stacked marks": "C\u0335\u0321ouncil a\u0301\u0301pproves new cycle lanes along the river",
    "address before": "https://t.co/AbC Council approves new cycle lanes along the river",
    "address after": f"{PLAIN} www.example.org/a?b=c#d",
    "bare address": f"{PLAIN} bit.ly/2xYz",
    "mention": f"@ann @bob@example.social {PLAIN}",
    "old repost mark": f"RT @ann_99: {PLAIN}",
    "via": f"{PLAIN} via @ann",
    "tags keep the word": "#Council approves new #cycle lanes along the #river",
    "site after a bar": f"{PLAIN} | The Daily Example",
    "site after a dash": f"{PLAIN} - BBC News",
    "site after a long dash": f"{PLAIN} \u2013 example.com",
    "spaces": f"  {PLAIN.replace(' ', '   ')}\n\t",
    "control characters": PLAIN.replace(" ", "\x00 \x07"),
}


@pytest.mark.parametrize("text", DISGUISES.values(), ids=DISGUISES.keys())
def test_disguises_of_one_text_have_one_wording(text: str) -> None:
    assert wording(text) == BARE


KEPT = {
    "guest after a show's name": (
        "The long evening talk show | Elon Example",
        "the long evening talk show elon example",
    ),
    "numbered part": ("How we built the new bridge - Part 2", "how we built the new bridge part 2"),
    "few words before a site": ("Contact us | Daily News", "contact us daily news"),
    "dash inside a sentence": (
        "Weak data caused by weather — should not slow",
        "weak data caused by weather should not slow",
    ),
    "apostrophes close up": ("You won't believe it's Ann’s", "you wont believe its anns"),
    "mail addresses go like mentions do not": ("write to a.b at x", "write to a b at x"),
    "numbers": ("Top 10,000 of 2026", "top 10 000 of 2026"),
    "nothing": ("", ""),
    "only emoji": ("😱😱😱", ""),
    "only an address": ("https://t.co/x", ""),
}


@pytest.mark.parametrize(("text", "expected"), KEPT.values(), ids=KEPT.keys())
def test_what_tells_texts_apart_is_kept(text: str, expected: str) -> None:
    assert wording(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Совет одобрил новые дорожки", "совет одобрил новые дорожки"),
        ("Το συμβούλιο ενέκρινε τους δρόμους", "το συμβουλιο ενεκρινε τουσ δρομουσ"),
        ("市议会批准新建自行车道", "市议会批准新建自行车道"),
        ("अभी देखें नया वीडियो", "अभी देखें नया वीडियो"),
        ("Ελλάδα and Россия", "ελλαδα and россия"),
        ("شاهد الآن", "شاهد الآن"),
    ],
)
def test_other_scripts_stay_themselves(text: str, expected: str) -> None:
    assert wording(text) == expected


def test_composed_and_decomposed_forms_are_one() -> None:
    korean = "의회가 자전거 도로를 승인했다"

    assert wording(unicodedata.normalize("NFD", korean)) == wording(korean) == korean


@given(st.text(max_size=200))
def test_wording_of_a_wording_is_itself(text: str) -> None:
    once = wording(text)

    assert wording(once) == once


@given(st.text(max_size=2 * LIMIT))
def test_any_text_has_a_tidy_wording(text: str) -> None:
    words = wording(text)

    assert len(words) <= LIMIT
    assert words == " ".join(words.split())


words = st.lists(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9), min_size=1)


@given(words, st.data())
def test_case_emoji_invisibles_and_punctuation_make_no_difference(
    parts: list[str], data: st.DataObject
) -> None:
    disguised = []
    for part in parts:
        at = data.draw(st.integers(0, len(part)))
        unseen = data.draw(st.sampled_from(["", "\u200b", "\u2060", "\u202e", "\ufe0f"]))
        mark = data.draw(st.sampled_from(["", "!", ",", "?!", " 😱", "”", ";"]))
        cased = data.draw(st.sampled_from([str.upper, str.lower, str.title]))(part)
        disguised.append(cased[:at] + unseen + cased[at:] + mark)

    assert wording(" ".join(disguised)) == wording(" ".join(parts))


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "\x00" * 1_000_000,
        "a.b/" * 250_000,
        "@" * 1_000_000,
        " | " * 300_000,
        " - a" * 250_000,
        "\ufdfa" * 1000,
        "e" + "\u0301" * 1_000_000,
        "\ud800\udfff" * 1000,
        "а" * 1000,
    ],
    ids=lambda text: ascii(text[:6]),
)
def test_hostile_input_costs_little(text: str) -> None:
    began = time.perf_counter()

    words = wording(text)

    assert len(words) <= LIMIT
    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("episode 12 the fox", "episode # the fox"),
        ("weather for monday 3 march 2026", "weather for #"),
        ("el tiempo del lunes 3 de marzo", "el tiempo del # de #"),
        ("wetter am dienstag 12 oktober", "wetter am #"),
        ("la meteo de mardi 4 fevrier", "la meteo de #"),
        ("meteo di lunedi 4 gennaio", "meteo di #"),
        ("o tempo segunda feira 2 de dezembro", "o tempo # de #"),
        ("2nd test of the 1990s", "# test of the #"),
        ("nothing changes here", "nothing changes here"),
        ("", ""),
    ],
)
def test_template_masks_numbers_months_and_weekdays(text: str, expected: str) -> None:
    assert template(text) == expected


def test_titles_of_a_series_share_a_template_and_others_do_not() -> None:
    first, second, other = (
        template(wording(title))
        for title in ("Daily thread, March 3, 2026", "Daily thread, April 14, 2026", "Daily news")
    )

    assert first == second
    assert first != other
