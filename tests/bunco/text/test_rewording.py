"""When a text is another one with a word or two replaced, and when it fills the same mould."""

import pytest

from bunco.text.rewording import reworded

TEXT = "Ten foods that melt belly fat while you sleep"

REPLACED = [
    "Ten foods that melt belly fat while you dream",
    "Ten amazing that melt belly fat while you sleep",
    "Ten foods that burn belly fat while you dream",
    "Ten foods that Burn belly fat while you sleep!",
]
OTHER = [
    TEXT,
    TEXT.upper(),
    "Ten foods that burn tummy fat while you dream",
    "Ten foods that melt belly fat while you sleeps",
    "Six foods that melt belly fat while you sleep",
    "Ten foods that melt 12 fat while you sleep",
    "Ten foods that melt belly fat while we sleep",
    "Ten foods that melt belly fat while you #dream",
    "Ten foods that melt belly fat if you ever sleep",
    "Ten foods that sleep belly fat while you melt",
    "",
]


@pytest.mark.parametrize("form", REPLACED)
def test_a_word_or_two_replaced_are_a_rewording_whichever_comes_first(form: str) -> None:
    assert reworded(TEXT, form)
    assert reworded(form, TEXT)


@pytest.mark.parametrize("form", OTHER)
def test_what_people_correct_and_moulds_are_filled_with_is_none(form: str) -> None:
    assert not reworded(TEXT, form)
    assert not reworded(form, TEXT)


def test_one_word_of_six_may_be_another_and_two_of_eight() -> None:
    assert reworded(
        "Council approves lanes along the river", "Council demands lanes along the river"
    )
    assert not reworded("Council approves lanes along river", "Council demands lanes along river")
    assert not reworded(
        "Council approves lanes along the river", "Council demands lanes along the canal"
    )


def test_names_stand_out_except_in_a_headline_in_capitals() -> None:
    assert not reworded("we met Anna at the fair today", "we met Bruno at the fair today")
    assert reworded("We Met Anna At The Fair Again", "We Met Bruno At The Fair Again")


def test_days_that_a_reminder_changes_are_no_rewording() -> None:
    assert not reworded("Join us tomorrow for the live chat", "Join us today for the live chat")
