"""How a text was dressed up: what spammers do, and what people do to their own texts."""

import pytest

from bunco.text.disguise import disguise

TEXT = "Ten foods that melt belly fat while you sleep"

DRESSED = [
    ("Ten f\u043eods that m\u0435lt belly fat while you sleep", "letters of another script"),
    (
        "Ten foods that \U0001d426\U0001d41e\U0001d425\U0001d42d belly fat while you sleep",
        "letters of another script",
    ),
    ("\U0001f525 Ten foods that melt belly fat while you sleep", "pictures"),
    (TEXT.upper(), "other capitals"),
    (TEXT.title(), "other capitals"),
    ("while you sleep: Ten foods that melt belly fat", "halves turned"),
    (f"{TEXT} #diet #health", "hashtags"),
    (f"BREAKING: {TEXT}", "a call in front"),
    (f"[WOW] {TEXT}", "a call in front"),
    (f"{TEXT} - must read!!", "a call behind"),
    (f"{TEXT} (PHOTOS)", "a call behind"),
    ("Ten foods that melt belly fat wh…", "a cut end"),
    ("Ten foods that melt belly...", "a cut end"),
    (f"{TEXT} | Wellness Hub", "the name of a site"),
    (f"{TEXT} – The Frugal Kitchen", "the name of a site"),  # as sites write it
    (f"{TEXT} - example.com", "the name of a site"),
    (f"“{TEXT}”", "other marks"),
    (f"{TEXT}!!!", "other marks"),
]

AS_PEOPLE_EDIT = [
    TEXT,
    f"{TEXT} https://example.org/a?utm_source=x",
    f"{TEXT}!!",
    f"{TEXT}.",
    f"@ann {TEXT}!!!",
    f"{TEXT} | so they say",
    f"{TEXT} - Page 2 Of The Morning Post",
    f"{TEXT} #diet",
    "Ten foods that melt belly fat while you slept",
    "Ten foods that melt belly fat",
    "Ten foods that Melt belly fat while you sleep",
    "sleep Ten foods that melt belly fat while you",
    f"As I always say: {TEXT}",
    f"VIDEO: {TEXT}",
    f"ICYMI: {TEXT}",
    f"{TEXT} and why my doctor laughed",
    f"@ann {TEXT}",
]


@pytest.mark.parametrize(("form", "expected"), DRESSED)
def test_a_dressed_up_form_is_named_whichever_comes_first(form: str, expected: str) -> None:
    assert disguise(TEXT, form) == expected
    assert disguise(form, TEXT) == expected


@pytest.mark.parametrize("form", AS_PEOPLE_EDIT)
def test_what_people_do_to_a_text_of_their_own_is_no_disguise(form: str) -> None:
    assert disguise(TEXT, form) == ""
    assert disguise(form, TEXT) == ""


def test_marks_taken_out_all_together_are_a_disguise_from_two_on() -> None:
    assert disguise("Eat this, not that: ten foods", "Eat this not that ten foods") == "other marks"
    assert disguise("Eat this: not that ten foods", "Eat this not that ten foods") == ""
    assert disguise("Eat this, not that; ten foods.", "Eat this not that, ten foods") == ""


@pytest.mark.parametrize("form", [form for form, _ in DRESSED])
def test_the_same_form_twice_is_not_dressed_up(form: str) -> None:
    assert disguise(form, form) == ""


@pytest.mark.parametrize("text", ["", " ", "…", "🔥", "https://example.org/"])
def test_nothing_to_dress_up_is_no_error(text: str) -> None:
    assert disguise(text, "") == disguise("", text)
