"""How one wording differs from another."""

import pytest

from bunco.text.edits import LIMIT, Span, edits, is_edited


@pytest.mark.parametrize(
    ("first", "other", "told"),
    [
        ("one odd trick", "one odd trick", [("one odd trick", "same")]),
        (
            "one odd trick",
            "one new trick",
            [("one ", "same"), ("odd", "gone"), ("new", "new"), (" trick", "same")],
        ),
        ("a trick", "a trick now", [("a trick", "same"), (" now", "new")]),
        ("a trick now", "a trick", [("a trick", "same"), (" now", "gone")]),
        ("", "new words", [("new words", "new")]),
        ("old words", "", [("old words", "gone")]),
        (
            "one two three",
            "four five three",
            [("one two", "gone"), ("four five", "new"), (" three", "same")],
        ),
        ("one odd trick", "ONE ODD TRICK", [("ONE ODD TRICK", "written")]),
        (
            "one odd trick",
            "one оdd trick",
            [("one ", "same"), ("оdd", "written"), (" trick", "same")],
        ),
    ],
)
def test_what_is_new_and_gone_is_told_word_by_word(
    first: str, other: str, told: list[tuple[str, str]]
) -> None:
    assert [(span.text, span.change) for span in edits(first, other)] == told


def test_the_spans_without_what_is_gone_are_the_other_text() -> None:
    first, other = (
        "THE blue salt  routine that experts hide",
        "want you: the blue – salt routine 😱",
    )

    spans = edits(first, other)

    assert "".join(span.text for span in spans if span.change != "gone") == other


def test_a_long_text_is_compared_up_to_a_limit() -> None:
    spans = edits("word " * 10_000, "other " * 10_000)

    assert sum(len(span.text) for span in spans if span.change == "new") <= LIMIT


def test_a_wording_is_edited_when_anything_differs() -> None:
    assert not is_edited((Span("a", "same"),))
    assert is_edited((Span("a", "same"), Span("b", "new")))
