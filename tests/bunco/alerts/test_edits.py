"""What a mail marks of a headline's forms."""

from bunco.alerts.edits import Run, edits

FIRST = "She drank this tiny gadget every night, that result will shock you"


def test_words_that_were_changed_are_marked() -> None:
    runs = edits(FIRST, FIRST.replace("that", "the"))

    assert [run.text for run in runs if run.how == "dropped"] == ["that"]
    assert [run.text for run in runs if run.how == "added"] == ["the"]


def test_nothing_is_marked_in_another_text() -> None:
    other = "The purple drink that dentists don't want you to know of"

    assert edits(FIRST, other) == (Run("same", other),)


def test_what_is_the_same_has_nothing_marked() -> None:
    assert edits(FIRST, FIRST) == (Run("same", FIRST),)
